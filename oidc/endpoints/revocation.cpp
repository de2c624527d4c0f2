// SPDX-License-Identifier: MIT
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/presented_token.hpp"
#include "oidc/grants/issue.hpp"

namespace tunnus::oidc {
namespace {

std::unique_ptr<Intention> revoke(BackChannelCall const& call,
                                  storage::TokenAndGrant const& found) {
    auto const user_id = found.grant ? std::string_view(found.grant->user_id) : std::string_view();
    return storage::revoke_access_token(found.token.id, call.now,
                                        audit_event(call, AuditKind::token_revoked, user_id),
                                        call.provider.random);
}

/// RFC 7009 §2.1: with a refresh token go the access tokens of its grant.
std::unique_ptr<Intention> revoke(BackChannelCall const& call,
                                  storage::RefreshAndGrant const& found) {
    auto const& grant = found.grant;
    return storage::revoke_grant(
        {grant.id, call.now, audit_event(call, AuditKind::token_revoked, grant.user_id)},
        call.provider.random);
}

std::unique_ptr<Intention> revoke(BackChannelCall const&, std::monostate const&) {
    return nullptr;
}

/// §2.2: 200, whether there was anything to revoke or not.
Checked<Outcome> answer(BackChannelCall const& call) {
    auto const found = find_presented_token(call, Shown::own);
    if (!found) return found.error();
    HttpResponse response(200);
    forbid_storing(response);
    auto intention = std::visit([&](auto const& it) { return revoke(call, it); }, *found);
    if (!intention) return Outcome(std::move(response));
    return Outcome(PendingCommit{std::move(intention), response, response});
}

}  // namespace

Outcome revocation(Provider const& provider, HttpRequest const& request) {
    return answer_back_channel(provider, request, CrossOrigin::registered, answer);
}

}  // namespace tunnus::oidc
