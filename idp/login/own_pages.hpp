// SPDX-License-Identifier: MIT
// Signing in to see a page of our own: a person who opens one without a session is led through a
// login and back. The login is an ordinary one, of a client that is ourselves: public, known to no
// one else, without scopes beyond `openid`, and with a code challenge that nobody has a verifier
// for, so its code opens nothing. What counts is the session.
#pragma once

#include "idp/login/parts.hpp"
#include "oidc/protocol/step_up.hpp"

#include <boost/json/object.hpp>

namespace tunnus::login {

/// The path at which such a login ends, a route of GET.
inline constexpr std::string_view signed_in_path = "/signed-in";

/// Our own registration's client_id.
inline constexpr std::string_view own_client_id = "urn:tunnus:own-pages";
/// Whether this is it.
[[nodiscard]] bool is_own_client(std::string_view client_id);
/// Our own registration; `name` is what people know us by.
[[nodiscard]] boost::json::object own_client(std::string_view issuer, std::string_view name);

/// 303 to a login that satisfies the demand, for a GET of a browser that shows pages. Empty where
/// that is no use: another method, a script, or an address that could not be returned to.
[[nodiscard]] std::optional<HttpResponse> lead_to_sign_in(
    Parts const& parts, HttpRequest const& request, oidc::AuthenticationDemand const& demand = {});

/// 303 to a login in which the person does this about their account (oidc::AccountAction::name) and
/// which ends at `page`, a path of ours. It is the same that a service asks for by kc_action.
[[nodiscard]] HttpResponse lead_to_action(Parts const& parts, HttpRequest const& request,
                                          std::string_view action, std::string_view page);
/// What lead_to_action() asked for, read again: our own pages may always ask.
void demand_own_action(Parts const& parts, HttpRequest const& request,
                       oidc::AuthorizationRequest& authorization);
/// Whether this request for a page of ours follows an action of this session that was done, and
/// which: `done` and `proof` of the query, which nobody else can make. Empty: none.
[[nodiscard]] std::string action_done(Parts const& parts, HttpRequest const& request,
                                      storage::Session const& session);

/// GET /signed-in: 303 to the page. The `state` is a path of our own in plain characters, or it is
/// not followed (no open redirect); a login that failed ends in the page of 401, one with an action
/// at the page all the same.
[[nodiscard]] HttpResponse return_to_page(Parts const& parts, HttpRequest const& request);

}  // namespace tunnus::login
