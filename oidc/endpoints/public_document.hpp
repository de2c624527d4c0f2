// SPDX-License-Identifier: MIT
// JSON documents that anyone may read and keep for a while: the JWK Set and the metadata.
#pragma once

#include "idp/base/http.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// 200 with the document, or 304 when the request's If-None-Match names this ETag (RFC 9110
/// §13.1.2). To be kept for 5 minutes, which is shorter than a key is announced before it signs.
[[nodiscard]] HttpResponse public_document(HttpRequest const& request, std::string_view json,
                                           std::string_view etag);

}  // namespace tunnus::oidc
