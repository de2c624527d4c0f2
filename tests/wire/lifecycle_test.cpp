// SPDX-License-Identifier: MIT
// Overload, deadlines, bounds of connections, reload and drain.
#include "idp/base/limits.hpp"
#include "tests/wire/harness.hpp"

#include <sys/resource.h>

#include <chrono>
#include <future>

namespace tunnus::wire {
namespace {

using Overload = Edge;

TEST_F(Overload, OfOneLaneIsAnsweredAtOnceWhileOthersGoOn) {
    settings.limits.password_workers = 1;
    settings.limits.password_queue = 2;
    start();
    std::vector<Client> waiting;
    waiting.push_back(connect());
    waiting.back().send(request("GET", "/slow-hash"));
    gate.wait_for(1);  // the one worker is taken
    for (int i = 0; i < 2; ++i) {
        waiting.push_back(connect());
        waiting.back().send(request("GET", "/slow-hash"));
    }
    eventually([this] { return server->stats().waiting_password == 2; });
    auto client = connect();
    auto const answer = client.exchange(request("GET", "/slow-hash"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_EQ(client.exchange(request("GET", "/hello")).body, "hello");
    EXPECT_EQ(server->stats().overloaded, 1U);
    gate.open();
    for (auto& one : waiting)
        EXPECT_EQ(one.read().body, "waited");
    EXPECT_EQ(client.exchange(request("GET", "/slow-hash")).status, 200);
}

TEST_F(Overload, DoesNotHoldALaneWithWhatContinuesOnAnother) {
    settings.limits.fast_workers = 1;
    settings.limits.outbound_workers = 1;
    settings.limits.outbound_queue = 1;
    start();
    std::vector<Client> waiting;
    waiting.push_back(connect());
    waiting.back().send(request("GET", "/moves-on"));
    gate.wait_for(1);
    waiting.push_back(connect());
    waiting.back().send(request("GET", "/moves-on"));
    eventually([this] { return server->stats().waiting_outbound == 1; });
    auto client = connect();
    EXPECT_EQ(client.exchange(request("GET", "/hello")).body, "hello");
    EXPECT_EQ(client.exchange(request("GET", "/moves-on")).status, 503);
    gate.open();
    for (auto& one : waiting)
        EXPECT_EQ(one.read().body, "waited");
}

using Deadlines = Edge;

TEST_F(Deadlines, EndASlowHead) {  // H-09
    settings.limits.header_timeout = milliseconds(50);
    start();
    auto client = connect();
    client.send("GET /hello HTTP/1.1\r\nHost: ");
    EXPECT_EQ(client.read().status, 408);
    EXPECT_TRUE(client.is_closed());
}

TEST_F(Deadlines, OfTheHeadAreNotMovedByFurtherBytes) {  // H-09
    settings.limits.header_timeout = milliseconds(50);
    start();
    auto client = connect();
    client.send("GET /hello HTTP/1.1\r\nX-A: ");
    while (client.send("a"))
        std::this_thread::yield();
    EXPECT_EQ(handled, 0);
}

TEST_F(Deadlines, EndASlowBody) {  // H-10
    settings.limits.body_timeout = milliseconds(50);
    start();
    for (auto const* start_of_body :
         {"Content-Length: 4\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n4\r\nab"}) {
        auto client = connect();
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(start_of_body));
        EXPECT_EQ(client.read().status, 408);
        EXPECT_TRUE(client.is_closed());
    }
    EXPECT_EQ(handled, 0);
}

TEST_F(Deadlines, EndASlowReader) {  // H-10
    settings.limits.write_timeout = milliseconds(50);
    start();
    auto client = connect();
    client.send(request("GET", "/large"));
    eventually(
        [this] { return server->stats().requests == 1 && server->stats().connections == 0; });
    EXPECT_LT(client.read_to_end().size(), 8'000'000U);
}

TEST_F(Deadlines, EndAnIdleConnectionWithoutAWord) {
    settings.limits.idle_timeout = milliseconds(50);
    start();
    auto never_used = connect();
    EXPECT_TRUE(never_used.is_closed());
    auto used = connect();
    EXPECT_EQ(used.exchange(request("GET", "/hello")).body, "hello");
    EXPECT_TRUE(used.is_closed());
}

TEST_F(Deadlines, DoNotEndARequestThatIsInHand) {
    settings.limits.idle_timeout = settings.limits.header_timeout = settings.limits.body_timeout =
        milliseconds(20);
    start();
    auto waiting = connect();
    waiting.send(request("GET", "/wait"));
    gate.wait_for(1);
    auto idle = connect();
    EXPECT_TRUE(idle.is_closed());  // so the deadline would have come for the other one too
    gate.open();
    EXPECT_EQ(waiting.read().body, "waited");
}

using Connections = Edge;

TEST_F(Connections, EndAfterTheirNumberOfRequests) {  // H-25
    settings.limits.requests_per_connection = 3;
    start();
    auto client = connect();
    for (int i = 0; i < 2; ++i)
        EXPECT_FALSE(client.exchange(request("GET", "/hello")).closes());
    EXPECT_TRUE(client.exchange(request("GET", "/hello") + std::string(marker_request)).closes());
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(markers, 0);
}

TEST_F(Connections, EndAtTheirAge) {  // H-25
    settings.limits.connection_age = milliseconds(0);
    start();
    EXPECT_TRUE(get("/hello").closes());
}

TEST_F(Connections, OfOneAddressAreBounded) {  // H-11
    settings.limits.connections_per_address = 3;
    start();
    std::vector<Client> held;
    for (int i = 0; i < 3; ++i) {
        held.push_back(connect());
        EXPECT_EQ(held.back().exchange(request("GET", "/hello")).status, 200);
    }
    EXPECT_TRUE(connect().is_closed());
    Client other(server->port(), "127.0.0.2");
    EXPECT_EQ(other.exchange(request("GET", "/hello")).status, 200);
    held.pop_back();
    eventually([this] { return server->stats().connections == 3; });
    EXPECT_EQ(get("/hello").status, 200);
}

TEST_F(Connections, OfATrustedProxyAreNotBoundedByAddress) {
    settings.limits.connections_per_address = 1;
    settings.trusted_proxies = web::TrustedProxies::parse({"127.0.0.1"}).value();
    start();
    auto first = connect();
    EXPECT_EQ(first.exchange(request("GET", "/hello")).status, 200);
    EXPECT_EQ(get("/hello").status, 200);
}

TEST_F(Connections, ThatAreIdleLongestMakeRoom) {  // H-11
    settings.limits.connections = 3;
    start();
    auto oldest = connect();
    auto busy = connect();
    auto younger = connect();
    EXPECT_EQ(oldest.exchange(request("GET", "/hello")).status, 200);
    busy.send(request("GET", "/wait"));
    gate.wait_for(1);
    EXPECT_EQ(younger.exchange(request("GET", "/hello")).status, 200);
    auto fresh = connect();
    EXPECT_EQ(fresh.exchange(request("GET", "/hello")).status, 200);
    EXPECT_TRUE(oldest.is_closed());
    EXPECT_EQ(younger.exchange(request("GET", "/hello")).status, 200);
    gate.open();
    EXPECT_EQ(busy.read().body, "waited");
}

TEST_F(Connections, AreRefusedWhenAllOthersAreBusy) {  // H-11
    settings.limits.connections = 1;
    start();
    auto busy = connect();
    busy.send(request("GET", "/wait"));
    gate.wait_for(1);
    EXPECT_TRUE(connect().is_closed());
    gate.open();
    EXPECT_EQ(busy.read().body, "waited");
}

TEST_F(Connections, WaitWhileThereAreNoDescriptors) {  // H-12
    start();
    EXPECT_EQ(get("/hello").status, 200);
    eventually([this] { return server->stats().connections == 0; });
    auto open = connect();
    EXPECT_EQ(open.exchange(request("GET", "/hello")).status, 200);
    rlimit normal{};
    getrlimit(RLIMIT_NOFILE, &normal);
    Client late;  // its descriptor is the last that there is
    auto shortage = normal;
    shortage.rlim_cur = static_cast<rlim_t>(late.socket()) + 1;
    setrlimit(RLIMIT_NOFILE, &shortage);
    late.connect(server->port());
    eventually([this] { return log.has("http.accept_paused"); });
    EXPECT_EQ(open.exchange(request("GET", "/hello")).status, 200);
    setrlimit(RLIMIT_NOFILE, &normal);
    EXPECT_EQ(late.exchange(request("GET", "/hello")).status, 200);
}

TEST_F(Connections, ThatAreResetLeaveNothingBehind) {  // H-10
    start();
    auto waiting = connect();
    waiting.send(request("GET", "/wait"));
    gate.wait_for(1);
    waiting.reset();
    auto in_body = connect();
    in_body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
    in_body.reset();
    gate.open();
    eventually([this] { return server->stats().connections == 0; });
    EXPECT_EQ(get("/hello").status, 200);
}

TEST_F(Connections, MayBeClosedHalf) {  // H-10
    start();
    auto client = connect();
    client.send(request("GET", "/hello"));
    client.finish_sending();
    EXPECT_EQ(client.read().body, "hello");
    EXPECT_TRUE(client.is_closed());
}

TEST_F(Connections, AreServedByEveryThreadOfSeveral) {
    settings.io_threads = 3;
    start();
    std::vector<Client> clients;
    for (int i = 0; i < 30; ++i)
        clients.push_back(connect());
    for (int round = 0; round < 3; ++round) {
        for (auto& client : clients)
            client.send(request("GET", "/hello"));
        for (auto& client : clients)
            EXPECT_EQ(client.read().body, "hello");
    }
    EXPECT_TRUE(server->drain());
    for (auto& client : clients)
        EXPECT_TRUE(client.is_closed());
}

class Reload : public Edge {
  protected:
    static Route says(std::string text) {
        return {Method::GET, "/says", Lane::fast, 0,
                [text = std::move(text)](HttpRequest const&) -> Outcome {
                    return text_response(200, text);
                }};
    }
};

TEST_F(Reload, GivesOpenConnectionsTheNewRoutes) {
    settings.listeners[0].routes = {says("old")};
    start();
    auto client = connect();
    EXPECT_EQ(client.exchange(request("GET", "/says")).body, "old");
    settings.listeners[0].routes = {says("new")};
    ASSERT_TRUE(server->reload(settings));
    EXPECT_EQ(client.exchange(request("GET", "/says")).body, "new");
}

TEST_F(Reload, LetsRequestsInHandEndAsTheyBegan) {
    start();
    auto client = connect();
    client.send(request("GET", "/wait") + request("GET", "/says"));
    gate.wait_for(1);
    settings.listeners[0].routes = {says("new")};
    ASSERT_TRUE(server->reload(settings));
    gate.open();
    EXPECT_EQ(client.read().body, "waited");
    EXPECT_EQ(client.read().body, "new");
}

TEST_F(Reload, IsAllOrNothing) {
    settings.listeners[0].routes = {says("old")};
    start();
    auto broken = settings;
    broken.listeners[0].routes = {says("new"), says("new")};
    EXPECT_FALSE(server->reload(broken));
    auto elsewhere = settings;
    elsewhere.listeners[0].port = 1;
    EXPECT_FALSE(server->reload(elsewhere));
    EXPECT_EQ(get("/says").body, "old");
}

TEST_F(Reload, AHundredTimesUnderLoadFailsNoRequest) {
    settings.limits.requests_per_connection = 1'000'000;
    start();
    std::atomic<bool> stop = false;
    std::atomic<int> failed = 0;
    std::atomic<int> served = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] {
            auto client = connect();
            while (!stop) {
                if (client.exchange(request("GET", "/hello")).body == "hello")
                    ++served;
                else
                    ++failed;
            }
        });
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(server->reload(settings));
    eventually([&] { return served > 200; });
    stop = true;
    for (auto& client : clients)
        client.join();
    EXPECT_EQ(failed, 0);
}

class Drain : public Edge {
  protected:
    /// Drains on a thread of its own and returns when no new connection is taken any more.
    std::future<bool> start_draining() {
        auto drained = std::async(std::launch::async, [this] { return server->drain(); });
        eventually([this] { return !Client::can_connect(server->port()); });
        return drained;
    }
};

TEST_F(Drain, FinishesWhatIsInHand) {
    start();
    auto busy = connect();
    busy.send(request("GET", "/wait"));
    auto committing = connect();
    committing.send(request("POST", "/commit"));
    gate.wait_for(1);
    auto drained = start_draining();
    gate.open();
    auto const answer = busy.read();
    EXPECT_EQ(answer.body, "waited");
    EXPECT_TRUE(answer.closes());
    EXPECT_TRUE(busy.is_closed());
    committer.settle(1, Verdict::won);
    EXPECT_EQ(committing.read().body, "won");
    EXPECT_TRUE(committing.is_closed());
    EXPECT_TRUE(drained.get());
    EXPECT_EQ(server->stats().connections, 0U);
}

TEST_F(Drain, ClosesIdleConnectionsAndTakesNoNewOnes) {
    start();
    auto idle = connect();
    EXPECT_EQ(idle.exchange(request("GET", "/hello")).status, 200);
    EXPECT_TRUE(server->drain());
    EXPECT_TRUE(idle.is_closed());
    EXPECT_FALSE(Client::can_connect(server->port()));
}

TEST_F(Drain, AnswersTheRequestThatIsOnItsWay) {
    start();
    auto client = connect();
    EXPECT_EQ(client.exchange(request("GET", "/hello")).status, 200);
    auto drained = start_draining();
    auto const answer = client.exchange(request("GET", "/hello"));
    EXPECT_EQ(answer.body, "hello");
    EXPECT_TRUE(drained.get());
}

TEST_F(Drain, GivesUpAtItsDeadline) {
    settings.limits.drain_timeout = milliseconds(50);
    start();
    auto busy = connect();
    busy.send(request("GET", "/wait"));
    gate.wait_for(1);
    EXPECT_FALSE(server->drain());
    gate.open();
    server.reset();
    EXPECT_EQ(busy.read_to_end().find("hello"),
              std::string::npos);  // ended, with its answer or without
}

TEST_F(Drain, IsNotNeededToEnd) {
    start();
    auto waiting = connect();
    waiting.send(request("POST", "/commit"));
    auto idle = connect();
    EXPECT_EQ(idle.exchange(request("GET", "/hello")).status, 200);
    server.reset();
    committer.settle(1, Verdict::won);  // comes back to nobody
    EXPECT_TRUE(idle.is_closed());
    EXPECT_EQ(waiting.read().status, 0);
}

TEST_F(Edge, IsReadyWithinAHundredMilliseconds) {
    auto const before = std::chrono::steady_clock::now();
    start();
    EXPECT_EQ(get("/hello").status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(100));
}

TEST_F(Edge, NamesTheAddressItCannotTake) {
    start();
    settings.listeners[0].port = server->port();
    web::Server second(settings, {clock, random, log, committer});
    auto const started = second.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().detail.find("127.0.0.1 port"), std::string::npos);
    settings.listeners[0].address = "nowhere";
    web::Server third(settings, {clock, random, log, committer});
    EXPECT_FALSE(third.start());
}

}  // namespace
}  // namespace tunnus::wire
