// SPDX-License-Identifier: MIT
#include "oidc/grants/issue.hpp"
#include "oidc/grants/live_token.hpp"
#include "oidc/protocol/scope.hpp"
#include "storage/token_exchange.hpp"

namespace tunnus::oidc {
namespace {

Refusal refused(OAuthError error, std::string description) {
    return {error, std::move(description), {}};
}

/// `#access` asks for the permission `access`.
Checked<std::vector<std::string>> read_permission(Client const& client, std::string_view text) {
    if (text.empty()) return std::vector<std::string>();
    if (!text.starts_with('#') || !contains(client.scope, text.substr(1)))
        return refused(OAuthError::invalid_scope, "not a permission of this client");
    return std::vector<std::string>{std::string(text.substr(1))};
}

Checked<TokenPurpose> read_purpose(Client const& client, Form const& form) {
    auto const audience = form.all("audience");
    if (audience.size() != 1)
        return refused(OAuthError::invalid_request, "one audience must be named");
    if (!contains(client.resources, audience.front()))
        return refused(OAuthError::invalid_target, "not an audience of this client");
    auto permissions = read_permission(client, form.get("permission"));
    if (!permissions) return permissions.error();
    TokenPurpose purpose;
    purpose.resources = audience;
    purpose.permissions = std::move(*permissions);
    return purpose;
}

}  // namespace

Checked<Outcome> redeem_uma_ticket(GrantRequest const& request, LiveToken const& login) {
    if (!login.grant || !contains(login.token.scopes, "openid"))
        return refused(OAuthError::invalid_grant, "not the access token of a login");
    auto const purpose = read_purpose(request.client, request.form);
    if (!purpose) return purpose.error();

    TokenResponse tokens;
    Issuing issuing(request);
    issuing.not_after = login.token.expires_at;
    issuing.mandate_checked_at = TokenPurpose::from_json(login.token.body).mandate_checked_at;
    if (auto const shown = check_possession(issuing); !shown) return shown.error();
    auto const row = add_access_token(issuing, &*login.grant, login.token.scopes, *purpose, tokens);
    if (!row) return row.error();
    auto audit = audit_event(request, AuditKind::token_exchanged, login.grant->user_id);
    audit.fields["audience"] = purpose->resources.front();
    return Outcome(
        PendingCommit{storage::exchange_token(*row, login.token.id, audit, request.provider.random),
                      token_response(tokens), token_error(invalid_grant("lost"), request.http)});
}

}  // namespace tunnus::oidc
