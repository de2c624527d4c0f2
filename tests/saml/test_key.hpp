// SPDX-License-Identifier: MIT
// RSA keys with self-signed certificates, made afresh in every run, and the raw operations that a
// peer would do with them. Written on OpenSSL alone, so that it judges saml/xml independently.
#pragma once

#include "idp/base/secret.hpp"
#include "saml/xml/key.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tunnus::saml::test {

inline void demand(bool held) {
    if (!held) throw std::runtime_error("the test's own cryptography failed");
}

inline unsigned char const* octets(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}
inline unsigned char* octets(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

template <class Write>
std::string written(Write write) {
    std::unique_ptr<BIO, int (*)(BIO*)> const bio(BIO_new(BIO_s_mem()), BIO_free);
    demand(write(bio.get()) == 1);
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

class TestKey {
  public:
    explicit TestKey(unsigned bits = 2048)
        : key_(EVP_RSA_gen(bits), EVP_PKEY_free), x509_(X509_new(), X509_free) {
        demand(key_ && x509_);
        X509_set_version(x509_.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x509_.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(x509_.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(x509_.get()), 3600);
        X509_set_pubkey(x509_.get(), key_.get());
        auto* const name = X509_get_subject_name(x509_.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, octets("test"), -1, -1, 0);
        X509_set_issuer_name(x509_.get(), name);
        demand(X509_sign(x509_.get(), key_.get(), EVP_sha256()) > 0);
    }

    [[nodiscard]] std::string certificate_pem() const {
        return written([&](BIO* bio) { return PEM_write_bio_X509(bio, x509_.get()); });
    }
    [[nodiscard]] std::string certificate_der() const {
        return written([&](BIO* bio) { return i2d_X509_bio(bio, x509_.get()); });
    }
    [[nodiscard]] std::string private_pem() const {
        return written([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }
    [[nodiscard]] xml::Certificate certificate() const {
        return xml::Certificate::parse_der(certificate_der()).value();
    }
    [[nodiscard]] xml::PrivateKey private_key() const {
        return xml::PrivateKey::parse_pem(Secret(private_pem())).value();
    }

    /// PKCS #1 v1.5.
    [[nodiscard]] std::string sign(std::string_view bytes, EVP_MD const* digest) const {
        std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> const context(EVP_MD_CTX_new(),
                                                                         EVP_MD_CTX_free);
        std::string signature(static_cast<std::size_t>(EVP_PKEY_size(key_.get())), '\0');
        std::size_t size = signature.size();
        demand(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1);
        demand(EVP_DigestSign(context.get(), octets(signature), &size, octets(bytes),
                              bytes.size()) == 1);
        return signature;
    }
    /// RSA-OAEP, or PKCS #1 v1.5 when `digest` is null.
    [[nodiscard]] std::string wrap(std::string_view content_key, EVP_MD const* digest) const {
        std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> const context(
            EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
        demand(EVP_PKEY_encrypt_init(context.get()) == 1);
        if (digest == nullptr) {
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING);
        } else {
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
            EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest);
        }
        std::size_t size = static_cast<std::size_t>(EVP_PKEY_size(key_.get()));
        std::string wrapped(size, '\0');
        demand(EVP_PKEY_encrypt(context.get(), octets(wrapped), &size, octets(content_key),
                                content_key.size()) == 1);
        return wrapped;
    }

  private:
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
    std::unique_ptr<X509, void (*)(X509*)> x509_;
};

}  // namespace tunnus::saml::test
