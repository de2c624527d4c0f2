// SPDX-License-Identifier: MIT
#include "oidc/jose/evp.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>
#include <span>
#include <stdexcept>

namespace tunnus::jose::evp {
namespace {

using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

constexpr std::size_t largest_signature = 1'024;  // RSA-8192
constexpr std::size_t ed25519_signature = 64;

struct Digested {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
    unsigned int size = 0;
};

Digested digest_of(std::size_t digest_size, std::string_view message) {
    Digested result;
    require(EVP_Digest(message.data(), message.size(), result.bytes.data(), &result.size,
                       digest(digest_size), nullptr));
    return result;
}

bool is_pss(Algorithm algorithm) {
    return algorithm == Algorithm::PS256 || algorithm == Algorithm::PS384 ||
           algorithm == Algorithm::PS512;
}

/// RFC 7518 §3.3 and §3.5: the salt is as long as the digest, and MGF1 uses the same hash.
void set_rsa_parameters(EVP_PKEY_CTX* context, Algorithm algorithm) {
    auto const* md = digest(digest_bytes(algorithm));
    bool const pss = is_pss(algorithm);
    require(EVP_PKEY_CTX_set_rsa_padding(context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING));
    require(EVP_PKEY_CTX_set_signature_md(context, md));
    if (!pss) return;
    require(EVP_PKEY_CTX_set_rsa_mgf1_md(context, md));
    require(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST));
}

MacContext prepare_mac(std::string_view key, Algorithm algorithm) {
    static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    MacContext context(EVP_MAC_CTX_new(hmac));
    std::string name = EVP_MD_get0_name(digest(digest_bytes(algorithm)));
    std::array<OSSL_PARAM, 2> const parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
        OSSL_PARAM_construct_end()};
    require(EVP_MAC_init(context.get(), bytes_of(key), key.size(), parameters.data()));
    return context;
}

std::string mac_of(MacContext const& prepared, std::string_view message) {
    MacContext const context(EVP_MAC_CTX_dup(prepared.get()));
    std::string mac(EVP_MAC_CTX_get_mac_size(context.get()), '\0');
    std::size_t size = 0;
    require(EVP_MAC_update(context.get(), bytes_of(message), message.size()));
    require(EVP_MAC_final(context.get(), bytes_of(mac), &size, mac.size()));
    return mac;
}

Prepared prepare(Material const& material, Algorithm algorithm,
                 decltype(&EVP_DigestSignInit_ex) begin_one_shot,
                 decltype(&EVP_PKEY_sign_init) begin_pkey) {
    Prepared prepared;
    switch (material.shape.type) {
        case KeyType::oct:
            prepared.mac = prepare_mac(material.octets.reveal(), algorithm);
            break;
        case KeyType::OKP:
            prepared.one_shot.reset(EVP_MD_CTX_new());
            require(begin_one_shot(prepared.one_shot.get(), nullptr, nullptr, nullptr, nullptr,
                                   material.pkey.get(), nullptr));
            break;
        case KeyType::RSA:
        case KeyType::EC:
            prepared.pkey.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, material.pkey.get(), nullptr));
            require(begin_pkey(prepared.pkey.get()));
            if (material.shape.type == KeyType::RSA)
                set_rsa_parameters(prepared.pkey.get(), algorithm);
    }
    return prepared;
}

/// From the DER that OpenSSL makes to the fixed-length r||s of RFC 7518 §3.4.
std::string raw_from_der(std::span<unsigned char const> der, std::size_t coordinate) {
    auto const* at = der.data();
    EcdsaSignature const parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string raw(2 * coordinate, '\0');
    int const width = static_cast<int>(coordinate);
    bool const fits =
        parsed && BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), bytes_of(raw), width) == width &&
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), bytes_of(raw) + coordinate, width) == width;
    require(fits ? 1 : 0);
    return raw;
}

/// Empty unless `raw` is exactly two coordinates. The range of r and s is OpenSSL's to check.
std::string der_from_raw(std::string_view raw, std::size_t coordinate) {
    if (raw.size() != 2 * coordinate) return {};
    int const width = static_cast<int>(coordinate);
    EcdsaSignature const signature(ECDSA_SIG_new());
    auto* r = BN_bin2bn(bytes_of(raw), width, nullptr);
    auto* s = BN_bin2bn(bytes_of(raw) + coordinate, width, nullptr);
    require(ECDSA_SIG_set0(signature.get(), r, s));
    std::array<unsigned char, 160> der{};
    auto* at = der.data();
    int const size = i2d_ECDSA_SIG(signature.get(), &at);
    return {reinterpret_cast<char const*>(der.data()), static_cast<std::size_t>(size)};
}

}  // namespace

