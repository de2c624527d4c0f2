// SPDX-License-Identifier: MIT
#include "oidc/jose/jwt.hpp"

#include "idp/base/limits.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::jose {
namespace {

Result<boost::json::object> parse_claims(std::string const& payload, Limits const& limits) {
    auto claims = parse_json_object(payload, {limits.jwt_bytes, limits.json_depth});
    if (!claims) return Error(JoseErrc::malformed_token, "claims: " + claims.error().text());
    return claims;
}

}  // namespace

Result<VerifiedJwt> VerifiedJwt::read(VerifiedJws jws, Limits const& limits) {
    // RFC 7519 §5.2: `cty` says that a token is inside, and we take none.
    if (jws.header().contains("cty")) return Error(JoseErrc::refused_header, "cty");
    auto claims = parse_claims(jws.payload(), limits);
    if (!claims) return claims.error();
    return VerifiedJwt(std::move(jws), *std::move(claims));
}

Result<VerifiedJwt> VerifiedJwt::verify(std::string_view token, JwkSet const& keys,
                                        Algorithms allowed, Limits const& limits) {
    auto const jws = UnverifiedJws::parse(token, limits);
    if (!jws) return jws.error();
    return verify(*jws, keys, allowed, limits);
}

Result<VerifiedJwt> VerifiedJwt::verify(UnverifiedJws const& token, JwkSet const& keys,
                                        Algorithms allowed, Limits const& limits) {
    auto jws = token.verify(keys, allowed, limits);
    if (!jws) return jws.error();
    return read(*std::move(jws), limits);
}

Result<VerifiedJwt> VerifiedJwt::verify(UnverifiedJws const& token, VerificationKey const& key,
                                        Algorithms allowed, Limits const& limits) {
    auto jws = token.verify(key, allowed);
    if (!jws) return jws.error();
    return read(*std::move(jws), limits);
}

std::optional<std::string> find_unverified_claim(UnverifiedJws const& token, std::string_view name,
                                                 Limits const& limits) {
    auto const claims = parse_claims(token.payload(), limits);
    if (!claims) return std::nullopt;
    auto const text = find_string(*claims, name);
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::string sign_jwt(SigningKey const& key, std::string_view typ,
                     boost::json::object const& claims) {
    return sign_jws(key, typ, boost::json::serialize(claims));
}

}  // namespace tunnus::jose
