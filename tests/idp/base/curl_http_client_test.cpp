// SPDX-License-Identifier: MIT
#include "idp/base/http_client.hpp"
#include "tests/fakes/loopback_server.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>

namespace tunnus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::unique_ptr<HttpClient> client_for_loopback() {
    return make_curl_http_client({.allow_addresses = {"127.0.0.0/8"}, .ca_file = {}});
}

/// Answers every request with the same bytes and keeps the last request.
class Echo {
  public:
    explicit Echo(std::string answer)
        : server_([this, answer = std::move(answer)](fakes::Connection& connection) {
              auto request = connection.read_until("\r\n\r\n");
              if (auto const at = request.find("Content-Length: "); at != std::string::npos)
                  request += connection.read_exactly(std::stoul(request.substr(at + 16)));
              {
                  std::scoped_lock const lock(mutex_);
                  request_ = std::move(request);
              }
              connection.write(answer);
          }) {}
    [[nodiscard]] std::string url(std::string_view path = "/") const {
        return "http://127.0.0.1:" + server_.port() + std::string(path);
    }
    [[nodiscard]] std::string request() {
        std::scoped_lock const lock(mutex_);
        return request_;
    }
    [[nodiscard]] int connections() const { return server_.connections(); }

  private:
    std::mutex mutex_;
    std::string request_;
    fakes::LoopbackServer server_;
};

constexpr auto plain_answer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nhi";

TEST(CurlHttpClient, GetsAnAnswer) {
    Echo echo(plain_answer);
    auto const answer = client_for_loopback()->send(
        {.url = echo.url("/a/../b?x=%41"), .headers = {{"Accept", "text/plain"}}, .body = {}});
    ASSERT_TRUE(answer.has_value()) << answer.error().text();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hi");
    EXPECT_THAT(answer->headers,
                ElementsAre(std::pair("content-type", "text/plain"), std::pair("x-empty", ""),
                            std::pair("content-length", "2")));
    EXPECT_THAT(echo.request(), StartsWith("GET /a/../b?x=%41 HTTP/1.1\r\n"));
    EXPECT_THAT(echo.request(), HasSubstr("\r\nAccept: text/plain\r\n"));
}

TEST(CurlHttpClient, PostsABody) {
    Echo echo("HTTP/1.1 204 No Content\r\n\r\n");
    auto const answer = client_for_loopback()->send(
        {.method = "POST",
         .url = echo.url("/logout"),
         .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
         .body = std::string("logout_token=a\0b", 16)});
    ASSERT_TRUE(answer.has_value()) << answer.error().text();
    EXPECT_EQ(answer->status, 204);
    EXPECT_THAT(echo.request(), StartsWith("POST /logout HTTP/1.1\r\n"));
    EXPECT_THAT(echo.request(), testing::EndsWith(std::string("\r\n\r\nlogout_token=a\0b", 20)));
    EXPECT_THAT(echo.request(), testing::Not(HasSubstr("Expect")));
}

// threats.md O-79
TEST(CurlHttpClient, RefusesInsideAddressesThatAreNotAllowed) {
    Echo echo(plain_answer);
    auto const port = echo.url().substr(echo.url().rfind(':') + 1);
    ASSERT_TRUE(
        client_for_loopback()->send({.url = echo.url(), .headers = {}, .body = {}}).has_value());
    auto const strict = make_curl_http_client({});
    for (auto const* scheme : {"http://", "https://"})
        for (auto const* host : {"127.0.0.1:", "localhost:", "[::1]:", "[::ffff:127.0.0.1]:",
                                 "0.0.0.0:", "10.0.0.1:", "169.254.169.254:"}) {
            auto const answer =
                strict->send({.url = std::string(scheme) + host + port, .headers = {}, .body = {}});
            ASSERT_FALSE(answer.has_value()) << host;
            EXPECT_EQ(answer.error().code, BaseErrc::denied)
                << scheme << host << answer.error().text();
        }
    auto const other_block =
        make_curl_http_client({.allow_addresses = {"10.0.0.0/8"}, .ca_file = {}});
    EXPECT_EQ(other_block->send({.url = echo.url(), .headers = {}, .body = {}}).error().code,
              BaseErrc::denied);
    EXPECT_EQ(echo.connections(), 1);
}

