// SPDX-License-Identifier: MIT
#include "idp/login/acting.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/login/accounts.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

using oidc::OAuthError;

bool is_asked(Policy::MandateSource const& source, std::vector<std::string> const& scope,
              std::vector<std::string> const& types) {
    auto const in = [](auto const& list) {
        return [&](std::string const& one) { return oidc::contains(list, one); };
    };
    return std::ranges::any_of(source.scopes, in(scope)) ||
           std::ranges::any_of(source.details_types, in(types));
}

std::string type_of(boost::json::value const& detail) {
    return std::string(find_string(detail.as_object(), "type").value_or(""));
}

oidc::Refusal refused(OAuthError error, std::string description) {
    return {error, std::move(description), {}, oidc::Delivery::redirect};
}

/// The account of the person for whom they act; it is made where there is none, so that both have
/// one (citizen-services.md 8.5).
oidc::Checked<std::string> settle_principal(Parts const& parts, ActingChoice const& choice,
                                            TimePoint now, ActingSettled& settled) {
    auto const& mandate = *choice.mandate;
    auto const owner = owner_of(parts, mandate.authenticator, mandate.principal);
    if (!owner) return refused(OAuthError::server_error, "the service is busy");
    if (owner->disabled) return refused(OAuthError::access_denied, "the account cannot be used");
    if (!owner->user_id.empty()) return owner->user_id;
    auto const user_id = random_uuid(parts.provider.random);
    settled.new_principal = storage::User{user_id, now, {}, true};
    settled.new_identities.push_back(
        {.authenticator = mandate.authenticator,
         .subject_index = subject_index(parts.sealer, mandate.authenticator, mandate.principal),
         .user_id = user_id,
         .linked_at = now});
    settled.audit.push_back({.kind = AuditKind::account_created,
                             .at = now,
                             .event_id = {},
                             .request_id = {},
                             .user_id = user_id,
                             .client_id = {},
                             .fields = {{"method", choice.source}, {"claimed", false}}});
    return user_id;
}

}  // namespace

Policy::MandateSource const* asked_mandate_source(oidc::AuthorizationRequest const& request,
                                                  Policy const& policy) {
    std::vector<std::string> types;
    for (auto const& detail : request.authorization_details)
        types.push_back(type_of(detail));
    auto const found = std::ranges::find_if(policy.mandate_sources, [&](auto const& source) {
        return is_asked(source, request.scope, types);
    });
    return found == policy.mandate_sources.end() ? nullptr : &*found;
}

void demand_strong(oidc::AuthorizationRequest& request, oidc::Client const& client,
                   Policy const& policy) {
    bool const lets_act = std::ranges::any_of(policy.mandate_sources, [&](auto const& source) {
        return is_asked(source, client.scope, client.authorization_details_types);
    });
    if (!lets_act) return;
    std::erase_if(request.acr_values, [&](std::string const& acr) {
        return !oidc::contains(policy.strong_levels, acr);
    });
    if (request.acr_values.empty()) request.acr_values = policy.strong_levels;
    request.acr_essential = true;
}

bool knows_identity(storage::Session const& session) {
    return std::ranges::any_of(
        session.logout, [](auto const& proof) { return proof.as_object().contains("subject"); });
}

plugin::MandateRequest mandate_request(LoginTransaction const& transaction,
                                       storage::Session const* session, Policy const& policy) {
    auto const* source = asked_mandate_source(transaction.request, policy);
    plugin::MandateRequest request;
    for (auto const& scope : transaction.request.scope)
        if (source != nullptr && oidc::contains(source->scopes, scope))
            request.scopes.push_back(scope);
    for (auto const& detail : transaction.request.authorization_details)
        if (source != nullptr && oidc::contains(source->details_types, type_of(detail)))
            request.authorization_details.push_back(detail);
    if (transaction.proof) {
        request.known.push_back({transaction.proof->authenticator, transaction.proof->subject});
    } else if (session != nullptr) {
        for (auto const& proof : session->logout)
            if (auto const subject = find_string(proof.as_object(), "subject"))
                request.known.push_back({std::string(proof.as_object().at("method").as_string()),
                                         Secret(std::string(*subject))});
    }
    return request;
}

bool lasts_long_enough(plugin::Mandate const& mandate, Policy const& policy, TimePoint now) {
    return !mandate.until || now + policy.mandate_freshness < *mandate.until;
}

oidc::Checked<ActingSettled> settle_acting(Parts const& parts, LoginTransaction const& transaction,
                                           std::string_view user_id, TimePoint now) {
    ActingSettled settled;
    if (!transaction.acting || !transaction.acting->mandate) return settled;
    auto const& choice = *transaction.acting;
    auto const& mandate = *choice.mandate;
    auto& acting = settled.acting.emplace();
    acting.source = choice.source;
    acting.is_person = mandate.kind == plugin::Mandate::Kind::person;
    acting.name = mandate.name;
    acting.identifier = mandate.identifier.reveal();
    acting.themes = mandate.roles;
    acting.checked_at = mandate.checked_at;
    acting.recheck = mandate.recheck;
    acting.until = mandate.until;
    if (acting.is_person) {
        auto principal = settle_principal(parts, choice, now, settled);
        if (!principal) return principal.error();
        if (*principal == user_id)
            return refused(OAuthError::access_denied, "nobody acts for themself");
        acting.principal = std::move(*principal);
    } else {
        acting.principal = encode_base64url(parts.sealer.blind_index(
            "organisation." + mandate.authenticator, mandate.principal.reveal()));
    }
    boost::json::array themes(mandate.roles.begin(), mandate.roles.end());
    settled.audit.push_back({.kind = AuditKind::mandate_used,
                             .at = now,
                             .event_id = {},
                             .request_id = {},
                             .user_id = std::string(user_id),
                             .client_id = {},
                             .fields = {{"principal", acting.principal},
                                        {"kind", acting.is_person ? "person" : "organisation"},
                                        {"themes", std::move(themes)},
                                        {"source", acting.source}}});
    return settled;
}

void narrow_to_mandate(LoginTransaction const& transaction, Policy const& policy,
                       oidc::Authenticated& authenticated) {
    auto const& request = transaction.request;
    bool const acts = transaction.acting && transaction.acting->mandate;
    auto const asks = [&](auto const& name_of,
                          std::vector<std::string> Policy::MandateSource::*list) {
        return [&, list](auto const& one) {
            return std::ranges::any_of(policy.mandate_sources, [&](auto const& source) {
                return oidc::contains(source.*list, name_of(one));
            });
        };
    };
    auto const is_mandate_scope =
        asks([](std::string const& scope) { return scope; }, &Policy::MandateSource::scopes);
    auto const is_mandate_detail = asks(&type_of, &Policy::MandateSource::details_types);
    authenticated.granted_scopes = request.scope;
    if (!acts) std::erase_if(authenticated.granted_scopes, is_mandate_scope);
    auto& details = authenticated.granted_details.emplace();
    for (auto const& detail : request.authorization_details)
        if (!is_mandate_detail(detail)) details.push_back(detail);
    if (acts)
        // The source has narrowed what was asked to what the mandate is about; it adds no type.
        for (auto const& detail : transaction.acting->mandate->authorization_details)
            if (std::ranges::any_of(request.authorization_details, [&](auto const& asked) {
                    return type_of(asked) == type_of(detail);
                }))
                details.push_back(detail);
}

}  // namespace tunnus::login
