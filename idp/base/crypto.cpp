// SPDX-License-Identifier: MIT
#include "idp/base/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace tunnus {
namespace {

constexpr std::size_t digest_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

unsigned char const* bytes_of(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

struct CipherFree {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherFree>;

struct MacFree {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC_CTX, MacFree>;

void require(int openssl_result) {
    if (openssl_result != 1) throw std::runtime_error("an OpenSSL primitive failed");
}

// OpenSSL 3 looks an algorithm up by name on every call that is not handed a fetched one, which
// costs more than hashing a token. These are immutable, shared by all threads, and left to the end
// of the process on purpose, so that no order of destruction can matter.

EVP_MD const* fetched_sha256() {
    static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return md;
}

EVP_CIPHER const* fetched_aes_256_gcm() {
    static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    return cipher;
}

EVP_MAC_CTX const* hmac_without_key() {
    static EVP_MAC_CTX* const context = [] {
        EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
        EVP_MAC_CTX* const made = EVP_MAC_CTX_new(hmac);
        EVP_MAC_free(hmac);
        std::string digest = OSSL_DIGEST_NAME_SHA2_256;
        std::array<OSSL_PARAM, 2> const parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
            OSSL_PARAM_construct_end()};
        require(EVP_MAC_CTX_set_params(made, parameters.data()));
        return made;
    }();
    return context;
}

}  // namespace

std::string sha256(std::string_view bytes) {
    std::string digest(digest_bytes, '\0');
    require(EVP_Digest(bytes.data(), bytes.size(), bytes_of(digest), nullptr, fetched_sha256(),
                       nullptr));
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string digest(digest_bytes, '\0');
    std::size_t length = 0;
    Mac const mac(EVP_MAC_CTX_dup(hmac_without_key()));
    // OpenSSL takes a null key for "the one from before".
    auto const* const key_bytes = bytes_of(key.empty() ? std::string_view("") : key);
    require(EVP_MAC_init(mac.get(), key_bytes, key.size(), nullptr));
    require(EVP_MAC_update(mac.get(), bytes_of(bytes), bytes.size()));
    require(EVP_MAC_final(mac.get(), bytes_of(digest), &length, digest.size()));
    return digest;
}

Sealer::Sealer(Secret const& key)
    : sealing_key_(hmac_sha256(key.reveal(), "tunnus sealing v1")),
      index_key_(hmac_sha256(key.reveal(), "tunnus index v1")) {
    if (key.reveal().size() < 32)
        throw std::invalid_argument("a sealing key has at least 32 bytes");
}

std::string Sealer::seal(std::string_view context, std::string_view plain, Random& random) const {
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    random.fill({bytes_of(sealed), nonce_bytes});
    Cipher const cipher(EVP_CIPHER_CTX_new());
    require(EVP_EncryptInit_ex2(cipher.get(), fetched_aes_256_gcm(),
                                bytes_of(sealing_key_.reveal()), bytes_of(sealed), nullptr));
    int length = 0;
    require(EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(context),
                              static_cast<int>(context.size())));
    require(EVP_EncryptUpdate(cipher.get(), bytes_of(sealed) + nonce_bytes, &length,
                              bytes_of(plain), static_cast<int>(plain.size())));
    require(EVP_EncryptFinal_ex(cipher.get(), bytes_of(sealed) + nonce_bytes + length, &length));
    require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                                bytes_of(sealed) + nonce_bytes + plain.size()));
    return sealed;
}

Result<std::string> Sealer::open(std::string_view context, std::string_view sealed) const {
    if (sealed.size() < nonce_bytes + tag_bytes)
        return Error(BaseErrc::denied, "a sealed value is too short");
    std::size_t const plain_size = sealed.size() - nonce_bytes - tag_bytes;
    std::string plain(plain_size, '\0');
    std::string tag(sealed.substr(nonce_bytes + plain_size));
    Cipher const cipher(EVP_CIPHER_CTX_new());
    require(EVP_DecryptInit_ex2(cipher.get(), fetched_aes_256_gcm(),
                                bytes_of(sealing_key_.reveal()), bytes_of(sealed), nullptr));
    int length = 0;
    require(EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(context),
                              static_cast<int>(context.size())));
    require(EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &length,
                              bytes_of(sealed) + nonce_bytes, static_cast<int>(plain_size)));
    require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()));
    if (EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + length, &length) != 1) {
        wipe(plain);
        return Error(BaseErrc::denied, "a sealed value does not open under this key");
    }
    return plain;
}

std::string Sealer::blind_index(std::string_view context, std::string_view plain) const {
    std::string message(context);
    message.push_back('\0');
    message.append(plain);
    std::string index = hmac_sha256(index_key_.reveal(), message);
    wipe(message);
    return index;
}

}  // namespace tunnus
