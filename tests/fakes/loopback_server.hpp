// SPDX-License-Identifier: MIT
// A real TCP server on 127.0.0.1 whose port the system chose, one connection at a time, for tests
// of clients.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace tunnus::fakes {

/// One accepted connection. Reads give up after five seconds, so a test cannot hang.
class Connection {
  public:
    explicit Connection(int descriptor) : descriptor_(descriptor) {
        timeval const patience{.tv_sec = 5, .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// Up to and with `end`; what there is when the peer closes.
    std::string read_until(std::string_view end) {
        for (;;) {
            if (auto const at = held_.find(end); at != std::string::npos)
                return take(at + end.size());
            if (!read_more()) return take(held_.size());
        }
    }
    std::string read_exactly(std::size_t size) {
        while (held_.size() < size && read_more()) {
        }
        return take(std::min(size, held_.size()));
    }
    void write(std::string_view text) {
        while (!text.empty()) {
            auto const sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

  private:
    bool read_more() {
        std::array<char, 4'096> buffer{};
        auto const got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        if (got > 0) held_.append(buffer.data(), static_cast<std::size_t>(got));
        return got > 0;
    }
    std::string take(std::size_t size) {
        auto taken = held_.substr(0, size);
        held_.erase(0, size);
        return taken;
    }
    int descriptor_;
    std::string held_;
};

class LoopbackServer {
  public:
    using Serve = std::function<void(Connection&)>;
    /// `serve` runs on the server's thread for each connection, which is closed after it.
    explicit LoopbackServer(Serve serve)
        : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        ::signal(SIGPIPE,
                 SIG_IGN);  // as the product does: a peer that has closed is an error of write
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
            ::getsockname(listener_, generic, &size) != 0)
            throw std::runtime_error("no loopback server");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    ~LoopbackServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    LoopbackServer(LoopbackServer const&) = delete;
    LoopbackServer& operator=(LoopbackServer const&) = delete;

    [[nodiscard]] std::string port() const { return std::to_string(port_); }
    [[nodiscard]] int connections() const { return connections_; }

  private:
    void run() {
        for (;;) {
            int const peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (peer < 0) return;
            ++connections_;
            Connection connection(peer);
            serve_(connection);
            ::close(peer);
        }
    }
    Serve serve_;
    int listener_;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::thread thread_;
};

}  // namespace tunnus::fakes
