// SPDX-License-Identifier: MIT
// A name server that does not answer keeps nobody beyond the deadline of the call (threats.md
// F-37).
#include "idp/base/http_client.hpp"
#include "idp/base/mailer.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/random.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string_view>

namespace tunnus {
namespace {

/// Names under `.slow.test` are not answered for until the gate opens.
class NameServer {
  public:
    void wait_for_answer() {
        std::unique_lock lock(mutex_);
        ++asked_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
        --asked_;
        changed_.notify_all();
    }
    void close() {
        std::scoped_lock const lock(mutex_);
        open_ = false;
    }
    /// Returns when nobody waits any longer.
    void open() {
        std::unique_lock lock(mutex_);
        open_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return asked_ == 0; });
    }
    [[nodiscard]] int asked() {
        std::scoped_lock const lock(mutex_);
        return asked_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = true;
    int asked_ = 0;
};

NameServer& name_server() {
    static auto& server = *new NameServer;
    return server;
}

struct SlowNames : testing::Test {
    SlowNames() { name_server().close(); }
    ~SlowNames() override { name_server().open(); }

    /// Runs the call; fails, and lets it go on, when it still waits for the name after all this
    /// time.
    template <class Call>
    static auto in_time(Call call) {
        auto result = std::async(std::launch::async, std::move(call));
        if (result.wait_for(seconds(20)) != std::future_status::ready) {
            ADD_FAILURE() << "the call waits for the name";
            name_server().open();
        }
        return result.get();
    }
};

TEST_F(SlowNames, F37_EndACallAtItsDeadline) {
    auto const client = make_curl_http_client({.allow_addresses = {"127.0.0.0/8"}, .ca_file = {}});
    fakes::LoopbackServer server([](fakes::Connection& connection) {
        connection.read_until("\r\n\r\n");
        connection.write("HTTP/1.1 204 No Content\r\n\r\n");
    });
    OutboundRequest to_server;
    to_server.url = "http://127.0.0.1:" + server.port() + "/";
    ASSERT_TRUE(client->send(to_server).has_value());

    OutboundRequest to_service;
    to_service.url = "https://service.slow.test/logout";
    to_service.timeout = milliseconds(100);
    auto const answer = in_time([&] { return client->send(to_service); });
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, BaseErrc::unavailable) << answer.error().text();
    EXPECT_EQ(name_server().asked(), 1) << "and nobody had answered for the name";
    EXPECT_TRUE(client->send(to_server).has_value()) << "others are served meanwhile";
}

TEST_F(SlowNames, F37_EndADeliveryOfMailAtItsDeadline) {
    fakes::ManualClock clock;
    fakes::SeededRandom random;
    auto const transport = make_smtp_transport({.smtp_url = "smtp://mail.slow.test",
                                                .from = "tunnus@example.org",
                                                .user = {},
                                                .password = {},
                                                .timeout = milliseconds(100)},
                                               clock, random);
    auto const delivered = in_time([&] {
        return transport->deliver({.to = "matti@example.org", .subject = "Hei", .text = "Hei"});
    });
    ASSERT_FALSE(delivered.has_value());
    EXPECT_EQ(delivered.error().code, BaseErrc::unavailable) << delivered.error().text();
    EXPECT_EQ(name_server().asked(), 1);
}

}  // namespace
}  // namespace tunnus

extern "C" [[gnu::visibility("default")]] int getaddrinfo(char const* node, char const* service,
                                                          addrinfo const* hints,
                                                          addrinfo** result) {
    if (node != nullptr && std::string_view(node).ends_with(".slow.test")) {
        tunnus::name_server().wait_for_answer();
        return EAI_NONAME;
    }
    static auto const real =
        reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, result);
}
