// SPDX-License-Identifier: MIT
#include "oidc/protocol/resource_indicator.hpp"

#include "idp/base/ascii.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

Refusal invalid_target(std::string description, Delivery delivery) {
    return {OAuthError::invalid_target, std::move(description), {}, delivery};
}

/// RFC 3986 §4.3: a scheme, and no fragment.
bool is_absolute_uri(std::string_view uri) {
    auto const colon = uri.find(':');
    if (colon == 0 || colon == std::string_view::npos) return false;
    auto const scheme = uri.substr(0, colon);
    bool const letters = std::ranges::all_of(
        scheme, [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; });
    return letters && !(scheme.front() >= '0' && scheme.front() <= '9') &&
           uri.find('#') == std::string_view::npos;
}

}  // namespace

Checked<std::vector<std::string>> check_resources(Client const& client,
                                                  std::vector<std::string> const& asked,
                                                  Delivery delivery) {
    std::vector<std::string> resources;
    for (auto const& resource : asked) {
        if (!is_absolute_uri(resource))
            return invalid_target("resource is not an absolute URI", delivery);
        if (!contains(client.resources, resource))
            return invalid_target("resource is not one of this client", delivery);
        if (!contains(resources, resource)) resources.push_back(resource);
    }
    return resources;
}

Checked<std::vector<std::string>> narrow_resources(std::vector<std::string> const& granted,
                                                   std::vector<std::string> const& asked,
                                                   bool openid, std::string_view issuer) {
    auto resources = asked.empty() ? granted : asked;
    for (auto const& resource : asked)
        if (!contains(granted, resource))
            return invalid_target("resource was not granted", Delivery::json);
    if (asked.empty() && !granted.empty() && openid && !contains(resources, issuer))
        resources.emplace_back(issuer);
    return resources;
}

}  // namespace tunnus::oidc
