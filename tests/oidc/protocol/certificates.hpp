// SPDX-License-Identifier: MIT
// Certificates for tests, each made when it is needed: a subject, names, and who issued it.
#pragma once

#include "idp/base/free.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tunnus::oidc::tests {

class TestCertificate {
  public:
    struct Wish {
        std::vector<std::pair<std::string, std::string>> subject{{"CN", "client"}};
        std::string subject_alt_name = {};  ///< as OpenSSL's configuration writes it
        bool is_authority = false;
        std::string extended_key_usage = {};
        long not_before_s = 1'600'000'000;
        long not_after_s = 1'800'000'000;
    };
    /// Issued by `issuer`, or by itself when there is none.
    explicit TestCertificate(Wish const& wish, TestCertificate const* issuer = nullptr)
        : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
        auto* const made = certificate_.get();
        X509_set_version(made, 2);
        static long serial = 0;
        ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
        ASN1_TIME_set(X509_getm_notBefore(made), wish.not_before_s);
        ASN1_TIME_set(X509_getm_notAfter(made), wish.not_after_s);
        X509_set_pubkey(made, key_.get());
        auto* const name = X509_get_subject_name(made);
        for (auto const& [type, value] : wish.subject)
            if (X509_NAME_add_entry_by_txt(name, type.c_str(), MBSTRING_UTF8,
                                           reinterpret_cast<unsigned char const*>(value.c_str()),
                                           -1, -1, 0) != 1)
                throw std::runtime_error("subject");
        auto const& signer = issuer != nullptr ? *issuer : *this;
        X509_set_issuer_name(made, X509_get_subject_name(signer.certificate_.get()));
        if (wish.is_authority) extend(NID_basic_constraints, "critical,CA:TRUE");
        if (!wish.subject_alt_name.empty()) extend(NID_subject_alt_name, wish.subject_alt_name);
        if (!wish.extended_key_usage.empty()) extend(NID_ext_key_usage, wish.extended_key_usage);
        if (X509_sign(made, signer.key_.get(), EVP_sha256()) == 0)
            throw std::runtime_error("signature");
    }
    [[nodiscard]] std::string der() const {
        unsigned char* bytes = nullptr;
        int const size = i2d_X509(certificate_.get(), &bytes);
        std::string der(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
        OPENSSL_free(bytes);
        return der;
    }
    [[nodiscard]] std::string pem() const {
        std::unique_ptr<BIO, Free<BIO_free_all>> const out(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(out.get(), certificate_.get());
        char* bytes = nullptr;
        long const size = BIO_get_mem_data(out.get(), &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }

  private:
    void extend(int nid, std::string const& value) {
        std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> const extension(
            X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
        if (!extension || X509_add_ext(certificate_.get(), extension.get(), -1) != 1)
            throw std::runtime_error("extension " + value);
    }
    std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key_;
    std::unique_ptr<X509, Free<X509_free>> certificate_;
};

}  // namespace tunnus::oidc::tests
