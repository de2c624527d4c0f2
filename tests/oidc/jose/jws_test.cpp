// SPDX-License-Identifier: MIT
// threats.md 2.7, J-01 to J-13. Each case changes one thing of a token that is accepted.
#include "oidc/jose/jws.hpp"

#include "oidc/jose/key_material.hpp"
#include "tests/oidc/jose/tokens.hpp"
#include "tests/oidc/jose/vectors.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/rsa.h>

namespace tunnus::jose::tests {
namespace {

constexpr std::array all_asymmetric{
    Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384,
    Algorithm::PS512, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA};

/// What becomes of an ES256 token with this header text under our ES256 key.
boost::system::error_code with_header(std::string_view header) {
    auto const& key = key_for(Algorithm::ES256);
    return code_of(verify_jws(token(key, header, "payload"), set_of(key), Algorithm::ES256));
}

std::string header_with(std::string_view members) {
    return R"({"alg":"ES256","kid":")" + key_for(Algorithm::ES256).kid() + "\"" +
           std::string(members) + "}";
}

std::string_view part(std::string_view token, int index) {
    for (; index > 0; --index)
        token.remove_prefix(token.find('.') + 1);
    return token.substr(0, token.find('.'));
}

class EveryAlgorithm : public testing::TestWithParam<Algorithm> {};

TEST_P(EveryAlgorithm, VerifiesWhatItSigned) {
    auto const& key = key_for(GetParam());
    auto const text = sign_jws(key, "JWT", claims_text);
    auto const verified = verify_jws(text, set_of(key), GetParam());
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_EQ(verified->payload(), claims_text);
    EXPECT_EQ(find_string(verified->header(), "typ"), "JWT");
    EXPECT_EQ(find_string(verified->header(), "alg"), name_of(GetParam()));
    EXPECT_EQ(find_string(verified->header(), "kid"), key.kid());
}

TEST(Jws, KnowsTheNameThatEdDsaWithThisCurveHasByRfc9864) {
    auto const& key = key_for(Algorithm::EdDSA);
    auto const text = token(key, R"({"alg":"Ed25519"})", claims_text);
    EXPECT_TRUE(verify_jws(text, set_of(key), Algorithm::EdDSA));
    EXPECT_EQ(code_of(verify_jws(text, set_of(key_for(Algorithm::ES256)), Algorithm::ES256)),
              JoseErrc::refused_algorithm);
    EXPECT_FALSE(find_algorithm("Ed448"));
    EXPECT_FALSE(find_algorithm("ed25519"));
}

// Every bit of the token, the dots and the padding bits of base64url included.
TEST_P(EveryAlgorithm, RefusesATokenWithAnyOneBitChanged) {
    auto const& key = key_for(GetParam());
    auto const keys = set_of(key);
    auto text = sign_jws(key, "JWT", R"({"sub":"a"})");
    ASSERT_TRUE(verify_jws(text, keys, GetParam()));
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(verify_jws(text, keys, GetParam())) << "bit " << bit;
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    }
    EXPECT_TRUE(verify_jws(text, keys, GetParam()));
}

TEST_P(EveryAlgorithm, RefusesEveryOtherAlgorithmsKey) {
    auto const text = sign_jws(key_for(GetParam()), "JWT", claims_text);
    for (auto other : all_asymmetric) {
        if (other == GetParam()) continue;
        auto const parsed = UnverifiedJws::parse(text).value();
        EXPECT_FALSE(parsed.verify(key_for(other).verification_key(), GetParam()));
        EXPECT_FALSE(parsed.verify(key_for(other).verification_key(), other));
    }
}

INSTANTIATE_TEST_SUITE_P(Jws, EveryAlgorithm, testing::ValuesIn(all_asymmetric),
                         [](auto const& tested) { return std::string(name_of(tested.param)); });

TEST(Jws, TheCleanFormIsAccepted) {
    EXPECT_FALSE(with_header(header_with("")));
    EXPECT_FALSE(with_header(header_with(R"(,"typ":"JWT","x-unknown":[1,{"a":null}])")));
}

TEST(Jws, J01RefusesNoneAndItsSpellingsAndNonTextAlg) {
    for (auto alg : {"none", "None", "NONE", "nOnE", "", "es256", "ES256 ", "HS256"})
        EXPECT_EQ(with_header(R"({"alg":")" + std::string(alg) + "\"}"),
                  JoseErrc::refused_algorithm)
            << alg;
    for (auto header : {"{}", R"({"alg":1})", R"({"alg":["ES256"]})", R"({"alg":null})",
                        R"({"alg":{"name":"ES256"}})", R"({"ALG":"ES256"})"})
        EXPECT_EQ(with_header(header), JoseErrc::malformed_token) << header;
}

