// SPDX-License-Identifier: MIT
// Many connections and many requests at once. Nothing is timed to the millisecond: what counts is
// that honest requests are answered while the others are there, and that the excess is refused.
#include "idp/base/limits.hpp"
#include "tests/wire/harness.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace tunnus::wire {
namespace {

class Scale : public Edge {
  protected:
    Scale() {
        // Both ends are in this process, and it needs a few more.
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        most_ = std::min<std::size_t>(5'000, (static_cast<std::size_t>(limit.rlim_cur) - 500) / 2);
    }
    /// Loopback addresses, 200 connections each: the bound per address is another test's.
    [[nodiscard]] Client connect_from(std::size_t number) const {
        return Client(server->port(), "127.0.1." + std::to_string(1 + number / 200));
    }
    void expect_service() {
        for (int i = 0; i < 100; ++i)
            ASSERT_EQ(get("/hello").status, 200)
                << "while " << server->stats().connections << " wait";
    }
    std::size_t most_ = 0;
};

TEST_F(Scale, H09_SlowHeadsOnThousandsOfConnectionsHoldNobodyUp) {
    settings.limits.header_timeout = milliseconds(60'000);
    start();
    std::vector<Client> slow;
    for (std::size_t i = 0; i < most_; ++i) {
        slow.push_back(connect_from(i));
        slow.back().send("GET /hello HTTP/1.1\r\nX-A: ");
    }
    eventually([&] { return server->stats().connections >= most_; });
    for (std::size_t i = 0; i < most_; i += 7)
        slow[i].send("a");
    expect_service();
    // And the slow ones are not forgotten: one of them ends its head at last.
    EXPECT_EQ(slow[most_ / 2].exchange("\r\nHost: id.example\r\n\r\n").body, "hello");
}

TEST_F(Scale, H11_IdleConnectionsBeyondTheBoundMakeRoomOldestFirst) {
    settings.limits.connections = most_ / 2;
    start();
    std::vector<Client> idle;
    for (std::size_t i = 0; i < most_; ++i)
        idle.push_back(connect_from(i));
    expect_service();
    EXPECT_LE(server->stats().connections, most_ / 2);
    EXPECT_TRUE(idle.front().is_closed());
    EXPECT_EQ(idle.back().exchange(request("GET", "/hello")).status, 200);
    // One address has its own bound.
    std::vector<Client> greedy;
    for (std::size_t i = 0; i < settings.limits.connections_per_address + 50; ++i)
        greedy.emplace_back(server->port(), "127.0.2.1");
    EXPECT_TRUE(greedy.back().is_closed());
    expect_service();
}

// L-13, F-35: a hash takes memory, so as many run at once as there are workers, a bounded number
// waits, and the rest is told to come again.
TEST_F(Scale, L13_F35_AsManyHashesAtOnceAsThereIsMemoryFor) {
    settings.limits.password_workers = 2;
    settings.limits.password_queue = 16;
    start();
    std::vector<Client> logins;
    for (int i = 0; i < 200; ++i) {
        logins.push_back(connect());
        logins.back().send(request("GET", "/slow-hash"));
    }
    eventually([this] { return server->stats().overloaded == 200 - 18; });
    EXPECT_EQ(server->stats().waiting_password, 16U);
    expect_service();
    gate.open();
    int served = 0;
    int refused = 0;
    for (auto& login : logins) {
        auto const answer = login.read();
        served += answer.status == 200 ? 1 : 0;
        refused += answer.status == 503 && answer.field("Retry-After") == "1" ? 1 : 0;
    }
    EXPECT_EQ(served, 18);
    EXPECT_EQ(refused, 182);
    EXPECT_EQ(get("/slow-hash").status, 200) << "and at once when it is over";
}

TEST_F(Scale, H22_FloodsOfCookiesAreBounded) {
    start();
    std::string pairs = "Cookie: ";
    for (int i = 0; i < 500; ++i)
        pairs += "a" + std::to_string(i) + "=b; ";
    EXPECT_EQ(get("/hello", pairs + "c=d\r\n").status, 200)
        << "they are read by those who want them";
    EXPECT_EQ(get("/hello", "Cookie: a=" + std::string(8'192, 'x') + "\r\n").status, 431);
    std::string many;
    for (int i = 0; i < 65; ++i)
        many += "Cookie: a=b\r\n";
    EXPECT_EQ(get("/hello", many).status, 431);
    for (std::string const bad : {"a=\x01", "a=\x7f", "a=b\rc"}) {
        auto client = connect();
        EXPECT_EQ(client
                      .exchange(request("GET", "/hello", "Cookie: " + bad + "\r\n") +
                                std::string(marker_request))
                      .status,
                  400);
        EXPECT_TRUE(client.is_closed());
    }
    EXPECT_EQ(markers, 0);
}

}  // namespace
}  // namespace tunnus::wire
