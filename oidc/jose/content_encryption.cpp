// SPDX-License-Identifier: MIT
#include "oidc/jose/content_encryption.hpp"

#include "idp/base/crypto.hpp"
#include "oidc/jose/evp.hpp"

#include <openssl/err.h>

namespace tunnus::jose {
namespace {

using evp::bytes_of;
using evp::require;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;

constexpr std::size_t tag_bytes = 16;
constexpr std::size_t gcm_iv_bytes = 12;
constexpr std::size_t cbc_iv_bytes = 16;

EVP_CIPHER const* aes_256_gcm() {
    static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    return cipher;
}

EVP_CIPHER const* aes_128_cbc() {
    static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr);
    return cipher;
}

int length_of(std::string_view bytes) {
    return static_cast<int>(bytes.size());
}

/// RFC 7518 §5.2.2.1: the first half of the key authenticates, the second encrypts.
struct SplitKey {
    std::string_view mac;
    std::string_view encryption;
    explicit SplitKey(std::string_view key) : mac(key.substr(0, 16)), encryption(key.substr(16)) {}
};

std::string cbc_tag(std::string_view mac_key, std::string_view associated, Encrypted const& made) {
    std::string message(associated);
    message.append(made.iv).append(made.ciphertext);
    for (int shift = 56; shift >= 0; shift -= 8)  // AL: length of the associated data in bits
        message.push_back(static_cast<char>((associated.size() * 8) >> shift & 0xff));
    return hmac_sha256(mac_key, message).substr(0, tag_bytes);
}

Encrypted encrypt_cbc(std::string_view key, std::string_view associated, std::string_view plain,
                      std::string iv) {
    SplitKey const keys(key);
    Encrypted made{std::move(iv), std::string(plain.size() + cbc_iv_bytes, '\0'), {}};
    CipherContext const context(EVP_CIPHER_CTX_new());
    int written = 0;
    int last = 0;
    require(EVP_EncryptInit_ex2(context.get(), aes_128_cbc(), bytes_of(keys.encryption),
                                bytes_of(made.iv), nullptr));
    require(EVP_EncryptUpdate(context.get(), bytes_of(made.ciphertext), &written, bytes_of(plain),
                              length_of(plain)));
    require(EVP_EncryptFinal_ex(context.get(), bytes_of(made.ciphertext) + written, &last));
    made.ciphertext.resize(static_cast<std::size_t>(written) + static_cast<std::size_t>(last));
    made.tag = cbc_tag(keys.mac, associated, made);
    return made;
}

std::optional<std::string> decrypt_cbc(std::string_view key, std::string_view associated,
                                       Encrypted const& sent) {
    SplitKey const keys(key);
    if (sent.iv.size() != cbc_iv_bytes ||
        !equal_in_constant_time(cbc_tag(keys.mac, associated, sent), sent.tag))
        return std::nullopt;
    std::string plain(sent.ciphertext.size() + cbc_iv_bytes, '\0');
    CipherContext const context(EVP_CIPHER_CTX_new());
    int written = 0;
    int last = 0;
    require(EVP_DecryptInit_ex2(context.get(), aes_128_cbc(), bytes_of(keys.encryption),
                                bytes_of(sent.iv), nullptr));
    bool const good =
        EVP_DecryptUpdate(context.get(), bytes_of(plain), &written, bytes_of(sent.ciphertext),
                          length_of(sent.ciphertext)) == 1 &&
        EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + written, &last) == 1;
    if (!good) {
        ERR_clear_error();
        return std::nullopt;
    }
    plain.resize(static_cast<std::size_t>(written) + static_cast<std::size_t>(last));
    return plain;
}

Encrypted encrypt_gcm(std::string_view key, std::string_view associated, std::string_view plain,
                      std::string iv) {
    Encrypted made{std::move(iv), std::string(plain.size(), '\0'), std::string(tag_bytes, '\0')};
    CipherContext const context(EVP_CIPHER_CTX_new());
    int written = 0;
    require(EVP_EncryptInit_ex2(context.get(), aes_256_gcm(), bytes_of(key), bytes_of(made.iv),
                                nullptr));
    require(EVP_EncryptUpdate(context.get(), nullptr, &written, bytes_of(associated),
                              length_of(associated)));
    require(EVP_EncryptUpdate(context.get(), bytes_of(made.ciphertext), &written, bytes_of(plain),
                              length_of(plain)));
    require(EVP_EncryptFinal_ex(context.get(), bytes_of(made.ciphertext) + written, &written));
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, made.tag.data()));
    return made;
}

std::optional<std::string> decrypt_gcm(std::string_view key, std::string_view associated,
                                       Encrypted const& sent) {
    if (sent.iv.size() != gcm_iv_bytes || sent.tag.size() != tag_bytes) return std::nullopt;
    std::string plain(sent.ciphertext.size(), '\0');
    std::string tag = sent.tag;
    CipherContext const context(EVP_CIPHER_CTX_new());
    int written = 0;
    require(EVP_DecryptInit_ex2(context.get(), aes_256_gcm(), bytes_of(key), bytes_of(sent.iv),
                                nullptr));
    require(EVP_DecryptUpdate(context.get(), nullptr, &written, bytes_of(associated),
                              length_of(associated)));
    require(EVP_DecryptUpdate(context.get(), bytes_of(plain), &written, bytes_of(sent.ciphertext),
                              length_of(sent.ciphertext)));
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()));
    if (EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + written, &written) != 1) {
        ERR_clear_error();
        wipe(plain);
        return std::nullopt;
    }
    return plain;
}

}  // namespace

std::string_view name_of(ContentEncryption encryption) {
    return encryption == ContentEncryption::A256GCM ? "A256GCM" : "A128CBC-HS256";
}

std::optional<ContentEncryption> find_content_encryption(std::string_view name) {
    for (auto encryption : {ContentEncryption::A128CBC_HS256, ContentEncryption::A256GCM})
        if (name_of(encryption) == name) return encryption;
    return std::nullopt;
}

Encrypted encrypt_content(ContentEncryption encryption, std::string_view key,
                          std::string_view associated, std::string_view plain, Random& random) {
    bool const gcm = encryption == ContentEncryption::A256GCM;
    std::string iv(gcm ? gcm_iv_bytes : cbc_iv_bytes, '\0');
    random.fill({bytes_of(iv), iv.size()});
    return gcm ? encrypt_gcm(key, associated, plain, std::move(iv))
               : encrypt_cbc(key, associated, plain, std::move(iv));
}

std::optional<std::string> decrypt_content(ContentEncryption encryption, std::string_view key,
                                           std::string_view associated,
                                           Encrypted const& encrypted) {
    return encryption == ContentEncryption::A256GCM ? decrypt_gcm(key, associated, encrypted)
                                                    : decrypt_cbc(key, associated, encrypted);
}

}  // namespace tunnus::jose
