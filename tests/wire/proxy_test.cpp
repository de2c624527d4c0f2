// SPDX-License-Identifier: MIT
// Behind a real proxy that keeps its connections to us: whatever a client pipelines, nobody gets
// another's answer (threats.md H-02, RFC 9112 §11.2).
#include "tests/wire/harness.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace tunnus::wire {
namespace {

constexpr auto haproxy = "/usr/sbin/haproxy";

class Proxied : public Edge {
  protected:
    void SetUp() override {
        ASSERT_TRUE(std::filesystem::exists(haproxy)) << "apt install haproxy, as ./dev test does";
        settings.trusted_proxies = web::TrustedProxies::parse({"127.0.0.1"}).value();
        start();
        auto const name =
            std::filesystem::temp_directory_path() / ("tunnus-haproxy-" + std::to_string(getpid()));
        port_ = free_port();
        std::ofstream(name) << "defaults\n mode http\n timeout connect 5s\n timeout client 20s\n"
                               " timeout server 20s\n option forwardfor\n"
                               "frontend in\n bind 127.0.0.1:"
                            << port_
                            << "\n default_backend tunnus\nbackend tunnus\n http-reuse always\n"
                               " server one 127.0.0.1:"
                            << server->port() << " maxconn 1\n";
        std::string const path = name.string();
        std::array<char const*, 5> const arguments{haproxy, "-db", "-f", path.c_str(), nullptr};
        ASSERT_EQ(::posix_spawn(&process_, haproxy, nullptr, nullptr,
                                const_cast<char* const*>(arguments.data()), environ),
                  0);
        eventually([this] { return Client::can_connect(port_); });
        std::filesystem::remove(name);
    }
    void TearDown() override {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    static std::uint16_t free_port() {
        // A listener of ours takes one and gives it back.
        fakes::ManualClock clock;
        fakes::SeededRandom random;
        fakes::RecordingLog log;
        ManualCommitter committer;
        web::ServerSettings settings;
        settings.listeners.emplace_back();
        web::Server server(settings, {clock, random, log, committer});
        EXPECT_TRUE(server.start());
        return server.port();
    }
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
};

TEST_F(Proxied, H02_EveryoneGetsTheirOwnAnswer) {
    Client sound(port_);
    EXPECT_EQ(sound.exchange(request("GET", "/hello")).body, "hello");
    std::string const head = "POST /echo HTTP/1.1\r\nHost: id.example\r\n";
    std::string const inner = "GET /marker HTTP/1.1\r\nHost: id.example\r\n\r\n";
    std::string const size = std::to_string(inner.size());
    for (std::string const& smuggled :
         {head + "Content-Length: " + size + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
              inner,
          head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + inner,
          head + "Transfer-Encoding: xchunked\r\nContent-Length: " + size + "\r\n\r\n" + inner,
          head + "Transfer-Encoding: gzip\r\n\r\n" + inner,
          head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + inner,
          head +
              "Transfer-Encoding:\x0b"
              "chunked\r\nContent-Length: " +
              size + "\r\n\r\n" + inner,
          head + "Content-Length: 0\r\nContent-Length: " + size + "\r\n\r\n" + inner,
          head + "Content-Length: +" + size + "\r\n\r\n" + inner,
          head + "Content-Length: " + size + "\r\n\r\n" + inner,
          head + "Transfer-Encoding: chunked\r\n\r\n" + size + ";a=\"\n\"\r\n" + inner +
              "\r\n0\r\n\r\n",
          "GET /look HTTP/1.1\r\nHost: id.example\r\nContent-Length: " + size + "\r\n\r\n" +
              inner}) {
        Client attacker(port_);
        attacker.send(smuggled);
        attacker.finish_sending();  // what is not whole by now never will be
        // The attacker's connection to the proxy and the victim's share one to us (maxconn 1).
        for (int i = 0; i < 3; ++i) {
            Client victim(port_);
            auto const answer =
                victim.exchange(request("GET", "/look/victim?" + std::to_string(i)));
            ASSERT_EQ(answer.status, 200) << smuggled;
            EXPECT_NE(answer.body.find("path=/look/victim\nquery=" + std::to_string(i) + "\n"),
                      std::string::npos)
                << smuggled << answer.body;
        }
        EXPECT_EQ(attacker.read_to_end().find("victim"), std::string::npos) << smuggled;
    }
    EXPECT_EQ(markers, 0) << "no inner request was ever handled";
    EXPECT_EQ(sound.exchange(std::string(marker_request)).body, "marker");
}

}  // namespace
}  // namespace tunnus::wire
