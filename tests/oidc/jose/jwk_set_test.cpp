// SPDX-License-Identifier: MIT
#include "oidc/jose/jwk_set.hpp"

#include "tests/oidc/jose/tokens.hpp"
#include "tests/oidc/jose/vectors.hpp"

#include <gtest/gtest.h>

namespace tunnus::jose::tests {
namespace {

boost::json::object published(Algorithm algorithm) {
    return key_for(algorithm).verification_key().public_jwk();
}

boost::json::object set(boost::json::array keys) {
    return {{"keys", std::move(keys)}};
}

TEST(JwkSet, ReadsWhatItWrote) {
    JwkSet const keys({key_for(Algorithm::RS256).verification_key(),
                       key_for(Algorithm::ES256).verification_key(),
                       key_for(Algorithm::EdDSA).verification_key()});
    auto const again = JwkSet::parse(keys.to_json()).value();
    ASSERT_EQ(again.keys().size(), 3U);
    EXPECT_EQ(again.to_json(), keys.to_json());
    EXPECT_EQ(again.keys()[1].kid(), key_for(Algorithm::ES256).kid());
}

TEST(JwkSet, LeavesSecretsOutOfTheDocument) {
    JwkSet const keys({signing_key(vectors::rfc7515_a1_key).verification_key()});
    EXPECT_EQ(boost::json::serialize(keys.to_json()), R"({"keys":[]})");
}

// RFC 7517 §5.
TEST(JwkSet, PassesOverKeysItCouldNotUse) {
    boost::json::object encryption = published(Algorithm::RS256);
    encryption["use"] = "enc";
    encryption.erase("alg");
    auto const keys = JwkSet::parse(set({encryption,
                                         {{"kty", "OKP"}, {"crv", "X25519"}, {"x", "AA"}},
                                         {{"kty", "oct"}, {"k", "AAAA"}},
                                         {{"kty", "EC"}, {"crv", "secp256k1"}},
                                         published(Algorithm::ES256)}));
    ASSERT_TRUE(keys) << keys.error().text();
    EXPECT_EQ(keys->keys().size(), 1U);
}

TEST(JwkSet, RefusesASetWithAWrongOrPrivateKey) {
    EXPECT_EQ(code_of(JwkSet::parse(set({json(vectors::rfc7515_a3_key)}))),
              JoseErrc::malformed_key);
    EXPECT_EQ(code_of(JwkSet::parse(set({7}))), JoseErrc::malformed_key);
    EXPECT_EQ(code_of(JwkSet::parse({})), JoseErrc::malformed_key);
    EXPECT_EQ(code_of(JwkSet::parse({{"keys", "none"}})), JoseErrc::malformed_key);
    EXPECT_EQ(code_of(JwkSet::parse(published(Algorithm::ES256))), JoseErrc::malformed_key);
}

TEST(JwkSet, RefusesMoreKeysThanItsBound) {
    boost::json::array keys(32, published(Algorithm::ES256));
    EXPECT_TRUE(JwkSet::parse(set(keys)));
    keys.push_back(published(Algorithm::ES256));
    EXPECT_EQ(code_of(JwkSet::parse(set(keys))), JoseErrc::malformed_key);
}

TEST(JwkSet, FindsByKidAndTypeTogether) {
    auto ec = published(Algorithm::ES256);
    auto rsa = published(Algorithm::RS256);
    ec["kid"] = rsa["kid"] = "same";
    auto nameless = published(Algorithm::ES256);
    nameless.erase("kid");
    auto const keys = JwkSet::parse(set({ec, rsa, nameless})).value();
    EXPECT_EQ(keys.candidates("same", Algorithm::RS256),
              std::vector<VerificationKey const*>{&keys.keys()[1]});
    EXPECT_EQ(keys.candidates("same", Algorithm::ES256),
              std::vector<VerificationKey const*>{&keys.keys()[0]});
    EXPECT_EQ(keys.candidates(std::nullopt, Algorithm::ES256).size(), 2U);
    EXPECT_TRUE(keys.candidates("", Algorithm::ES256).empty());
    EXPECT_TRUE(keys.candidates("same", Algorithm::HS256).empty());
}

// J-18: next, current and previous verify; a retired key, gone from the set, does not.
TEST(JwkSet, J18KeepsPreviousKeysAndForgetsRetiredOnes) {
    auto const make = [] {
        return SigningKey::parse(generate_private_jwk(Algorithm::ES256)).value();
    };
    auto const retired = make();
    auto const previous = make();
    auto const current = make();
    auto const next = make();
    JwkSet const keys(
        {next.verification_key(), current.verification_key(), previous.verification_key()});
    for (auto const* key : {&next, &current, &previous})
        EXPECT_TRUE(verify_jws(sign_jws(*key, "JWT", "{}"), keys, Algorithm::ES256));
    EXPECT_EQ(code_of(verify_jws(sign_jws(retired, "JWT", "{}"), keys, Algorithm::ES256)),
              JoseErrc::unknown_key);
}

}  // namespace
}  // namespace tunnus::jose::tests
