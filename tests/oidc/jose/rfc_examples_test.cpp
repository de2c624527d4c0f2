// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "oidc/jose/claims.hpp"
#include "oidc/jose/content_encryption.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/fakes/random.hpp"
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

// §6 encrypts it by RSA-OAEP, which we refuse; the token inside is one that we read.
TEST(Jwt, Rfc7520Section6Nested) {
    auto const key = VerificationKey::parse(json(vectors::rfc7520_6_key)).value();
    EXPECT_EQ(payload_of(vectors::rfc7520_6_token, key, Algorithm::PS256),
              R"({"iss":"hobbiton.example","exp":1300819380,"http://example.com/is_root":true})");
}

TEST(Jwt, Rfc7519Section3_1) {
    auto const key = signing_key(vectors::rfc7515_a1_key);
    auto const jwt =
        VerifiedJwt::verify(vectors::rfc7515_a1_token, set_of(key), Algorithm::HS256).value();
    EXPECT_EQ(jwt.header().at("typ"), "JWT");
    EXPECT_TRUE(check_issuer(jwt.claims(), "joe"));
    EXPECT_TRUE(jwt.claims().at("http://example.com/is_root").as_bool());
    auto const end = from_unix_s(1'300'819'380);
    LifetimeRules const rules{.leeway = seconds(0)};
    EXPECT_TRUE(check_lifetime(jwt.claims(), rules, end - seconds(1)));
    EXPECT_EQ(code_of(check_lifetime(jwt.claims(), rules, end)), JoseErrc::expired);
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

// RFC 7519 §6.1 is the same token.
TEST(Jws, Rfc7515AppendixA5UnsecuredIsRefused_J01) {
    auto const token = encode_base64url(R"({"alg":"none"})") + "." + encode_base64url(joe) + ".";
    EXPECT_EQ(token.substr(0, 21), "eyJhbGciOiJub25lIn0.e");
    EXPECT_FALSE(UnverifiedJws::parse(token));
}

TEST(Jws, Rfc7515AppendixA6And7JsonIsRefused_J11) {
    auto const payload = encode_base64url(joe);
    EXPECT_FALSE(UnverifiedJws::parse(
        R"({"payload":")" + payload +
        R"(","signatures":[{"protected":"eyJhbGciOiJSUzI1NiJ9","header":{"kid":"2010-12-29"},)"
        R"("signature":"AA"},{"protected":"eyJhbGciOiJFUzI1NiJ9","signature":"AA"}]})"));
    EXPECT_FALSE(UnverifiedJws::parse(R"({"payload":")" + payload +
                                      R"(","protected":"eyJhbGciOiJFUzI1NiJ9","signature":"AA"})"));
}

TEST(Jwk, Rfc7517AppendixA1PublicKeys) {
    auto const encrypting =
        json(R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
             R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"})");
    boost::json::object const set{
        {"keys", boost::json::array{encrypting, json(vectors::rfc7638_key)}}};
    auto const keys = JwkSet::parse(set).value();
    ASSERT_EQ(keys.keys().size(), 1U) << "the other is no key for signatures";
    EXPECT_EQ(keys.keys().front().kid(), "2011-04-29");
    EXPECT_EQ(keys.keys().front().algorithm(), Algorithm::RS256);
    EXPECT_TRUE(EncryptionKey::parse(encrypting, KeyManagement::ECDH_ES_A256KW));
}

// RFC 7517 A.2's EC key: the other half of A.1's.
TEST(Jwk, Rfc7517AppendixA2PrivateKey) {
    auto const ours = DecryptionKey::parse(
        Secret(R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
               R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",)"
               R"("d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","use":"enc","kid":"1"})"));
    ASSERT_TRUE(ours) << ours.error().text();
    fakes::SeededRandom random;
    auto const token = EncryptionKey::parse(ours->public_jwk(), KeyManagement::ECDH_ES)
                           .value()
                           .encrypt(ContentEncryption::A128CBC_HS256, "", "halves match", random);
    EXPECT_EQ(ours->decrypt(token).value(), "halves match");
}

TEST(Jwk, Rfc7517AppendixA3SymmetricKeysAreNobodysPublicKeys_J02) {
    EXPECT_FALSE(VerificationKey::parse(
        json(R"({"kty":"oct","alg":"A128KW","k":"GawgguFyGrWKav7AX4VKUg"})")));
    EXPECT_FALSE(VerificationKey::parse(json(
        R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75)"
        R"(aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow","kid":"HMAC key used in JWS spec Appendix A.1 example"})")));
}

/// What a decryption says to a token with the header of an example, the rest of which does not
/// matter: it is refused before any key is used.
boost::system::error_code refused_by(std::string_view header) {
    static auto const key = decryption_key(encryption_jwk(KeyManagement::ECDH_ES));
    return code_of(key.decrypt(encode_base64url(header) + ".AA.AA.AA.AA"));
}

TEST(Jwe, Rfc7516AppendixAUsesWhatWeRefuse_J10) {
    EXPECT_EQ(refused_by(R"({"alg":"RSA-OAEP","enc":"A256GCM"})"), JoseErrc::refused_algorithm);
    EXPECT_EQ(refused_by(R"({"alg":"RSA1_5","enc":"A128CBC-HS256"})"), JoseErrc::refused_algorithm);
    EXPECT_EQ(refused_by(R"({"alg":"A128KW","enc":"A128CBC-HS256"})"), JoseErrc::refused_algorithm);
}

/// The content of an example whose key came by a way that we refuse, under the key that it names.
std::optional<std::string> content(ContentEncryption encryption, std::string_view key,
                                   std::string_view header, std::string_view iv,
                                   std::string_view ciphertext, std::string_view tag) {
    auto const bytes = [](std::string_view text) { return decode_base64url(text).value(); };
    return decrypt_content(encryption, bytes(key), encode_base64url(header),
                           {bytes(iv), bytes(ciphertext), bytes(tag)});
}

TEST(ContentEncryption, Rfc7516AppendixA1A256gcm) {
    auto const plain = [](std::string_view tag) {
        return content(
            ContentEncryption::A256GCM, "saH0gFSP4XM_tAP_a5rU9ooHbltwLiJpL4LLLnrqQPw",
            R"({"alg":"RSA-OAEP","enc":"A256GCM"})", "48V1_ALb6US04U3b",
            "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A",
            tag);
    };
    EXPECT_EQ(plain("XFBoMYUZodetZdvTiFvSkQ"),
              "The true sign of intelligence is not knowledge but imagination.");
    EXPECT_FALSE(plain("XFBoMYUZodetZdvTiFvSkA"));
}

TEST(ContentEncryption, Rfc7516AppendixBA128CbcHs256) {
    auto const plain = [](std::string_view tag) {
        return content(ContentEncryption::A128CBC_HS256,
                       "BNMfxVSd_P4LZJ36P6pqzmt81C1vawnbyLEA8I-cLM8",
                       R"({"alg":"A128KW","enc":"A128CBC-HS256"})", "AxY8DCtDaGlsbGljb3RoZQ",
                       "KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY", tag);
    };
    EXPECT_EQ(plain("U0m_YmjN04DJvceFICbCVQ"), "Live long and prosper.");
    EXPECT_FALSE(plain("U0m_YmjN04DJvceFICbCVA"));
}

TEST(Jwe, Rfc7520Section5UsesWhatWeRefuseButFor5_5_J10) {
    using namespace std::string_view_literals;
    for (
        auto const header :
        {R"({"alg":"RSA1_5","kid":"frodo.baggins@hobbiton.example","enc":"A128CBC-HS256"})"sv,
         R"({"alg":"RSA-OAEP","kid":"samwise.gamgee@hobbiton.example","enc":"A256GCM"})"sv,
         R"({"alg":"PBES2-HS512+A128KW","p2s":"8Q1SzinasR3xchYz6ZZcHA","p2c":8192,"cty":"jwk-set+json","enc":"A128CBC-HS256"})"sv,
         R"({"alg":"ECDH-ES+A128KW","kid":"peregrin.took@tuckborough.example","enc":"A128GCM"})"sv,
         R"({"alg":"dir","kid":"77c7e2b8-6e13-45cf-8672-617b5b45243a","enc":"A128GCM"})"sv,
         R"({"alg":"A256GCMKW","kid":"18ec08e1-bfa9-4d95-b205-2b4dd1d4321d","enc":"A128CBC-HS256"})"sv,
         R"({"alg":"A128KW","kid":"81b20965-8332-43d9-a468-82160ad91ac8","enc":"A128GCM"})"sv})
        EXPECT_EQ(refused_by(header), JoseErrc::refused_algorithm) << header;
    EXPECT_EQ(
        refused_by(
            R"({"alg":"A128KW","kid":"81b20965-8332-43d9-a468-82160ad91ac8","enc":"A128GCM","zip":"DEF"})"),
        JoseErrc::refused_header);
}

}  // namespace
}  // namespace tunnus::jose::tests
