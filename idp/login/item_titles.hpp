// SPDX-License-Identifier: MIT
// What the things are called that people permit: on the consent page, and where they look at what
// they have permitted.
#pragma once

#include "idp/base/pages.hpp"
#include "plugins/host/plugins.hpp"

#include <map>
#include <string>
#include <vector>

namespace tunnus::login {

/// What all plugins together declare. Immutable; any thread may call.
class ItemTitles {
  public:
    ItemTitles() = default;
    ItemTitles(plugin::Plugins const& plugins, Pages const& pages);

    struct Item {
        LocalizedText title;
        LocalizedText description;  ///< may be empty
    };
    /// In the order of the page: scopes, claims asked by name, data fields of the service (may be
    /// null) with their purposes. Objects of authorization_details are not told of here. A name
    /// that nobody declares any more is shown as it is.
    [[nodiscard]] std::vector<Item> items(std::vector<std::string> const& scopes,
                                          std::vector<std::string> const& claims,
                                          RegisteredService const* service) const;

  private:
    std::vector<plugin::Scope> scopes_;
    Item offline_access_;
    std::map<std::string, LocalizedText> claim_titles_;
    std::map<std::string, LocalizedText> data_fields_;
};

}  // namespace tunnus::login
