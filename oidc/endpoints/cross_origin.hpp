// SPDX-License-Identifier: MIT
// Which scripts may read an answer (Fetch §3.2; threats.md O-76). Public documents: all. Token,
// userinfo and revocation: those of the client's registered origins. Everything else, the
// authorization endpoint above all: none. Never with credentials.
#pragma once

#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// Lets the request's origin read the response, when the client registered it.
void allow_origin_of(Client const& client, HttpRequest const& request, HttpResponse& response);
/// The same for every answer of an outcome, which is no Continuation.
void allow_origin_of(Client const& client, HttpRequest const& request, Outcome& outcome);
/// The handler, whose every answer is readable by the origins that clients registered, whoever
/// calls: a refusal does not say whose token it was.
[[nodiscard]] Handler for_origins_of(Clients const& clients, Handler handler);
/// The same for its refusals alone: what it answers else it shares out itself.
[[nodiscard]] Handler refusals_for_origins_of(Clients const& clients, Handler handler);
/// Lets every origin read it.
void allow_any_origin(HttpResponse& response);

}  // namespace tunnus::oidc
