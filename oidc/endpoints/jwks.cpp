// SPDX-License-Identifier: MIT
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/public_document.hpp"

namespace tunnus::oidc {

Outcome jwks(Provider const& provider, HttpRequest const& request) {
    auto const keys = provider.keys.current();
    return public_document(request, keys->jwks_json, keys->etag);
}

}  // namespace tunnus::oidc
