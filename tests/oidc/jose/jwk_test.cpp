// SPDX-License-Identifier: MIT
#include "oidc/jose/jwk.hpp"

#include "tests/oidc/jose/tokens.hpp"
#include "tests/oidc/jose/vectors.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tunnus::jose::tests {
namespace {

boost::json::object public_key(std::string_view private_jwk) {
    return signing_key(private_jwk).verification_key().public_jwk();
}

boost::system::error_code parsed(boost::json::object const& jwk) {
    return code_of(VerificationKey::parse(jwk));
}

boost::system::error_code parsed_private(boost::json::object const& jwk) {
    return code_of(SigningKey::parse(Secret(boost::json::serialize(jwk))));
}

template <class T>
boost::json::object with(boost::json::object jwk, std::string_view name, T const& value) {
    jwk[name] = boost::json::value_from(value);
    return jwk;
}

boost::json::object without(boost::json::object jwk, std::string_view name) {
    jwk.erase(name);
    return jwk;
}

/// A public RSA key with a modulus of that many bits, odd, and of no use beyond its form.
boost::json::object rsa_of(std::size_t bits, std::string_view e = "AQAB") {
    std::string n((bits + 7) / 8, '\xff');
    n.front() = static_cast<char>(0xff >> (n.size() * 8 - bits));
    return {{"kty", "RSA"}, {"n", encode_base64url(n)}, {"e", e}};
}

boost::json::object const ec = public_key(vectors::rfc7515_a3_key);
boost::json::object const rsa = public_key(vectors::rfc7520_4_1_key);
boost::json::object const okp = public_key(vectors::rfc8037_a_key);

TEST(Jwk, TheCleanFormsAreAccepted) {
    for (auto const& jwk : {ec, rsa, okp, rsa_of(2'048), rsa_of(8'192)})
        EXPECT_FALSE(parsed(jwk)) << jwk;
    for (auto text : {vectors::rfc7515_a1_key, vectors::rfc7515_a3_key, vectors::rfc7515_a4_key,
                      vectors::rfc7520_4_1_key, vectors::rfc8037_a_key})
        EXPECT_FALSE(parsed_private(json(text)));
}

TEST(Jwk, PublishesThePublicMembersAndNoOther) {
    EXPECT_EQ(boost::json::serialize(okp),
              R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",)"
              R"("use":"sig","alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})");
    for (auto name : {"d", "p", "q", "dp", "dq", "qi"})
        EXPECT_FALSE(rsa.contains(name));
}

TEST(Jwk, KeepsUnknownMembersOutOfWhatItPublishes) {
    auto const key = VerificationKey::parse(with(ec, "x5c", boost::json::array{"MIIB"})).value();
    EXPECT_FALSE(key.public_jwk().contains("x5c"));
}

