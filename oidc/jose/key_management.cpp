// SPDX-License-Identifier: MIT
#include "oidc/jose/key_management.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "oidc/jose/content_encryption.hpp"
#include "oidc/jose/jwk.hpp"
#include "oidc/jose/key_material.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>

namespace tunnus::jose {
namespace {

namespace json = boost::json;
using evp::bytes_of;
using evp::require;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;

constexpr std::array<std::string_view, 4> names{"RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW",
                                                "ECDH-ES+A256KW"};
constexpr std::size_t wrapped_key_bytes = content_key_bytes + 8;  // RFC 3394 adds one block

Secret random_content_key(Random& random) {
    std::string key(content_key_bytes, '\0');
    random.fill({bytes_of(key), key.size()});
    return Secret(std::move(key));
}

evp::PkeyContext oaep_context(evp::Material const& key, int (*init)(EVP_PKEY_CTX*)) {
    evp::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.pkey.get(), nullptr));
    require(init(context.get()));
    require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING));
    require(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), evp::digest(32)));
    require(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), evp::digest(32)));
    return context;
}

std::string oaep_encrypt(evp::Material const& to, std::string_view content_key) {
    auto const context = oaep_context(to, EVP_PKEY_encrypt_init);
    std::string encrypted(static_cast<std::size_t>(EVP_PKEY_get_size(to.pkey.get())), '\0');
    std::size_t size = encrypted.size();
    require(EVP_PKEY_encrypt(context.get(), bytes_of(encrypted), &size, bytes_of(content_key),
                             content_key.size()));
    return encrypted;
}

std::optional<Secret> oaep_decrypt(evp::Material const& ours, std::string_view encrypted) {
    auto const context = oaep_context(ours, EVP_PKEY_decrypt_init);
    std::string key(static_cast<std::size_t>(EVP_PKEY_get_size(ours.pkey.get())), '\0');
    std::size_t size = key.size();
    bool const good = EVP_PKEY_decrypt(context.get(), bytes_of(key), &size, bytes_of(encrypted),
                                       encrypted.size()) == 1 &&
                      size == content_key_bytes;
    Secret const wiped(key);
    if (!good) {
        ERR_clear_error();
        return std::nullopt;
    }
    return Secret(key.substr(0, size));
}

/// The x coordinate of the common point.
Secret agree(evp::Material const& ours, evp::Material const& theirs) {
    evp::PkeyContext const context(EVP_PKEY_CTX_new_from_pkey(nullptr, ours.pkey.get(), nullptr));
    std::string shared(coordinate_bytes(ours.shape.curve), '\0');
    std::size_t size = shared.size();
    require(EVP_PKEY_derive_init(context.get()));
    require(EVP_PKEY_derive_set_peer(context.get(), theirs.pkey.get()));
    require(EVP_PKEY_derive(context.get(), bytes_of(shared), &size));
    return Secret(std::move(shared));
}

void append_with_length(std::string& text, std::string_view part) {
    for (int shift = 24; shift >= 0; shift -= 8)
        text.push_back(static_cast<char>(part.size() >> shift & 0xff));
    text.append(part);
}

/// RFC 7518 §4.6.2: Concat KDF with SHA-256. No key of ours is longer than one round.
Secret derive(KeyManagement algorithm, std::string_view enc, Secret const& shared,
              std::string_view apu, std::string_view apv) {
    bool const direct = algorithm == KeyManagement::ECDH_ES;
    std::size_t const bytes = algorithm == KeyManagement::ECDH_ES_A128KW ? 16 : 32;
    std::string message(std::string_view("\0\0\0\1", 4));
    message.append(shared.reveal());
    append_with_length(message, direct ? enc : name_of(algorithm));
    append_with_length(message, apu);
    append_with_length(message, apv);
    for (int shift = 24; shift >= 0; shift -= 8)
        message.push_back(static_cast<char>((bytes * 8) >> shift & 0xff));
    Secret const whole(evp::hash(32, message));
    wipe(message);
    return Secret(std::string(whole.reveal().substr(0, bytes)));
}