void require(int openssl_result) {
    if (openssl_result == 1) return;
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    ERR_clear_error();
    throw std::runtime_error(std::string("an OpenSSL primitive failed: ") + reason.data());
}

EVP_MD const* digest(std::size_t bytes) {
    // Immutable and reference-counted by OpenSSL; left to the end of the process on purpose, so
    // that no order of destruction can matter.
    static std::array<EVP_MD*, 3> const fetched{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                EVP_MD_fetch(nullptr, "SHA384", nullptr),
                                                EVP_MD_fetch(nullptr, "SHA512", nullptr)};
    return fetched[bytes / 16 - 2];
}

std::string hash(std::size_t digest_size, std::string_view message) {
    auto const made = digest_of(digest_size, message);
    return {reinterpret_cast<char const*>(made.bytes.data()), made.size};
}

Signer::Signer(Material const& material, Algorithm algorithm)
    : algorithm_(algorithm),
      prepared_(prepare(material, algorithm, EVP_DigestSignInit_ex, EVP_PKEY_sign_init)) {}

std::string Signer::sign(std::string_view message) const {
    auto signature = try_sign(message);
    if (!signature) throw std::runtime_error("OpenSSL could not sign");
    return *std::move(signature);
}

std::optional<std::string> Signer::try_sign(std::string_view message) const {
    if (prepared_.mac) return mac_of(prepared_.mac, message);
    bool signed_well = false;
    std::array<unsigned char, largest_signature> signature;
    std::size_t size = signature.size();
    if (prepared_.one_shot) {
        DigestContext const context(EVP_MD_CTX_new());
        require(EVP_MD_CTX_copy_ex(context.get(), prepared_.one_shot.get()));
        signed_well = EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(message),
                                     message.size()) == 1;
    } else {
        auto const digested = digest_of(digest_bytes(algorithm_), message);
        PkeyContext const context(EVP_PKEY_CTX_dup(prepared_.pkey.get()));
        signed_well = EVP_PKEY_sign(context.get(), signature.data(), &size, digested.bytes.data(),
                                    digested.size) == 1;
    }
    if (!signed_well) {
        ERR_clear_error();
        return std::nullopt;
    }
    if (shape_for(algorithm_).type == KeyType::EC)
        return raw_from_der({signature.data(), size},
                            coordinate_bytes(shape_for(algorithm_).curve));
    return std::string{reinterpret_cast<char const*>(signature.data()), size};
}

Verifier::Verifier(Material const& material, Algorithm algorithm)
    : algorithm_(algorithm),
      prepared_(prepare(material, algorithm, EVP_DigestVerifyInit_ex, EVP_PKEY_verify_init)) {}

bool Verifier::verify(std::string_view message, std::string_view signature) const {
    if (prepared_.mac) return equal_in_constant_time(mac_of(prepared_.mac, message), signature);
    bool good = false;
    if (prepared_.one_shot) {
        if (signature.size() != ed25519_signature) return false;
        DigestContext const context(EVP_MD_CTX_new());
        require(EVP_MD_CTX_copy_ex(context.get(), prepared_.one_shot.get()));
        good = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                bytes_of(message), message.size()) == 1;
    } else {
        auto const coordinate = coordinate_bytes(shape_for(algorithm_).curve);
        std::string der;
        if (coordinate != 0) {
            der = der_from_raw(signature, coordinate);
            if (der.empty()) return false;
            signature = der;
        }
        auto const digested = digest_of(digest_bytes(algorithm_), message);
        PkeyContext const context(EVP_PKEY_CTX_dup(prepared_.pkey.get()));
        good = EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(),
                               digested.bytes.data(), digested.size) == 1;
    }
    // A failure leaves its story in the thread's queue, where the next user of OpenSSL would trip
    // over it.
    if (!good) ERR_clear_error();
    return good;
}

}  // namespace tunnus::jose::evp
