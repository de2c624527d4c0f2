// SPDX-License-Identifier: MIT
// The endpoints that are whole in themselves: each is one file of its name, and each is a Handler
// of idp/app.cpp's table.
#pragma once

#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// POST /token (RFC 6749 §3.2): authenticates the client, then one file of oidc/grants per
/// grant_type.
[[nodiscard]] Outcome token(Provider const& provider, HttpRequest const& request);
/// POST /par (RFC 9126): checks an authorization request and keeps it for its browser. Refusals
/// are the token endpoint's; the reference lives for limits.pushed_request_lifetime.
[[nodiscard]] Outcome pushed_authorization_request(Provider const& provider,
                                                   HttpRequest const& request);
/// GET /initiate/{client_id} (OpenID Connect Core §4): sends the browser to the service's
/// initiate_login_uri with our `iss`, so that it begins a login here. 404 without one.
[[nodiscard]] Outcome initiate_login(Provider const& provider, HttpRequest const& request);
/// POST /backchannel_authentication (OpenID CIBA Core §7): a service asks a person who is
/// elsewhere, and gets the auth_req_id with which it fetches the answer (poll) or hears of it
/// (ping). The person is told by mail and answers on a page of ours. Plugins are asked who is
/// meant: Lane::outbound.
[[nodiscard]] Outcome backchannel_authentication(Provider const& provider,
                                                 HttpRequest const& request);
/// POST /device_authorization (RFC 8628 §3.1).
[[nodiscard]] Outcome device_authorization(Provider const& provider, HttpRequest const& request);
/// GET and POST /userinfo (OpenID Connect Core §5.3).
[[nodiscard]] Outcome userinfo(Provider const& provider, HttpRequest const& request);
/// POST /introspect (RFC 7662).
[[nodiscard]] Outcome introspection(Provider const& provider, HttpRequest const& request);
/// POST /revoke (RFC 7009).
[[nodiscard]] Outcome revocation(Provider const& provider, HttpRequest const& request);
/// GET /session/check: check_session_iframe (OpenID Connect Session Management 1.0 §3.3), a page
/// for frames of any site.
[[nodiscard]] Outcome check_session(Provider const& provider, HttpRequest const& request);
/// GET /jwks.json (RFC 7517), with ETag.
[[nodiscard]] Outcome jwks(Provider const& provider, HttpRequest const& request);
/// GET /.well-known/openid-configuration (OpenID Connect Discovery §4) and
/// /.well-known/oauth-authorization-server (RFC 8414).
[[nodiscard]] Outcome openid_configuration(Provider const& provider, HttpRequest const& request);
/// OPTIONS of token, userinfo, jwks and discovery: CORS by the client's registered origins
/// (threats.md O-76).
[[nodiscard]] Outcome preflight(Provider const& provider, HttpRequest const& request);

}  // namespace tunnus::oidc
