// SPDX-License-Identifier: MIT
#include "oidc/protocol/id_token.hpp"

#include "idp/base/json.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using boost::json::object;

IdToken token() {
    IdToken token;
    token.iss = "https://id.example";
    token.sub = "248289761001";
    token.aud = "rp";
    token.iat = from_unix_ms(1'900'000'000'999);
    token.exp = from_unix_s(1'900'000'300);
    token.auth_time = from_unix_s(1'899'999'000);
    return token;
}

object claims_of(IdToken const& id_token) {
    return parse_json_object(id_token_payload(id_token)).value();
}

TEST(IdToken, HasWhatCoreSection2Demands) {
    object const expected{{"iss", "https://id.example"},
                          {"sub", "248289761001"},
                          {"aud", "rp"},
                          {"azp", "rp"},
                          {"iat", 1'900'000'000},
                          {"exp", 1'900'000'300},
                          {"auth_time", 1'899'999'000}};
    EXPECT_EQ(claims_of(token()), expected);
}

TEST(IdToken, StatesHowThePersonSignedIn) {
    auto id_token = token();
    id_token.acr = "strong";
    id_token.amr = {"mfa", "pwd"};
    id_token.sid = "s";
    id_token.at_hash = "h";
    auto const claims = claims_of(id_token);
    EXPECT_EQ(claims.at("acr"), "strong");
    EXPECT_EQ(claims.at("amr"), (boost::json::array{"mfa", "pwd"}));
    EXPECT_EQ(claims.at("sid"), "s");
    EXPECT_EQ(claims.at("at_hash"), "h");
}

TEST(IdToken, EchoesTheNonceExactly_O29) {
    EXPECT_FALSE(claims_of(token()).contains("nonce"));
    for (std::string const nonce : {"n", "\"\\/\b\x01\x7f", "\xf0\x9f\x99\x82 <script>"}) {
        auto id_token = token();
        id_token.nonce = nonce;
        EXPECT_EQ(claims_of(id_token).at("nonce"), boost::json::value(nonce));
    }
}

TEST(IdToken, LetsNoPluginSetAProtocolClaim) {
    auto id_token = token();
    id_token.claims = {{"iss", "evil"},     {"sub", "evil"},
                       {"acr", "strong"},   {"azp", "evil"},
                       {"name", "A \"B\""}, {"address", {{"locality", "Helsinki"}}}};
    auto const claims = claims_of(id_token);
    EXPECT_EQ(claims.at("iss"), "https://id.example");
    EXPECT_EQ(claims.at("sub"), "248289761001");
    EXPECT_FALSE(claims.contains("acr"));
    EXPECT_EQ(claims.at("name"), "A \"B\"");
    EXPECT_EQ(claims.at("address").at("locality"), "Helsinki");
}

}  // namespace
}  // namespace tunnus::oidc