/// RFC 3394. Empty when the integrity check fails.
std::optional<std::string> aes_key_wrap(std::string_view key, std::string_view input, bool wrap) {
    static std::array<EVP_CIPHER*, 2> const ciphers{
        EVP_CIPHER_fetch(nullptr, "AES-128-WRAP", nullptr),
        EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr)};
    CipherContext const context(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    require(EVP_CipherInit_ex2(context.get(), ciphers[key.size() / 16 - 1], bytes_of(key), nullptr,
                               wrap ? 1 : 0, nullptr));
    std::string output(input.size() + 16, '\0');
    int size = 0;
    if (EVP_CipherUpdate(context.get(), bytes_of(output), &size, bytes_of(input),
                         static_cast<int>(input.size())) != 1) {
        ERR_clear_error();
        return std::nullopt;
    }
    output.resize(static_cast<std::size_t>(size));
    return output;
}

/// `apu` and `apv`: absent is empty; nothing when it is there and not base64url.
std::optional<std::string> party_info(json::object const& header, std::string_view name) {
    if (!header.contains(name)) return std::string();
    auto const text = find_string(header, name);
    return text ? decode_base64url(*text) : std::nullopt;
}

}  // namespace

std::string_view name_of(KeyManagement algorithm) {
    return names[static_cast<std::size_t>(algorithm)];
}

std::optional<KeyManagement> find_key_management(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<KeyManagement>(i);
    return std::nullopt;
}

bool suits(KeyManagement algorithm, KeyShape shape) {
    return shape.type == (algorithm == KeyManagement::RSA_OAEP_256 ? KeyType::RSA : KeyType::EC);
}

WrappedKey wrap_content_key(KeyManagement algorithm, evp::Material const& to, std::string_view enc,
                            json::object& header, Random& random) {
    if (algorithm == KeyManagement::RSA_OAEP_256) {
        auto key = random_content_key(random);
        auto encrypted = oaep_encrypt(to, key.reveal());
        return {std::move(key), std::move(encrypted)};
    }
    auto const ephemeral_jwk = generate_ephemeral_jwk(to.shape.curve);
    auto const parsed = parse_json_object(ephemeral_jwk.reveal()).value();
    json::object epk;
    for (auto const name : thumbprint_members(parsed))
        epk[name] = parsed.at(name);
    header["epk"] = std::move(epk);
    auto const ephemeral = import_private_key(parsed).value();
    auto derived = derive(algorithm, enc, agree(ephemeral, to), "", "");
    if (algorithm == KeyManagement::ECDH_ES) return {std::move(derived), ""};
    auto key = random_content_key(random);
    auto wrapped = *aes_key_wrap(derived.reveal(), key.reveal(), true);
    return {std::move(key), std::move(wrapped)};
}

std::optional<Secret> unwrap_content_key(KeyManagement algorithm, evp::Material const& ours,
                                         std::string_view enc, json::object const& header,
                                         std::string_view encrypted_key) {
    if (algorithm == KeyManagement::RSA_OAEP_256) return oaep_decrypt(ours, encrypted_key);
    auto const* epk = header.if_contains("epk");
    auto const apu = party_info(header, "apu");
    auto const apv = party_info(header, "apv");
    if (epk == nullptr || !epk->is_object() || !apu || !apv) return std::nullopt;
    // Reading the key checks that its point is on the curve (RFC 8725 §3.4: invalid curve attack).
    auto const theirs = import_public_key(epk->get_object());
    if (!theirs || theirs->shape != ours.shape) return std::nullopt;
    auto derived = derive(algorithm, enc, agree(ours, *theirs), *apu, *apv);
    if (algorithm == KeyManagement::ECDH_ES)
        return encrypted_key.empty() ? std::optional(std::move(derived)) : std::nullopt;
    if (encrypted_key.size() != wrapped_key_bytes) return std::nullopt;
    auto key = aes_key_wrap(derived.reveal(), encrypted_key, false);
    if (!key || key->size() != content_key_bytes) return std::nullopt;
    return Secret(*std::move(key));
}

}  // namespace tunnus::jose
