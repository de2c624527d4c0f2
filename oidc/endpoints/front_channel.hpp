// SPDX-License-Identifier: MIT
// What the endpoints that a browser is led to (authorization, end session) share.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/provider.hpp"

#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// The parameters of a GET's query, or of a POST's form together with its query, a name in both
/// being a repeated one (threats.md O-35). A POST of another media type is malformed.
[[nodiscard]] ParsedForm parse_front_channel_form(HttpRequest const& request, Limits const& limits);

/// PAGE of threats.md 0.2: 400 (503 for server_error), no Location. Logged with the detail.
[[nodiscard]] HttpResponse refuse_by_page(Provider const& provider, HttpRequest const& request,
                                          Refusal const& refusal,
                                          std::vector<std::string> const& ui_locales = {});

}  // namespace tunnus::oidc
