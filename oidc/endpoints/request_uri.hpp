// SPDX-License-Identifier: MIT
// What a request object may need from the client's server: the object itself (OpenID Connect Core
// §6.2, RFC 9101 §5.2), fetched from the addresses that the client registered and no others; and
// the keys that verify it, by the client's jwks_uri.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// Whether the object of this authorization request, or the key that it names, is not here. Only
/// looks.
[[nodiscard]] bool must_fetch_request_object(Provider const& provider, ParsedForm const& parsed);

/// The form with the object in `request` in place of its `request_uri`, the client's keys being in
/// provider.client_keys then. Blocks. Where the object cannot be had, with a 200 and within
/// limits.http_timeout and limits.request_object_bytes, or the request_uri is not one of the
/// client's, the form comes back as it was, so that the request_uri is refused.
[[nodiscard]] ParsedForm fetch_request_object(Provider const& provider, HttpRequest const& request,
                                              ParsedForm const& parsed);

/// The keys for a JWS that this client signed with one of its own, whatever it is for.
[[nodiscard]] ClientKeySource::Found find_keys_for(Provider const& provider, Client const& client,
                                                   std::string_view jws);
/// Blocks. ClientKeySource::fetch for the key that the JWS names.
void fetch_keys_for(Provider const& provider, Client const& client, std::string_view jws);

}  // namespace tunnus::oidc
