// SPDX-License-Identifier: MIT
#include "oidc/protocol/permissions.hpp"

namespace tunnus::oidc {

boost::json::value authorization_claim(std::vector<std::string> const& permissions) {
    boost::json::object permission;
    permission["scopes"] = boost::json::array(permissions.begin(), permissions.end());
    boost::json::object authorization;
    authorization["permissions"].emplace_array().push_back(std::move(permission));
    return authorization;
}

}  // namespace tunnus::oidc
