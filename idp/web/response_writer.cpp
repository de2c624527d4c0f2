// SPDX-License-Identifier: MIT
#include "idp/web/response_writer.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace tunnus::web {
namespace {

/// RFC 9110 §15; the phrase is for people who read a trace.
std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        default:
            return "Other";
    }
}

bool is_ours_to_write(std::string_view name) {
    constexpr std::array names{"Connection", "Content-Length", "Transfer-Encoding", "Date",
                               "Server"};
    return std::ranges::any_of(
        names, [=](std::string_view ours) { return equal_ignoring_case(name, ours); });
}

void append_number(std::string& text, std::size_t number) {
    std::array<char, 20> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end);
}

}  // namespace

std::string write_response(HttpResponse const& response, ResponseFraming const& framing) {
    constexpr std::size_t usual_head = 512;
    std::string out;
    out.reserve(usual_head + (framing.head_only ? 0 : response.body.size()));
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(response.status));
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
    for (auto const& [name, value] : response.headers.fields()) {
        if (is_ours_to_write(name)) continue;
        out.append(name).append(": ").append(value).append("\r\n");
    }
    if (framing.date) out.append("Date: ").append(imf_date(*framing.date, "GMT")).append("\r\n");
    if (framing.over_tls && framing.hsts_max_age.count() > 0) {
        out += "Strict-Transport-Security: max-age=";
        append_number(out, static_cast<std::size_t>(framing.hsts_max_age.count()));
        out += "\r\n";
    }
    // RFC 9110 §8.6: no length where there is no content by definition.
    bool const has_content =
        response.status >= 200 && response.status != 204 && response.status != 304;
    if (has_content) {
        out += "Content-Length: ";
        append_number(out, response.body.size());
        out += "\r\n";
    }
    if (framing.close) out += "Connection: close\r\n";
    out += "\r\n";
    if (has_content && !framing.head_only) out += response.body;
    return out;
}

}  // namespace tunnus::web
