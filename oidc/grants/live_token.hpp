// SPDX-License-Identifier: MIT
// Whether a token of ours may be used now: the one judge for every place that takes a token
// (protected resources, introspection, the grants that make a token of another), so that a rule
// holds at all of them. Who may use it, and for what, is each place's own question.
#pragma once

#include "oidc/grants/grant_body.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "oidc/provider.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// An access token that lives.
struct LiveToken {
    storage::AccessToken token;
    std::optional<storage::Grant> grant;  ///< none: the client's own token, about nobody
    std::optional<GrantBody> body;        ///< of the grant
    std::shared_ptr<Client const> client;
    Confirmation bound;  ///< to what; whether the caller has it is not judged here
    /// What the client's service (RegisteredService) may read of the person now. Nothing for a
    /// service that the token was handed on to: the person permitted another.
    std::vector<std::string> data_fields;
    bool handed_on = false;  ///< the person permitted another service than the token's client's
};

/// invalid_token with one description for every reason; `detail` is for the log.
[[nodiscard]] Refusal invalid_token(std::string detail);

/// By the token's text, in whichever spelling: one query, or none (storage::Grants), then the
/// judgement below. Besides it refuses with invalid_token what is no token of ours.
[[nodiscard]] Checked<LiveToken> find_live_token(Provider const& provider, std::string_view text,
                                                 TimePoint now);

/// Pure. A token lives when neither it nor its grant was revoked, both last, its client is still
/// there, and the person's consent covers it: that to the service that asked the person, however
/// often the token was handed on since (threats.md I10, O-67). The end of a session, an account or
/// a consent has revoked the grant. Refuses with invalid_token, the reason in `detail` alone, or
/// with server_error for a row that cannot be read.
[[nodiscard]] Checked<LiveToken> judge(Provider const& provider, storage::TokenAndGrant found,
                                       TimePoint now);

/// A refresh token that lives.
struct LiveRefreshToken {
    storage::RefreshToken token;
    storage::Grant grant;
    GrantBody body;
    std::vector<std::string> scope;  ///< of the grant, or what was asked for of it
    Confirmation bound;
};
/// Pure. The same for a refresh token, which without offline_access lives no longer than its
/// session either; `scope` is what is asked for, empty for all that was granted: one that the
/// consent still covers goes through where the whole would not. That it was used before is for the
/// caller to judge, to whom it may mean theft. Refuses with invalid_grant, invalid_scope or
/// server_error.
[[nodiscard]] Checked<LiveRefreshToken> judge(Provider const& provider,
                                              storage::RefreshAndGrant found,
                                              std::string_view scope, TimePoint now);

}  // namespace tunnus::oidc
