// SPDX-License-Identifier: MIT
// threats.md 6.1 and H-01 to H-08 on a real socket. After every refused request stands a marker
// request on the same connection, and it must never reach a handler.
#include "tests/wire/harness.hpp"

#include <vector>

namespace tunnus::wire {
namespace {

std::string const head = "POST /echo HTTP/1.1\r\nHost: id.example\r\n";

class Framing : public Edge {
  protected:
    /// The request is answered once, with this status, and nothing behind it is a request.
    void expect_refused(std::string const& bytes, int status = 400) {
        if (!server) start();
        auto const handled_before = handled.load();
        auto client = connect();
        client.send(bytes + std::string(marker_request));
        auto const answer = client.read();
        EXPECT_EQ(answer.status, status) << bytes;
        EXPECT_TRUE(answer.closes()) << bytes;
        EXPECT_TRUE(client.is_closed()) << bytes;
        EXPECT_EQ(markers, 0) << bytes;
        EXPECT_EQ(handled, handled_before) << bytes;
    }
};

TEST_F(Framing, AnswersTwoCleanRequestsOnOneConnection) {
    start();
    auto client = connect();
    EXPECT_EQ(client.exchange(head + "Content-Length: 4\r\n\r\nabcd").body, "abcd");
    EXPECT_EQ(
        client
            .exchange(head +
                      "Transfer-Encoding: chunked\r\n\r\n4;x=y\r\nefgh\r\n1\r\ni\r\n0\r\n\r\n")
            .body,
        "efghi");
    EXPECT_EQ(client.exchange(marker_request).body, "marker");
    EXPECT_EQ(markers, 1);
}

TEST_F(Framing, RefusesLengthTogetherWithEncoding) {
    expect_refused(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    expect_refused(head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n");
    expect_refused(head + "Transfer-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd");
    expect_refused(head + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST_F(Framing, RefusesEveryOtherTransferEncoding) {
    for (auto const* value : {"xchunked", "identity", "", "\"chunked\"", "chunked, gzip",
                              "gzip, chunked", "chunked;q=1"})
        expect_refused(head + "Transfer-Encoding: " + value + "\r\n\r\n");
    expect_refused(head +
                   "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    expect_refused(
        "POST /echo HTTP/1.0\r\nHost: id.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST_F(Framing, RefusesEveryOtherContentLength) {
    for (auto const* value : {"4, 4", "+4", "0x4", "", "18446744073709551616", "-1"})
        expect_refused(head + "Content-Length: " + value + "\r\n\r\nabcd");
    expect_refused(head + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd");
    expect_refused(head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd");
}

TEST_F(Framing, RefusesFoldedLines) {
    expect_refused(head + "X-A: b\r\n c\r\n\r\n");
    expect_refused(head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n");
}

TEST_F(Framing, RefusesOtherLineEndsSpacesAndVersions) {
    expect_refused(head + "X-A : b\r\n\r\n");
    expect_refused(head + "X-A: b\nX-C: d\r\n\r\n");
    expect_refused(head + "X-A: b\rX-C: d\r\n\r\n");
    expect_refused(head + std::string("X-A: b\0\r\n\r\n", 11));
    expect_refused(head + "X-A: b\x0b\r\n\r\n");
    expect_refused("\r\n" + head + "\r\n");
    expect_refused("GET /hello HTTP/1.2\r\nHost: id.example\r\n\r\n");
    expect_refused("GET  /hello HTTP/1.1\r\nHost: id.example\r\n\r\n");
    expect_refused("GET\t/hello HTTP/1.1\r\nHost: id.example\r\n\r\n");
}

TEST_F(Framing, RefusesLongAndHiddenChunkExtensions) {
    auto const chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    expect_refused(chunked + "4;a=\"\n\"\r\nabcd\r\n0\r\n\r\n");
    expect_refused(chunked + "4;" + std::string(17, 'a') + "\r\nabcd\r\n0\r\n\r\n");
}

TEST_F(Framing, RefusesTrailerFields) {
    for (auto const* field :
         {"X-Forwarded-For: 192.0.2.1", "Authorization: Basic eDp5", "Cookie: a=b"})
        expect_refused(head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n" + field +
                       "\r\n\r\n");
}

TEST_F(Framing, RefusesRequestsWithoutOneGoodHost) {
    expect_refused("GET /hello HTTP/1.1\r\n\r\n");
    expect_refused("GET /hello HTTP/1.0\r\n\r\n");
    expect_refused("GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    for (auto const* value : {"u@id.example", "id.example/a", "id example", ""})
        expect_refused("GET /hello HTTP/1.1\r\nHost: " + std::string(value) + "\r\n\r\n");
    settings.listeners[0].authorities = {"id.example"};
    server.reset();
    expect_refused("GET http://id.example/hello HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    EXPECT_EQ(get("http://id.example/hello").body, "hello");
}

TEST_F(Framing, RefusesOtherTargets) {
    for (auto const* target :
         {"/\xc3\xa4", "/\"", "/<", "/#a", "/\\", "hello", "*", "id.example:443"})
        expect_refused("GET " + std::string(target) + " HTTP/1.1\r\nHost: id.example\r\n\r\n");
    expect_refused("CONNECT id.example:443 HTTP/1.1\r\nHost: id.example\r\n\r\n");
}

TEST_F(Framing, BoundsTheHead) {  // H-14
    std::string fields;
    for (int i = 0; i < 1'500; ++i)
        fields += "a:b\r\n";
    expect_refused("GET /hello HTTP/1.1\r\nHost: a\r\n" + fields.substr(0, 5 * 64) + "\r\n", 431);
    expect_refused("GET /hello HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n", 431);
    expect_refused("GET /hello HTTP/1.1\r\nHost: a\r\na: " + std::string(9'216, 'b') + "\r\n\r\n",
                   431);
    expect_refused("GET /" + std::string(8'193, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
    expect_refused("GET /hello?" + std::string(65'536, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
}

TEST_F(Framing, BoundsTheBodyOfARoute) {  // H-13
    expect_refused(head + "Content-Length: 1001\r\n\r\n" + std::string(1'001, 'a'), 413);
    expect_refused(head + "Content-Length: 2097152\r\n\r\n", 413);
    expect_refused(head + "Content-Length: 10737418240\r\nExpect: 100-continue\r\n\r\n", 413);
    expect_refused(
        head + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1'000, 'a') + "\r\n1\r\n",
        413);
    EXPECT_EQ(connect()
                  .exchange(head + "Content-Length: 1000\r\n\r\n" + std::string(1'000, 'a'))
                  .body.size(),
              1'000U);
}

TEST_F(Framing, RefusesOtherChunkSizes) {  // H-05
    auto const chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    for (auto const* size : {"00000000000000004", "-1", "0x4", "+4", "4_0", " 4", "4 ", ""})
        expect_refused(chunked + size + "\r\nabcd\r\n0\r\n\r\n");
    expect_refused(chunked + std::string(100, '0') + "4\r\nabcd\r\n0\r\n\r\n");
    expect_refused(chunked + "4\r\nabcd0\r\n\r\n");
    expect_refused(chunked + "4\r\nabcde\r\n0\r\n\r\n");
    expect_refused(chunked + "4\nabcd\r\n0\r\n\r\n");
    expect_refused(chunked + "4\rabcd\r\n0\r\n\r\n");
    EXPECT_EQ(connect().exchange(chunked + "0000000000000004\r\nabcd\r\n0\r\n\r\n").body, "abcd");
}

TEST_F(Framing, RefusesNamesThatAreNoTokens) {  // H-06
    for (auto const* field : {": b", "X A: b", "Transfer-Encoding\x0b: chunked", "X-\xe4: b"})
        expect_refused(head + field + "\r\n\r\n");
    expect_refused(head + std::string(8'192, 'a') + ": b\r\n\r\n", 431);
}

TEST_F(Framing, NeverMapsUnderscoresToDashes) {  // H-06
    start();
    auto client = connect();
    auto const answer = client.exchange(
        request("GET", "/look", "Content_Length: 5\r\nTransfer_Encoding: chunked\r\n"));
    EXPECT_NE(answer.body.find("Content_Length: 5\n"), std::string::npos);
    EXPECT_EQ(client.exchange(marker_request).body, "marker");
}

TEST_F(Framing, ReadsABodyThatComesByteByByte) {
    start();
    auto client = connect();
    for (char const c :
         head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nA;q=1\r\n0123456789\r\n0\r\n\r\n")
        client.send(std::string(1, c));
    EXPECT_EQ(client.read().body, "abcd0123456789");
}

TEST_F(Framing, PassesOverABodyWhereTheMethodHasNone) {  // H-04
    start();
    for (auto const* body : {"Content-Length: 4\r\n\r\nabcd",
                             "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"}) {
        for (auto const* method : {"GET", "DELETE"}) {
            auto client = connect();
            client.send(std::string(method) + " /look HTTP/1.1\r\nHost: a\r\n" + body +
                        std::string(marker_request));
            auto const answer = client.read();
            EXPECT_EQ(answer.status, 200);
            EXPECT_NE(answer.body.find("\nbody=\n"), std::string::npos);
            EXPECT_TRUE(answer.closes());
            EXPECT_TRUE(client.is_closed());
        }
    }
    EXPECT_EQ(markers, 0);
    expect_refused("GET /look HTTP/1.1\r\nHost: a\r\nContent-Length: 16385\r\n\r\n", 413);
}

TEST_F(Framing, DropsWhatFollowsABodyThatNobodyReads) {
    start();
    for (auto const* target : {"/nowhere", "/hello"}) {  // 404 and 405
        auto client = connect();
        client.send(request("POST", target,
                            "Content-Length: " + std::to_string(marker_request.size()) + "\r\n",
                            marker_request));
        EXPECT_TRUE(client.read().closes());
        EXPECT_TRUE(client.is_closed());
    }
    EXPECT_EQ(markers, 0);
}

TEST_F(Framing, AnswersPairsOfLengthAndChunkedInTheirOrder) {  // H-02
    start();
    auto client = connect();
    std::string const inner = "0\r\n\r\n" + std::string(marker_request);
    client.send(head + "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner +
                std::string(marker_request));
    EXPECT_EQ(client.read().body, inner);
    EXPECT_EQ(client.read().body, "marker");
    EXPECT_EQ(markers, 1);
}

TEST_F(Framing, AnswersPipelinedRequestsInTheirOrder) {  // H-07
    start();
    for (int const count : {65, 1'000}) {
        auto client = connect();
        std::string bytes;
        for (int i = 0; i < count; ++i)
            bytes += request("GET", "/look?" + std::to_string(i));
        client.send(bytes);
        for (int i = 0; i < count; ++i)
            ASSERT_NE(client.read().body.find("query=" + std::to_string(i) + "\n"),
                      std::string::npos)
                << i;
    }
}

TEST_F(Framing, HandlesOnePipelinedRequestAtATime) {  // H-07
    start();
    auto client = connect();
    client.send(request("GET", "/wait") + std::string(marker_request));
    gate.wait_for(1);
    EXPECT_EQ(get("/hello").body, "hello");
    EXPECT_EQ(markers, 0);
    gate.open();
    EXPECT_EQ(client.read().body, "waited");
    EXPECT_EQ(client.read().body, "marker");
}

TEST_F(Framing, DropsWhatFollowsCloseAndUpgrade) {  // H-08
    start();
    for (auto const* fields :
         {"Connection: close\r\n", "Connection: Upgrade\r\nUpgrade: websocket\r\n"}) {
        auto client = connect();
        client.send(request("GET", "/hello", fields) + std::string(marker_request));
        auto const answer = client.read();
        EXPECT_EQ(answer.body, "hello");
        EXPECT_TRUE(answer.closes());
        EXPECT_TRUE(client.is_closed());
    }
    EXPECT_EQ(markers, 0);
}

TEST_F(Framing, LogsOneLineAMinuteForNoise) {  // H-16
    for (auto const* noise : {"\x16\x03\x01\x02\x00\x01", "SSH-2.0-OpenSSH_9.2\r\n", "GET /\r\n",
                              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x01\x02\x03"})
        expect_refused(noise);
    auto silent = connect();
    silent.finish_sending();
    EXPECT_TRUE(silent.is_closed());
    int lines = 0;
    for (auto const& line : log.lines())
        if (line.event == "http.refused") ++lines;
    EXPECT_EQ(lines, 1);
}

}  // namespace
}  // namespace tunnus::wire
