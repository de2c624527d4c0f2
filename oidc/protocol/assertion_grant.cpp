// SPDX-License-Identifier: MIT
#include "oidc/protocol/assertion_grant.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/jose/claims.hpp"
#include "oidc/protocol/metadata_reader.hpp"
#include "oidc/protocol/validity.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {
namespace {

Refusal refused(std::string const& detail) {
    return {OAuthError::invalid_grant, "the grant is not valid", "assertion: " + detail};
}

AssertionIssuer const* find_issuer(std::vector<AssertionIssuer> const& trusted,
                                   std::optional<std::string> const& claimed,
                                   Client const& client) {
    auto const found = std::ranges::find_if(trusted, [&](AssertionIssuer const& one) {
        return claimed == one.issuer && !one.disabled && contains(one.clients, client.client_id);
    });
    return found == trusted.end() ? nullptr : &*found;
}

Result<> check_claims(jose::VerifiedJwt const& token, std::string_view issuer,
                      AssertionGrantContext const& context) {
    if (auto typed = jose::check_type(token, {"", jose::typ::jwt}); !typed) return typed;
    auto const& claims = token.claims();
    if (auto issued = jose::check_issuer(claims, issuer); !issued) return issued;
    std::array<std::string_view, 2> const audience{context.issuer, context.token_endpoint};
    if (auto ours = jose::check_audience(claims, audience, jose::AudienceForm::text_or_members);
        !ours)
        return ours;
    for (auto const* name : {"sub", "jti"})
        if (find_string(claims, name).value_or("").empty())
            return Error(jose::JoseErrc::bad_claim, name);
    auto const longest = context.limits.assertion_grant_lifetime;
    return jose::check_lifetime(
        claims, {.leeway = clock_skew, .longest_age = longest, .longest_remaining = longest},
        context.now);
}

}  // namespace

Result<AssertionIssuer> parse_assertion_issuer(boost::json::object const& object,
                                               Limits const& limits) {
    MetadataReader reader(object);
    auto issuer = reader.text("issuer");
    if (issuer.empty()) reader.complain("issuer", "is missing");
    auto clients = reader.texts("clients");
    bool const disabled = reader.flag("disabled", false);
    auto const* value = reader.find("jwks");
    auto const* jwks = value != nullptr ? value->if_object() : nullptr;
    auto keys = jwks != nullptr ? jose::JwkSet::parse(*jwks, limits)
                                : Result<jose::JwkSet>(Error(BaseErrc::malformed, "no object"));
    if (!keys) reader.complain("jwks", keys.error().text());
    reader.refuse_unknown();
    if (reader.error()) return *reader.error();
    return AssertionIssuer{std::move(issuer), std::move(*keys), std::move(clients), disabled};
}

Checked<AssertionGrant> check_assertion_grant(std::string_view assertion, Client const& client,
                                              AssertionGrantContext const& context) {
    auto const unverified = jose::UnverifiedJws::parse(assertion, context.limits);
    if (!unverified) return refused(unverified.error().text());
    auto const claimed = jose::find_unverified_claim(*unverified, "iss", context.limits);
    auto const* const issuer = find_issuer(context.trusted, claimed, client);
    if (issuer == nullptr) return refused("not an issuer whose word this client may bring");
    auto const token = jose::VerifiedJwt::verify(*unverified, issuer->keys,
                                                 jose::asymmetric_algorithms, context.limits);
    if (!token) return refused(token.error().text());
    if (auto const checked = check_claims(*token, issuer->issuer, context); !checked)
        return refused(checked.error().text());
    auto const& claims = token->claims();
    return AssertionGrant{issuer->issuer, std::string(*find_string(claims, "sub")),
                          std::string(*find_string(claims, "jti")),
                          jose::find_numeric_date(claims, "exp").value().value() + clock_skew};
}

}  // namespace tunnus::oidc
