// SPDX-License-Identifier: MIT
#include "oidc/jose/jwe.hpp"

#include "tests/fakes/random.hpp"
#include "tests/oidc/jose/tokens.hpp"
#include "tests/oidc/jose/vectors.hpp"

#include <gtest/gtest.h>

namespace tunnus::jose::tests {
namespace {

constexpr std::array both{ContentEncryption::A128CBC_HS256, ContentEncryption::A256GCM};

struct Pair {
    EncryptionKey theirs;
    DecryptionKey ours;
    explicit Pair(KeyManagement algorithm, Curve curve = Curve::P_256)
        : Pair(encryption_jwk(algorithm, curve), algorithm) {}
    Pair(boost::json::object const& jwk, KeyManagement algorithm)
        : theirs(EncryptionKey::parse(public_part(jwk), algorithm).value()),
          ours(decryption_key(jwk)) {}
};

class EveryKeyManagement : public testing::TestWithParam<KeyManagement> {
  protected:
    fakes::SeededRandom random;
};

TEST_P(EveryKeyManagement, DecryptsWhatItEncrypted) {
    for (auto curve : {Curve::P_256, Curve::P_384, Curve::P_521}) {
        Pair const pair(GetParam(), curve);
        for (auto encryption : both)
            for (std::size_t size : {1U, 15U, 16U, 17U, 5'000U}) {
                std::string const plain(size, 'p');
                auto const token = pair.theirs.encrypt(encryption, "JWT", plain, random);
                auto const read = pair.ours.decrypt(token, encryption);
                ASSERT_TRUE(read) << read.error().text();
                EXPECT_EQ(*read, plain);
            }
    }
}

TEST_P(EveryKeyManagement, RefusesATokenWithAnyOneBitChanged) {
    Pair const pair(GetParam());
    for (auto encryption : both) {
        auto token = pair.theirs.encrypt(encryption, "", "plain text", random);
        ASSERT_TRUE(pair.ours.decrypt(token, encryption));
        // Every fifth bit: a flip in the part for RSA costs a private operation.
        for (std::size_t bit = 0; bit < token.size() * 8; bit += 5) {
            token[bit / 8] = static_cast<char>(token[bit / 8] ^ (1 << (bit % 8)));
            EXPECT_FALSE(pair.ours.decrypt(token, encryption)) << "bit " << bit;
            token[bit / 8] = static_cast<char>(token[bit / 8] ^ (1 << (bit % 8)));
        }
    }
}

TEST_P(EveryKeyManagement, RefusesAnotherKeyWithoutSayingWhy) {
    Pair const pair(GetParam());
    auto const token = pair.theirs.encrypt(ContentEncryption::A256GCM, "", "plain", random);
    auto stranger = encryption_jwk(GetParam());
    if (GetParam() == KeyManagement::RSA_OAEP_256) {
        stranger = json(generate_private_jwk(Algorithm::RS256).reveal());
        stranger["alg"] = name_of(GetParam());
        stranger["use"] = "enc";
        stranger["kid"] = "enc-1";
    }
    auto const refused = decryption_key(stranger).decrypt(token, ContentEncryption::A256GCM);
    EXPECT_EQ(code_of(refused), JoseErrc::bad_encryption);
    EXPECT_EQ(refused.error().detail, "");
}

INSTANTIATE_TEST_SUITE_P(Jwe, EveryKeyManagement,
                         testing::Values(KeyManagement::RSA_OAEP_256, KeyManagement::ECDH_ES,
                                         KeyManagement::ECDH_ES_A128KW,
                                         KeyManagement::ECDH_ES_A256KW));

TEST(Jwe, Rfc7520Section5_5) {
    auto const key = decryption_key(json(vectors::rfc7520_5_5_key));
    auto const plain = key.decrypt(vectors::rfc7520_5_5_token, ContentEncryption::A128CBC_HS256);
    ASSERT_TRUE(plain) << plain.error().text();
    EXPECT_TRUE(plain->starts_with("You can trust us to stick with you through thick and thin"));
}

// RFC 7518 appendix B.1, with what the appendix has there.
TEST(ContentEncryption, Rfc7518AppendixB1) {
    std::string key;
    for (char byte = 0; byte < 32; ++byte)
        key.push_back(byte);
    Encrypted const sent{
        decode_hex("1af38c2dc2b96ffdd86694092341bc04").value(),
        decode_hex("c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9"
                   "a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336"
                   "09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b"
                   "384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5"
                   "4b8851ffb598f7f80074b9473c82e2db")
            .value(),
        decode_hex("652c3fa36b0a7c5b3219fab3a30bc1c4").value()};
    EXPECT_EQ(decrypt_content(ContentEncryption::A128CBC_HS256, key,
                              "The second principle of Auguste Kerckhoffs", sent),
              "A cipher system must not be required to be secret, and it must be able to fall into "
              "the hands of the enemy without inconvenience");
}

class JweHeader : public testing::Test {
  protected:
    fakes::SeededRandom random;
    boost::json::object const jwk = encryption_jwk(KeyManagement::RSA_OAEP_256);
    Pair const pair{jwk, KeyManagement::RSA_OAEP_256};
    std::string const token = pair.theirs.encrypt(ContentEncryption::A256GCM, "", "p", random);

    /// The token with its header replaced: refused for the header, before the tag would show it.
    boost::system::error_code with_header(std::string_view header) {
        auto const text = encode_base64url(header) + token.substr(token.find('.'));
        return code_of(pair.ours.decrypt(text, ContentEncryption::A256GCM));
    }
};

TEST_F(JweHeader, J10RefusesZipCritAndOtherAlgorithmsBeforeAnyKeyOperation) {
    EXPECT_EQ(with_header(R"({"alg":"RSA-OAEP-256","enc":"A256GCM"})"), JoseErrc::bad_encryption);
    EXPECT_EQ(with_header(R"({"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"})"),
              JoseErrc::refused_header);
    EXPECT_EQ(with_header(R"({"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["zip"]})"),
              JoseErrc::refused_header);
    for (auto alg : {"RSA1_5", "RSA-OAEP", "dir", "none", "PBES2-HS256+A128KW", "A128KW", ""})
        EXPECT_EQ(with_header(R"({"enc":"A256GCM","p2c":2147483647,"p2s":"AA","alg":")" +
                              std::string(alg) + "\"}"),
                  JoseErrc::refused_algorithm)
            << alg;
    for (auto enc : {"A128GCM", "A128CBC-HS256", "none", ""})
        EXPECT_EQ(with_header(R"({"alg":"RSA-OAEP-256","enc":")" + std::string(enc) + "\"}"),
                  JoseErrc::refused_algorithm)
            << enc;
    EXPECT_EQ(with_header(R"({"alg":"RSA-OAEP-256","alg":"dir","enc":"A256GCM"})"),
              JoseErrc::malformed_token);
    EXPECT_EQ(with_header(R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"other"})"),
              JoseErrc::unknown_key);
}

