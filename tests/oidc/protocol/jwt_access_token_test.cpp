// SPDX-License-Identifier: MIT
#include "oidc/protocol/jwt_access_token.hpp"

#include "idp/base/json.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

/// That of RFC 9068 §3.
JwtAccessToken example() {
    JwtAccessToken token;
    token.iss = "https://authorization-server.example.com/";
    token.sub = "5ba552d67";
    token.aud = {"https://rs.example.com/"};
    token.exp = from_unix_s(1639528912);
    token.iat = from_unix_s(1618354090);
    token.jti = "dbe39bf3a3ba4238a513f51d6e1691c4";
    token.client_id = "s6BhdRkqt3";
    token.scope = {"openid", "profile", "reademail"};
    return token;
}
json::object payload_of(JwtAccessToken const& token) {
    return parse_json_object(jwt_access_token_payload(token)).value();
}

TEST(JwtAccessToken, Rfc9068Section3) {
    EXPECT_EQ(payload_of(example()),
              (json::object{{"iss", "https://authorization-server.example.com/"},
                            {"sub", "5ba552d67"},
                            {"aud", "https://rs.example.com/"},
                            {"exp", 1639528912},
                            {"iat", 1618354090},
                            {"jti", "dbe39bf3a3ba4238a513f51d6e1691c4"},
                            {"client_id", "s6BhdRkqt3"},
                            {"scope", "openid profile reademail"}}));
}

TEST(JwtAccessToken, SaysHowThePersonSignedInWhereOneDid) {
    auto token = example();
    token.auth_time = from_unix_s(1618354000);
    token.acr = "strong";
    token.amr = {"suomifi"};
    auto const said = payload_of(token);
    EXPECT_EQ(said.at("auth_time"), 1618354000);
    EXPECT_EQ(said.at("acr"), "strong");
    EXPECT_EQ(said.at("amr"), json::array{"suomifi"});
}

TEST(JwtAccessToken, NamesSeveralAudiencesAsAList) {
    auto token = example();
    token.aud = {"https://a.example", "https://b.example"};
    EXPECT_EQ(payload_of(token).at("aud"), (json::array{"https://a.example", "https://b.example"}));
}

}  // namespace
}  // namespace tunnus::oidc