TEST(Jws, J01RefusesAnUnsignedToken) {
    auto const unsigned_token =
        encode_base64url(R"({"alg":"none"})") + "." + encode_base64url(claims_text) + ".";
    EXPECT_FALSE(UnverifiedJws::parse(unsigned_token));
    EXPECT_EQ(code_of(UnverifiedJws::parse(unsigned_token + "AA")), JoseErrc::refused_algorithm);
}

TEST(Jws, J02RefusesAnHmacKeyedWithAPublicKey) {
    for (auto algorithm : {Algorithm::RS256, Algorithm::ES256}) {
        auto const& key = key_for(algorithm);
        auto const jwk = boost::json::serialize(key.verification_key().public_jwk());
        auto const mac = signing_key(R"({"kty":"oct","alg":"HS256","kid":")" + key.kid() +
                                     R"(","k":")" + encode_base64url(jwk) + "\"}");
        auto const forged = sign_jws(mac, "JWT", claims_text);
        // The same token is good under the secret itself, so only the type of the key refuses it.
        EXPECT_TRUE(verify_jws(forged, set_of(mac), Algorithm::HS256));
        EXPECT_EQ(code_of(verify_jws(forged, set_of(key), algorithm)), JoseErrc::refused_algorithm);
        EXPECT_EQ(code_of(verify_jws(forged, set_of(key), {algorithm, Algorithm::HS256})),
                  JoseErrc::unknown_key);
    }
}

class EcdsaSignature : public testing::Test {
  protected:
    SigningKey const& key = key_for(Algorithm::ES256);
    std::string const input = "header.payload";
    std::string const signature = key.sign(input);
    std::string const order =
        decode_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();

    bool accepts(std::string_view candidate) const {
        return key.verification_key().verify(Algorithm::ES256, input, candidate);
    }
    std::string r() const { return signature.substr(0, 32); }
    std::string s() const { return signature.substr(32); }
    std::string n_minus_s() const {
        auto* n = BN_bin2bn(reinterpret_cast<unsigned char const*>(order.data()), 32, nullptr);
        auto const s_bytes = s();
        auto* value =
            BN_bin2bn(reinterpret_cast<unsigned char const*>(s_bytes.data()), 32, nullptr);
        BN_sub(value, n, value);
        std::string bytes(32, '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), 32);
        BN_free(value);
        BN_free(n);
        return bytes;
    }
};

TEST_F(EcdsaSignature, J03RefusesZeroAndTheOrder) {
    std::string const zero(32, '\0');
    ASSERT_TRUE(accepts(signature));
    EXPECT_FALSE(accepts(zero + s()));
    EXPECT_FALSE(accepts(r() + zero));
    EXPECT_FALSE(accepts(zero + zero));
    EXPECT_FALSE(accepts(order + s()));
    EXPECT_FALSE(accepts(r() + order));
    EXPECT_FALSE(accepts(order + order));
}

TEST_F(EcdsaSignature, J03RefusesOtherLengthsAndDer) {
    EXPECT_FALSE(accepts(signature.substr(0, 63)));
    EXPECT_FALSE(accepts(signature + '\0'));
    EXPECT_FALSE(accepts('\0' + signature));
    EXPECT_FALSE(accepts(""));
    EXPECT_FALSE(accepts(std::string("\x30\x44\x02\x20", 4) + r() + "\x02\x20" + s()));
    EXPECT_FALSE(accepts(std::string(96, '\x01')));
}

TEST_F(EcdsaSignature, J03AcceptsTheOtherSOfTheSameSignature) {
    EXPECT_TRUE(accepts(r() + n_minus_s()));
}

TEST(Jws, J04RefusesPssWherePkcs1IsRegisteredAndTheReverse) {
    auto jwk = json(vectors::rfc7520_4_1_key);
    for (auto [signs, registered] : {std::pair{Algorithm::PS256, Algorithm::RS256},
                                     std::pair{Algorithm::RS256, Algorithm::PS256}}) {
        jwk["alg"] = name_of(signs);
        auto const key = signing_key(boost::json::serialize(jwk));
        auto const text = sign_jws(key, "JWT", claims_text);
        auto public_jwk = key.verification_key().public_jwk();
        public_jwk.erase("alg");
        JwkSet const open({VerificationKey::parse(public_jwk).value()});
        EXPECT_TRUE(verify_jws(text, open, signs));
        EXPECT_EQ(code_of(verify_jws(text, open, registered)), JoseErrc::refused_algorithm);
        // And the bytes of one are no signature of the other.
        auto const parts = std::string(text.substr(0, text.rfind('.')));
        EXPECT_FALSE(open.keys()[0].verify(registered, parts, key.sign(parts)));
    }
}

// RFC 7518 §3.5: the salt is as long as the digest, here 32 bytes.
TEST(Jws, J04RefusesPssWithASaltOfAnotherLength) {
    auto const material = import_private_key(json(vectors::rfc7520_4_1_key)).value();
    auto public_jwk = signing_key(vectors::rfc7520_4_1_key).verification_key().public_jwk();
    public_jwk["alg"] = "PS256";
    auto const key = VerificationKey::parse(public_jwk).value();
    for (int salt : {0, 20, 31, 32, 33, 222}) {
        evp::DigestContext const context(EVP_MD_CTX_new());
        EVP_PKEY_CTX* parameters = nullptr;
        EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, material.pkey.get());
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt);
        std::string signature(256, '\0');
        std::size_t size = signature.size();
        ASSERT_EQ(EVP_DigestSign(context.get(), evp::bytes_of(signature), &size,
                                 evp::bytes_of("message"), 7),
                  1);
        EXPECT_EQ(key.verify(Algorithm::PS256, "message", signature), salt == 32) << salt;
    }
}

