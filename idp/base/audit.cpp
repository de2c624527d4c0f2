// SPDX-License-Identifier: MIT
#include "idp/base/audit.hpp"

namespace tunnus {

std::string_view to_string(AuditKind kind) {
    switch (kind) {
        case AuditKind::login_finished:
            return "login.finished";
        case AuditKind::login_refused:
            return "login.refused";
        case AuditKind::saml_reject:
            return "saml.reject";
        case AuditKind::code_issued:
            return "code.issued";
        case AuditKind::code_redeemed:
            return "code.redeemed";
        case AuditKind::code_reused:
            return "code.reused";
        case AuditKind::token_refreshed:
            return "token.refreshed";
        case AuditKind::refresh_reuse:
            return "refresh.reuse";
        case AuditKind::token_issued:
            return "token.issued";
        case AuditKind::token_revoked:
            return "token.revoked";
        case AuditKind::consent_given:
            return "consent.given";
        case AuditKind::consent_denied:
            return "consent.denied";
        case AuditKind::consent_withdrawn:
            return "consent.withdrawn";
        case AuditKind::session_ended:
            return "session.ended";
        case AuditKind::account_created:
            return "account.created";
        case AuditKind::account_linked:
            return "account.linked";
        case AuditKind::account_changed:
            return "account.changed";
        case AuditKind::account_disabled:
            return "account.disabled";
        case AuditKind::password_failed:
            return "password.failed";
        case AuditKind::mail_sent:
            return "mail.sent";
        case AuditKind::profile_changed:
            return "profile.changed";
        case AuditKind::token_exchanged:
            return "token.exchanged";
        case AuditKind::decoupled_asked:
            return "decoupled.asked";
        case AuditKind::data_read:
            return "data.read";
        case AuditKind::data_refused:
            return "data.refused";
        case AuditKind::data_exported:
            return "data.exported";
        case AuditKind::data_erased:
            return "data.erased";
        case AuditKind::mandate_used:
            return "mandate.used";
        case AuditKind::plugin_failed:
            return "plugin.failed";
        case AuditKind::key_rotated:
            return "key.rotated";
        case AuditKind::client_registered:
            return "client.registered";
        case AuditKind::administration:
            return "administration";
    }
    return "unknown";
}

std::optional<AuditKind> audit_kind_of(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(AuditKind::administration); ++i)
        if (auto const kind = static_cast<AuditKind>(i); to_string(kind) == text) return kind;
    return std::nullopt;
}

}  // namespace tunnus
