// SPDX-License-Identifier: MIT
#include "idp/login/permissions.hpp"

#include "idp/login/own_pages.hpp"
#include "oidc/protocol/consent_word.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

/// Permission::service. A lone client and a service of one name are one to the person.
std::string const& listed_as(oidc::Client const& client) {
    return client.service ? client.service->name : client.client_id;
}

LocalizedText name_of(oidc::Client const& client) {
    return {client.name("fi"), client.name("sv"), client.name("en")};
}

/// A further client of a service that is listed already: what it gets comes on top.
void join(plugin::Permission& to, plugin::Permission const& further) {
    for (auto const& item : further.items)
        if (std::ranges::find(to.items, item) == to.items.end()) to.items.push_back(item);
    for (auto const& field : further.data_fields)
        if (std::ranges::find(to.data_fields, field) == to.data_fields.end())
            to.data_fields.push_back(field);
    to.given_at = std::max(to.given_at, further.given_at);
}

}  // namespace

plugin::Permission AccountPermissions::permission_of(oidc::Client const& client,
                                                     storage::Consent const& consent) const {
    plugin::Permission permission;
    permission.service = listed_as(client);
    if (auto const& service = client.service) {
        permission.title = service->title;
        permission.description = service->description;
        permission.terms_of_use_url = service->terms_of_use_url;
        permission.privacy_policy_url = service->privacy_policy_url;
        permission.data_fields = oidc::permitted_fields(*service, consent.claims);
    } else {
        permission.title = name_of(client);
        permission.terms_of_use_url = LocalizedText::same(client.tos_uri);
        permission.privacy_policy_url = LocalizedText::same(client.policy_uri);
    }
    for (auto& item : titles_.items(consent.scopes, consent.claims, client.service.get()))
        permission.items.push_back({std::move(item.title), std::move(item.description)});
    permission.given_at = consent.given_at;
    return permission;
}

Result<std::vector<plugin::Permission>> AccountPermissions::of(std::string_view user_id,
                                                               std::string_view locale) {
    auto const consents = consents_.find_by_user(user_id);
    if (!consents) return consents.error();
    std::vector<plugin::Permission> permissions;
    for (auto const& consent : *consents) {
        auto const client = consent.withdrawn_at ? nullptr : clients_.find(consent.client_id);
        if (!client || (client->service && client->service->is_profile_service)) continue;
        auto permission = permission_of(*client, consent);
        auto const listed =
            std::ranges::find(permissions, permission.service, &plugin::Permission::service);
        if (listed == permissions.end())
            permissions.push_back(std::move(permission));
        else
            join(*listed, permission);
    }
    std::ranges::sort(permissions, {}, [&](plugin::Permission const& one) -> std::string const& {
        return one.title.in(locale);
    });
    return permissions;
}

LocalizedText AccountPermissions::title_of(std::string_view client_id) {
    auto const client = is_own_client(client_id) ? nullptr : clients_.find(client_id);
    if (!client) return {};
    return client->service ? client->service->title : name_of(*client);
}

Result<> AccountPermissions::withdraw(std::string_view user_id, std::string_view service,
                                      std::string_view request_id) {
    auto const consents = consents_.find_by_user(user_id);
    if (!consents) return consents.error();
    auto const now = clock_.now();
    for (auto const& consent : *consents) {
        auto const client = consent.withdrawn_at ? nullptr : clients_.find(consent.client_id);
        if (!client || listed_as(*client) != service) continue;
        auto const withdrawn = committer_.commit(
            storage::withdraw_consent({.user_id = std::string(user_id),
                                       .client_id = consent.client_id,
                                       .now = now,
                                       .audit = {.kind = AuditKind::consent_withdrawn,
                                                 .at = now,
                                                 .event_id = {},
                                                 .request_id = std::string(request_id),
                                                 .user_id = std::string(user_id),
                                                 .client_id = consent.client_id,
                                                 .fields = {{"service", service}}}},
                                      random_));
        if (!withdrawn) return withdrawn.error();
    }
    return {};
}

}  // namespace tunnus::login
