// SPDX-License-Identifier: MIT
// TLS as threats.md H-24 and BCP 195 want it, with keys and certificates made here.
#include "idp/base/free.hpp"
#include "idp/base/limits.hpp"
#include "tests/wire/harness.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <functional>

namespace tunnus::wire {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

/// A self-signed certificate for id.example with its P-256 key.
struct Identity {
    Key key{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")};
    Certificate certificate{X509_new()};

    Identity() {
        auto* const raw = certificate.get();
        X509_set_version(raw, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(raw), 1);
        X509_gmtime_adj(X509_getm_notBefore(raw), -60);
        X509_gmtime_adj(X509_getm_notAfter(raw), 3'600);
        auto const* const name = reinterpret_cast<unsigned char const*>("id.example");
        X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC, name, -1, -1, 0);
        X509_set_issuer_name(raw, X509_get_subject_name(raw));
        X509_set_pubkey(raw, key.get());
        X509_sign(raw, key.get(), EVP_sha256());
    }
    [[nodiscard]] std::string certificate_pem() const {
        return pem([this](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); });
    }
    [[nodiscard]] std::string key_pem() const {
        return pem([this](BIO* bio) {
            PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }
    [[nodiscard]] int der_size() const { return i2d_X509(certificate.get(), nullptr); }

  private:
    static std::string pem(std::function<void(BIO*)> const& write) {
        Bio const bio(BIO_new(BIO_s_mem()));
        write(bio.get());
        char* data = nullptr;
        auto const size = BIO_get_mem_data(bio.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }
};

/// A TLS client over a Client's socket.
class TlsClient {
  public:
    using Configure = std::function<void(SSL_CTX*)>;
    explicit TlsClient(Client connection, Configure const& configure = {})
        : connection_(std::move(connection)), context_(SSL_CTX_new(TLS_client_method())) {
        if (configure) configure(context_.get());
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), connection_.socket());
        connected_ = SSL_connect(ssl_.get()) == 1;
    }
    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
    [[nodiscard]] Client& connection() { return connection_; }

    bool send(std::string_view bytes) {
        return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
    }
    /// What comes until the text ends with `end` or the server closes.
    [[nodiscard]] std::string read_until(std::string_view end) {
        std::string text;
        std::array<char, 16'384> piece{};
        while (!text.ends_with(end)) {
            int const size = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
            if (size <= 0) break;
            text.append(piece.data(), static_cast<std::size_t>(size));
        }
        return text;
    }

  private:
    Client connection_;
    std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
    std::unique_ptr<SSL, Free<SSL_free>> ssl_;
    bool connected_ = false;
};

class Tls : public Edge {
  protected:
    Tls() {
        settings.listeners[0].tls =
            web::TlsSettings{.certificate_chain_pem = identity.certificate_pem(),
                             .private_key_pem = Secret(identity.key_pem()),
                             .request_client_certificate = false};
    }
    [[nodiscard]] TlsClient connect_tls(TlsClient::Configure const& configure = {}) const {
        return TlsClient(connect(), configure);
    }
    Identity identity;
};

void show(SSL_CTX* context, Identity const& who) {
    SSL_CTX_use_certificate(context, who.certificate.get());
    SSL_CTX_use_PrivateKey(context, who.key.get());
}

TEST_F(Tls, ServesRequests) {
    start();
    auto client = connect_tls();
    ASSERT_TRUE(client.connected());
    for (int i = 0; i < 2; ++i) {
        client.send(request("GET", "/hello"));
        auto const answer = client.read_until("hello");
        EXPECT_NE(answer.find("Strict-Transport-Security: max-age=31536000\r\n"), std::string::npos)
            << answer;
    }
    client.send(request("GET", "/look"));
    EXPECT_NE(client.read_until("\nend\n").find("tls=yes\ncertificate=0\n"), std::string::npos);
}

TEST_F(Tls, SpeaksVersions12And13) {
    start();
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto client = connect_tls([version](SSL_CTX* context) {
            SSL_CTX_set_min_proto_version(context, version);
            SSL_CTX_set_max_proto_version(context, version);
        });
        ASSERT_TRUE(client.connected());
        EXPECT_EQ(SSL_version(client.ssl()), version);
    }
}

TEST_F(Tls, RefusesOlderVersions) {
    start();
    for (int const version : {TLS1_VERSION, TLS1_1_VERSION}) {
        auto const client = connect_tls([version](SSL_CTX* context) {
            SSL_CTX_set_security_level(context, 0);
            SSL_CTX_set_cipher_list(context, "ALL");
            SSL_CTX_set_min_proto_version(context, version);
            SSL_CTX_set_max_proto_version(context, version);
        });
        EXPECT_FALSE(client.connected());
    }
}

TEST_F(Tls, OffersTheSuitesOfBcp195Only) {
    start();
    auto const connects = [this](char const* suite) {
        return connect_tls([suite](SSL_CTX* context) {
                   SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
                   SSL_CTX_set_cipher_list(context, suite);
               })
            .connected();
    };
    EXPECT_TRUE(connects("ECDHE-ECDSA-AES128-GCM-SHA256"));
    EXPECT_TRUE(connects("ECDHE-ECDSA-AES256-GCM-SHA384"));
    EXPECT_FALSE(connects("ECDHE-ECDSA-AES128-SHA256"));
    EXPECT_FALSE(connects("ECDHE-ECDSA-AES256-SHA"));
    EXPECT_FALSE(connects("ECDHE-ECDSA-CHACHA20-POLY1305"));
    EXPECT_FALSE(connects("AES128-GCM-SHA256"));
}

TEST_F(Tls, DoesNotRenegotiate) {
    start();
    auto client = connect_tls(
        [](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION); });
    ASSERT_TRUE(client.connected());
    SSL_renegotiate(client.ssl());
    EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
}

