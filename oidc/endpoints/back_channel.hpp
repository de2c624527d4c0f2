// SPDX-License-Identifier: MIT
// What the endpoints that clients call directly (token, introspection, revocation, pushed requests,
// device authorization, CIBA) share: a form and a client that is who it says.
#pragma once

#include "oidc/back_channel_call.hpp"

#include <functional>
#include <memory>

namespace tunnus::oidc {

/// Whether scripts of the client's registered origins may read the answers (threats.md O-76).
enum class CrossOrigin { none, registered };

using BackChannelAnswer = std::function<Checked<Outcome>(BackChannelCall const&)>;

/// Reads the form, authenticates the client, lets `answer` do the rest, and turns a refusal into
/// its answer. Refusals are logged with what the operator needs. `answer` is not called for a
/// client that did not authenticate. Where it must ask another server first it returns, before it
/// has written anything, a Continuation without a `rest` on Lane::outbound: all of this then
/// happens there once more, with BackChannelCall::may_block.
///
/// What the client proved itself with, its assertion or DPoP proof, is used up by the write of the
/// request, or by one of its own where there is none; a request that is refused uses nothing up.
/// Where the client's keys must be fetched first, all of this happens on Lane::outbound.
[[nodiscard]] Outcome answer_back_channel(Provider const& provider, HttpRequest const& request,
                                          CrossOrigin cross_origin,
                                          BackChannelAnswer const& answer);

}  // namespace tunnus::oidc
