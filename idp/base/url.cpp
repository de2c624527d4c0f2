// SPDX-License-Identifier: MIT
#include "idp/base/url.hpp"

#include "idp/base/ascii.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>

namespace tunnus {
namespace {

namespace urls = boost::urls;

constexpr std::size_t max_url_bytes = 2'048;  // what servers and browsers are sure to take
constexpr std::size_t max_name_bytes = 253;   // RFC 1035 §2.3.4, in text
constexpr std::size_t max_label_bytes = 63;

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= max_label_bytes && label.front() != '-' &&
           label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

/// Browsers and libcurl read `127.1`, `0x7f000001` and `2130706433` as addresses. We take only the
/// dotted quad that Boost.URL recognised, so a name must not end in a number.
bool is_number(std::string_view label) {
    return std::ranges::all_of(label, is_digit) || label.starts_with("0x");
}

bool is_name(std::string_view host) {
    if (host.empty() || host.size() > max_name_bytes) return false;
    for (;;) {
        auto const dot = host.find('.');
        auto const label = host.substr(0, dot);
        if (!is_label(label)) return false;
        if (dot == std::string_view::npos) return !is_number(label);
        host.remove_prefix(dot + 1);
    }
}

/// RFC 3986 §3.2: the authority ends at the first of these. Boost.URL 1.81 lets it end earlier,
/// reading `host:4x` as port 4 and `1.2.3.4.5` as an address with a path behind it.
std::string_view authority_of(std::string_view text) {
    text.remove_prefix(std::min(text.find("//") + 2, text.size()));
    return text.substr(0, text.find_first_of("/?#"));
}

/// The host as HttpUrl holds it, or empty when we do not take it.
std::string host_of(urls::url_view const& url) {
    switch (url.host_type()) {
        case urls::host_type::ipv4:
            return url.host_ipv4_address().to_string();
        case urls::host_type::ipv6: {
            std::string host = "[";
            return host.append(url.host_ipv6_address().to_string()).append("]");
        }
        case urls::host_type::name: {
            auto host = to_lower(std::string_view(url.encoded_host()));
            return is_name(host) ? host : std::string();
        }
        default:
            return {};
    }
}

std::uint16_t usual_port(std::string_view scheme) {
    return scheme == "http" ? 80 : 443;
}

Error malformed(std::string_view what) {
    return {BaseErrc::malformed, "URL: " + std::string(what)};
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text) {
    if (text.size() > max_url_bytes) return Error(BaseErrc::too_large, "URL");
    auto const parsed = urls::parse_uri(text);
    if (!parsed) return malformed("not an absolute URL");
    auto const& url = *parsed;
    HttpUrl result;
    result.scheme = to_lower(std::string_view(url.scheme()));
    if (result.scheme != "http" && result.scheme != "https") return malformed("not http or https");
    if (!url.has_authority() || url.has_userinfo()) return malformed("userinfo, or no host");
    if (std::string_view(url.encoded_host_and_port()) != authority_of(text))
        return malformed("bad host or port");
    if (url.has_fragment()) return malformed("has a fragment");
    result.host = host_of(url);
    if (result.host.empty()) return malformed("not a host name or address");
    if (url.has_port() && url.port_number() == 0) return malformed("bad port");
    result.port = url.has_port() ? url.port_number() : usual_port(result.scheme);
    result.path = std::string_view(url.encoded_path());
    if (result.path.empty()) result.path = "/";
    result.query = std::string_view(url.encoded_query());
    return result;
}

bool HttpUrl::is_loopback() const {
    return host == "localhost" || host == "[::1]" ||
           (host.starts_with("127.") && is_digit(host.back()));
}

std::string HttpUrl::origin() const {
    std::string text = scheme + "://" + host;
    if (port != usual_port(scheme)) text.append(":").append(std::to_string(port));
    return text;
}

}  // namespace tunnus
