// SPDX-License-Identifier: MIT
#include "saml/xml/key.hpp"

#include "saml/xml/namespaces.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace tunnus::saml::xml {
namespace {

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeX509 {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using X509Pointer = std::unique_ptr<X509, FreeX509>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

unsigned char const* octets(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

Bio open(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A passphrase is never asked for on a terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

Result<KeyHandle> accept(EVP_PKEY* raw) {
    KeyHandle key(raw, EVP_PKEY_free);
    if (!key) return Error(Reason::key_unusable, "unreadable");
    if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA)
        return Error(Reason::key_unusable, "not an RSA key");
    int const bits = EVP_PKEY_bits(key.get());
    if (bits < 2048 || bits > 8192)
        return Error(Reason::key_unusable, std::to_string(bits) + " bits");
    return key;
}

std::string der_of(X509* certificate) {
    unsigned char* raw = nullptr;
    int const size = i2d_X509(certificate, &raw);
    if (size < 0) return {};
    std::string der(reinterpret_cast<char const*>(raw), static_cast<std::size_t>(size));
    OPENSSL_free(raw);
    return der;
}

EVP_MD const* method(Digest digest) {
    switch (digest) {
        case Digest::sha256:
            return EVP_sha256();
        case Digest::sha384:
            return EVP_sha384();
        case Digest::sha512:
            return EVP_sha512();
    }
    throw std::logic_error("an unknown digest");
}

}  // namespace

std::optional<Digest> digest_of(std::string_view signature_algorithm) {
    if (signature_algorithm == algorithm::rsa_sha256) return Digest::sha256;
    if (signature_algorithm == algorithm::rsa_sha384) return Digest::sha384;
    if (signature_algorithm == algorithm::rsa_sha512) return Digest::sha512;
    return std::nullopt;
}

Result<Certificate> Certificate::parse_der(std::string_view der) {
    auto const* at = octets(der);
    X509Pointer const certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != octets(der) + der.size())
        return Error(Reason::key_unusable, "not one DER certificate");
    auto key = accept(X509_get_pubkey(certificate.get()));
    if (!key) return key.error();
    return Certificate(std::string(der), std::move(*key));
}

Result<Certificate> Certificate::parse_pem(std::string_view pem) {
    auto const bio = open(pem);
    X509Pointer const certificate(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
    if (!certificate) return Error(Reason::key_unusable, "not a PEM certificate");
    return parse_der(der_of(certificate.get()));
}

bool Certificate::verifies(std::string_view bytes, std::string_view signature,
                           Digest digest) const {
    DigestContext const context(EVP_MD_CTX_new());
    return context &&
           EVP_DigestVerifyInit(context.get(), nullptr, method(digest), nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(bytes),
                            bytes.size()) == 1;
}

Result<PrivateKey> PrivateKey::parse_pem(Secret const& pem) {
    auto const bio = open(pem.reveal());
    auto key = accept(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key) return key.error();
    return PrivateKey(std::move(*key));
}

std::string PrivateKey::sign(std::string_view bytes) const {
    DigestContext const context(EVP_MD_CTX_new());
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_size(key_.get()));
    std::string signature(size, '\0');
    bool const signed_it =
        context &&
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       octets(bytes), bytes.size()) == 1;
    if (!signed_it) throw std::runtime_error("OpenSSL could not sign");
    signature.resize(size);
    return signature;
}

bool PrivateKey::belongs_to(Certificate const& certificate) const {
    return EVP_PKEY_eq(key_.get(), certificate.key().get()) == 1;
}

}  // namespace tunnus::saml::xml