TEST(Jws, J05IgnoresAKeyInTheHeader) {
    auto const& ours = key_for(Algorithm::ES256);
    auto const attacker = SigningKey::parse(generate_private_jwk(Algorithm::ES256)).value();
    auto const jwk = boost::json::serialize(attacker.verification_key().public_jwk());
    auto const header = header_with(R"(,"jwk":)" + jwk);
    EXPECT_EQ(code_of(verify_jws(token(attacker, header, "p"), set_of(ours), Algorithm::ES256)),
              JoseErrc::bad_signature);
    EXPECT_TRUE(verify_jws(token(ours, header, "p"), set_of(ours), Algorithm::ES256));
}

TEST(Jws, J06IgnoresLinksToKeysAndCertificates) {
    auto const attacker = SigningKey::parse(generate_private_jwk(Algorithm::ES256)).value();
    for (auto member : {R"(,"jku":"http://127.0.0.1:9/keys")", R"(,"x5u":"http://127.0.0.1:9/c")",
                        R"(,"x5c":["MIIB"])"}) {
        EXPECT_FALSE(with_header(header_with(member)));
        auto const forged = token(attacker, header_with(member), "p");
        EXPECT_EQ(code_of(verify_jws(forged, set_of(key_for(Algorithm::ES256)), Algorithm::ES256)),
                  JoseErrc::bad_signature);
    }
}

TEST(Jws, J07LooksTheKidUpAmongTheGivenKeysOnly) {
    for (auto kid : {R"("../../dev/null")", R"("' OR 1=1--")", R"("\u0000")", R"("")",
                     R"("kid-of-another-client")"})
        EXPECT_EQ(with_header(R"({"alg":"ES256","kid":)" + std::string(kid) + "}"),
                  JoseErrc::unknown_key)
            << kid;
    for (auto kid : {"1", "null", "[]"})
        EXPECT_EQ(with_header(R"({"alg":"ES256","kid":)" + std::string(kid) + "}"),
                  JoseErrc::malformed_token)
            << kid;
    EXPECT_EQ(with_header(R"({"alg":"ES256","kid":")" + std::string(1'000'000, 'k') + "\"}"),
              JoseErrc::malformed_token);
}

TEST(Jws, J07WithoutKidTriesAtMostEightKeysOfTheRightType) {
    auto const& key = key_for(Algorithm::ES256);
    auto const text = token(key, R"({"alg":"ES256"})", "payload");
    auto const other = SigningKey::parse(generate_private_jwk(Algorithm::ES256)).value();
    std::vector<VerificationKey> keys(7, other.verification_key());
    keys.insert(keys.begin(), 5, key_for(Algorithm::ES384).verification_key());
    keys.push_back(key.verification_key());
    EXPECT_TRUE(verify_jws(text, JwkSet(keys), Algorithm::ES256));
    keys.insert(keys.begin(), other.verification_key());
    EXPECT_EQ(code_of(verify_jws(text, JwkSet(keys), Algorithm::ES256)), JoseErrc::bad_signature);
}

