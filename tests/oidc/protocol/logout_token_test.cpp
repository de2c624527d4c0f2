// SPDX-License-Identifier: MIT
#include "oidc/protocol/logout_token.hpp"

#include "idp/base/json.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

TEST(LogoutToken, OpenIdConnectBackChannelLogoutSection2_4_O87) {
    LogoutToken token;
    token.iss = "https://server.example.com";
    token.sub = "248289761001";
    token.aud = "s6BhdRkqt3";
    token.iat = from_unix_s(1471566154);
    token.exp = from_unix_s(1471569754);
    token.jti = "bWJq";
    token.sid = "08a5019c-17e1-4977-8f42-65a12843ea02";
    EXPECT_EQ(
        parse_json_object(logout_token_payload(token)).value(),
        (json::object{
            {"iss", "https://server.example.com"},
            {"sub", "248289761001"},
            {"aud", "s6BhdRkqt3"},
            {"iat", 1471566154},
            {"exp", 1471569754},
            {"jti", "bWJq"},
            {"sid", "08a5019c-17e1-4977-8f42-65a12843ea02"},
            {"events", {{"http://schemas.openid.net/event/backchannel-logout", json::object()}}}}));
}

}  // namespace
}  // namespace tunnus::oidc
