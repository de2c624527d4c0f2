// SPDX-License-Identifier: MIT
// The registry of services: ours, no specification has it (citizen-services.md 1.2).
#pragma once

#include "idp/base/ip_address.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/registered_service.hpp"
#include "idp/base/result.hpp"
#include "oidc/protocol/client.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// Members as in the configuration's `services`. The error's detail names the member.
[[nodiscard]] Result<RegisteredService> parse_service(boost::json::object const& object,
                                                      Limits const& limits = standard_limits());

/// Why its GDPR API cannot be called from here; empty when it can, or when there is none: an inside
/// address that is in none of these networks. That a name leads to none is checked when the socket
/// is opened.
[[nodiscard]] std::string reject_gdpr_address(RegisteredService const& service,
                                              std::span<IpNetwork const> inside);

/// Whether it can stand beside these: nobody has its name or one of its client_ids, and one at most
/// is the profile service. The error's detail says what is taken.
[[nodiscard]] Result<> check_beside(
    RegisteredService const& service,
    std::span<std::shared_ptr<RegisteredService const> const> others);

/// The client as one of this service: it is known by the service's title and text version, and its
/// logins have the service's level at least (minimum_levels in acr.hpp).
[[nodiscard]] Client in_service(Client client, std::shared_ptr<RegisteredService const> service);

}  // namespace tunnus::oidc