TEST(Jwk, J04RefusesRsaBelow2048BitsOrWithASmallE) {
    EXPECT_EQ(parsed(rsa_of(2'047)), JoseErrc::weak_key);
    EXPECT_EQ(parsed(rsa_of(1'024)), JoseErrc::weak_key);
    EXPECT_EQ(parsed(rsa_of(2'048, "Aw")), JoseErrc::weak_key);   // 3
    EXPECT_EQ(parsed(rsa_of(2'048, "AQ")), JoseErrc::weak_key);   // 1
    EXPECT_EQ(parsed(rsa_of(2'048, "__8")), JoseErrc::weak_key);  // 65535
    EXPECT_FALSE(parsed(rsa_of(2'048, "AQAD")));                  // 65539
}

TEST(Jwk, RefusesRsaNumbersThatAreTooLongOrEvenOrPadded) {
    EXPECT_EQ(parsed(rsa_of(8'193)), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(rsa_of(2'048, "AQAC")), JoseErrc::malformed_key);    // 65538
    EXPECT_EQ(parsed(rsa_of(2'048, "AAEAAQ")), JoseErrc::malformed_key);  // leading zero octet
    EXPECT_EQ(parsed(rsa_of(2'048, "AQAAAAAAAAAB")), JoseErrc::malformed_key);  // nine octets
    EXPECT_EQ(parsed(without(rsa, "e")), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(rsa, "n", 17)), JoseErrc::malformed_key);
    std::string even(256, '\xff');
    even.back() = '\xfe';
    EXPECT_EQ(parsed(with(rsa, "n", encode_base64url(even))), JoseErrc::malformed_key);
}

TEST(Jwk, RefusesEcPointsOffTheCurveAndOfOtherLengths) {
    auto const x = decode_base64url(*find_string(ec, "x")).value();
    auto off_curve = x;
    off_curve[31] = static_cast<char>(off_curve[31] ^ 1);
    EXPECT_EQ(parsed(with(ec, "x", encode_base64url(off_curve))), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(ec, "x", encode_base64url(x.substr(1)))), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(ec, "x", encode_base64url('\0' + x))), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(without(ec, "y")), JoseErrc::malformed_key);
    auto const zero = encode_base64url(std::string(32, '\0'));
    EXPECT_EQ(parsed(with(with(ec, "x", zero), "y", zero)), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(without(ec, "alg"), "crv", "P-384")), JoseErrc::malformed_key);
}

TEST(Jwk, RefusesKindsOfKeyItDoesNotHave) {
    EXPECT_EQ(parsed(with(ec, "crv", "secp256k1")), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(with(okp, "crv", "X25519")), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(with(ec, "kty", "ec")), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(without(ec, "kty")), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(with(ec, "alg", "ES256K")), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed({{"kty", "oct"}, {"k", "AAAA"}}), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed({}), JoseErrc::unsupported_key);
}

TEST(Jwk, RefusesAPrivateKeyWhereAPublicOneIsDue) {
    for (auto text : {vectors::rfc7515_a3_key, vectors::rfc7520_4_1_key, vectors::rfc8037_a_key})
        EXPECT_EQ(parsed(json(text)), JoseErrc::malformed_key);
}

TEST(Jwk, RefusesAlgUseAndKeyOpsThatDoNotFit) {
    EXPECT_EQ(parsed(with(ec, "alg", "RS256")), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(ec, "alg", "ES384")), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(ec, "alg", 256)), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(ec, "use", "enc")), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(with(ec, "use", nullptr)), JoseErrc::unsupported_key);
    EXPECT_FALSE(parsed(with(ec, "key_ops", boost::json::array{"verify"})));
    EXPECT_EQ(parsed(with(ec, "key_ops", boost::json::array{"encrypt"})),
              JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(with(ec, "key_ops", boost::json::array{"verify", "verify"})),
              JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(with(ec, "key_ops", "verify")), JoseErrc::unsupported_key);
    EXPECT_EQ(parsed(with(ec, "kid", "")), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(ec, "kid", std::string(257, 'k'))), JoseErrc::malformed_key);
    EXPECT_EQ(parsed(with(ec, "kid", 7)), JoseErrc::malformed_key);
}

TEST(Jwk, AKeyWithAlgVerifiesWithNoOther) {
    auto const key = VerificationKey::parse(rsa).value();
    EXPECT_TRUE(key.suits(Algorithm::RS256));
    EXPECT_FALSE(key.suits(Algorithm::PS256));
    EXPECT_FALSE(key.suits(Algorithm::HS256));
    auto const open = VerificationKey::parse(without(rsa, "alg")).value();
    EXPECT_TRUE(open.suits(Algorithm::RS256));
    EXPECT_TRUE(open.suits(Algorithm::PS512));
    EXPECT_FALSE(open.suits(Algorithm::HS256));
    EXPECT_FALSE(open.suits(Algorithm::ES256));
}

// RFC 7518 §3.2.
TEST(Jwk, RefusesASecretShorterThanTheDigest) {
    Secret const secret(std::string(47, 's'));
    EXPECT_FALSE(code_of(VerificationKey::from_secret(secret, Algorithm::HS256)));
    EXPECT_EQ(code_of(VerificationKey::from_secret(secret, Algorithm::HS384)), JoseErrc::weak_key);
    EXPECT_EQ(code_of(VerificationKey::from_secret(secret, Algorithm::RS256)),
              JoseErrc::unsupported_key);
    auto const jwk = json(vectors::rfc7515_a1_key);
    EXPECT_EQ(parsed_private(with(jwk, "k", "c2hvcnQ")), JoseErrc::weak_key);
    EXPECT_EQ(parsed_private(with(jwk, "k", "")), JoseErrc::malformed_key);
    EXPECT_EQ(parsed_private(without(jwk, "kid")), JoseErrc::malformed_key);
}

TEST(Jwk, ASecretIsNotPublished) {
    auto const key = signing_key(vectors::rfc7515_a1_key).verification_key();
    EXPECT_THROW((void)key.public_jwk(), std::logic_error);
    EXPECT_THROW((void)key.thumbprint(), std::logic_error);
}

// J-20: not a key, or halves that do not belong together.
TEST(Jwk, J20RefusesAPrivateKeyThatDoesNotMatchItsPublicHalf) {
    auto const other_ec = json(generate_private_jwk(Algorithm::ES256).reveal());
    auto const other_okp = json(generate_private_jwk(Algorithm::EdDSA).reveal());
    auto const other_rsa = json(generate_private_jwk(Algorithm::RS256).reveal());
    EXPECT_EQ(parsed_private(with(json(vectors::rfc7515_a3_key), "d", other_ec.at("d"))),
              JoseErrc::malformed_key);
    EXPECT_EQ(parsed_private(with(json(vectors::rfc8037_a_key), "d", other_okp.at("d"))),
              JoseErrc::malformed_key);
    EXPECT_EQ(parsed_private(with(json(vectors::rfc8037_a_key), "x", other_okp.at("x"))),
              JoseErrc::malformed_key);
    EXPECT_EQ(parsed_private(with(json(vectors::rfc7520_4_1_key), "n", other_rsa.at("n"))),
              JoseErrc::malformed_key);
}

TEST(Jwk, J20RefusesWhatIsNotAPrivateKey) {
    for (auto text : {"", "{}", "[]", "-----BEGIN PRIVATE KEY-----", "null"})
        EXPECT_FALSE(SigningKey::parse(Secret(text))) << text;
    EXPECT_EQ(parsed_private(ec), JoseErrc::malformed_key);
    EXPECT_EQ(parsed_private(without(json(vectors::rfc7520_4_1_key), "qi")),
              JoseErrc::malformed_key);
    EXPECT_EQ(parsed_private(with(json(vectors::rfc7520_4_1_key), "oth", boost::json::array{})),
              JoseErrc::unsupported_key);
    EXPECT_EQ(parsed_private(without(json(vectors::rfc7515_a3_key), "alg")),
              JoseErrc::malformed_key);
    auto const zero = encode_base64url(std::string(32, '\0'));
    EXPECT_EQ(parsed_private(with(json(vectors::rfc7515_a3_key), "d", zero)),
              JoseErrc::malformed_key);
}

TEST(Jwk, GeneratesKeysThatAreReadAgain) {
    for (auto algorithm : {Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512,
                           Algorithm::EdDSA}) {
        auto const text = generate_private_jwk(algorithm);
        auto const key = SigningKey::parse(text);
        ASSERT_TRUE(key) << key.error().text();
        EXPECT_EQ(key->algorithm(), algorithm);
        EXPECT_EQ(key->kid(), key->verification_key().thumbprint());
        EXPECT_FALSE(parsed(key->verification_key().public_jwk()));
        EXPECT_FALSE(generate_private_jwk(algorithm).equals(text.reveal()));
    }
    EXPECT_THROW((void)generate_private_jwk(Algorithm::HS256), std::invalid_argument);
}

TEST(Jwk, KeepsTheEncodedHeaderOfEveryType) {
    auto const& key = key_for(Algorithm::ES256);
    for (auto typ : {"JWT", "at+jwt", "logout+jwt", "dpop+jwt"}) {
        auto const header = json(decode_base64url(key.encoded_header(typ)).value());
        EXPECT_EQ(header,
                  (boost::json::object{{"typ", typ}, {"alg", "ES256"}, {"kid", key.kid()}}));
    }
}

TEST(Jwk, OneKeySignsAndVerifiesOnManyThreads) {
    for (auto algorithm : {Algorithm::ES256, Algorithm::EdDSA, Algorithm::PS256}) {
        auto const& key = key_for(algorithm);
        auto const verifies = key.verification_key();
        std::atomic<int> good = 0;
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 20; ++i) {
                    auto const message = std::to_string(thread * 1'000 + i);
                    if (verifies.verify(algorithm, message, key.sign(message))) ++good;
                }
            });
        for (auto& thread : threads)
            thread.join();
        EXPECT_EQ(good, 80);
    }
}

}  // namespace
}  // namespace tunnus::jose::tests
