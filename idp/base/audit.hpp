// SPDX-License-Identifier: MIT
// What we record about people: every kind of audit event is here, so this file answers the
// question. An event is part of the intention that it describes and durable with it, before the
// answer leaves (threats.md I4).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/result.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus {

class Intention;

/// The kinds of event. Wire names (`login.finished`) are made by to_string.
enum class AuditKind {
    login_finished,     ///< a session began or rose to a higher level
    login_refused,      ///< a login ended without a session
    saml_reject,        ///< a SAML message was refused (answer class S-REJ)
    code_issued,        ///< an authorization code left for a service
    code_redeemed,      ///< tokens were issued for a code
    code_reused,        ///< a code came a second time; everything of it was revoked
    token_refreshed,    ///< a refresh token was rotated
    refresh_reuse,      ///< a rotated refresh token came again; its family was revoked
    decoupled_asked,    ///< a service asks a person on another device
    token_issued,       ///< a client got a token for itself
    token_exchanged,    ///< an access token was made of another
    token_revoked,      ///< a client revoked a token
    consent_given,      ///< the person allowed a service
    consent_denied,     ///< the person said no to a service
    consent_withdrawn,  ///< the person took a permission back
    session_ended,  ///< logout, by the person, a service, the identity provider or an administrator
    account_created,    ///< a person got an account
    account_linked,     ///< a login method was joined to an account
    account_changed,    ///< e-mail or password changed
    account_disabled,   ///< by an administrator
    password_failed,    ///< a password login did not succeed
    mail_sent,          ///< a confirmation or reset message was put into the outbox
    profile_changed,    ///< light data edited or official data replaced
    data_read,          ///< a service read data of a person; `fields` names the parts
    data_refused,       ///< it asked for what it may not have
    data_exported,      ///< the person took a copy of their data
    data_erased,        ///< the person had data erased
    mandate_used,       ///< acting on behalf of another began
    plugin_failed,      ///< a plugin broke its bounds; the login ended
    key_rotated,        ///< signing keys moved on
    client_registered,  ///< a service registered, changed or removed itself
    administration,     ///< a command changed something
};
[[nodiscard]] std::string_view to_string(AuditKind kind);
/// Empty for a text that is no kind's.
[[nodiscard]] std::optional<AuditKind> audit_kind_of(std::string_view text);

/// One event. `fields` hold names of things, never values of personal data: no identity code, name,
/// e-mail or token.
struct AuditEvent {
    AuditKind kind{};
    TimePoint at{};
    std::string event_id;    ///< shown to the person on an error page
    std::string request_id;  ///< joins with the log
    std::string user_id;     ///< internal account id; empty when unknown
    std::string client_id;   ///< the service concerned; empty when none
    boost::json::object fields;
};

/// For events that belong to no other intention (a refusal). Any thread may call.
class Audit {
  public:
    virtual ~Audit() = default;
    /// Returns after the event is durable. An error means it is not: the action must fail with 503.
    [[nodiscard]] virtual Result<> record(AuditEvent event) = 0;
    /// The same as an intention, for an answer that waits for it without a worker (PendingCommit).
    [[nodiscard]] virtual std::unique_ptr<Intention> recording(std::vector<AuditEvent> events) = 0;
};

}  // namespace tunnus
