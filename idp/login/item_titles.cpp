// SPDX-License-Identifier: MIT
#include "idp/login/item_titles.hpp"

#include "oidc/protocol/consent_word.hpp"
#include "oidc/protocol/scope.hpp"

namespace tunnus::login {
namespace {

LocalizedText text_of(Pages const& pages, std::string_view key) {
    return {pages.text("fi", key), pages.text("sv", key), pages.text("en", key)};
}

LocalizedText title_of(std::map<std::string, LocalizedText> const& titles,
                       std::string const& name) {
    auto const found = titles.find(name);
    return found == titles.end() ? LocalizedText::same(name) : found->second;
}

}  // namespace

ItemTitles::ItemTitles(plugin::Plugins const& plugins, Pages const& pages)
    : scopes_(plugins.scopes()),
      offline_access_{text_of(pages, "scope_offline_access"),
                      text_of(pages, "scope_offline_access_about")},
      claim_titles_(plugins.claim_titles()) {
    for (auto const& field : plugins.data_fields())
        data_fields_.emplace(field.name, field.title);
}

std::vector<ItemTitles::Item> ItemTitles::items(std::vector<std::string> const& scopes,
                                                std::vector<std::string> const& claims,
                                                RegisteredService const* service) const {
    std::vector<Item> items;
    for (auto const& scope : scopes_)
        if (oidc::contains(scopes, scope.name)) items.push_back({scope.title, scope.description});
    if (oidc::contains(scopes, "offline_access")) items.push_back(offline_access_);
    for (auto const& claim : claims)
        if (!oidc::is_detail_word(claim) && !oidc::is_data_field_word(claim))
            items.push_back({title_of(claim_titles_, claim), {}});
    if (service == nullptr) return items;
    for (auto const& field : service->data_fields)
        if (oidc::contains(claims, oidc::data_field_word(field)))
            items.push_back({title_of(data_fields_, field.name), field.purpose});
    return items;
}

}  // namespace tunnus::login