TEST_F(Tls, ResumesNothingAndTakesNoEarlyData) {
    start();
    auto client = connect_tls();
    client.send(request("GET", "/hello"));
    EXPECT_FALSE(client.read_until("hello").empty());
    auto* const session = SSL_get1_session(client.ssl());
    EXPECT_EQ(SSL_SESSION_get_max_early_data(session), 0U);
    EXPECT_EQ(SSL_SESSION_is_resumable(session), 0);
    SSL_SESSION_free(session);
}

TEST_F(Tls, SelectsHttp11AndRefusesOtherProtocols) {
    start();
    auto const offer = [](std::string_view protocols) {
        return [protocols](SSL_CTX* context) {
            SSL_CTX_set_alpn_protos(context,
                                    reinterpret_cast<unsigned char const*>(protocols.data()),
                                    static_cast<unsigned>(protocols.size()));
        };
    };
    EXPECT_TRUE(connect_tls(offer("\x02h2\x08http/1.1")).connected());
    EXPECT_FALSE(connect_tls(offer("\x02h2")).connected());
}

TEST_F(Tls, PassesOnAClientCertificateUnverified) {
    settings.listeners[0].tls->request_client_certificate = true;
    start();
    Identity const stranger;
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto client = connect_tls([&](SSL_CTX* context) {
            SSL_CTX_set_max_proto_version(context, version);
            show(context, stranger);
        });
        ASSERT_TRUE(client.connected());
        client.send(request("GET", "/look"));
        EXPECT_NE(client.read_until("\nend\n").find(
                      "certificate=" + std::to_string(stranger.der_size()) + "\n"),
                  std::string::npos);
    }
}

TEST_F(Tls, ServesClientsWithoutCertificateToo) {
    settings.listeners[0].tls->request_client_certificate = true;
    start();
    auto client = connect_tls();
    client.send(request("GET", "/look"));
    EXPECT_NE(client.read_until("\nend\n").find("certificate=0\n"), std::string::npos);
}

TEST_F(Tls, DoesNotAskForACertificateUnlessTold) {
    start();
    Identity const stranger;
    auto client = connect_tls([&](SSL_CTX* context) { show(context, stranger); });
    client.send(request("GET", "/look"));
    EXPECT_NE(client.read_until("\nend\n").find("certificate=0\n"), std::string::npos);
}

TEST_F(Tls, ClosesOnPlainHttpAndGarbage) {
    settings.limits.handshake_timeout = milliseconds(100);
    start();
    for (auto const& bytes : {request("GET", "/hello"),
                              std::string("\x16\x03\x01\xff\xff", 5) + std::string(500, 'x')}) {
        auto client = connect();
        client.send(bytes);
        EXPECT_EQ(client.read_to_end().find("HTTP/1.1"), std::string::npos);
    }
    auto silent = connect();
    EXPECT_TRUE(silent.is_closed());  // by the handshake's deadline
    EXPECT_EQ(handled, 0);
}

TEST_F(Tls, SaysGoodbyeBeforeItCloses) {
    start();
    auto client = connect_tls();
    client.send(request("GET", "/hello", "Connection: close\r\n"));
    EXPECT_TRUE(client.read_until("hello").ends_with("hello"));
    std::array<char, 16> rest{};
    EXPECT_EQ(SSL_read(client.ssl(), rest.data(), static_cast<int>(rest.size())), 0);
    EXPECT_EQ(SSL_get_shutdown(client.ssl()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

TEST_F(Tls, SendsLargeAnswersWhole) {
    start();
    auto client = connect_tls();
    client.send(request("GET", "/large", "Connection: close\r\n"));
    EXPECT_GT(client.read_until("\n").size(), 8'000'000U);
}

TEST_F(Tls, ReloadsItsCertificate) {
    start();
    auto kept = connect_tls();
    ASSERT_TRUE(kept.connected());
    Identity const next;
    settings.listeners[0].tls->certificate_chain_pem = next.certificate_pem();
    settings.listeners[0].tls->private_key_pem = Secret(next.key_pem());
    ASSERT_TRUE(server->reload(settings));
    auto const fresh = connect_tls();
    ASSERT_TRUE(fresh.connected());
    Certificate const shown(SSL_get1_peer_certificate(fresh.ssl()));
    EXPECT_EQ(X509_cmp(shown.get(), next.certificate.get()), 0);
    kept.send(request("GET", "/hello"));
    EXPECT_TRUE(kept.read_until("hello").ends_with("hello"));
}

TEST_F(Tls, RefusesKeysAndChainsThatDoNotFit) {
    Identity const other;
    auto const starts = [this] {
        web::Server broken(settings, {clock, random, log, committer});
        return broken.start().has_value();
    };
    EXPECT_TRUE(starts());
    settings.listeners[0].tls->private_key_pem = Secret(other.key_pem());
    EXPECT_FALSE(starts());
    settings.listeners[0].tls->private_key_pem = Secret("no key");
    EXPECT_FALSE(starts());
    settings.listeners[0].tls->private_key_pem = Secret(identity.key_pem());
    settings.listeners[0].tls->certificate_chain_pem = "no certificate";
    EXPECT_FALSE(starts());
}

}  // namespace
}  // namespace tunnus::wire
