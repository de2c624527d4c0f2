// SPDX-License-Identifier: MIT
// A request that a client sends us directly, after the client has been authenticated: what the
// grants and the endpoints behind oidc/endpoints/back_channel.hpp are called with.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "oidc/provider.hpp"

namespace tunnus::oidc {

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
    bool may_block = false;  ///< it runs on Lane::outbound, where other servers may be asked
};

}  // namespace tunnus::oidc
