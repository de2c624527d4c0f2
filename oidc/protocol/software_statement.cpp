// SPDX-License-Identifier: MIT
#include "oidc/protocol/software_statement.hpp"

#include "oidc/jose/claims.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/validity.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

Refusal invalid(Error const& error) {
    return {OAuthError::invalid_software_statement, "the software statement does not do",
            error.text()};
}

}  // namespace

Checked<boost::json::object> read_software_statement(std::string_view statement,
                                                     SoftwareStatementContext const& context) {
    auto const& [issuers, audience, now, limits] = context;
    auto const unverified = jose::UnverifiedJws::parse(statement, limits);
    if (!unverified) return invalid(unverified.error());
    auto const claimed = jose::find_unverified_claim(*unverified, "iss", limits).value_or("");
    auto const issuer = std::ranges::find(issuers, claimed, &SoftwareStatementIssuer::issuer);
    if (issuer == issuers.end())
        return Refusal{OAuthError::unapproved_software_statement,
                       "nobody believed here issued the software statement",
                       {}};
    auto const token =
        jose::VerifiedJwt::verify(*unverified, issuer->keys, jose::asymmetric_algorithms, limits);
    if (!token) return invalid(token.error());
    // RFC 8725 §3.11. A statement lives as long as the software: it may have no exp.
    if (auto typed = jose::check_type(*token, {"", "JWT"}); !typed) return invalid(typed.error());
    auto const lives = jose::check_lifetime(
        token->claims(), {.exp = jose::LifetimeRules::Claim::optional, .leeway = clock_skew}, now);
    if (!lives) return invalid(lives.error());
    // RFC 7591 §2.3 asks for no aud; who names one means somebody (RFC 7519 §4.1.3).
    if (token->claims().contains("aud")) {
        std::vector<std::string_view> const us(audience.begin(), audience.end());
        auto const meant =
            jose::check_audience(token->claims(), us, jose::AudienceForm::text_or_members);
        if (!meant) return invalid(meant.error());
    }
    auto metadata = token->claims();
    for (std::string_view const own : {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
        metadata.erase(own);
    return metadata;
}

}  // namespace tunnus::oidc
