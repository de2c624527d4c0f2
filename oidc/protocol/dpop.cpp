// SPDX-License-Identifier: MIT
#include "oidc/protocol/dpop.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"
#include "oidc/jose/claims.hpp"
#include "oidc/protocol/validity.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

constexpr std::size_t nonce_digest_bytes = 16;

Refusal refused(std::string detail) {
    return {OAuthError::invalid_dpop_proof, "the DPoP proof is not valid", std::move(detail)};
}

/// §4.3, steps 2 to 7: the key in the header signed it, and is good for nothing else here.
Checked<jose::VerifiedJwt> verify(std::string_view text, Limits const& limits) {
    auto const proof = jose::UnverifiedJws::parse(text, limits);
    if (!proof) return refused(proof.error().text());
    auto const* jwk = proof->header().if_contains("jwk");
    if (jwk == nullptr || !jwk->is_object()) return refused("jwk is missing");
    auto const key = jose::VerificationKey::parse(jwk->get_object());
    if (!key) return refused(key.error().text());
    auto verified = jose::VerifiedJwt::verify(*proof, *key, dpop_algorithms, limits);
    if (!verified) return refused(verified.error().text());
    if (auto const typed = jose::check_type(*verified, {"dpop+jwt"}); !typed)
        return refused(typed.error().text());
    return std::move(*verified);
}

/// RFC 3986 §6.2.2 and §6.2.3 as far as our own addresses need it; empty for what is no address.
std::string normalized(std::string_view url) {
    auto const parsed = parse_http_url(url.substr(0, url.find_first_of("?#")));
    return parsed ? parsed->origin() + parsed->path : std::string();
}

bool is_for(std::string_view htu, std::vector<std::string> const& urls) {
    auto const claimed = normalized(htu);
    return !claimed.empty() && std::ranges::any_of(urls, [&](std::string const& url) {
        return normalized(url) == claimed;
    });
}

Checked<> check_claims(boost::json::object const& claims, DpopContext const& context) {
    if (find_string(claims, "jti").value_or("").empty()) return refused("jti");
    if (find_string(claims, "htm") != context.method) return refused("htm");
    if (!is_for(find_string(claims, "htu").value_or(""), context.urls)) return refused("htu");
    auto const fresh = jose::check_lifetime(claims,
                                            {.exp = jose::LifetimeRules::Claim::optional,
                                             .iat = jose::LifetimeRules::Claim::required,
                                             .leeway = clock_skew,
                                             .longest_age = context.limits.dpop_proof_lifetime},
                                            context.now);
    if (!fresh) return refused(fresh.error().text());
    if (context.access_token &&
        find_string(claims, "ath") != encode_base64url(sha256(*context.access_token)))
        return refused("ath");
    if (claims.contains("nonce") && !claims.at("nonce").is_string()) return refused("nonce");
    if (!context.nonces.takes(find_string(claims, "nonce"), context.now))
        return Refusal{OAuthError::use_dpop_nonce, "a nonce of this server is needed", {}};
    return {};
}

}  // namespace

std::string DpopNonces::of(std::int64_t slot) const {
    std::array<char, 8> number{};
    for (std::size_t i = 0; i < number.size(); ++i)
        number[i] = static_cast<char>(static_cast<std::uint64_t>(slot) >> (8 * (7 - i)) & 0xFF);
    std::string const text(number.data(), number.size());
    return encode_base64url(
        text + hmac_sha256(key_.reveal(), "dpop nonce" + text).substr(0, nonce_digest_bytes));
}

std::string DpopNonces::current(TimePoint now) const {
    return of(now.time_since_epoch() / milliseconds(lifetime_));
}

bool DpopNonces::takes(std::optional<std::string_view> nonce, TimePoint now) const {
    if (!nonce) return demand_ == Demand::optional;
    auto const slot = now.time_since_epoch() / milliseconds(lifetime_);
    // The next one too: another node's clock may be ahead of ours.
    return *nonce == of(slot) || *nonce == of(slot - 1) || *nonce == of(slot + 1);
}

Checked<std::optional<DpopProof>> check_dpop_proof(Headers const& headers,
                                                   DpopContext const& context) {
    auto const fields = headers.all("DPoP");
    if (fields.empty()) return std::optional<DpopProof>();
    if (fields.size() > 1) return refused("DPoP is repeated");
    auto const proof = verify(fields.front(), context.limits);
    if (!proof) return proof.error();
    if (auto const checked = check_claims(proof->claims(), context); !checked)
        return checked.error();
    auto const issued = jose::find_numeric_date(proof->claims(), "iat").value().value();
    return std::optional(DpopProof{proof->key().thumbprint(),
                                   std::string(find_string(proof->claims(), "jti").value()),
                                   issued + context.limits.dpop_proof_lifetime + 2 * clock_skew});
}

Checked<std::string> pushed_dpop_jkt(std::string_view dpop_jkt, std::string_view proven_jkt) {
    if (!dpop_jkt.empty() && !proven_jkt.empty() && dpop_jkt != proven_jkt)
        return refused("dpop_jkt is another key's");
    return std::string(dpop_jkt.empty() ? proven_jkt : dpop_jkt);
}

bool is_jkt(std::string_view text) {
    auto const digest = decode_base64url(text);
    return digest && digest->size() == 32;
}

}  // namespace tunnus::oidc
