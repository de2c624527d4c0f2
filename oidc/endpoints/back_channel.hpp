// SPDX-License-Identifier: MIT
// What the endpoints that clients call directly (token, introspection, revocation, pushed requests)
// share: a form and a client that is who it says.
#pragma once

#include "oidc/back_channel_call.hpp"

#include <functional>
#include <memory>

namespace tunnus::oidc {

/// Whether scripts of the client's registered origins may read the answers (threats.md O-76).
enum class CrossOrigin { none, registered };

/// Reads the form, authenticates the client, lets `answer` do the rest, and turns a refusal into
/// its answer. Refusals are logged with what the operator needs. `answer` is not called for a
/// client that did not authenticate.
[[nodiscard]] Outcome answer_back_channel(
    Provider const& provider, HttpRequest const& request, CrossOrigin cross_origin,
    std::function<Checked<Outcome>(BackChannelCall const&)> const& answer);

}  // namespace tunnus::oidc
