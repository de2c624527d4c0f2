// SPDX-License-Identifier: MIT
// The authorization endpoint's two halves (RFC 6749 §3.1, OpenID Connect Core §3.1.2). Between them
// a person signs in, which is idp/login's affair: oidc does not know that a browser flow exists.
#pragma once

#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/protocol/authorization_request.hpp"
#include "oidc/provider.hpp"
#include "storage/logins.hpp"

#include <memory>
#include <variant>

namespace tunnus::oidc {

struct BegunAuthorization {
    std::shared_ptr<Client const> client;
    AuthorizationRequest request;
};

/// Another server must be asked before the request can be judged: for a request object at a
/// registered request_uri, or for keys of the client by its jwks_uri.
struct MustFetch {};
/// Whether begin_authorization asks it itself, which blocks and so wants Lane::outbound.
enum class Fetching { elsewhere, here };

/// GET or POST /authorize: a request to sign in for, or the answer that refuses it (PAGE or RED(e)
/// of threats.md 0.2, or for a browser that a link led here on behalf of a service which registered
/// itself a page that asks before it leaves, O-17). It may come whole, as a pushed request or by a
/// registered request_uri. MustFetch where, and only where, it may not fetch here: nothing has
/// happened then.
[[nodiscard]] std::variant<BegunAuthorization, HttpResponse, MustFetch> begin_authorization(
    Provider const& provider, HttpRequest const& request, Fetching fetching = Fetching::elsewhere);

/// What login has established.
struct Authenticated {
    std::string user_id;
    storage::Id session_id;
    TimePoint session_expires_at{};
    std::string acr;
    std::vector<std::string> amr;
    TimePoint auth_time{};
    std::vector<std::string> granted_scopes;
    std::vector<std::string>
        granted_claims;  ///< names of the claims parameter that the person permitted
    std::string locale;
    std::optional<ActingFor> acting = {};  ///< empty: in their own matter
    /// Of authorization_details, where not all that was asked for.
    std::optional<boost::json::array> granted_details = {};
    bool account_action_done = false;  ///< the one that the request asks for
};

/// The grant to store with finish_login, and the response with its code or tokens to send once that
/// is durable.
struct FinishedAuthorization {
    storage::Grant grant;
    storage::Id pushed_request;                        ///< to be spent with it; empty: none
    std::optional<storage::AccessToken> access_token;  ///< one that the response carries
    storage::Id decoupled_request;                     ///< that the grant answers; empty: none
    HttpResponse response;
    AuditEvent audit;
};
/// Refuses by redirect, with server_error, when an ID token that the response carries cannot be
/// made.
[[nodiscard]] Checked<FinishedAuthorization> finish_authorization(
    Provider const& provider, Client const& client, AuthorizationRequest const& request,
    Authenticated const& authenticated, TimePoint now);

/// RED(e): the error response to the client, with `state` and `iss`, by the request's response_mode
/// (JARM §2.1: as a JWT too); for a decoupled request a page that says that nothing was passed on.
[[nodiscard]] HttpResponse refuse_authorization(Provider const& provider,
                                                AuthorizationRequest const& request,
                                                Refusal const& refusal);

}  // namespace tunnus::oidc
