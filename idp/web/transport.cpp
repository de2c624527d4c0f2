// SPDX-License-Identifier: MIT
#include "idp/web/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <new>
#include <tuple>
#include <utility>

namespace tunnus::web {
namespace {

constexpr auto as_result = asio::as_tuple(asio::deferred);

class PlainTransport final : public Transport {
  public:
    explicit PlainTransport(tcp::socket socket) : socket_(std::move(socket)) {
        error_code ignored;  // a socket that cannot even do this fails at its first read
        socket_.non_blocking(true, ignored);
    }
    tcp::socket& socket() override { return socket_; }
    asio::awaitable<void> handshake(error_code&) override { co_return; }

    asio::awaitable<std::size_t> read_some(asio::mutable_buffer into, error_code& error) override {
        auto [failure, size] = co_await socket_.async_read_some(into, as_result);
        error = failure;
        co_return size;
    }

    std::size_t write_now(std::string_view bytes, error_code& error) override {
        auto const size = socket_.write_some(asio::buffer(bytes), error);
        if (error == asio::error::would_block) error.clear();
        return size;
    }

    asio::awaitable<void> write(std::string_view bytes, error_code& error) override {
        auto const buffer = asio::buffer(bytes);
        auto [failure, size] = co_await asio::async_write(socket_, buffer, as_result);
        error = failure;
        std::ignore = size;
    }

    asio::awaitable<void> end_output() override {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        co_return;
    }

    std::string peer_certificate_der() override { return {}; }

  private:
    tcp::socket socket_;
};

class TlsTransport final : public Transport {
  public:
    TlsTransport(tcp::socket socket, SSL_CTX* context)
        : stream_(std::move(socket), new_connection(context)) {}
    tcp::socket& socket() override { return stream_.next_layer(); }

    asio::awaitable<void> handshake(error_code& error) override {
        auto const server = asio::ssl::stream_base::server;
        auto [failure] = co_await stream_.async_handshake(server, as_result);
        error = failure;
    }

    asio::awaitable<std::size_t> read_some(asio::mutable_buffer into, error_code& error) override {
        auto [failure, size] = co_await stream_.async_read_some(into, as_result);
        error = failure;
        co_return size;
    }

    std::size_t write_now(std::string_view, error_code&) override { return 0; }

    asio::awaitable<void> write(std::string_view bytes, error_code& error) override {
        auto const buffer = asio::buffer(bytes);
        auto [failure, size] = co_await asio::async_write(stream_, buffer, as_result);
        error = failure;
        std::ignore = size;
    }

    asio::awaitable<void> end_output() override {
        auto [failure] = co_await stream_.async_shutdown(as_result);
        std::ignore = failure;  // a peer that just goes away is usual
        error_code ignored;
        socket().shutdown(tcp::socket::shutdown_send, ignored);
    }

    std::string peer_certificate_der() override {
        return web::peer_certificate_der(stream_.native_handle());
    }

  private:
    static SSL* new_connection(SSL_CTX* context) {
        auto* const connection = SSL_new(context);
        if (connection == nullptr) throw std::bad_alloc();
        return connection;
    }

    asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Transport> make_transport(tcp::socket socket, TlsContext const& tls) {
    if (tls) return std::make_unique<TlsTransport>(std::move(socket), tls.get());
    return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace tunnus::web
