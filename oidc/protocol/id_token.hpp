// SPDX-License-Identifier: MIT
// The claims of an ID token: OpenID Connect Core §2, §3.1.3.6; s_hash is of FAPI 1 part 2 §5.1.
#pragma once

#include "idp/base/clock.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

struct IdToken {
    std::string_view iss;
    std::string_view sub;
    std::string_view aud;  ///< the client's id; also azp
    TimePoint iat{};
    TimePoint exp{};
    TimePoint auth_time{};
    std::optional<std::string> nonce;  ///< as it came; none on a refresh (§12.2)
    std::string acr;                   ///< left out when empty
    std::vector<std::string> amr;      ///< left out when empty
    std::string sid;                   ///< left out when empty
    std::string at_hash;               ///< left out when empty
    std::string c_hash;                ///< left out when empty
    std::string s_hash;                ///< left out when empty
    boost::json::object act;           ///< RFC 8693 §4.1; left out when empty
    boost::json::object on_behalf_of;  ///< for whom they act; left out when empty
    boost::json::object claims;        ///< the plugins'; names of is_protocol_claim are left out
};

/// The payload to sign, as text.
[[nodiscard]] std::string id_token_payload(IdToken const& token);

/// Claims that state what the provider did. No plugin sets them (design.md 5).
[[nodiscard]] bool is_protocol_claim(std::string_view name);

}  // namespace tunnus::oidc
