// SPDX-License-Identifier: MIT
// A server of the edge on a free port of 127.0.0.1, and a client that sends whatever bytes it is
// told.
#pragma once

#include "idp/web/server.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/random.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tunnus::wire {

/// One answer as it came over the wire.
struct Answer {
    int status = 0;  ///< zero: the connection ended before an answer
    std::string head;
    std::string body;
    /// The value of a field, empty when absent.
    [[nodiscard]] std::string field(std::string_view name) const;
    [[nodiscard]] bool closes() const { return field("Connection") == "close"; }
};

/// A blocking socket. Every wait ends after ten seconds at the latest, with a failure of the test.
class Client {
  public:
    Client();  ///< a socket that is not connected yet
    explicit Client(std::uint16_t port, std::string const& from = "127.0.0.1");
    void connect(std::uint16_t port);
    [[nodiscard]] static bool can_connect(std::uint16_t port);
    ~Client();
    Client(Client&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}
    Client& operator=(Client&& other) noexcept {
        std::swap(socket_, other.socket_);
        std::swap(buffer_, other.buffer_);
        return *this;
    }
    Client(Client const&) = delete;

    /// False when the server no longer takes bytes.
    bool send(std::string_view bytes);
    /// Reads one answer; `head_only` for the answer to HEAD.
    [[nodiscard]] Answer read(bool head_only = false);
    [[nodiscard]] Answer exchange(std::string_view bytes) {
        send(bytes);
        return read();
    }
    /// Everything until the server closes.
    [[nodiscard]] std::string read_to_end();
    /// True when the server has closed and sent nothing more.
    [[nodiscard]] bool is_closed() { return read_to_end().empty(); }
    void finish_sending();
    void reset();  ///< closes with RST
    [[nodiscard]] int socket() const { return socket_; }

  private:
    bool fill();
    int socket_ = -1;
    std::string buffer_;
};

/// A committer whose commits happen when the test says so.
class ManualCommitter final : public Committer {
  public:
    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override;
    /// Waits until `count` intentions are there, then settles all of them on the caller's thread.
    void settle(std::size_t count, CommitResult const& result);

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::function<void(CommitResult)>> waiting_;
};

/// A door that handlers stand before until the test opens it.
class Gate {
  public:
    void pass();
    void open();
    /// Returns when so many have come to the door in all.
    void wait_for(std::size_t count);

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t arrived_ = 0;
    bool open_ = false;
};

/// Calls `holds` until it is true, for facts that have no event; fails after ten seconds.
void eventually(std::function<bool()> const& holds);

/// A server with these routes, and whatever a test changes in `settings` before start():
/// GET /marker counts in `markers`; GET /hello; POST /echo (1,000 bytes) answers what it got, /echo
/// also takes PUT; GET and DELETE /look answers how the request looked to the handler; GET /throw;
/// POST /commit; GET /wait stands before `gate` on the fast lane; GET /slow-hash on the password
/// lane.
class Edge : public testing::Test {
  protected:
    Edge();
    ~Edge() override;

    void start();
    [[nodiscard]] std::vector<Route> routes();
    [[nodiscard]] Client connect() const { return Client(server->port()); }
    /// One GET on a connection of its own.
    [[nodiscard]] Answer get(std::string const& target, std::string const& fields = {}) const;

    fakes::ManualClock clock;
    fakes::SeededRandom random;
    fakes::RecordingLog log;
    ManualCommitter committer;
    Gate gate;
    std::atomic<int> markers{0};
    std::atomic<int> handled{0};
    web::ServerSettings settings;
    std::unique_ptr<web::Server> server;
};

inline constexpr std::string_view marker_request =
    "GET /marker HTTP/1.1\r\nHost: id.example\r\n\r\n";
/// `METHOD target HTTP/1.1`, Host, the fields (each with CRLF), an empty line and the body.
[[nodiscard]] std::string request(std::string_view method, std::string_view target,
                                  std::string_view fields = {}, std::string_view body = {});

}  // namespace tunnus::wire
