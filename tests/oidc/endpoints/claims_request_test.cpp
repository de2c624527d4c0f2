// SPDX-License-Identifier: MIT
// The claims parameter from the request to userinfo and ID token (OpenID Connect Core §5.5).
#include "tests/oidc/endpoints/test_provider.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;

struct ClaimsRequest : EndpointTest {
    boost::json::object released(std::string const& claims_parameter) {
        auto const tokens = redeem(new_code({{"claims", claims_parameter}, {"scope", "openid"}}));
        return json(ask_userinfo(text(tokens, "access_token")));
    }
};

TEST_F(ClaimsRequest, GivesWhatIsAskedForByName) {
    auto const payload = released(R"({"userinfo":{"nickname":null,"color":{"essential":true}}})");
    EXPECT_EQ(payload.at("nickname"), "value of nickname");
    EXPECT_EQ(payload.at("color"), "value of color");
    EXPECT_FALSE(payload.contains("name"));
}

// §5.5.1: value and values ask for that value; an essential claim that is not there is no error.
TEST_F(ClaimsRequest, GivesAClaimOnlyWithAValueThatIsAskedFor) {
    EXPECT_TRUE(released(R"({"userinfo":{"nickname":{"value":"value of nickname"}}})")
                    .contains("nickname"));
    EXPECT_TRUE(released(R"({"userinfo":{"nickname":{"values":["x","value of nickname"]}}})")
                    .contains("nickname"));
    EXPECT_FALSE(released(R"({"userinfo":{"nickname":{"value":"x","essential":true}}})")
                     .contains("nickname"));
    EXPECT_FALSE(released(R"({"userinfo":{"nickname":{"values":[1,true]}}})").contains("nickname"));
}

// §5.2.
TEST_F(ClaimsRequest, GivesALanguageUnderItsTag) {
    auto const payload = released(R"({"userinfo":{"nickname#sv":null,"color":null}})");
    EXPECT_EQ(payload.at("nickname#sv"), "value of nickname in sv");
    EXPECT_FALSE(payload.contains("nickname"));
    EXPECT_FALSE(payload.contains("color#sv"));
    EXPECT_EQ(payload.at("color"), "value of color");
}

TEST_F(ClaimsRequest, AsksThePluginsOnceForAllLanguages) {
    auto const before = claims.times_asked;
    auto const payload = released(
        R"({"userinfo":{"nickname#sv":null,"nickname#sv-FI":null,"nickname#fi":null,"color#sv-x-a":null,"name":null}})");
    EXPECT_EQ(payload.at("nickname#sv-FI"), "value of nickname in sv");
    EXPECT_EQ(payload.at("color#sv-x-a"), "value of color in sv");
    EXPECT_EQ(payload.at("nickname#fi"), "value of nickname");
    EXPECT_FALSE(payload.contains("nickname"));
    EXPECT_EQ(claims.times_asked - before, 2) << "once for the ID token, once for userinfo";
}

TEST_F(ClaimsRequest, KeepsTheTwoPlacesApart) {
    auto const tokens = redeem(new_code(
        {{"claims", R"({"id_token":{"color":null},"userinfo":{"nickname":{"value":"x"}}})"}}));
    EXPECT_EQ(id_token(tokens).at("color"), "value of color");
    EXPECT_FALSE(id_token(tokens).contains("nickname"));
    EXPECT_FALSE(json(ask_userinfo(text(tokens, "access_token"))).contains("color"));
}

}  // namespace
}  // namespace tunnus::oidc
