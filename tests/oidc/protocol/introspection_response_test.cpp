// SPDX-License-Identifier: MIT
#include "oidc/protocol/introspection_response.hpp"

#include "idp/base/json.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

// The example's `username` and `extension_field` are nothing that we say.
TEST(IntrospectionResponse, Rfc7662Section2_2) {
    IntrospectedToken token;
    token.iss = "https://server.example.com/";
    token.client_id = "l238j323ds-23ij4";
    token.sub = "Z5O3upPC88QrAjx00dis";
    token.scope = {"read", "write", "dolphin"};
    token.aud = {"https://protected.example.net/resource"};
    token.exp = from_unix_s(1419356238);
    token.iat = from_unix_s(1419350238);
    auto const said = parse_json_object(introspection_response(token)).value();
    EXPECT_EQ(said.at("active"), true);
    EXPECT_EQ(said.at("client_id"), "l238j323ds-23ij4");
    EXPECT_EQ(said.at("scope"), "read write dolphin");
    EXPECT_EQ(said.at("sub"), "Z5O3upPC88QrAjx00dis");
    EXPECT_EQ(said.at("iss"), "https://server.example.com/");
    EXPECT_EQ(said.at("exp"), 1419356238);
    EXPECT_EQ(said.at("iat"), 1419350238);
    EXPECT_EQ(inactive_response, R"({"active":false})");
}

TEST(IntrospectionResponse, Rfc9701Section5) {
    auto const payload =
        parse_json_object(
            introspection_jwt_payload(R"({"active":true,"scope":"read write dolphin"})",
                                      "https://as.example.com/", "https://rs.example.com/resource",
                                      from_unix_s(1514797892)))
            .value();
    EXPECT_EQ(payload, (json::object{{"iss", "https://as.example.com/"},
                                     {"aud", "https://rs.example.com/resource"},
                                     {"iat", 1514797892},
                                     {"token_introspection",
                                      {{"active", true}, {"scope", "read write dolphin"}}}}));
}

TEST(IntrospectionResponse, HasNoSubjectForAClientsOwnToken_O61) {
    IntrospectedToken introspected;
    introspected.iss = "https://id.example";
    introspected.client_id = "rp";
    introspected.scope = {"api"};
    auto const claims = parse_json_object(introspection_response(introspected)).value();
    EXPECT_TRUE(claims.at("active").as_bool());
    EXPECT_FALSE(claims.contains("sub"));
    EXPECT_EQ(claims.at("scope"), "api");
}

}  // namespace
}  // namespace tunnus::oidc
