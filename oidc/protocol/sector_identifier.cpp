// SPDX-License-Identifier: MIT
#include "oidc/protocol/sector_identifier.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"

#include <algorithm>

namespace tunnus::oidc {

Checked<> check_sector_identifier(Client const& client, std::string_view document,
                                  Limits const& limits) {
    auto const refused = [](std::string detail) {
        return Refusal{OAuthError::invalid_client_metadata,
                       "sector_identifier_uri does not list the redirect_uris", std::move(detail)};
    };
    auto const parsed = parse_json(document, {limits.http_body_bytes, limits.json_depth});
    if (!parsed) return refused(parsed.error().text());
    auto const* list = parsed->if_array();
    if (list == nullptr) return refused("the document is no list");
    for (auto const& uri : client.redirect_uris)
        if (std::ranges::find(*list, boost::json::value(uri)) == list->end())
            return refused("a redirect_uri is not in the document");
    return {};
}

}  // namespace tunnus::oidc
