// SPDX-License-Identifier: MIT
// OpenID Connect RP-Initiated Logout 1.0: what the service asks. Whether the person is asked, and
// the ending itself, is idp/login/logout.cpp.
#pragma once

#include "oidc/provider.hpp"

#include <optional>
#include <string>
#include <variant>

namespace tunnus::oidc {

struct EndSessionRequest {
    std::string client_id;       ///< from the hint or the parameter; empty when unknown
    std::string hinted_subject;  ///< `sub` of a genuine id_token_hint; empty without
    std::string hinted_sid;      ///< its `sid`
    std::optional<std::string>
        return_to;  ///< a registered post_logout_redirect_uri with `state` added; else none
    std::vector<std::string> ui_locales;
};
/// Never refuses but by an error page for repeated parameters or a client_id that the hint
/// contradicts (O-19, O-84, O-85).
[[nodiscard]] std::variant<EndSessionRequest, HttpResponse> read_end_session(
    Provider const& provider, HttpRequest const& request);

/// OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6: the logout token for one client and
/// session, signed, and encrypted where its ID tokens are. Errors as protect_response.
[[nodiscard]] Result<std::string> make_logout_token(Provider const& provider, Client const& client,
                                                    std::string_view user_id, std::string_view sid,
                                                    TimePoint now);

}  // namespace tunnus::oidc
