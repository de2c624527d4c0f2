// SPDX-License-Identifier: MIT
// What a request may use once, an assertion or a DPoP proof, made part of what it writes; and the
// nonce that a proof needs.
#pragma once

#include "oidc/protocol/client_assertion.hpp"
#include "oidc/provider.hpp"
#include "storage/one_time.hpp"

#include <optional>

namespace tunnus::oidc {

/// One more conditional statement in the outcome's own write, or in one that is only that. When it
/// was used before, nothing is written and the answer is `if_replayed`. Not for a Continuation.
void use_up(Outcome& outcome, storage::OneTimeUse const& use, HttpResponse if_replayed);

/// RFC 9449 §11.1: a proof is known by its key and its jti.
[[nodiscard]] storage::OneTimeUse use_of(DpopProof const& proof);
/// RFC 7523 §3: an assertion is known by its client and its jti.
[[nodiscard]] storage::OneTimeUse use_of(ClientAssertion const& assertion, Client const& client);

/// The refusal of a proof that was used before.
[[nodiscard]] Refusal replayed_proof();

/// RFC 9449 §8: puts a nonce into the answer where proofs need one, or `refused` says so.
void offer_nonce(Provider const& provider, TimePoint now, std::optional<OAuthError> refused,
                 HttpResponse& response);
void offer_nonce(Provider const& provider, TimePoint now, std::optional<OAuthError> refused,
                 Outcome& outcome);

}  // namespace tunnus::oidc
