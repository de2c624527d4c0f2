// SPDX-License-Identifier: MIT
// Which of several hosts is used, and connections to it that are kept.
#pragma once

#include "idp/base/log.hpp"
#include "storage/sql/mariadb_connection.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>

namespace tunnus::sql {

/// The hosts in the order of their preference. One that failed is left alone for a while, which
/// doubles with each further failure and differs from process to process, so that a server that
/// comes back is not met by everybody at once (threats.md F-14). Any thread may call.
class MariadbHosts {
  public:
    MariadbHosts(MariadbTarget target, Log& log);

    /// A connection to the first host that takes one. SqlErrc::busy at once when each of them
    /// failed a moment ago, or its own error when it is the only one to say something else.
    [[nodiscard]] Result<std::unique_ptr<MariadbConnection>> connect(MariadbConnection::Role role);
    /// What happened to a host by way of a connection to it: it is left alone. A connection that
    /// was merely cut is no such thing; whether the host serves, the next one shows.
    void failed(std::size_t host, Error const& error);
    /// Whether a host before this one may serve again: asked now and then, so that all processes
    /// return to the same one.
    [[nodiscard]] bool may_return(std::size_t host);
    [[nodiscard]] MariadbTarget const& target() const { return target_; }
    /// A random part of this much, for waits that must not be in step.
    [[nodiscard]] milliseconds jitter(milliseconds most);

  private:
    using Clock = std::chrono::steady_clock;
    struct State {
        unsigned failures = 0;
        Clock::time_point left_alone_until;
    };
    [[nodiscard]] bool is_left_alone(std::size_t host);
    void served(std::size_t host);

    MariadbTarget const target_;
    Log& log_;
    std::mutex mutex_;
    std::vector<State> states_;
    Clock::time_point last_return_;
    std::minstd_rand random_;
};

/// Reader connections, at most so many at a time. Any thread may call.
class MariadbPool {
  public:
    MariadbPool(MariadbHosts& hosts, std::size_t most) : hosts_(hosts), most_(most) {}

    /// Runs one statement that reads; again on another connection where one was cut, as long as
    /// the time of an answer allows. SqlErrc::busy: no host serves, or all connections are in
    /// use for so long.
    [[nodiscard]] Result<Rows> query(Statement const& statement);

  private:
    using Connection = std::unique_ptr<MariadbConnection>;
    /// Empty in it: there is room for one more.
    [[nodiscard]] Result<Connection> lease();
    void give_back(Connection connection);
    [[nodiscard]] Result<Rows> try_query(Statement const& statement, bool& another);
    /// The connections that wait beside one that was cut were cut with it.
    void forget(std::size_t host);

    MariadbHosts& hosts_;
    std::size_t const most_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<Connection> free_;
    std::size_t in_use_ = 0;
};

}  // namespace tunnus::sql
