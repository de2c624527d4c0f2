// SPDX-License-Identifier: MIT
// What a token of the uma-ticket spelling may do at a resource.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace tunnus::oidc {

/// In the shape that services of Helsinki read in the claim `authorization`:
/// `{"permissions": [{"scopes": […]}]}`.
[[nodiscard]] boost::json::value authorization_claim(std::vector<std::string> const& permissions);

}  // namespace tunnus::oidc
