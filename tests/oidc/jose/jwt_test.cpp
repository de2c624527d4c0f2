// SPDX-License-Identifier: MIT
#include "oidc/jose/jwt.hpp"

#include "idp/base/limits.hpp"
#include "tests/oidc/jose/tokens.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace tunnus::jose::tests {
namespace {

// That the signature was checked is what these types say.
static_assert(!std::is_default_constructible_v<VerifiedJwt>);
static_assert(!std::is_constructible_v<VerifiedJwt, boost::json::object>);
static_assert(!std::is_constructible_v<VerifiedJwt, VerifiedJws, boost::json::object>);
static_assert(!std::is_default_constructible_v<VerifiedJws>);

SigningKey const& key() {
    return key_for(Algorithm::ES256);
}

boost::system::error_code verified(std::string_view token, Limits const& limits = {}) {
    return code_of(VerifiedJwt::verify(token, set_of(key()), Algorithm::ES256, limits));
}

std::string with_payload(std::string_view payload) {
    return sign_jws(key(), typ::jwt, payload);
}

TEST(Jwt, CarriesTheClaimsItWasSignedOver) {
    auto const claims = json(claims_text);
    auto const token = VerifiedJwt::verify(sign_jwt(key(), typ::access_token, claims),
                                           set_of(key()), Algorithm::ES256);
    ASSERT_TRUE(token) << token.error().text();
    EXPECT_EQ(token->claims(), claims);
    EXPECT_EQ(find_string(token->header(), "typ"), "at+jwt");
    EXPECT_EQ(token->key().kid(), key().kid());
}

TEST(Jwt, RefusesAPayloadThatIsNotAStrictJsonObject) {
    EXPECT_FALSE(verified(with_payload("{}")));
    for (auto payload : {"[]", "1", "null", "\"a\"", "{\"a\":1}x", "{\"a\":1,\"a\":2}",
                         "{\"a\":1,\"\\u0061\":2}", "{\"a\":1e400}", "{\"a\":NaN}", "{'a':1}",
                         "{\"a\":\"\xff\"}", "{\"a\":9223372036854775808}"})
        EXPECT_EQ(verified(with_payload(payload)), JoseErrc::malformed_token) << payload;
}

TEST(Jwt, J11RefusesANestedToken) {
    auto const inner = sign_jws(key(), typ::jwt, claims_text);
    EXPECT_EQ(verified(with_payload(inner)), JoseErrc::malformed_token);
    EXPECT_EQ(verified(token(key(), R"({"alg":"ES256","cty":"JWT"})", claims_text)),
              JoseErrc::refused_header);
    EXPECT_FALSE(verified(token(key(), R"({"alg":"ES256"})", claims_text)));
}

TEST(Jwt, J17RefusesDepthAndTakesManyClaimsWithinTheSize) {
    auto const nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_FALSE(verified(with_payload(nested(15))));
    EXPECT_EQ(verified(with_payload(nested(100))), JoseErrc::malformed_token);
    boost::json::object many;
    for (int i = 0; i < 10'000; ++i)
        many[std::to_string(i)] = 1;
    EXPECT_EQ(verified(sign_jwt(key(), typ::jwt, many)), JoseErrc::malformed_token);
}

TEST(Jwt, ChecksTheSignatureBeforeItReadsTheClaims) {
    auto text = with_payload("not JSON");
    EXPECT_EQ(verified(text), JoseErrc::malformed_token);
    text[text.size() - 10] = text[text.size() - 10] == 'A' ? 'B' : 'A';
    EXPECT_EQ(verified(text), JoseErrc::bad_signature);
}

TEST(Jwt, VerifiesWithOneGivenKeyWhateverTheKidSays) {
    auto const text = token(key(), R"({"alg":"ES256","kid":"mine"})", claims_text);
    auto const parsed = UnverifiedJws::parse(text).value();
    EXPECT_TRUE(VerifiedJwt::verify(parsed, key().verification_key(), Algorithm::ES256));
    EXPECT_EQ(code_of(VerifiedJwt::verify(parsed, key_for(Algorithm::ES384).verification_key(),
                                          {Algorithm::ES256, Algorithm::ES384})),
              JoseErrc::refused_algorithm);
}

TEST(Jwt, FindsAClaimToLookKeysUpBy) {
    auto const text = with_payload(R"({"iss":"client-1","n":1})");
    auto const parsed = UnverifiedJws::parse(text).value();
    EXPECT_EQ(find_unverified_claim(parsed, "iss"), "client-1");
    EXPECT_EQ(find_unverified_claim(parsed, "n"), std::nullopt);
    EXPECT_EQ(find_unverified_claim(parsed, "sub"), std::nullopt);
}

}  // namespace
}  // namespace tunnus::jose::tests
