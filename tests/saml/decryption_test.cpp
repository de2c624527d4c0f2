// SPDX-License-Identifier: MIT
// threats.md 1.5: opening what was encrypted to us.
#include "saml/xml/decryption.hpp"

#include "idp/base/limits.hpp"
#include "tests/saml/expect.hpp"
#include "tests/saml/fake_idp.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;

std::string const plain = "<plain>text</plain>";

Result<std::string> open_text(std::string_view text, std::vector<xml::PrivateKey> const& keys,
                              bool allow_cbc = false) {
    auto const document = xml::Document::parse(library(), text);
    if (!document) return document.error();
    return xml::decrypt(*document, document->root(), keys,
                        {sp_entity_id, allow_cbc, Limits().saml_keys});
}
std::string open(EncryptionRecipe const& recipe, bool allow_cbc = false) {
    auto const opened =
        open_text(encrypt(plain, fake_idp().sp, recipe), {fake_idp().sp.private_key()}, allow_cbc);
    return opened && *opened != plain ? "other text" : outcome_of(opened);
}
template <class Change>
std::string open_changed(Change change) {
    EncryptionRecipe recipe;
    change(recipe);
    return open(recipe);
}

TEST(Decryption, OpensAes128AndAes256Gcm) {
    EXPECT_EQ(open({}), "accepted");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) {
                  recipe.content = xml::algorithm::aes256_gcm;
                  recipe.cipher = EVP_aes_256_gcm();
                  recipe.content_key.assign(32, 'k');
              }),
              "accepted");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) { recipe.transport_parameters = ""; }),
              "accepted")
        << "SHA-1 is the default of rsa-oaep-mgf1p";
}

TEST(Decryption, S72RefusesRsa15BeforeTheKeyIsUsed) {
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) {
                  recipe.transport = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
                  recipe.transport_parameters = "";
                  recipe.oaep_digest = nullptr;
              }),
              "encryption_algorithm");
}

TEST(Decryption, S73RefusesCbcUnlessConfigured) {
    EncryptionRecipe recipe;
    recipe.content = xml::algorithm::aes128_cbc;
    recipe.cipher = EVP_aes_128_cbc();
    EXPECT_EQ(open(recipe), "encryption_algorithm");
    EXPECT_EQ(open(recipe, true), "accepted");
    recipe.content = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc";
    EXPECT_EQ(open(recipe, true), "encryption_algorithm");
}

TEST(Decryption, S74RefusesTamperedCiphertext) {
    for (std::size_t const at : {0U, 14U, 40U})  // nonce, text, tag
        EXPECT_EQ(open_changed([&](EncryptionRecipe& recipe) {
                      recipe.edit_cipher = [at](std::string& cipher) { cipher[at] ^= 1; };
                  }),
                  "decryption_failed")
            << at;
    for (std::size_t const size : {0U, 1U, 12U, 20U, 28U, 35U})
        EXPECT_EQ(open_changed([&](EncryptionRecipe& recipe) {
                      recipe.edit_cipher = [size](std::string& cipher) { cipher.resize(size); };
                  }),
                  "decryption_failed")
            << size;
}

TEST(Decryption, S76RefusesOtherOaepParameters) {
    for (auto const* transport : {"http://www.w3.org/2009/xmlenc11#rsa-oaep", "", "urn:unknown"})
        EXPECT_EQ(open_changed([&](EncryptionRecipe& recipe) { recipe.transport = transport; }),
                  "encryption_algorithm");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) {
                  recipe.oaep_digest = EVP_sha256();
                  recipe.transport_parameters =
                      tag("ds:DigestMethod", attribute("Algorithm", xml::algorithm::sha256), "");
              }),
              "encryption_algorithm");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) {
                  recipe.transport_parameters +=
                      tag("xenc11:MGF",
                          attribute("xmlns:xenc11", xml::ns::encryption_11) + " " +
                              attribute("Algorithm", "http://www.w3.org/2009/xmlenc11#mgf1sha256"),
                          "");
              }),
              "encryption_algorithm");
}

TEST(Decryption, S77RefusesAContentKeyOfAnotherLength) {
    for (std::size_t const size : {1U, 15U, 17U, 24U, 32U, 64U})
        EXPECT_EQ(open_changed([&](EncryptionRecipe& recipe) {
                      recipe.edit_content_key = [size](std::string& key) { key.assign(size, 'k'); };
                  }),
                  "decryption_failed")
            << size;
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) {
                  recipe.content = xml::algorithm::aes256_gcm;  // the key is of 16 bytes
              }),
              "decryption_failed");
}

