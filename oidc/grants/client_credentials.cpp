// SPDX-License-Identifier: MIT
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/scope.hpp"

namespace tunnus::oidc {

Checked<Outcome> issue_to_client(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto scope = check_client_scope(request.client, request.form.get("scope"),
                                    provider.claims.scopes(), provider.limits);
    if (!scope) return scope.error();
    auto const purpose = purpose_of_client(request);
    if (!purpose) return purpose.error();
    TokenResponse tokens;
    auto const row = add_access_token(request, nullptr, std::move(*scope), *purpose, tokens);
    if (!row) return row.error();
    auto const audit = audit_event(request, AuditKind::token_issued, {});
    return Outcome(PendingCommit{storage::issue_client_token(*row, audit, provider.random),
                                 token_response(tokens),
                                 token_error(server_error("lost"), request.http)});
}

}  // namespace tunnus::oidc
