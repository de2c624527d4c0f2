// SPDX-License-Identifier: MIT
// What the single logout service answers with inside a frame of the identity provider: the
// HTTP-POST binding's form (bindings §3.5.4), and who may frame it.
#pragma once

#include "idp/base/http.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnus::plugin::suomifi {

/// A document that posts these fields to `url`, by its own script or by its button.
[[nodiscard]] HttpResponse auto_post(std::string_view url,
                                     std::vector<std::pair<std::string, std::string>> const& fields,
                                     std::string_view locale);

/// Lets pages of these origins, and of no other, show the response in a frame (suomifi.md 2.4).
void allow_framing(HttpResponse& response, std::vector<std::string> const& origins);

}  // namespace tunnus::plugin::suomifi
