// SPDX-License-Identifier: MIT
// The same tokens and keys in npm `jose`, an implementation that shares nothing with ours, both
// ways. Needs node and the root's node_modules; without them it is skipped.
#include "tests/fakes/random.hpp"
#include "tests/oidc/jose/tokens.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace tunnus::jose::tests {
namespace {

constexpr std::array signing_algorithms{
    Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384,
    Algorithm::PS512, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA};

constexpr std::array both{ContentEncryption::A128CBC_HS256, ContentEncryption::A256GCM};

/// What `node interop.mjs` prints for this request; empty when it fails.
std::string ask_node(boost::json::object const& request) {
    std::filesystem::path const file = TUNNUS_BINARY_DIR "/jose_interop.json";
    std::ofstream(file) << request;
    std::string const command =
        "node " TUNNUS_SOURCE_DIR "/tests/oidc/jose/interop.mjs " + file.string();
    std::string output;
    auto* const pipe = popen(command.c_str(), "r");
    std::array<char, 4'096> chunk{};
    for (std::size_t size = 0; (size = fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
        output.append(chunk.data(), size);
    bool const ended_well = pclose(pipe) == 0;
    std::filesystem::remove(file);
    return ended_well ? output : "";
}

bool node_is_ready() {
    return std::filesystem::exists(TUNNUS_SOURCE_DIR "/node_modules/jose");
}

TEST(Interop, NpmJoseDecryptsOurTokensAndWeDecryptItsTokens) {
    if (!node_is_ready()) GTEST_SKIP() << "npm ci has not run";
    fakes::SeededRandom random;
    std::vector<DecryptionKey> keys;
    boost::json::array asked;
    for (auto algorithm : {KeyManagement::RSA_OAEP_256, KeyManagement::ECDH_ES,
                           KeyManagement::ECDH_ES_A128KW, KeyManagement::ECDH_ES_A256KW})
        for (auto curve : {Curve::P_256, Curve::P_521}) {
            auto const jwk = encryption_jwk(algorithm, curve);
            auto const to = EncryptionKey::parse(public_part(jwk), algorithm).value();
            for (auto enc : both) {
                asked.push_back({{"private_jwk", jwk},
                                 {"public_jwk", public_part(jwk)},
                                 {"enc", name_of(enc)},
                                 {"token", to.encrypt(enc, "JWT", claims_text, random)}});
                keys.push_back(decryption_key(jwk));
            }
        }
    auto const output =
        ask_node({{"signers", boost::json::array()}, {"readers", std::move(asked)}});
    ASSERT_FALSE(output.empty()) << "node failed; its words are on standard error";
    auto const answers = json(output);
    auto const& list = answers.at("readers").as_array();
    ASSERT_EQ(list.size(), keys.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto const& answer = list[i].as_object();
        EXPECT_EQ(find_string(answer, "decrypted"), claims_text);
        auto const plain = keys[i].decrypt(*find_string(answer, "encrypted"), both[i % 2]);
        ASSERT_TRUE(plain) << plain.error().text();
        EXPECT_EQ(*plain, R"({"sub":"made by npm jose"})");
    }
}

TEST(Interop, NpmJoseReadsOurTokensAndWeReadItsTokens) {
    if (!node_is_ready()) GTEST_SKIP() << "npm ci has not run";
    boost::json::array asked;
    for (auto algorithm : signing_algorithms) {
        auto const& key = key_for(algorithm);
        asked.push_back({{"private_jwk", json(private_jwk_for(algorithm))},
                         {"public_jwk", key.verification_key().public_jwk()},
                         {"token", sign_jws(key, "JWT", claims_text)}});
    }
    auto const output =
        ask_node({{"signers", std::move(asked)}, {"readers", boost::json::array()}});
    ASSERT_FALSE(output.empty()) << "node failed; its words are on standard error";
    auto const answers = json(output);
    auto const& list = answers.at("signers").as_array();
    ASSERT_EQ(list.size(), signing_algorithms.size());

    for (std::size_t i = 0; i < list.size(); ++i) {
        auto const algorithm = signing_algorithms[i];
        auto const& key = key_for(algorithm);
        SCOPED_TRACE(name_of(algorithm));
        auto const& answer = list[i].as_object();
        EXPECT_EQ(find_string(answer, "accepted"), claims_text);
        EXPECT_EQ(find_string(answer, "thumbprint"), key.verification_key().thumbprint());

        auto const theirs = *find_string(answer, "signed_with_their_key");
        EXPECT_TRUE(verify_jws(theirs, set_of(key), algorithm));
        auto const own = VerificationKey::parse(answer.at("own_public_jwk").as_object());
        ASSERT_TRUE(own) << own.error().text();
        auto const parsed = UnverifiedJws::parse(*find_string(answer, "signed_with_own_key"));
        ASSERT_TRUE(parsed) << parsed.error().text();
        EXPECT_TRUE(parsed->verify(*own, algorithm));
        EXPECT_FALSE(parsed->verify(key.verification_key(), algorithm));
    }
}

}  // namespace
}  // namespace tunnus::jose::tests
