// SPDX-License-Identifier: MIT
// RFC 9396: `authorization_details`, what is asked for where a scope says too little. Types are
// declared by plugins, each with the JSON Schema of its objects.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// The objects asked for. Refuses with invalid_authorization_details (§5) what is not a list of
/// objects, more than limits.authorization_details of them, and an object whose `type` nobody
/// declared or the client did not register, or that its type's schema does not hold. An empty text
/// asks for nothing.
[[nodiscard]] Checked<boost::json::array> parse_authorization_details(
    std::string_view text, Client const& client, std::vector<AuthorizationDetailsType> const& types,
    Limits const& limits, Delivery delivery);

/// §6: what a token request asks for, each an object that was granted; nothing asked means all.
[[nodiscard]] Checked<boost::json::array> narrow_authorization_details(
    boost::json::array const& granted, std::string_view asked, Limits const& limits);

}  // namespace tunnus::oidc
