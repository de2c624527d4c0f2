// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_hosts.hpp"

#include <algorithm>
#include <optional>

namespace tunnus::sql {
namespace {

constexpr milliseconds first_wait{100};
constexpr milliseconds longest_wait{5'000};
constexpr milliseconds return_interval{10'000};

milliseconds wait_after(unsigned failures) {
    constexpr unsigned doublings = 6;
    return std::min(longest_wait, first_wait * (1U << std::min(failures, doublings)));
}

}  // namespace

MariadbHosts::MariadbHosts(MariadbTarget target, Log& log)
    : target_(std::move(target)),
      log_(log),
      states_(target_.address.hosts.size()),
      last_return_(Clock::now()),
      random_(std::random_device()()) {}

milliseconds MariadbHosts::jitter(milliseconds most) {
    std::scoped_lock const lock(mutex_);
    return milliseconds(std::uniform_int_distribution<std::int64_t>(0, most.count())(random_));
}

bool MariadbHosts::is_left_alone(std::size_t host) {
    std::scoped_lock const lock(mutex_);
    return Clock::now() < states_[host].left_alone_until;
}

void MariadbHosts::served(std::size_t host) {
    unsigned failures = 0;
    {
        std::scoped_lock const lock(mutex_);
        failures = std::exchange(states_[host], State{}).failures;
    }
    if (failures > 0)
        log_.info("storage.host_found", {{"host", target_.address.hosts[host].text()}});
}

void MariadbHosts::failed(std::size_t host, Error const& error) {
    auto const some = jitter(first_wait);
    bool first = false;
    {
        std::scoped_lock const lock(mutex_);
        auto& state = states_[host];
        // Several connections are lost at once with their host: that is one failure.
        if (Clock::now() < state.left_alone_until) return;
        first = state.failures == 0;
        state.left_alone_until = Clock::now() + wait_after(state.failures++) + some;
    }
    if (first)
        log_.warning("storage.host_lost",
                     {{"host", target_.address.hosts[host].text()}, {"error", error.text()}});
}

bool MariadbHosts::may_return(std::size_t host) {
    if (host == 0) return false;
    std::scoped_lock const lock(mutex_);
    auto const now = Clock::now();
    if (now - last_return_ < return_interval) return false;
    last_return_ = now;
    return std::any_of(states_.begin(), states_.begin() + static_cast<std::ptrdiff_t>(host),
                       [now](State const& state) { return now >= state.left_alone_until; });
}

Result<std::unique_ptr<MariadbConnection>> MariadbHosts::connect(MariadbConnection::Role role) {
    std::optional<Error> said;
    for (std::size_t host = 0; host < states_.size(); ++host) {
        if (is_left_alone(host)) continue;
        auto connection = MariadbConnection::open(target_, host, role);
        if (connection) {
            served(host);
            return connection;
        }
        failed(host, connection.error());
        if (!said || said->code == SqlErrc::busy) said = connection.error();
    }
    return said.value_or(Error(SqlErrc::busy, "no host of MariaDB serves"));
}

Result<MariadbPool::Connection> MariadbPool::lease() {
    {
        std::unique_lock lock(mutex_);
        bool const in_time = returned_.wait_for(lock, hosts_.target().answer_timeout(), [this] {
            return !free_.empty() || in_use_ < most_;
        });
        if (!in_time) return Error(SqlErrc::busy, "all connections to MariaDB are in use");
        ++in_use_;
        if (!free_.empty()) {
            auto connection = std::move(free_.back());
            free_.pop_back();
            return connection;
        }
    }
    auto connection = hosts_.connect(MariadbConnection::Role::reader);
    if (!connection) give_back(nullptr);
    return connection;
}

void MariadbPool::give_back(Connection connection) {
    {
        std::scoped_lock const lock(mutex_);
        --in_use_;
        if (connection) free_.push_back(std::move(connection));
    }
    returned_.notify_one();
}

void MariadbPool::forget(std::size_t host) {
    std::scoped_lock const lock(mutex_);
    std::erase_if(free_, [host](auto const& connection) { return connection->host() == host; });
}

Result<Rows> MariadbPool::try_query(Statement const& statement, bool& another) {
    auto leased = lease();
    if (!leased) return leased.error();
    auto connection = std::move(*leased);
    auto rows = connection->query(statement);
    auto const host = connection->host();
    another = !rows && connection->trouble() == MariadbTrouble::host;
    bool const cut = connection->is_lost();
    if (another && !cut) hosts_.failed(host, rows.error());
    bool const keep = !another && !cut && !hosts_.may_return(host);
    give_back(keep ? std::move(connection) : nullptr);
    if (cut) forget(host);
    return rows;
}

Result<Rows> MariadbPool::query(Statement const& statement) {
    auto const deadline = std::chrono::steady_clock::now() + hosts_.target().answer_timeout();
    bool another = false;
    auto rows = try_query(statement, another);
    for (auto tries = hosts_.target().address.hosts.size();
         another && tries > 0 && std::chrono::steady_clock::now() < deadline; --tries) {
        another = false;
        rows = try_query(statement, another);
    }
    return rows;
}

}  // namespace tunnus::sql
