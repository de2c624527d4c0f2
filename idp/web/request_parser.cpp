// SPDX-License-Identifier: MIT
#include "idp/web/request_parser.hpp"

#include "idp/base/ascii.hpp"
#include "idp/web/trusted_proxies.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>

namespace tunnus::web {

namespace http = boost::beast::http;

RequestParser::RequestParser(HttpRequest& request, std::string_view certificate_field)
    : request_(request), certificate_field_(certificate_field) {
    // Both are bounded by the scanners already.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
    eager(true);
}

std::size_t RequestParser::take(std::string_view bytes, bool& failed) {
    error_code error;
    auto const used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    failed = error && error != http::error::need_more;
    return used;
}

void RequestParser::on_field_impl(http::field, string_view name, string_view value,
                                  error_code& error) {
    if (!in_header_) {  // a trailer field; the chunk scanner lets none through
        error = http::error::bad_field;
        return;
    }
    bool const aside = is_forwarding_field(name) || equal_ignoring_case(name, certificate_field_);
    auto& headers = aside ? forwarding_ : request_.headers;
    if (value.find('\t') == string_view::npos) {
        headers.add(name, value);
        return;
    }
    std::string spaced(value);  // RFC 9110 §5.6.3: a tab means what a space means
    std::ranges::replace(spaced, '\t', ' ');
    headers.add(name, spaced);
}

void RequestParser::on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) {
    // A client's word is worth no more memory than this before its bytes are there.
    constexpr std::uint64_t advance = 16'384;
    if (length && body_ == Body::keep)
        request_.body.reserve(static_cast<std::size_t>(std::min(*length, advance)));
}

std::size_t RequestParser::on_body_impl(string_view bytes, error_code&) {
    if (body_ == Body::keep) request_.body.append(bytes);
    return bytes.size();
}

}  // namespace tunnus::web
