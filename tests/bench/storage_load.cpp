// SPDX-License-Identifier: MIT
// Commits a second on each engine: what a login leaves and what its code is redeemed for.
//
// Usage: storage_load sqlite|mariadb|galera [THREADS] [SECONDS]. The servers are the tests' own;
// TUNNUS_DATABASE_FOLDER=DIR puts their data on that disk instead of into memory, TMPDIR SQLite's.
#include "tests/storage/store.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace {

using namespace tunnus;
using namespace tunnus::tests;

using Clock = std::chrono::steady_clock;

struct Measured {
    std::vector<double> ms;
    int failed = 0;
};

/// Logins in a session that stands, each with its code redeemed: two commits, seven statements.
Measured work(Store& store, Store::Login const& login, Clock::time_point until) {
    Measured measured;
    auto const commit = [&](std::unique_ptr<Intention> intention) {
        auto const begin = Clock::now();
        auto const result = store.database->commit(std::move(intention));
        measured.ms.push_back(
            std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        measured.failed += result && *result == Verdict::won ? 0 : 1;
    };
    while (Clock::now() < until) {
        auto const code = store.bearer();
        storage::FinishLogin data;
        data.used_session = login.session;
        data.grant = store.grant_of(login.session, code);
        commit(storage::finish_login(data, store.sealer, store.random));
        commit(store.redemption(code.id, store.bearer(), store.bearer()));
    }
    return measured;
}

void measure(Engine engine, std::size_t threads, std::chrono::seconds time) {
    Store store(engine);
    store.add_person("matti");
    auto const login = store.log_in("matti");
    std::vector<Measured> measured(threads);
    auto const begin = Clock::now();
    {
        std::vector<std::jthread> workers;
        for (auto& one : measured)
            workers.emplace_back([&] { one = work(store, login, begin + time); });
    }
    double const seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    Measured all;
    for (auto const& one : measured) {
        all.ms.insert(all.ms.end(), one.ms.begin(), one.ms.end());
        all.failed += one.failed;
    }
    std::sort(all.ms.begin(), all.ms.end());
    std::cout << threads << " threads: " << static_cast<double>(all.ms.size()) / seconds
              << " commits/s, median " << all.ms[all.ms.size() / 2] << " ms, p99 "
              << all.ms[all.ms.size() * 99 / 100] << " ms, failed " << all.failed << "\n";
}

}  // namespace

int main(int count, char** arguments) {
    std::string const name = count > 1 ? arguments[1] : "sqlite";
    std::size_t const threads = count > 2 ? std::stoul(arguments[2]) : 16;
    std::chrono::seconds const time(count > 3 ? std::stoi(arguments[3]) : 5);
    measure(name == "galera"    ? Engine::galera
            : name == "mariadb" ? Engine::mariadb
                                : Engine::sqlite_file,
            threads, time);
    return 0;
}
