// SPDX-License-Identifier: MIT
// What login does with the answers of plugins, as far as more than one file asks for it.
#pragma once

#include "idp/login/parts.hpp"

namespace tunnus::login {

/// Null when no such method is configured.
[[nodiscard]] plugin::Plugins::AuthenticatorInfo const* find_authenticator(Parts const& parts,
                                                                           std::string_view name);

/// The one record of a message for a plugin that was rejected, by it or before it was asked: of the
/// kind that the plugin has declared, with a digest of what came and nothing of its content.
[[nodiscard]] AuditEvent rejection_event(Parts const& parts, HttpRequest const& request,
                                         std::string_view plugin, std::string_view reason);

/// Tells of the messages that were turned away unread since the last call: one log line and one
/// audit event for each address and minute, however many there were. Errors: the audit's.
[[nodiscard]] Result<> report_turned_away(Parts const& parts);

}  // namespace tunnus::login