TEST(Decryption, S78TriesTheKeysThatAreForUsAndAtMostFour) {
    auto const& idp = fake_idp();
    auto const other = make_encrypted_key(idp.stranger, {});
    auto const with_before = [&](std::string const& keys) {
        return open_changed([&](EncryptionRecipe& recipe) { recipe.more_keys_before = keys; });
    };
    EXPECT_EQ(with_before(other), "accepted");
    EXPECT_EQ(with_before(other + other + other), "accepted");
    EXPECT_EQ(with_before(other + other + other + other), "encryption_shape");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) { recipe.recipient = sp_entity_id; }),
              "accepted");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) { recipe.recipient = "https://other"; }),
              "decryption_failed");
}

TEST(Decryption, UsesAPrivateKeySoManyTimesAndNoMore) {
    auto const& idp = fake_idp();
    auto const other = make_encrypted_key(idp.stranger, {});
    auto const with = [&](std::string const& before, std::vector<xml::PrivateKey> const& keys,
                          std::size_t unwraps) {
        EncryptionRecipe recipe;
        recipe.more_keys_before = before;
        auto const text = encrypt(plain, idp.sp, recipe);
        auto const document = xml::Document::parse(library(), text).value();
        return outcome_of(
            xml::decrypt(document, document.root(), keys, {sp_entity_id, false, unwraps}));
    };
    auto const ours = idp.sp.private_key();
    auto const older = idp.sp_older.private_key();
    EXPECT_EQ(with("", {older, ours}, 2), "accepted");
    EXPECT_EQ(with("", {older, ours}, 1), "decryption_failed");
    EXPECT_EQ(with(other, {older, ours}, 4), "accepted");
    EXPECT_EQ(with(other, {older, ours}, 3), "decryption_failed");
    EXPECT_EQ(with(other, {ours}, 0), "decryption_failed");
    EncryptionRecipe for_another;
    for_another.recipient = "https://other.example";
    EXPECT_EQ(with(make_encrypted_key(idp.stranger, for_another), {older, ours}, 2), "accepted")
        << "what says that it is for another costs nothing";
}

TEST(Decryption, S78FollowsNoReference) {
    auto const before = xml::Library::denied_loads();
    for (auto const* uri : {"file:///etc/hostname", "http://127.0.0.1:9/"}) {
        auto const reference = tag("xenc:CipherReference", attribute("URI", uri), "");
        EXPECT_EQ(open_changed([&](EncryptionRecipe& recipe) {
                      recipe.edit_text = [&](std::string& text) {
                          auto const at = text.rfind("<xenc:CipherValue>");
                          text.replace(at, text.rfind("</xenc:CipherData>") - at, reference);
                      };
                  }),
                  "encryption_shape");
        EXPECT_EQ(open_changed([&](EncryptionRecipe& recipe) {
                      recipe.more_keys_before =
                          tag("ds:RetrievalMethod", attribute("URI", uri), "");
                  }),
                  "encryption_shape");
    }
    EXPECT_EQ(xml::Library::denied_loads(), before);
}

TEST(Decryption, S82OpensWithEveryConfiguredKeyAndNotWithARemovedOne) {
    auto const& idp = fake_idp();
    auto const text = encrypt(plain, idp.sp_older);
    EXPECT_EQ(outcome_of(open_text(text, {idp.sp.private_key(), idp.sp_older.private_key()})),
              "accepted");
    EXPECT_EQ(outcome_of(open_text(text, {idp.sp.private_key()})), "decryption_failed");
    EXPECT_EQ(outcome_of(open_text(text, {})), "decryption_failed");
}

TEST(Decryption, RefusesAnotherShape) {
    EXPECT_EQ(outcome_of(open_text("<EncryptedData/>", {fake_idp().sp.private_key()})),
              "encryption_shape");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) {
                  recipe.edit_text = [](std::string& text) {
                      replace(text, "</xenc:EncryptedData>",
                              "<xenc:EncryptionProperties></xenc:EncryptionProperties>"
                              "</xenc:EncryptedData>");
                  };
              }),
              "encryption_shape");
    EXPECT_EQ(open_changed([](EncryptionRecipe& recipe) {
                  recipe.edit_text = [](std::string& text) {
                      replace(text, "<xenc:CipherValue>", "<xenc:CipherValue>!");
                  };
              }),
              "decryption_failed");
}

}  // namespace
}  // namespace tunnus::saml
