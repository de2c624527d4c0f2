// SPDX-License-Identifier: MIT
#include "oidc/jose/jws.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"

namespace tunnus::jose {
namespace {

bool is_text_or_absent(boost::json::object const& header, std::string_view name) {
    auto const* member = header.if_contains(name);
    return member == nullptr || member->is_string();
}

/// RFC 7515 §4. Returns the algorithm that the header claims.
Result<Algorithm> check_header(boost::json::object const& header) {
    for (auto const name : {"crit", "b64"})
        if (header.contains(name)) return Error(JoseErrc::refused_header, name);
    for (auto const name : {"kid", "typ", "cty"})
        if (!is_text_or_absent(header, name)) return Error(JoseErrc::malformed_token, name);
    auto const name = find_string(header, "alg");
    if (!name) return Error(JoseErrc::malformed_token, "alg");
    auto const algorithm = find_algorithm(*name);
    if (!algorithm) return Error(JoseErrc::refused_algorithm, "alg is not one of ours");
    return *algorithm;
}

}  // namespace

Result<UnverifiedJws> UnverifiedJws::parse(std::string_view token, Limits const& limits) {
    if (token.size() > limits.jwt_bytes) return Error(JoseErrc::malformed_token, "too long");
    auto const first = token.find('.');
    auto const second = token.find('.', first == token.npos ? first : first + 1);
    if (second == token.npos) return Error(JoseErrc::malformed_token, "not three parts");
    auto const header_text = decode_base64url(token.substr(0, first));
    auto payload = decode_base64url(token.substr(first + 1, second - first - 1));
    // A fourth part would bring a dot in here, which is not base64url.
    auto signature = decode_base64url(token.substr(second + 1));
    bool const complete = header_text && payload && signature && !header_text->empty() &&
                          !payload->empty() && !signature->empty();
    if (!complete) return Error(JoseErrc::malformed_token, "a part is empty or not base64url");

    UnverifiedJws jws;
    auto header = parse_json_object(*header_text, {limits.jwt_bytes, limits.json_depth});
    if (!header) return Error(JoseErrc::malformed_token, "header: " + header.error().text());
    auto const algorithm = check_header(*header);
    if (!algorithm) return algorithm.error();
    jws.header_ = *std::move(header);
    jws.algorithm_ = *algorithm;
    jws.signing_input_ = token.substr(0, second);
    jws.payload_ = *std::move(payload);
    jws.signature_ = *std::move(signature);
    return jws;
}

std::optional<std::string_view> UnverifiedJws::kid() const {
    return find_string(header_, "kid");
}

Result<VerifiedJws> UnverifiedJws::verify(JwkSet const& keys, Algorithms allowed,
                                          Limits const& limits) const {
    if (!allowed.contains(algorithm_))
        return Error(JoseErrc::refused_algorithm, std::string(name_of(algorithm_)));
    auto const candidates = keys.candidates(kid(), algorithm_, limits);
    if (candidates.empty()) return Error(JoseErrc::unknown_key, "no key of that kid and type");
    for (auto const* key : candidates)
        if (key->verify(algorithm_, signing_input_, signature_))
            return VerifiedJws(header_, payload_, *key);
    return Error(JoseErrc::bad_signature, std::string(name_of(algorithm_)));
}

Result<VerifiedJws> UnverifiedJws::verify(VerificationKey const& key, Algorithms allowed) const {
    if (!allowed.contains(algorithm_) || !key.suits(algorithm_))
        return Error(JoseErrc::refused_algorithm, std::string(name_of(algorithm_)));
    if (!key.verify(algorithm_, signing_input_, signature_))
        return Error(JoseErrc::bad_signature, std::string(name_of(algorithm_)));
    return VerifiedJws(header_, payload_, key);
}

Result<VerifiedJws> verify_jws(std::string_view token, JwkSet const& keys, Algorithms allowed,
                               Limits const& limits) {
    auto const jws = UnverifiedJws::parse(token, limits);
    if (!jws) return jws.error();
    return jws->verify(keys, allowed, limits);
}

std::string sign_jws(SigningKey const& key, std::string_view typ, std::string_view payload) {
    std::string token;
    auto const header = key.encoded_header(typ);
    constexpr std::size_t usual_signature = 2 + 4 * 256 / 3;  // RSA-2048; longer ones grow once
    token.reserve(header.size() + payload.size() * 4 / 3 + 4 + usual_signature);
    token.append(header).append(".");
    append_base64url(token, payload);
    auto const signature = key.sign(token);
    token.append(".");
    append_base64url(token, signature);
    return token;
}

}  // namespace tunnus::jose
