// SPDX-License-Identifier: MIT
// The bytes of one connection, plain or over TLS. On the connection's thread only.
#pragma once

#include "idp/web/tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace tunnus::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Every wait ends when somebody calls socket().cancel(): that is how deadlines work (reactor.hpp).
class Transport {
  public:
    virtual ~Transport() = default;
    [[nodiscard]] virtual tcp::socket& socket() = 0;
    virtual asio::awaitable<void> handshake(error_code& error) = 0;
    virtual asio::awaitable<std::size_t> read_some(asio::mutable_buffer into,
                                                   error_code& error) = 0;
    /// What can leave without waiting, which is nearly always all of it.
    [[nodiscard]] virtual std::size_t write_now(std::string_view bytes, error_code& error) = 0;
    virtual asio::awaitable<void> write(std::string_view bytes, error_code& error) = 0;
    /// Tells the peer that nothing follows; reading goes on.
    virtual asio::awaitable<void> end_output() = 0;
    [[nodiscard]] virtual std::string peer_certificate_der() = 0;
};

/// `tls` null: plain.
[[nodiscard]] std::unique_ptr<Transport> make_transport(tcp::socket socket, TlsContext const& tls);

}  // namespace tunnus::web