TEST_F(JweHeader, TakesTheCompactFormOnly) {
    for (auto const& text : {token + ".AA", token.substr(0, token.rfind('.')), token + "=",
                             std::string(), std::string("...."), std::string(65'537, 'a')})
        EXPECT_EQ(code_of(pair.ours.decrypt(text, ContentEncryption::A256GCM)),
                  JoseErrc::malformed_token);
}

// RFC 7518 §4.6, RFC 8725 §3.4: the ephemeral point is on our curve, or there is no agreement.
TEST(Jwe, RefusesAnEphemeralKeyOffOurCurve) {
    fakes::SeededRandom random;
    Pair const pair(KeyManagement::ECDH_ES);
    auto const token = pair.theirs.encrypt(ContentEncryption::A256GCM, "", "p", random);
    auto const header = json(decode_base64url(token.substr(0, token.find('.'))).value());
    for (auto const& change : std::vector<std::pair<std::string, boost::json::value>>{
             {"x", encode_base64url(std::string(32, '\1')).c_str()},
             {"crv", "P-384"},
             {"kty", "OKP"},
             {"d", "AA"}}) {
        auto changed = header;
        changed["epk"].as_object()[change.first] = change.second;
        auto const text =
            encode_base64url(boost::json::serialize(changed)) + token.substr(token.find('.'));
        EXPECT_EQ(code_of(pair.ours.decrypt(text, ContentEncryption::A256GCM)),
                  JoseErrc::bad_encryption);
    }
}

TEST(Jwe, KeysAreReadStrictly) {
    auto const rsa = encryption_jwk(KeyManagement::RSA_OAEP_256);
    auto signing = public_part(rsa);
    EXPECT_TRUE(EncryptionKey::parse(signing, KeyManagement::RSA_OAEP_256));
    EXPECT_FALSE(EncryptionKey::parse(signing, KeyManagement::ECDH_ES));
    EXPECT_FALSE(EncryptionKey::parse(rsa, KeyManagement::RSA_OAEP_256));
    signing["use"] = "sig";
    EXPECT_EQ(code_of(EncryptionKey::parse(signing, KeyManagement::RSA_OAEP_256)),
              JoseErrc::unsupported_key);
    EXPECT_FALSE(DecryptionKey::parse(Secret("{}")));
    EXPECT_FALSE(DecryptionKey::parse(Secret(boost::json::serialize(public_part(rsa)))));
}

}  // namespace
}  // namespace tunnus::jose::tests
