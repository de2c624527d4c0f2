// SPDX-License-Identifier: MIT
#include "oidc/protocol/logout_token.hpp"

#include "oidc/protocol/json_writer.hpp"

#include <boost/json/object.hpp>

namespace tunnus::oidc {

std::string logout_token_payload(LogoutToken const& token) {
    static constexpr std::string_view event = "http://schemas.openid.net/event/backchannel-logout";
    JsonWriter json;
    json.member("iss", token.iss).member("aud", token.aud).member("sub", token.sub);
    if (!token.sid.empty()) json.member("sid", token.sid);
    json.member("iat", to_unix_s(token.iat)).member("exp", to_unix_s(token.exp));
    json.member("jti", token.jti);
    json.member("events", boost::json::value(boost::json::object{{event, boost::json::object()}}));
    return std::move(json).finish();
}

}  // namespace tunnus::oidc
