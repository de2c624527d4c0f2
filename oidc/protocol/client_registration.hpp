// SPDX-License-Identifier: MIT
// What a client may say of itself when it registers over the network (RFC 7591 §2, OpenID Connect
// Dynamic Client Registration §2). Beyond that it is read as every registration: client.hpp.
#pragma once

#include "idp/base/ip_address.hpp"
#include "oidc/protocol/client.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string_view>

namespace tunnus::oidc {

/// Somebody of whom nobody here knows, or one for whom an initial access token or an approved
/// software statement vouches.
enum class Registrant { stranger, vouched };

/// The members of `asked` that this registrant may set. All others are passed over, as RFC 7591 §2
/// wants it; what the operator alone decides (`skip_consent`, `disabled`, a reference to a secret)
/// is among them.
[[nodiscard]] boost::json::object registrable_members(boost::json::object const& asked,
                                                      Registrant registrant);

/// Whether the metadata needs a secret of ours: for the client's authentication or its HMACs.
[[nodiscard]] bool needs_client_secret(boost::json::object const& metadata);

/// What a registration over the network may not be although the operator's own may: tokens by the
/// browser; addresses that are not of the public internet (threats.md O-79) nor among those
/// `inside` that the operator allows calls to; for a stranger besides any grant but the code and
/// its refreshing, scopes beyond OpenID Connect Core §5.4, and pages to show on another host than
/// its redirect_uris have (RFC 7591 §5).
[[nodiscard]] Checked<> check_registrable(Client const& client, Registrant registrant,
                                          std::span<IpNetwork const> inside = {});

/// Writes the defaults that apply into the metadata: the answer names everything registered
/// (RFC 7591 §3.2.1).
void write_defaults(Client const& client, boost::json::object& metadata);

/// The answer to metadata that parse_client refuses: its word, and the name of the member.
[[nodiscard]] Refusal metadata_refusal(Error const& error);

}  // namespace tunnus::oidc
