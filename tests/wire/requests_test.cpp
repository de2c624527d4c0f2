// SPDX-License-Identifier: MIT
// What a good or nearly good request meets: methods, paths, expectations, proxies, commits, the
// log.
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "tests/wire/harness.hpp"

#include <vector>

namespace tunnus::wire {
namespace {

using Requests = Edge;

bool contains(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_F(Requests, ReachTheirHandler) {
    start();
    auto const answer = get("/look/a%62?x=%20", "Accept-Language: fi,\tsv\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(contains(answer.body, "path=/look/ab\nquery=x=%20\nclient=127.0.0.1\ntls=no\n"))
        << answer.body;
    EXPECT_TRUE(contains(answer.body, "Accept-Language: fi, sv\n"));
    EXPECT_TRUE(answer.field("Date").ends_with(" GMT")) << answer.field("Date");
    EXPECT_EQ(answer.field("Server"), "");
}

TEST_F(Requests, HaveIdsOfTheirOwn) {
    start();
    auto const id = [this] {
        auto const body = get("/look").body;
        auto const start_of_id = body.find("\nid=") + 4;
        return body.substr(start_of_id, body.find('\n', start_of_id) - start_of_id);
    };
    auto const first = id();
    EXPECT_GE(first.size(), 17U);
    EXPECT_NE(first, id());
}

TEST_F(Requests, WithUnknownMethodsGet501) {  // H-15
    start();
    for (auto const& method : {std::string("get"), std::string("FOO"), std::string(1'024, 'A')})
        EXPECT_EQ(connect().exchange(request(method, "/hello")).status, 501) << method;
}

TEST_F(Requests, WithKnownMethodsOfNoRouteGet405) {  // H-15
    start();
    for (auto const* method : {"TRACE", "CONNECT", "PATCH", "OPTIONS"}) {
        auto const answer = connect().exchange(request(method, "/echo"));
        EXPECT_EQ(answer.status, 405) << method;
        EXPECT_EQ(answer.field("Allow"), "POST, PUT");
    }
    auto client = connect();  // no body, so the connection goes on
    EXPECT_EQ(client.exchange(request("POST", "/hello")).status, 405);
    EXPECT_EQ(client.exchange(marker_request).status, 200);
}

TEST_F(Requests, ByHeadGetNoBody) {
    start();
    auto client = connect();
    client.send(request("HEAD", "/hello") + request("HEAD", "/nowhere") +
                std::string(marker_request));
    auto const answer = client.read(true);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Length"), "5");
    EXPECT_EQ(client.read(true).status, 404);
    EXPECT_EQ(client.read().body, "marker");
}

TEST_F(Requests, AreRoutedByThePathDecodedOnce) {  // H-17
    start();
    EXPECT_EQ(get("/h%65llo").body, "hello");
    for (auto const* target : {"/%00", "/look/%c0%ae", "/look/%ff", "/look/%0d%0aX"})
        EXPECT_EQ(get(target).status, 400) << target;
    for (auto const* target :
         {"/look/%2e%2e%2fhello", "/look/%u002e", "/look/%", "/look/%zz", "/hello;jsessionid=1",
          "//hello", "/look/../hello", "/%68%65llo%2f", "/%2568ello", "/look/%5c"})
        EXPECT_EQ(get(target).status, 404) << target;
}

TEST_F(Requests, ThatExpectContinueAreToldOnce) {  // H-03
    start();
    auto client = connect();
    client.send(request("POST", "/echo", "Expect: 100-continue\r\nContent-Length: 4\r\n"));
    EXPECT_EQ(client.read().status, 100);
    client.send("abcd");
    EXPECT_EQ(client.read().body, "abcd");
    client.send(request("POST", "/echo", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_EQ(client.read().status, 100);
    client.send("4\r\nabcd\r\n0\r\n\r\n");
    EXPECT_EQ(client.read().body, "abcd");
    EXPECT_EQ(client.exchange(marker_request).body, "marker");
}

TEST_F(Requests, ThatNeedNoContinueAreNotTold) {  // H-03
    start();
    for (auto const& bytes :
         {request("POST", "/echo", "Expect: 100-continue\r\nContent-Length: 4\r\n", "abcd"),
          request("GET", "/hello", "Expect: 100-continue\r\n"),
          request("POST", "/echo", "Expect: 100-continue\r\nContent-Length: 0\r\n")}) {
        auto client = connect();
        EXPECT_EQ(client.exchange(bytes).status, 200) << bytes;
        EXPECT_EQ(client.exchange(marker_request).body, "marker");
    }
}

TEST_F(Requests, WithOtherExpectationsGet417) {  // H-03
    start();
    for (auto const* fields :
         {"Expect: 200-ok\r\n", "Expect: 100-continue\r\nExpect: 100-continue\r\n"}) {
        auto client = connect();
        client.send(request("POST", "/echo", std::string(fields) + "Content-Length: 70\r\n") +
                    std::string(marker_request));
        EXPECT_EQ(client.read().status, 417);
        EXPECT_TRUE(client.is_closed());
    }
    EXPECT_EQ(markers, 0);
}

TEST_F(Requests, ThatWillBeRefusedAreNotToldToContinue) {  // H-03, the "0.CL" class
    start();
    auto client = connect();
    client.send(request("POST", "/nowhere", "Expect: 100-continue\r\nContent-Length: 4\r\n") +
                std::string(marker_request));
    EXPECT_EQ(client.read().status, 404);
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(markers, 0);
}

TEST_F(Requests, WithEncodedBodiesGet415) {  // H-20
    start();
    for (auto const* coding : {"gzip", "identity, gzip", "br"}) {
        auto client = connect();
        auto const answer = client.exchange(request(
            "POST", "/echo",
            "Content-Encoding: " + std::string(coding) + "\r\nContent-Length: 4\r\n", "abcd"));
        EXPECT_EQ(answer.status, 415);
        EXPECT_TRUE(answer.closes());
    }
    EXPECT_EQ(handled, 0);
    EXPECT_EQ(get("/hello", "Accept-Encoding: gzip, gzip, gzip\r\n").body, "hello");
}

TEST_F(Requests, FromStrangersCannotSpeakForAClient) {  // H-18
    start();
    auto const answer =
        get("/look",
            "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nForwarded: for=192.0.2.1\r\n"
            "X-Forwarded-Host: evil.example\r\nX-Original-URL: /throw\r\nX-Rewrite-URL: /throw\r\n"
            "X-HTTP-Method-Override: DELETE\r\nX-Forwarded-Client-Cert: MAMBAv8=\r\n"
            "Client-Cert: :MAMBAv8=:\r\nX-SSL-Client-Cert: MAMBAv8=\r\n");
    EXPECT_TRUE(contains(
        answer.body, "method=GET\npath=/look\nquery=\nclient=127.0.0.1\ntls=no\ncertificate=0\n"))
        << answer.body;
    EXPECT_FALSE(contains(answer.body, "192.0.2.1"));
    EXPECT_FALSE(contains(answer.body, "evil.example"));
    EXPECT_FALSE(contains(answer.body, "X-"));
    EXPECT_EQ(answer.field("Strict-Transport-Security"), "");
}

TEST_F(Requests, ThroughATrustedProxyCarryTheClient) {  // H-19
    settings.trusted_proxies = web::TrustedProxies::parse({"127.0.0.0/8"}).value();
    settings.listeners[0].client_certificate_field = "X-Certificate";
    start();
    auto const answer =
        get("/look",
            "X-Forwarded-For: 198.51.100.9, 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"
            "X-Certificate: MAMBAv8=\r\nClient-Cert: :MAMBAv8=:\r\n");
    EXPECT_TRUE(contains(answer.body, "client=192.0.2.1\ntls=yes\ncertificate=5\n")) << answer.body;
    EXPECT_FALSE(contains(answer.body, "MAMBAv8"));
    EXPECT_EQ(answer.field("Strict-Transport-Security"), "max-age=31536000");
    EXPECT_TRUE(contains(get("/look", "X-Forwarded-For: unknown\r\n").body, "client=127.0.0.1\n"));
}

TEST_F(Requests, OverPlainHttpAreSentToHttpsByConfiguration) {  // W-04
    settings.trusted_proxies = web::TrustedProxies::parse({"127.0.0.1"}).value();
    settings.listeners[0].https_origin = "https://id.example";
    start();
    auto const moved = get("/hello?a=b", "Host: id.example\r\n");
    EXPECT_EQ(moved.status, 400);  // two Hosts: the rules come first
    auto const there = get("/hello?a=b");
    EXPECT_EQ(there.status, 308);
    EXPECT_EQ(there.field("Location"), "https://id.example/hello?a=b");
    EXPECT_EQ(connect().exchange(request("POST", "/echo", "Content-Length: 1\r\n", "a")).status,
              400);
    EXPECT_EQ(connect().exchange(request("GET", "/hello", "Content-Length: 1\r\n", "a")).status,
              400);
    EXPECT_EQ(handled, 0);
    EXPECT_EQ(get("/hello", "X-Forwarded-Proto: https\r\n").body, "hello");
}

TEST_F(Requests, WithoutHostAreTakenOnAListenerForHealthChecks) {
    auto& health = settings.listeners.emplace_back();
    health.routes = {{Method::GET, "/healthz", Lane::fast, 0,
                      [](HttpRequest const&) -> Outcome { return text_response(200, "ok"); }}};
    health.http10_without_host = true;
    start();
    Client client(server->port(1));
    EXPECT_EQ(client.exchange("GET /healthz HTTP/1.0\r\n\r\n").body, "ok");
    EXPECT_EQ(connect().exchange("GET /healthz HTTP/1.0\r\n\r\n").status, 400);
}

TEST_F(Requests, MeetTheRoutesOfTheirListenerAlone) {  // W-24
    auto& admin = settings.listeners.emplace_back();
    admin.routes = {{Method::GET, "/metrics", Lane::fast, 0,
                     [](HttpRequest const&) -> Outcome { return text_response(200, "1"); }}};
    start();
    EXPECT_EQ(Client(server->port(1)).exchange(request("GET", "/metrics")).body, "1");
    EXPECT_EQ(get("/metrics").status, 404);
    EXPECT_EQ(Client(server->port(1)).exchange(request("GET", "/hello")).status, 404);
}

TEST_F(Requests, WhoseHandlerThrowsGetAPlain500) {
    start();
    auto const answer = get("/throw");
    EXPECT_EQ(answer.status, 500);
    EXPECT_FALSE(contains(answer.body, "a bug"));
    ASSERT_TRUE(log.has("http.handler_failed"));
    for (auto const& line : log.lines()) {
        if (line.event != "http.handler_failed") continue;
        EXPECT_TRUE(contains(answer.body, std::string(line.fields.at("request_id").as_string())));
    }
}

TEST_F(Requests, CannotSplitAResponse) {  // H-23
    start();
    auto const answer = get("/split?sid=1");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.field("Set-Cookie"), "");
}

TEST_F(Requests, AreAnsweredWhenTheirCommitIsDone) {
    settings.limits.fast_workers = 1;
    start();
    auto first = connect();
    auto second = connect();
    first.send(request("POST", "/commit"));
    second.send(request("POST", "/commit"));
    // The one worker holds neither of them: both intentions arrive, and other requests are served.
    EXPECT_EQ(get("/hello").body, "hello");
    committer.settle(2, Verdict::won);
    EXPECT_EQ(first.read().body, "won");
    EXPECT_EQ(second.read().body, "won");
    first.send(request("POST", "/commit"));
    committer.settle(1, Verdict::lost);
    EXPECT_EQ(first.read().status, 409);
}

TEST_F(Requests, WhoseCommitFailedGet503) {
    start();
    auto client = connect();
    client.send(request("POST", "/commit"));
    committer.settle(1, Error(BaseErrc::unavailable, "disk full"));
    auto const answer = client.read();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_TRUE(log.has("http.commit_failed"));
    EXPECT_EQ(client.exchange(marker_request).body, "marker");
}

TEST_F(Requests, AreLoggedByPatternWithoutPathAndQuery) {
    start();
    auto client = connect();
    EXPECT_EQ(client.exchange(request("GET", "/look/matti?code=geheim")).status, 200);
    eventually([this] { return log.has("http.request"); });
    for (auto const& line : log.lines()) {
        if (line.event != "http.request") continue;
        EXPECT_EQ(line.fields.at("method").as_string(), "GET");
        EXPECT_EQ(line.fields.at("route").as_string(), "/look/{name}");
        EXPECT_EQ(line.fields.at("status").as_int64(), 200);
        EXPECT_GE(line.fields.at("duration_us").as_int64(), 0);
        EXPECT_FALSE(line.fields.at("request_id").as_string().empty());
        EXPECT_EQ(line.fields.size(), 5U);
    }
}

}  // namespace
}  // namespace tunnus::wire
