// SPDX-License-Identifier: MIT
#include "oidc/protocol/session_state.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

namespace tunnus::oidc {

std::string make_session_state(std::string_view client_id, std::string_view origin,
                               std::string_view browser_state, std::string_view salt) {
    std::string text(client_id);
    for (auto const part : {origin, browser_state, salt})
        text.append(" ").append(part);
    return encode_base64url(sha256(text)).append(".").append(salt);
}

}  // namespace tunnus::oidc
