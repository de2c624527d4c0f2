// SPDX-License-Identifier: MIT
#include "idp/web/response_writer.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace tunnus::web {
namespace {

HttpResponse hello() {
    HttpResponse response(200);
    response.headers.add("Content-Type", "text/plain");
    response.body = "hello";
    return response;
}

TEST(ResponseWriter, WritesOneString) {
    EXPECT_EQ(write_response(hello(), {}),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(ResponseWriter, SaysWhenItWasWritten) {
    ResponseFraming framing;
    framing.date = from_unix_ms(784'111'777'000);  // RFC 9110 §5.6.7
    EXPECT_TRUE(
        write_response(hello(), framing).find("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n") !=
        std::string::npos);
}

TEST(ResponseWriter, TellsHeadTheLengthWithoutTheBody) {
    ResponseFraming framing;
    framing.head_only = true;
    EXPECT_EQ(write_response(hello(), framing),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseWriter, KeepsFramingToItself) {
    auto response = hello();
    response.headers.add("content-length", "4711");
    response.headers.add("Transfer-Encoding", "chunked");
    response.headers.add("Connection", "upgrade");
    response.headers.add("Server", "ours/1.0");
    ResponseFraming framing;
    framing.close = true;
    EXPECT_EQ(write_response(response, framing),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: "
              "close\r\n\r\nhello");
}

TEST(ResponseWriter, SendsNoContentWhereThereIsNone) {
    for (int const status : {204, 304}) {
        auto response = hello();
        response.status = status;
        auto const bytes = write_response(response, {});
        EXPECT_EQ(bytes.find("Content-Length"), std::string::npos);
        EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
    }
}

TEST(ResponseWriter, SaysStrictTransportSecurityOverTlsOnly) {  // W-04
    ResponseFraming framing;
    EXPECT_EQ(write_response(hello(), framing).find("Strict-Transport-Security"),
              std::string::npos);
    framing.over_tls = true;
    EXPECT_NE(
        write_response(hello(), framing).find("Strict-Transport-Security: max-age=31536000\r\n"),
        std::string::npos);
}

TEST(ResponseWriter, IsNeverGivenAControlByte) {  // H-23
    auto response = hello();
    using std::string_literals::operator""s;
    for (auto const& value : {"a\r\nSet-Cookie: sid=1"s, "a\nb"s, "a\0b"s, "\x7f"s})
        EXPECT_THROW(response.headers.add("Location", value), std::invalid_argument);
    EXPECT_THROW(response.headers.set("Loca\r\ntion", "a"), std::invalid_argument);
}

}  // namespace
}  // namespace tunnus::web