// threats.md O-79
TEST(CurlHttpClient, RefusesPlainHttpToPublicAddresses) {
    auto const answer =
        make_curl_http_client({})->send({.url = "http://192.88.98.1/", .headers = {}, .body = {}});
    EXPECT_EQ(answer.error().code, BaseErrc::denied) << answer.error().text();
}

// threats.md O-79
TEST(CurlHttpClient, RefusesOtherSchemesAndUserinfo) {
    Echo echo(plain_answer);
    auto const port = echo.url().substr(echo.url().rfind(':') + 1);
    for (auto const& url : {"ftp://127.0.0.1:" + port, std::string("file:///etc/passwd"),
                            "http://user@127.0.0.1:" + port, std::string("127.0.0.1"),
                            "http://127.0.0.1:" + port + "#x", "gopher://127.0.0.1:" + port})
        EXPECT_EQ(client_for_loopback()->send({.url = url, .headers = {}, .body = {}}).error().code,
                  BaseErrc::denied)
            << url;
    EXPECT_EQ(echo.connections(), 0);
}

// threats.md O-79
TEST(CurlHttpClient, FollowsNoRedirect) {
    Echo target(plain_answer);
    Echo echo("HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n");
    auto const answer = client_for_loopback()->send({.url = echo.url(), .headers = {}, .body = {}});
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 302);
    EXPECT_EQ(target.connections(), 0);
}

TEST(CurlHttpClient, UsesNoProxyOfTheEnvironment) {
    Echo proxy(plain_answer);
    Echo echo(plain_answer);
    for (auto const* name : {"http_proxy", "all_proxy", "ALL_PROXY"})
        ::setenv(name, proxy.url().c_str(), 1);
    EXPECT_TRUE(
        client_for_loopback()->send({.url = echo.url(), .headers = {}, .body = {}}).has_value());
    for (auto const* name : {"http_proxy", "all_proxy", "ALL_PROXY"})
        ::unsetenv(name);
    EXPECT_EQ(proxy.connections(), 0);
    EXPECT_EQ(echo.connections(), 1);
}

