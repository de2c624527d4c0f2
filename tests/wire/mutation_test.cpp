// SPDX-License-Identifier: MIT
// threats.md H-26 in small: requests put together from good and bad parts, with a marker request
// behind. The seed is fixed; a failing stream is printed. tests/fuzz/framing_fuzz.cpp goes further
// without a socket.
#include "idp/base/limits.hpp"
#include "tests/wire/harness.hpp"

#include <random>

namespace tunnus::wire {
namespace {

class Mutation : public Edge {
  protected:
    template <std::size_t size>
    std::string_view any(std::string_view const (&parts)[size]) {
        return parts[engine_() % size];
    }

    /// One request line, some fields, and a body of bytes that begin no request.
    std::string make_stream() {
        static constexpr std::string_view lines[] = {
            "POST /echo HTTP/1.1",       "POST /echo HTTP/1.1",  "POST /echo HTTP/1.1",
            "GET /hello HTTP/1.1",       "HEAD /hello HTTP/1.1", "POST /echo HTTP/1.0",
            "POST  /echo HTTP/1.1",      "POST /echo HTTP/1.2",  "post /echo HTTP/1.1",
            "POST /%2e%2e/echo HTTP/1.1"};
        static constexpr std::string_view fields[] = {"Content-Length: 5",
                                                      "Content-Length: 5",
                                                      "Content-Length: 0",
                                                      "Content-Length: 5, 5",
                                                      "Content-Length: +5",
                                                      "Content-Length: 1001",
                                                      "Content-Length:",
                                                      "Content-Length : 5",
                                                      "Transfer-Encoding: chunked",
                                                      "Transfer-Encoding: chunked",
                                                      "Transfer-Encoding: identity",
                                                      "Transfer-Encoding: xchunked",
                                                      "Transfer-Encoding:",
                                                      "Transfer-Encoding:\r\n chunked",
                                                      "Transfer-Encoding\x0b: chunked",
                                                      "Transfer_Encoding: chunked",
                                                      "Host: other",
                                                      "X: y",
                                                      "X:\ty",
                                                      "X: \x01",
                                                      "Connection: close",
                                                      "Connection: Content-Length",
                                                      "Expect: 100-continue",
                                                      "Expect: x",
                                                      "Upgrade: h2c",
                                                      "Content-Encoding: gzip",
                                                      "Cookie: a=b; a=b"};
        static constexpr std::string_view bad_ends[] = {"\n", "\r", "\r\r\n"};
        auto const end = [&] {
            return engine_() % 30 == 0 ? any(bad_ends) : std::string_view("\r\n");
        };
        static constexpr std::string_view bodies[] = {"",
                                                      "xxxxx",
                                                      "5\r\nxxxxx\r\n0\r\n\r\n",
                                                      "5;e=f\r\nxxxxx\r\n0\r\n\r\n",
                                                      "5\r\nxxxxx\r\n0\r\nT: u\r\n\r\n",
                                                      "0\r\n\r\n",
                                                      "5\nxxxxx\r\n0\r\n\r\n",
                                                      "0x5\r\nxxxxx\r\n0\r\n\r\n",
                                                      "5;\"\n\"\r\nxxxxx\r\n0\r\n\r\n"};
        std::string stream(any(lines));
        stream.append(end()).append("Host: id.example").append(end());
        for (auto count = engine_() % 4; count > 0; --count)
            stream.append(any(fields)).append(end());
        return stream.append(end()).append(any(bodies)).append(marker_request);
    }

  private:
    std::mt19937 engine_{1};
};

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++found;
    return found;
}

TEST_F(Mutation, OfARequestNeverMakesTwoOfIt) {
    settings.limits.body_timeout = settings.limits.header_timeout = milliseconds(20);
    start();
    int both = 0;
    int refused = 0;
    for (int i = 0; i < 3'000; ++i) {
        auto const stream = make_stream();
        auto const markers_before = markers.load();
        auto const handled_before = handled.load();
        auto client = connect();
        client.send(stream);
        client.finish_sending();
        auto const text = client.read_to_end();
        auto const final_answers = count(text, "HTTP/1.1 ") - count(text, "HTTP/1.1 100 ");
        ASSERT_LE(final_answers, 2U) << stream << text;
        ASSERT_LE(handled - handled_before, 1) << stream << text;
        auto const marked = static_cast<std::size_t>(markers - markers_before);
        ASSERT_EQ(marked, count(text, "\r\n\r\nmarker")) << stream << text;
        // A refusal is the end: no marker behind it.
        auto const bad = count(text, "HTTP/1.1 400 ") + count(text, "HTTP/1.1 413 ");
        ASSERT_TRUE(bad == 0 || marked == 0) << stream << text;
        if (marked == 1 && final_answers == 2) ++both;
        if (bad > 0) ++refused;
    }
    EXPECT_GT(both, 50);
    EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace tunnus::wire
