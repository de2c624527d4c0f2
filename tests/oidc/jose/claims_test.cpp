// SPDX-License-Identifier: MIT
// threats.md 2.7, J-14 to J-16.
#include "oidc/jose/claims.hpp"

#include "tests/oidc/jose/tokens.hpp"

#include <gtest/gtest.h>

namespace tunnus::jose::tests {
namespace {

constexpr TimePoint now = from_unix_s(1'800'000'000);
constexpr std::string_view us = "https://id.example";

boost::system::error_code lifetime(std::string_view claims, LifetimeRules const& rules = {}) {
    auto const parsed = parse_json_object(claims);
    if (!parsed) return JoseErrc::malformed_token;
    return code_of(check_lifetime(*parsed, rules, now));
}

boost::system::error_code audience(std::string_view aud, AudienceForm form) {
    std::array<std::string_view, 2> const accepted{us, "https://id.example/token"};
    return code_of(check_audience(json(R"({"aud":)" + std::string(aud) + "}"), accepted, form));
}

VerifiedJwt token_of_type(std::string_view header) {
    auto const& key = key_for(Algorithm::ES256);
    return VerifiedJwt::verify(token(key, header, claims_text), set_of(key), Algorithm::ES256)
        .value();
}

TEST(Claims, TheCleanFormIsAccepted) {
    EXPECT_FALSE(lifetime(R"({"exp":1800000300,"nbf":1800000000,"iat":1799999990})"));
    EXPECT_FALSE(lifetime(R"({"exp":1800000300})"));
}

TEST(Claims, J14RefusesDatesThatAreNotWholeSecondsOfOurTime) {
    for (auto exp :
         {"1e400", "-1", "\"1800000300\"", "1800000300.5", "1.8000003e9", "9223372036854775808",
          "9223372036854775807", "253402300800", "null", "true", "[1800000300]", "{}"})
        EXPECT_TRUE(lifetime(R"({"exp":)" + std::string(exp) + "}")) << exp;
    for (auto name : {"nbf", "iat"})
        for (auto value : {"\"1\"", "1.5", "null", "-1"})
            EXPECT_EQ(lifetime(R"({"exp":1800000300,")" + std::string(name) + "\":" + value + "}"),
                      JoseErrc::bad_claim)
                << name << value;
}

TEST(Claims, J14RefusesAMissingExp) {
    EXPECT_EQ(lifetime("{}"), JoseErrc::bad_claim);
    LifetimeRules const optional{.exp = LifetimeRules::Claim::optional};
    EXPECT_FALSE(lifetime("{}", optional));
    LifetimeRules const with_iat{.iat = LifetimeRules::Claim::required};
    EXPECT_EQ(lifetime(R"({"exp":1800000300})", with_iat), JoseErrc::bad_claim);
}

TEST(Claims, J14RefusesDatesThatContradictEachOther) {
    EXPECT_EQ(lifetime(R"({"exp":1800000010,"nbf":1800000020})"), JoseErrc::bad_claim);
    EXPECT_EQ(lifetime(R"({"exp":1800000010,"iat":1800000020})"), JoseErrc::bad_claim);
}

TEST(Claims, J14RefusesIatAndNbfAheadOfTheLeeway) {
    EXPECT_FALSE(lifetime(R"({"exp":1800001000,"iat":1800000060})"));
    EXPECT_EQ(lifetime(R"({"exp":1800001000,"iat":1800000061})"), JoseErrc::not_yet_valid);
    EXPECT_EQ(lifetime(R"({"exp":1800001000,"iat":1800000600})"), JoseErrc::not_yet_valid);
    EXPECT_FALSE(lifetime(R"({"exp":1800001000,"nbf":1800000060})"));
    EXPECT_EQ(lifetime(R"({"exp":1800001000,"nbf":1800000061})"), JoseErrc::not_yet_valid);
}

TEST(Claims, RefusesWhatExpiredBeyondTheLeeway) {
    EXPECT_FALSE(lifetime(R"({"exp":1799999941})"));
    EXPECT_EQ(lifetime(R"({"exp":1799999940})"), JoseErrc::expired);
    LifetimeRules const hint{.refuse_expired = false};
    EXPECT_FALSE(lifetime(R"({"exp":1})", hint));
    EXPECT_EQ(lifetime(R"({"exp":"1"})", hint), JoseErrc::bad_claim);
}

TEST(Claims, BoundsAgeAndRemainingTime) {
    LifetimeRules const rules{.longest_age = seconds(300), .longest_remaining = seconds(600)};
    EXPECT_FALSE(lifetime(R"({"exp":1800000660,"iat":1799999640})", rules));
    EXPECT_EQ(lifetime(R"({"exp":1800000660,"iat":1799999639})", rules), JoseErrc::expired);
    EXPECT_EQ(lifetime(R"({"exp":1800000661,"iat":1799999640})", rules), JoseErrc::bad_claim);
}

TEST(Claims, J15TakesTheAudienceInTheFormOfItsUse) {
    for (auto form : {AudienceForm::one_text, AudienceForm::text_or_members}) {
        EXPECT_FALSE(audience(R"("https://id.example")", form));
        EXPECT_FALSE(audience(R"("https://id.example/token")", form));
        for (auto aud : {R"("https://id.example/")", R"("HTTPS://id.example")", R"("")", "{}", "1",
                         "null", "[]", R"(["https://other.example"])",
                         R"({"https://id.example":1})", R"([["https://id.example"]])"})
            EXPECT_EQ(audience(aud, form), JoseErrc::wrong_audience) << aud;
    }
    auto const list = R"(["https://other.example","https://id.example"])";
    EXPECT_FALSE(audience(list, AudienceForm::text_or_members));
    EXPECT_EQ(audience(list, AudienceForm::one_text), JoseErrc::wrong_audience);
    EXPECT_EQ(audience(R"(["https://id.example",1])", AudienceForm::text_or_members),
              JoseErrc::wrong_audience);
    EXPECT_EQ(audience(R"(["https://id.example"])", AudienceForm::one_text),
              JoseErrc::wrong_audience);
}

TEST(Claims, TakesTheIssuerExactly) {
    EXPECT_TRUE(check_issuer({{"iss", us}}, us));
    for (auto claims :
         {"{}", R"({"iss":"https://id.example/"})", R"({"iss":["https://id.example"]})",
          R"({"iss":null})", R"({"iss":"https://ID.example"})"})
        EXPECT_EQ(code_of(check_issuer(json(claims), us)), JoseErrc::wrong_issuer) << claims;
}

// J-16. What each use accepts; the tokens are as we and good clients make them.
TEST(Claims, J16TellsTheUsesOfATokenApartByType) {
    auto const id_token = token_of_type(R"({"alg":"ES256","typ":"JWT"})");
    auto const untyped = token_of_type(R"({"alg":"ES256"})");
    auto const logout_token = token_of_type(R"({"alg":"ES256","typ":"logout+jwt"})");
    auto const access_token = token_of_type(R"({"alg":"ES256","typ":"at+jwt"})");

    EXPECT_TRUE(check_type(logout_token, {typ::logout_token}));
    EXPECT_EQ(code_of(check_type(id_token, {typ::logout_token})), JoseErrc::wrong_type);
    EXPECT_EQ(code_of(check_type(untyped, {typ::logout_token})), JoseErrc::wrong_type);

    for (auto const* assertion : {&id_token, &untyped})
        EXPECT_TRUE(check_type(*assertion, {typ::jwt, ""}));
    EXPECT_EQ(code_of(check_type(logout_token, {typ::jwt, ""})), JoseErrc::wrong_type);
    EXPECT_EQ(code_of(check_type(access_token, {typ::jwt, ""})), JoseErrc::wrong_type);

    EXPECT_TRUE(check_type(access_token, {typ::access_token}));
    EXPECT_EQ(code_of(check_type(id_token, {typ::access_token})), JoseErrc::wrong_type);
}

// RFC 7515 §4.1.9.
TEST(Claims, ComparesTypesAsMediaTypes) {
    for (auto typ : {"application/at+jwt", "AT+JWT", "Application/At+Jwt"})
        EXPECT_TRUE(
            check_type(token_of_type(R"({"alg":"ES256","typ":")" + std::string(typ) + "\"}"),
                       {typ::access_token}));
    for (auto typ : {"text/at+jwt", "at+jwt ", "at+jwt;v=1", "xat+jwt", ""})
        EXPECT_FALSE(
            check_type(token_of_type(R"({"alg":"ES256","typ":")" + std::string(typ) + "\"}"),
                       {typ::access_token}))
            << typ;
}

}  // namespace
}  // namespace tunnus::jose::tests
