// SPDX-License-Identifier: MIT
#include "idp/web/tls.hpp"

#include "idp/base/free.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string_view>

namespace tunnus::web {
namespace {

constexpr char const* tls12_suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr char const* tls13_suites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

Bio read_from(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A key file with a pass phrase is an error, never a question on the terminal.
int no_pass_phrase(char*, int, int, void*) {
    return -1;
}

bool use_chain(SSL_CTX* context, std::string const& pem) {
    auto const bio = read_from(pem);
    Certificate const own(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_pass_phrase, nullptr));
    if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) return false;
    while (Certificate const issuer{PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr)})
        if (SSL_CTX_add1_chain_cert(context, issuer.get()) != 1) return false;
    return true;
}

/// RFC 7301: HTTP/1.1 when it is offered, an alert when only other protocols are.
int select_protocol(SSL*, unsigned char const** out, unsigned char* out_size,
                    unsigned char const* offered, unsigned int offered_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* selected = nullptr;
    if (SSL_select_next_proto(&selected, out_size, ours, sizeof(ours) - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = selected;
    return SSL_TLSEXT_ERR_OK;
}

/// Whose certificate it is, and whether it counts, is decided by whoever knows the client (RFC
/// 8705).
int take_any_certificate(X509_STORE_CTX*, void*) {
    return 1;
}

}  // namespace

Result<TlsContext> make_tls_context(TlsSettings const& settings) {
    auto const refuse = [](char const* what) { return Error(BaseErrc::malformed, what); };
    TlsContext context(SSL_CTX_new(TLS_server_method()), Free<SSL_CTX_free>());
    auto* const raw = context.get();
    if (raw == nullptr || SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(raw, tls12_suites) != 1 ||
        SSL_CTX_set_ciphersuites(raw, tls13_suites) != 1 ||
        SSL_CTX_set1_groups_list(raw, "X25519:P-256:P-384") != 1)
        return Error(BaseErrc::unavailable, "OpenSSL does not offer the TLS suites that we need");
    SSL_CTX_set_security_level(raw, 2);
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(raw, 0);
    SSL_CTX_set_max_early_data(raw, 0);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(raw, select_protocol, nullptr);

    if (!use_chain(raw, settings.certificate_chain_pem))
        return refuse("the certificate chain is not readable PEM");
    auto const key_bio = read_from(settings.private_key_pem.reveal());
    Key const key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_pass_phrase, nullptr));
    if (!key) return refuse("the private key is not readable PEM without a pass phrase");
    if (SSL_CTX_use_PrivateKey(raw, key.get()) != 1 || SSL_CTX_check_private_key(raw) != 1)
        return refuse("the private key does not belong to the certificate");

    if (settings.request_client_certificate) {
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_cert_verify_callback(raw, take_any_certificate, nullptr);
    }
    return context;
}

std::string peer_certificate_der(SSL const* connection) {
    Certificate const certificate(SSL_get1_peer_certificate(connection));
    if (!certificate) return {};
    unsigned char* der = nullptr;
    int const size = i2d_X509(certificate.get(), &der);
    if (size <= 0) return {};
    std::string bytes(reinterpret_cast<char const*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace tunnus::web
