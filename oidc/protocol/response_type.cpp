// SPDX-License-Identifier: MIT
#include "oidc/protocol/response_type.hpp"

namespace tunnus::oidc {

Checked<> check_response_type(Client const& client, Form const& form) {
    auto const response_type = form.get("response_type");
    if (response_type.empty())
        return Refusal{
            OAuthError::invalid_request, "response_type is missing", {}, Delivery::redirect};
    if (response_type != "code")
        return Refusal{OAuthError::unsupported_response_type,
                       "response_type must be code",
                       {},
                       Delivery::redirect};
    if (!client.allows_grant("authorization_code"))
        return Refusal{OAuthError::unauthorized_client,
                       "this client may not use the authorization code grant",
                       {},
                       Delivery::redirect};
    return {};
}

}  // namespace tunnus::oidc