TEST(Jws, J08RefusesEveryCrit) {
    for (auto member :
         {R"(,"crit":["exp"],"exp":1)", R"(,"crit":[])", R"(,"crit":["b64","b64"],"b64":true)",
          R"(,"crit":["unknown"])", R"(,"crit":["alg"])", R"(,"crit":"alg")", R"(,"crit":null)"})
        EXPECT_EQ(with_header(header_with(member)), JoseErrc::refused_header) << member;
}

TEST(Jws, J09RefusesUnencodedPayloads) {
    for (auto member : {R"(,"b64":false)", R"(,"b64":false,"crit":["b64"])", R"(,"b64":true)"})
        EXPECT_EQ(with_header(header_with(member)), JoseErrc::refused_header) << member;
}

TEST(Jws, J10RefusesAnEncryptedToken) {
    auto const header = encode_base64url(R"({"alg":"RSA1_5","enc":"A128CBC-HS256","zip":"DEF"})");
    EXPECT_EQ(code_of(UnverifiedJws::parse(header + ".AA.AA.AA.AA")), JoseErrc::malformed_token);
    EXPECT_EQ(code_of(UnverifiedJws::parse(header + ".AA.AA")), JoseErrc::refused_algorithm);
}

TEST(Jws, J11TakesTheCompactFormOnly) {
    auto const& key = key_for(Algorithm::ES256);
    auto const good = token(key, header_with(""), "payload");
    auto const flattened = R"({"payload":")" + std::string(part(good, 1)) + R"(","protected":")" +
                           std::string(part(good, 0)) + R"(","signature":")" +
                           std::string(part(good, 2)) + "\"}";
    auto const input = good.substr(0, good.rfind('.'));
    auto const detached = std::string(part(good, 0)) + ".." + std::string(part(good, 2));
    ASSERT_TRUE(verify_jws(good, set_of(key), Algorithm::ES256));
    for (auto const& text : {flattened, input, detached, good + ".AA", good + ".", "." + good,
                             std::string(), std::string(".."), std::string("a")})
        EXPECT_EQ(code_of(verify_jws(text, set_of(key), Algorithm::ES256)),
                  JoseErrc::malformed_token)
            << text;
}

TEST(Jws, J12RefusesEveryOtherSpellingOfBase64url) {
    auto const& key = key_for(Algorithm::ES256);
    auto const good = token(key, header_with(""), ">>>\?\?\?");  // Pj4-Pz8_
    auto const keys = set_of(key);
    ASSERT_TRUE(verify_jws(good, keys, Algorithm::ES256));
    for (auto const& [from, to] : {std::pair{"_", "/"}, std::pair{"-", "+"}}) {
        auto text = good;
        text.replace(text.find(from, text.find('.')), 1, to);
        EXPECT_EQ(code_of(verify_jws(text, keys, Algorithm::ES256)), JoseErrc::malformed_token);
    }
    for (auto const& text : {good + "=", good + "==", good + " ", good + "\n", " " + good,
                             std::string(part(good, 0)) + "=." + good.substr(good.find('.') + 1)})
        EXPECT_EQ(code_of(verify_jws(text, keys, Algorithm::ES256)), JoseErrc::malformed_token);
    // 64 bytes leave four unused bits in the last character, which stand at zero.
    auto trailing = good;
    trailing.back() = static_cast<char>(trailing.back() + 1);
    EXPECT_EQ(code_of(verify_jws(trailing, keys, Algorithm::ES256)), JoseErrc::malformed_token);
}

TEST(Jws, J13RefusesDuplicateNamesInTheHeader) {
    for (auto member : {R"(,"alg":"ES256")", R"(,"alg":"none")", R"(,"al\u0067":"none")",
                        R"(,"x":1,"x":1)", R"(,"x":{"y":1,"y":2})"})
        EXPECT_EQ(with_header(header_with(member)), JoseErrc::malformed_token) << member;
}

TEST(Jws, J17RefusesATokenBeyondTheBoundBeforeReadingIt) {
    auto const& key = key_for(Algorithm::ES256);
    auto const sized = [&](std::size_t payload) {
        return sign_jws(key, "JWT", std::string(payload, 'x'));
    };
    EXPECT_TRUE(verify_jws(sized(12'000), set_of(key), Algorithm::ES256));
    EXPECT_EQ(code_of(UnverifiedJws::parse(std::string(65'537, 'a'))), JoseErrc::malformed_token);
    EXPECT_EQ(code_of(verify_jws(sized(12'300), set_of(key), Algorithm::ES256)),
              JoseErrc::malformed_token);
}

}  // namespace
}  // namespace tunnus::jose::tests
