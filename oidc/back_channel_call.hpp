// SPDX-License-Identifier: MIT
// A request that a client sends us directly, after the client has been authenticated: what the
// grants and the endpoints behind oidc/endpoints/back_channel.hpp are called with.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "oidc/provider.hpp"

#include <optional>

namespace tunnus::oidc {

/// What a request has read before it goes on on Lane::outbound, where it begins anew: so much is
/// not read twice. What it writes is conditional all the same.
struct ReadBefore {
    std::optional<storage::RefreshAndGrant> refresh_token;
    std::optional<storage::DecoupledRequest> decoupled_request;
    std::optional<storage::Grant> grant;
};
/// What `look` finds, or what is kept of it.
template <class T, class Look>
[[nodiscard]] Result<std::optional<T>> read_once(std::optional<T>& kept, Look const& look) {
    if (kept) return kept;
    Result<std::optional<T>> found = look();
    if (found) kept = *found;
    return found;
}

/// Lives as long as the request is answered.
struct BackChannelCall {
    Provider const& provider;
    HttpRequest const& http;
    Form const& form;
    Client const& client;
    TimePoint now{};
    /// What the caller proved to have: the key of its DPoP proof, the certificate of its
    /// connection.
    Confirmation shown = {};
    bool may_block = false;        ///< it runs on Lane::outbound, where other servers may be asked
    ReadBefore* before = nullptr;  ///< null: the request goes nowhere else
};

}  // namespace tunnus::oidc
