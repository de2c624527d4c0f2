// SPDX-License-Identifier: MIT
// RFC 6585 §4, RFC 9126 §2.3.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/http.hpp"

#include <string>

namespace tunnus::oidc {

/// 429 with Retry-After, in the shape of TOK(temporarily_unavailable).
[[nodiscard]] HttpResponse too_many_requests(std::string description, seconds retry_after);

}  // namespace tunnus::oidc
