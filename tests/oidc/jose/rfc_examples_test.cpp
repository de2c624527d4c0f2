// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "tests/oidc/jose/tokens.hpp"
#include "tests/oidc/jose/vectors.hpp"

#include <gtest/gtest.h>

namespace tunnus::jose::tests {
namespace {

constexpr std::string_view joe =
    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";

std::string payload_of(std::string_view token, VerificationKey const& key, Algorithm algorithm) {
    auto const parsed = UnverifiedJws::parse(token);
    if (!parsed) return parsed.error().text();
    auto const verified = parsed->verify(key, algorithm);
    return verified ? verified->payload() : verified.error().text();
}

/// The signature that our key makes over the example's signing input.
std::string resigned(std::string_view token, SigningKey const& key) {
    auto const input = token.substr(0, token.rfind('.'));
    return std::string(input) + "." + encode_base64url(key.sign(input));
}

TEST(Jws, Rfc7515AppendixA1Hs256) {
    auto const key = signing_key(vectors::rfc7515_a1_key);
    EXPECT_EQ(payload_of(vectors::rfc7515_a1_token, key.verification_key(), Algorithm::HS256), joe);
    EXPECT_EQ(resigned(vectors::rfc7515_a1_token, key), vectors::rfc7515_a1_token);
}

TEST(Jws, Rfc7515AppendixA2Rs256) {
    auto const key = VerificationKey::parse(json(vectors::rfc7515_a2_key)).value();
    EXPECT_EQ(payload_of(vectors::rfc7515_a2_token, key, Algorithm::RS256), joe);
}

TEST(Jws, Rfc7515AppendixA3Es256) {
    auto const key = signing_key(vectors::rfc7515_a3_key);
    EXPECT_EQ(payload_of(vectors::rfc7515_a3_token, key.verification_key(), Algorithm::ES256), joe);
}

TEST(Jws, Rfc7515AppendixA4Es512) {
    auto const key = signing_key(vectors::rfc7515_a4_key);
    EXPECT_EQ(payload_of(vectors::rfc7515_a4_token, key.verification_key(), Algorithm::ES512),
              "Payload");
}

TEST(Jws, Rfc7520Section4_1Rs256) {
    auto const key = signing_key(vectors::rfc7520_4_1_key);
    EXPECT_EQ(key.kid(), "bilbo.baggins@hobbiton.example");
    EXPECT_TRUE(payload_of(vectors::rfc7520_4_1_token, key.verification_key(), Algorithm::RS256)
                    .starts_with("It\xE2\x80\x99s a dangerous business"));
    EXPECT_EQ(resigned(vectors::rfc7520_4_1_token, key), vectors::rfc7520_4_1_token);
}

TEST(Jws, Rfc7520Section4_2Ps384) {
    auto const key = signing_key(vectors::rfc7520_4_2_key);
    EXPECT_TRUE(payload_of(vectors::rfc7520_4_2_token, key.verification_key(), Algorithm::PS384)
                    .starts_with("It\xE2\x80\x99s a dangerous business"));
}

TEST(Jws, Rfc7520Section4_3Es512) {
    auto const key = signing_key(vectors::rfc7520_4_3_key);
    EXPECT_TRUE(payload_of(vectors::rfc7520_4_3_token, key.verification_key(), Algorithm::ES512)
                    .starts_with("It\xE2\x80\x99s a dangerous business"));
}

TEST(Jws, Rfc7520Section4_4Hs256) {
    auto const key = signing_key(vectors::rfc7520_4_4_key);
    EXPECT_TRUE(payload_of(vectors::rfc7520_4_4_token, key.verification_key(), Algorithm::HS256)
                    .starts_with("It\xE2\x80\x99s a dangerous business"));
    EXPECT_EQ(resigned(vectors::rfc7520_4_4_token, key), vectors::rfc7520_4_4_token);
}

TEST(Jws, Rfc7520Section4_5DetachedContentIsRefused) {
    EXPECT_EQ(code_of(UnverifiedJws::parse(vectors::rfc7520_4_5_token)), JoseErrc::malformed_token);
}

TEST(Jws, Rfc8037AppendixA4And5Ed25519) {
    auto const key = signing_key(vectors::rfc8037_a_key);
    EXPECT_EQ(payload_of(vectors::rfc8037_a_token, key.verification_key(), Algorithm::EdDSA),
              "Example of Ed25519 signing");
    EXPECT_EQ(resigned(vectors::rfc8037_a_token, key), vectors::rfc8037_a_token);
}

TEST(Jwk, Rfc8037AppendixA3Thumbprint) {
    EXPECT_EQ(signing_key(vectors::rfc8037_a_key).kid(),
              "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Jwk, Rfc7638Section3_1Thumbprint) {
    auto const key = VerificationKey::parse(json(vectors::rfc7638_key)).value();
    EXPECT_EQ(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    EXPECT_EQ(key.kid(), "2011-04-29");
}

}  // namespace
}  // namespace tunnus::jose::tests
