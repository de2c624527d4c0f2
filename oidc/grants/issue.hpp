// SPDX-License-Identifier: MIT
// Making the tokens that every grant answers with. Nothing is written here: the rows go into the
// grant's intention.
#pragma once

#include "oidc/grants/grant_body.hpp"
#include "oidc/grants/grants.hpp"
#include "oidc/grants/token_purpose.hpp"
#include "oidc/protocol/token_response.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tunnus::oidc {

/// For whom tokens are made, and when.
struct Issuing {
    Provider const& provider;
    Client const& client;
    TimePoint now{};
    Confirmation shown = {};  ///< what the caller proved to have; nothing at a browser's request
    /// A token that is made of another does not outlive it.
    std::optional<TimePoint> not_after = {};
    /// When the mandate of the grant was asked about again; empty: not since the login.
    std::optional<TimePoint> mandate_checked_at = {};

    Issuing(Provider const& by, Client const& to, TimePoint at)
        : provider(by), client(to), now(at) {}
    Issuing(GrantRequest const& request) : Issuing(request.provider, request.client, request.now) {
        shown = request.shown;
    }
};

/// Whether grants of this client and scope have refresh tokens (grants.hpp).
[[nodiscard]] bool has_refresh_tokens(Client const& client, std::vector<std::string> const& scope);

/// Whether the caller proved what its registration demands: a DPoP key (RFC 9449 §5.2, else
/// invalid_dpop_proof), a client certificate (RFC 8705 §3, else invalid_request).
[[nodiscard]] Checked<> check_possession(Issuing const& request);

/// An access token and its row, the text being put into `tokens` with its lifetime and scope.
/// `grant` is null for a client's own token. No token outlives its grant. It is bound to the key of
/// the request's DPoP proof, and to its certificate where the client registered that. Where the
/// grant acts for somebody it says so, and ends in time for the next check (acting_for.hpp).
/// server_error when no key signs the JWT that the client registered.
[[nodiscard]] Checked<storage::AccessToken> add_access_token(Issuing const& request,
                                                             storage::Grant const* grant,
                                                             std::vector<std::string> scope,
                                                             TokenPurpose const& purpose,
                                                             TokenResponse& tokens);
/// The same for a refresh token, which is bound for a public client only: a confidential one proves
/// itself anew at each use, and may change its keys (RFC 9449 §5, RFC 8705 §4).
[[nodiscard]] storage::RefreshToken add_refresh_token(Issuing const& request,
                                                      storage::Grant const& grant,
                                                      TokenResponse& tokens);
/// Until when a refresh token of the grant lives if it is not used before: never past a mandate
/// that nobody can check any longer.
[[nodiscard]] TimePoint refresh_token_end(Issuing const& request, storage::Grant const& grant);
/// Where `tokens` have the scope openid, adds the ID token, signed, with the claims that the
/// plugins give for it, and the hashes of the access token that is there, and of the code and state
/// that go with it (empty: none). server_error when they fail or when no key of the client's
/// algorithm signs.
[[nodiscard]] Checked<> add_id_token(Issuing const& request, storage::Grant const& grant,
                                     GrantBody const& body, std::optional<std::string> nonce,
                                     TokenResponse& tokens, std::string_view code = {},
                                     std::string_view state = {});

/// The first redemption of a grant: its access token, and the refresh token and ID token (with this
/// nonce) that go with its scope, all of them in `tokens`. Refuses as purpose_within and
/// add_id_token do.
[[nodiscard]] Checked<storage::RedeemCode> make_redemption(
    GrantRequest const& request, storage::Grant const& grant, GrantBody const& body,
    std::optional<std::string> nonce, TokenResponse& tokens,
    std::optional<TimePoint> mandate_checked_at = {});

[[nodiscard]] AuditEvent audit_event(GrantRequest const& request, AuditKind kind,
                                     std::string_view user_id);

/// invalid_grant with one description for every reason; `detail` is for the log.
[[nodiscard]] Refusal invalid_grant(std::string detail);
/// server_error, which is answered with 503.
[[nodiscard]] Refusal server_error(std::string detail);

/// The outcome for a code or token that was stolen: its grant ends, and the answer is invalid_grant
/// however that goes.
[[nodiscard]] Outcome revoke_reused(GrantRequest const& request, storage::Grant const& grant,
                                    AuditKind kind);

}  // namespace tunnus::oidc
