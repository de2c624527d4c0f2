// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_assertion.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/claims.hpp"
#include "oidc/protocol/client_profile.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

using enum jose::Algorithm;

Refusal refused(std::string detail) {
    return {OAuthError::invalid_client, "client authentication failed",
            "client_assertion: " + std::move(detail)};
}

Result<jose::VerifiedJwt> verify(jose::UnverifiedJws const& assertion, Client const& client,
                                 AssertionContext const& context) {
    auto const allowed = assertion_algorithms(client);
    if (client.token_endpoint_auth_method == TokenEndpointAuthMethod::client_secret_jwt) {
        if (!allowed.contains(assertion.algorithm()))
            return Error(jose::JoseErrc::refused_algorithm, "alg");
        auto const key =
            jose::VerificationKey::from_secret(*client.client_secret, assertion.algorithm());
        if (!key) return key.error();
        return jose::VerifiedJwt::verify(assertion, *key, allowed, context.limits);
    }
    if (context.keys == nullptr) return Error(jose::JoseErrc::unknown_key, "the client has none");
    return jose::VerifiedJwt::verify(assertion, context.keys->verification, allowed,
                                     context.limits);
}

Result<> check_claims(jose::VerifiedJwt const& token, Client const& client,
                      AssertionContext const& context) {
    // RFC 8725 §3.11. Most libraries say JWT or nothing; the second is of the draft that makes the
    // audience strict.
    if (auto typed = jose::check_type(token, {"", "JWT", "client-authentication+jwt"}); !typed)
        return typed;
    auto const& claims = token.claims();
    if (auto issued = jose::check_issuer(claims, client.client_id); !issued) return issued;
    if (find_string(claims, "sub") != client.client_id)
        return Error(jose::JoseErrc::bad_claim, "sub");
    std::vector<std::string_view> audience{context.issuer};
    if (!client.strict_assertion_audience)
        audience.insert(audience.end(), context.endpoints.begin(), context.endpoints.end());
    if (auto ours = jose::check_audience(claims, audience, jose::AudienceForm::one_text); !ours)
        return ours;
    if (find_string(claims, "jti").value_or("").empty())
        return Error(jose::JoseErrc::bad_claim, "jti");
    return jose::check_lifetime(
        claims,
        {.leeway = clock_skew, .longest_remaining = context.limits.client_assertion_lifetime},
        context.now);
}

}  // namespace

std::optional<ClaimedAssertion> read_claimed_assertion(std::string_view assertion,
                                                       Limits const& limits) {
    auto const token = jose::UnverifiedJws::parse(assertion, limits);
    if (!token) return std::nullopt;
    auto client_id = jose::find_unverified_claim(*token, "sub", limits);
    if (!client_id) return std::nullopt;
    ClaimedAssertion claimed{std::move(*client_id), std::nullopt};
    if (auto const kid = token->kid()) claimed.kid = std::string(*kid);
    return claimed;
}

jose::Algorithms assertion_algorithms(Client const& client) {
    if (client.token_endpoint_auth_signing_alg) return *client.token_endpoint_auth_signing_alg;
    if (client.token_endpoint_auth_method == TokenEndpointAuthMethod::client_secret_jwt)
        return {HS256, HS384, HS512};
    return is_fapi(client.profile) ? fapi_algorithms : jose::asymmetric_algorithms;
}

Checked<ClientAssertion> check_client_assertion(std::string_view assertion, Client const& client,
                                                AssertionContext const& context) {
    auto const unverified = jose::UnverifiedJws::parse(assertion, context.limits);
    if (!unverified) return refused(unverified.error().text());
    if (profile_demands_kid(client.profile) && !unverified->kid()) return refused("no kid");
    auto const token = verify(*unverified, client, context);
    if (!token) return refused(token.error().text());
    if (auto const checked = check_claims(*token, client, context); !checked)
        return refused(checked.error().text());
    auto const expiry = jose::find_numeric_date(token->claims(), "exp");
    return ClientAssertion{std::string(find_string(token->claims(), "jti").value()),
                           expiry.value().value() + clock_skew};
}

}  // namespace tunnus::oidc