TEST(CurlHttpClient, BoundsTheAnswer) {
    auto const answer_of = [](std::size_t size) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
               std::string(size, 'x');
    };
    Echo fits(answer_of(1'000));
    EXPECT_TRUE(client_for_loopback()
                    ->send({.url = fits.url(), .headers = {}, .body = {}, .body_limit = 1'000})
                    .has_value());
    Echo large(answer_of(1'001));
    EXPECT_EQ(client_for_loopback()
                  ->send({.url = large.url(), .headers = {}, .body = {}, .body_limit = 1'000})
                  .error()
                  .code,
              BaseErrc::too_large);
    Echo headers("HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x') +
                 "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(
        client_for_loopback()->send({.url = headers.url(), .headers = {}, .body = {}}).error().code,
        BaseErrc::too_large);
}

TEST(CurlHttpClient, GivesUpAtItsTimeout) {
    fakes::LoopbackServer const silent(
        [](fakes::Connection& connection) { connection.read_until("never"); });
    auto const answer = client_for_loopback()->send({.url = "http://127.0.0.1:" + silent.port(),
                                                     .headers = {},
                                                     .body = {},
                                                     .timeout = milliseconds(200)});
    EXPECT_EQ(answer.error().code, BaseErrc::unavailable);
}

TEST(CurlHttpClient, SaysUnavailableWhenNobodyAnswersProperly) {
    for (auto const* bad :
         {"", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"}) {
        Echo echo(bad);
        EXPECT_EQ(client_for_loopback()
                      ->send({.url = echo.url(), .headers = {}, .body = {}})
                      .error()
                      .code,
                  BaseErrc::unavailable)
            << bad;
    }
}

TEST(CurlHttpClient, RefusesHeadersThatWouldSplitTheRequest) {
    Echo echo(plain_answer);
    for (auto const& [name, value] :
         {std::pair("X", "a\r\nY: b"), {"X\r\nY", "a"}, {"X:", "a"}, {"", "a"}, {"X Y", "a"}})
        EXPECT_EQ(client_for_loopback()
                      ->send({.url = echo.url(), .headers = {{name, value}}, .body = {}})
                      .error()
                      .code,
                  BaseErrc::malformed);
    EXPECT_EQ(
        client_for_loopback()
            ->send({.method = "GET / HTTP/1.1\r\n", .url = echo.url(), .headers = {}, .body = {}})
            .error()
            .code,
        BaseErrc::malformed);
    EXPECT_EQ(echo.connections(), 0);
}

// ---- TLS

struct Identity {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), &X509_free};

    explicit Identity(char const* subject_alternative_name) {
        X509_set_version(certificate.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
        X509_set_pubkey(certificate.get(), key.get());
        auto* name = X509_get_subject_name(certificate.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<unsigned char const*>("test"), -1, -1, 0);
        X509_set_issuer_name(certificate.get(), name);
        auto* extension =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject_alternative_name);
        X509_add_ext(certificate.get(), extension, -1);
        X509_EXTENSION_free(extension);
        X509_sign(certificate.get(), key.get(), EVP_sha256());
    }
    [[nodiscard]] std::string write_pem() const {
        auto const path = std::filesystem::path(testing::TempDir()) /
                          ("tunnus-ca-" + std::to_string(::getpid()) + ".pem");
        auto* file = std::fopen(path.c_str(), "w");
        PEM_write_X509(file, certificate.get());
        std::fclose(file);
        return path.string();
    }
};

/// Answers one request over TLS with `identity`.
fakes::LoopbackServer::Serve serve_tls(Identity const& identity) {
    return [&identity](fakes::Connection& connection) {
        std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context(
            SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
        SSL_CTX_use_certificate(context.get(), identity.certificate.get());
        SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
        std::unique_ptr<SSL, decltype(&SSL_free)> const session(SSL_new(context.get()), &SSL_free);
        SSL_set_fd(session.get(), connection.descriptor());
        if (SSL_accept(session.get()) != 1) return;
        std::array<char, 4'096> request{};
        if (SSL_read(session.get(), request.data(), static_cast<int>(request.size())) <= 0) return;
        SSL_write(session.get(), plain_answer,
                  static_cast<int>(std::string_view(plain_answer).size()));
        SSL_shutdown(session.get());
    };
}

TEST(CurlHttpClient, VerifiesTheServersCertificateAndName) {
    Identity const trusted("IP:127.0.0.1");
    Identity const other_name("DNS:other.example");
    auto const ca_file = trusted.write_pem();
    auto const call = [](Identity const& identity, std::string const& ca) {
        fakes::LoopbackServer const server(serve_tls(identity));
        return make_curl_http_client({.allow_addresses = {"127.0.0.1"}, .ca_file = ca})
            ->send({.url = "https://127.0.0.1:" + server.port(), .headers = {}, .body = {}});
    };
    auto const good = call(trusted, ca_file);
    ASSERT_TRUE(good.has_value()) << good.error().text();
    EXPECT_EQ(good->body, "hi");
    EXPECT_EQ(call(trusted, "").error().code, BaseErrc::unavailable) << "an unknown issuer";
    EXPECT_EQ(call(other_name, other_name.write_pem()).error().code, BaseErrc::unavailable)
        << "another name";
    std::filesystem::remove(ca_file);
}

}  // namespace
}  // namespace tunnus
