// SPDX-License-Identifier: MIT
// The claims parameter from the request to userinfo and ID token (OpenID Connect Core §5.5).
#include "tests/oidc/endpoints/test_provider.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;

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

// ---- OpenID Connect for Identity Assurance §5

struct VerifiedClaimsRequestTest : ClaimsRequest {
    static std::string verified(std::string const& claims) {
        return R"({"verified_claims":{"verification":{"trust_framework":null},"claims":)" + claims +
               "}}";
    }
    std::vector<std::string> needed_for(Fields const& fields) {
        auto const begun = begin(fields);
        return consent_needed(provider, *begun.client, begun.request).claims;
    }
};

TEST_F(VerifiedClaimsRequestTest, IsAnsweredInItsPlaceAlone) {
    auto const to_userinfo =
        redeem(new_code({{"claims", R"({"userinfo":)" + verified(R"({"nickname":null})") + "}"}}));
    boost::json::object const expected{{"verification", {{"trust_framework", "eidas"}}},
                                       {"claims", {{"nickname", "verified nickname"}}}};
    EXPECT_EQ(json(ask_userinfo(text(to_userinfo, "access_token"))).at("verified_claims"),
              expected);
    EXPECT_FALSE(id_token(to_userinfo).contains("verified_claims"));
    auto const to_id_token =
        redeem(new_code({{"claims", R"({"id_token":)" + verified(R"({"nickname":null})") + "}"}}));
    EXPECT_EQ(id_token(to_id_token).at("verified_claims"), expected);
    auto const userinfo = json(ask_userinfo(text(to_id_token, "access_token")));
    EXPECT_FALSE(userinfo.contains("verified_claims"));
    EXPECT_FALSE(userinfo.contains("nickname")) << "unverified it was not asked for";
}

TEST_F(VerifiedClaimsRequestTest, IsAnsweredByAListWhereSeveralElementsAreMet) {
    auto const element = [](std::string const& framework, std::string const& claim) {
        return R"({"verification":{"trust_framework":)" + framework + R"(},"claims":{")" + claim +
               R"(":null}})";
    };
    auto const payload =
        released(R"({"userinfo":{"verified_claims":[)" + element("null", "nickname") + "," +
                 element(R"({"value":"de_aml"})", "color") + "," +
                 element(R"({"value":"eidas"})", "color") + "]}}");
    auto const& answers = payload.at("verified_claims").as_array();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0].at("claims"), (boost::json::object{{"nickname", "verified nickname"}}));
    EXPECT_EQ(answers[1].at("claims"), (boost::json::object{{"color", "verified color"}}));
}

TEST_F(VerifiedClaimsRequestTest, StandsBesideClaimsThatAreOnlySaid) {
    auto const before = claims.times_asked;
    auto const payload = released(
        R"({"userinfo":{"color":null,"nickname#sv":null,"verified_claims":{"verification":{"trust_framework":null},"claims":{"nickname":null}}}})");
    EXPECT_EQ(payload.at("color"), "value of color");
    EXPECT_EQ(payload.at("nickname#sv"), "value of nickname in sv");
    EXPECT_EQ(payload.at("verified_claims").at("claims"),
              (boost::json::object{{"nickname", "verified nickname"}}));
    EXPECT_EQ(claims.times_asked - before, 2) << "once for the ID token, once for userinfo";
}

TEST_F(VerifiedClaimsRequestTest, PassesOverWhatNobodyVouchesFor) {
    EXPECT_FALSE(
        released(R"({"userinfo":)" + verified(R"({"unheard_of":{"essential":true}})") + "}")
            .contains("verified_claims"));
    EXPECT_FALSE(released(R"({"userinfo":)" + verified(R"({"nickname":{"value":"x"}})") + "}")
                     .contains("verified_claims"));
}

TEST_F(VerifiedClaimsRequestTest, OfAnotherShapeIsRefusedAtTheRedirectUri) {
    auto const refusal =
        refused(authorize({{"claims", R"({"userinfo":{"verified_claims":[{"claims":{}}]}})"}}));
    EXPECT_EQ(field(refusal, "error"), "invalid_request");
}

// It is permitted like the claim that is only said, and ends with it.
TEST_F(VerifiedClaimsRequestTest, NeedsThePersonsConsentToTheClaim) {
    auto const claims_parameter = R"({"userinfo":)" + verified(R"({"name":null})") + "}";
    EXPECT_EQ(needed_for({{"claims", claims_parameter}, {"scope", "openid"}}),
              (std::vector<std::string>{"name"}));
    EXPECT_EQ(needed_for({{"claims", claims_parameter}, {"scope", "openid profile"}}),
              (std::vector<std::string>{}));
    EXPECT_EQ(needed_for({{"claims", R"({"userinfo":)" + verified(R"({"color":null})") + "}"},
                          {"scope", "openid"}}),
              (std::vector<std::string>{}))
        << "nobody is asked about its scope";
}

}  // namespace
}  // namespace tunnus::oidc
