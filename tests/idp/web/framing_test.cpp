// SPDX-License-Identifier: MIT
// The scanners of threats.md 6.1 without a socket. tests/wire shows the same through one.
#include "idp/web/framing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tunnus::web {
namespace {

std::string const host = "Host: id.example\r\n";

/// How a head ends, as a number: 0 accepted, 1 more needed, else the status of the refusal.
int judge(std::string const& bytes, HeadRules const& rules = {}) {
    HeadScanner scanner(rules);
    auto const result = scanner.scan(bytes);
    if (result == Scan::need_more) return 1;
    return result == Scan::complete ? 0 : scanner.refusal().status;
}

int judge_fields(std::string const& fields) {
    return judge("POST /token HTTP/1.1\r\n" + host + fields + "\r\n");
}

RequestHead accept(std::string const& bytes, HeadRules const& rules = {}) {
    HeadScanner scanner(rules);
    EXPECT_EQ(scanner.scan(bytes), Scan::complete) << bytes << scanner.refusal().reason;
    return scanner.head();
}

TEST(Head, AcceptsAPlainRequest) {
    std::string const bytes = "GET /authorize?a=b HTTP/1.1\r\n" + host + "Accept: */*\r\n\r\n";
    auto const head = accept(bytes + "GET / HTTP/1.1\r\n");
    EXPECT_EQ(head.bytes, bytes.size());
    EXPECT_FALSE(head.close);
    EXPECT_FALSE(head.has_body());
}

TEST(Head, AcceptsTheSameInPiecesOfOneByte) {
    std::string const bytes = "POST /token HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\n";
    HeadRules const rules;
    HeadScanner scanner(rules);
    for (std::size_t size = 1; size < bytes.size(); ++size)
        ASSERT_EQ(scanner.scan(bytes.substr(0, size)), Scan::need_more) << size;
    ASSERT_EQ(scanner.scan(bytes), Scan::complete);
    EXPECT_EQ(scanner.head().method, "POST");
    EXPECT_EQ(scanner.head().target, "/token");
    EXPECT_EQ(scanner.head().content_length, 3U);
}

TEST(Head, RefusesLengthAndEncodingTogether) {
    EXPECT_EQ(judge_fields("Content-Length: 4\r\n"), 0);
    EXPECT_EQ(judge_fields("Transfer-Encoding: chunked\r\n"), 0);
    EXPECT_EQ(judge_fields("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), 400);
    EXPECT_EQ(judge_fields("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"), 400);
    EXPECT_EQ(judge_fields("Transfer-Encoding: gzip\r\nContent-Length: 4\r\n"), 400);
}

TEST(Head, AcceptsTheCodingChunkedAndNoOther) {
    EXPECT_EQ(judge_fields("Transfer-Encoding: CHUNKED\r\n"), 0);
    for (auto const* value : {"xchunked", "identity", "", "\"chunked\"", "chunked, gzip",
                              "gzip, chunked", "chunked;q=1", "chunked, chunked", "chunked,"})
        EXPECT_EQ(judge_fields("Transfer-Encoding: " + std::string(value) + "\r\n"), 400) << value;
    EXPECT_EQ(judge_fields("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"), 400);
    EXPECT_EQ(judge_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
    EXPECT_EQ(judge("POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(Head, AcceptsOneContentLengthOfDigits) {
    for (auto const* value :
         {"4, 4", "+4", "-4", "0x4", "", "4 4", "18446744073709551616", "4.0", "4;"})
        EXPECT_EQ(judge_fields("Content-Length: " + std::string(value) + "\r\n"), 400) << value;
    EXPECT_EQ(judge_fields("Content-Length: 4\r\nContent-Length: 4\r\n"), 400);
    EXPECT_EQ(judge_fields("Content-Length: 4\r\nContent-Length: 5\r\n"), 400);
}

TEST(Head, RefusesFoldedLinesAndBadLineEnds) {
    EXPECT_EQ(judge_fields("X-A: b\r\n c\r\n"), 400);
    EXPECT_EQ(judge_fields("Transfer-Encoding:\r\n chunked\r\n"), 400);
    EXPECT_EQ(judge_fields("X-A: b\r\n\tc\r\n"), 400);
    EXPECT_EQ(judge_fields("X-A: b\nX-B: c\r\n"), 400);
    EXPECT_EQ(judge_fields("X-A: b\rX-B: c\r\n"), 400);
    EXPECT_EQ(judge_fields(std::string("X-A: b\0c\r\n", 10)), 400);
    EXPECT_EQ(judge_fields("X-A: b\x0b\r\n"), 400);
    EXPECT_EQ(judge("\r\nGET / HTTP/1.1\r\n" + host + "\r\n"), 400);
    EXPECT_EQ(judge("GET / HTTP/1.1\n" + host + "\r\n"), 400);
}

TEST(Head, RefusesFieldNamesThatAreNoTokens) {  // H-06
    for (auto const* line :
         {"X-A : b", ": b", "X A: b", "X-\x80: b", "Transfer-Encoding\x0b: chunked", "no colon"})
        EXPECT_EQ(judge_fields(std::string(line) + "\r\n"), 400) << line;
    EXPECT_EQ(accept("GET / HTTP/1.1\r\n" + host + "Content_Length: 5\r\n\r\n").content_length, 0U);
}

TEST(Head, RefusesRequestLinesOfOtherShapes) {
    for (auto const* line :
         {"GET / HTTP/1.2", "GET / HTTP/2.0", "GET / http/1.1", "GET  / HTTP/1.1",
          "GET /  HTTP/1.1", "GET\t/ HTTP/1.1", " GET / HTTP/1.1", "GET /", "GET",
          "GET / HTTP/1.1 ", "G\"T / HTTP/1.1", "GET /a b HTTP/1.1", "GET HTTP/1.1"})
        EXPECT_EQ(judge(std::string(line) + "\r\n" + host + "\r\n"), 400) << line;
}

TEST(Head, RefusesTargetsOfOtherForms) {
    for (auto const* target :
         {"/\xc3\xa4", "/\"", "/<", "/>", "/#a", "/\\", "token", "*", "id.example:443", "http://",
          "ftp://id.example/", "http://evil.example/", "http://id.example"})
        EXPECT_EQ(judge("GET " + std::string(target) + " HTTP/1.1\r\n" + host + "\r\n"), 400)
            << target;
}

TEST(Head, AcceptsAbsoluteFormWithOurAuthorityAlone) {
    HeadRules rules;
    rules.authorities = {"id.example"};
    auto const request = [](std::string const& target, std::string const& host_value) {
        return "GET " + target + " HTTP/1.1\r\nHost: " + host_value + "\r\n\r\n";
    };
    EXPECT_EQ(accept(request("http://id.example/a?b", "id.example"), rules).target, "/a?b");
    EXPECT_EQ(accept(request("HTTPS://ID.example/a", "id.Example"), rules).target, "/a");
    EXPECT_EQ(judge(request("http://id.example/a", "evil.example"), rules), 400);
    EXPECT_EQ(judge(request("http://evil.example/a", "evil.example"), rules), 400);
    EXPECT_EQ(judge(request("http://u@id.example/a", "id.example"), rules), 400);
}

TEST(Head, DemandsOneHost) {
    EXPECT_EQ(judge("GET / HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(judge("GET / HTTP/1.1\r\n" + host + host + "\r\n"), 400);
    for (auto const* value :
         {"", "u@id.example", "id.example/a", "id example", "id.example:", ":80", "[::1", "[]",
          "id.example:123456", "id.example:8x", "a[1]", "id,example"}) {
        bool const may_have_an_empty_port = std::string(value) == "id.example:";  // RFC 3986 §3.2.3
        EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: " + std::string(value) + "\r\n\r\n"),
                  may_have_an_empty_port ? 0 : 400)
            << value;
    }
    for (auto const* value : {"id.example:8443", "127.0.0.1:80", "[::1]", "[2001:db8::1]:443"})
        EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: " + std::string(value) + "\r\n\r\n"), 0) << value;
}

TEST(Head, AcceptsHttp10WithoutHostOnlyByRule) {
    HeadRules rules;
    EXPECT_EQ(judge("GET /healthz HTTP/1.0\r\n\r\n", rules), 400);
    rules.http10_without_host = true;
    EXPECT_TRUE(accept("GET /healthz HTTP/1.0\r\n\r\n", rules).close);
    EXPECT_EQ(judge("GET /healthz HTTP/1.1\r\n\r\n", rules), 400);
}

TEST(Head, ClosesAfterCloseAndAfterAnOfferToUpgrade) {  // H-08
    EXPECT_TRUE(
        accept("GET / HTTP/1.1\r\n" + host + "Connection: keep-alive, Close\r\n\r\n").close);
    EXPECT_TRUE(
        accept("GET / HTTP/1.1\r\n" + host + "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n").close);
    EXPECT_FALSE(accept("GET / HTTP/1.1\r\n" + host + "Connection: keep-alive\r\n\r\n").close);
}

TEST(Head, CountsFields) {
    std::string fields;
    for (int i = 0; i < 63; ++i)
        fields += "a: b\r\n";
    EXPECT_EQ(judge_fields(fields), 0);
    EXPECT_EQ(judge_fields(fields + "a: b\r\n"), 431);
}

TEST(Head, BoundsItsBytes) {  // H-14
    EXPECT_EQ(judge("GET /" + std::string(8'193, 'a')), 414);
    EXPECT_EQ(judge("GET /" + std::string(65'536, 'a') + " HTTP/1.1\r\n" + host + "\r\n"), 414);
    EXPECT_EQ(judge_fields("a: " + std::string(9'000, 'b') + "\r\n"), 431);
    EXPECT_EQ(judge("GET / HTTP/1.1\r\na: " + std::string(9'000, 'b')), 431);
    HeadRules rules;
    rules.target_bytes = 10;
    EXPECT_EQ(judge("GET /123456789 HTTP/1.1\r\n" + host + "\r\n", rules), 0);
    EXPECT_EQ(judge("GET /1234567890 HTTP/1.1\r\n" + host + "\r\n", rules), 414);
}

TEST(Head, BoundsTheWholeToTheByte) {
    std::string const start = "GET / HTTP/1.1\r\n" + host + "a: ";
    std::string const fitting = start + std::string(8'192 - start.size() - 4, 'b') + "\r\n\r\n";
    ASSERT_EQ(fitting.size(), 8'192U);
    EXPECT_EQ(judge(fitting), 0);
    EXPECT_EQ(judge(start + std::string(8'193 - start.size() - 4, 'b') + "\r\n\r\n"), 431);
}

TEST(Head, RefusesNoiseBeforeALineEnds) {  // H-16
    EXPECT_EQ(judge("\x16\x03\x01\x02"), 400);
    EXPECT_EQ(judge("SSH-2.0-OpenSSH_9.2\r\n"), 400);
    EXPECT_EQ(judge("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400);
    EXPECT_EQ(judge("GET /\r\n"), 400);
}

TEST(Head, ReadsExpectations) {  // H-03
    auto const with = [](std::string const& fields) {
        return accept("POST / HTTP/1.1\r\n" + host + fields + "\r\n");
    };
    EXPECT_TRUE(with("Expect: 100-Continue\r\n").expects_continue);
    EXPECT_TRUE(with("Expect: 200-ok\r\n").unknown_expectation);
    EXPECT_TRUE(with("Expect: 100-continue\r\nExpect: 100-continue\r\n").unknown_expectation);
    EXPECT_FALSE(accept("POST / HTTP/1.0\r\n" + host + "Expect: x\r\n\r\n").unknown_expectation);
}

/// 0 accepted whole, 1 more needed, else the status.
int judge_chunks(std::string const& bytes, std::size_t limit = 1'000) {
    ChunkScanner scanner({limit, 16});
    auto const result = scanner.scan(bytes);
    if (result == Scan::need_more) return 1;
    if (result == Scan::refused) return scanner.refusal().status;
    EXPECT_EQ(scanner.passed(), bytes.size());
    return 0;
}

TEST(Chunks, AcceptsAPlainBody) {
    EXPECT_EQ(judge_chunks("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), 0);
    EXPECT_EQ(judge_chunks("0000000000000003\r\nabc\r\n0000000000000000\r\n\r\n"), 0);
    EXPECT_EQ(judge_chunks("3;a=b\r\nabc\r\n0;c\r\n\r\n"), 0);
}

TEST(Chunks, AcceptsTheSameInPiecesOfOneByte) {
    std::string const bytes = "3;a=b\r\nabc\r\n0\r\n\r\n";
    ChunkScanner scanner({1'000, 16});
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i)
        ASSERT_EQ(scanner.scan(bytes.substr(i, 1)), Scan::need_more) << i;
    EXPECT_EQ(scanner.scan(bytes.substr(bytes.size() - 1)), Scan::complete);
}

TEST(Chunks, StopsAtTheEnd) {
    ChunkScanner scanner({1'000, 16});
    EXPECT_EQ(scanner.scan("0\r\n\r\nGET / HTTP/1.1\r\n"), Scan::complete);
    EXPECT_EQ(scanner.passed(), 5U);
}

TEST(Chunks, RefusesOtherSizes) {  // H-05
    for (auto const* size :
         {"00000000000000003", "-1", "0x1", "+1", "1_0", " 1", "1 ", "1\t", "", "g", ";a"})
        EXPECT_EQ(judge_chunks(std::string(size) + "\r\nabc\r\n"), 400) << size;
    EXPECT_EQ(judge_chunks(std::string(100, '0') + "3\r\nabc\r\n"), 400);
}

TEST(Chunks, RefusesOtherLineEnds) {  // H-05
    for (auto const* body : {"3\nabc\r\n", "3\rabc\r\n", "3\r\nabc0\r\n", "3\r\nabc\n0\r\n",
                             "3\r\nabcd\r\n", "3\r\nab\r\n0\r\n", "0\r\n\n", "0\n\r\n"})
        EXPECT_EQ(judge_chunks(body), 400) << body;
}

TEST(Chunks, RefusesLongExtensionsAndControlBytesInThem) {
    EXPECT_EQ(judge_chunks("3;" + std::string(15, 'a') + "\r\nabc\r\n0\r\n\r\n"), 0);
    EXPECT_EQ(judge_chunks("3;" + std::string(16, 'a') + "\r\nabc\r\n0\r\n\r\n"), 400);
    EXPECT_EQ(judge_chunks("3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"), 400);
    EXPECT_EQ(judge_chunks("3;a\tb\r\nabc\r\n0\r\n\r\n"), 400);
    EXPECT_EQ(judge_chunks("3;a\rb\r\nabc\r\n0\r\n\r\n"), 400);
}

TEST(Chunks, RefusesTrailerFields) {
    for (auto const* trailer :
         {"X-Forwarded-For: 192.0.2.1", "Authorization: Basic eDp5", "Cookie: a=b", "x"})
        EXPECT_EQ(judge_chunks("0\r\n" + std::string(trailer) + "\r\n\r\n"), 400) << trailer;
}

TEST(Chunks, BoundsTheBody) {  // H-13
    EXPECT_EQ(judge_chunks("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", 10), 0);
    EXPECT_EQ(judge_chunks("5\r\n01234\r\n6\r\n", 10), 413);
    EXPECT_EQ(judge_chunks("ffffffffffffffff\r\n", 10), 413);
}

}  // namespace
}  // namespace tunnus::web
