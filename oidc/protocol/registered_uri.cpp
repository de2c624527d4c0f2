// SPDX-License-Identifier: MIT
#include "oidc/protocol/registered_uri.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_scheme_byte(char c) {
    return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
}

/// A reverse domain name, which neither `javascript` nor `data` is (threats.md O-12).
bool has_private_use_scheme(std::string_view uri) {
    auto const colon = uri.find(':');
    if (colon == std::string_view::npos || colon + 1 == uri.size()) return false;
    auto const scheme = uri.substr(0, colon);
    return !scheme.empty() && !is_digit(scheme.front()) &&
           std::ranges::all_of(scheme, is_scheme_byte) &&
           scheme.find('.') != std::string_view::npos && uri[colon + 1] == '/';
}

}  // namespace

std::optional<std::string> reject_web_uri(std::string_view uri) {
    auto const url = parse_http_url(uri);
    if (!url) return url.error().detail;
    if (!is_printable_ascii(uri)) return "not printable ASCII";
    if (url->scheme != "https" && !url->is_loopback()) return "http is for loopback alone";
    return std::nullopt;
}

std::optional<std::string> reject_redirect_uri(std::string_view uri,
                                               ApplicationType application_type,
                                               Limits const& limits) {
    if (uri.size() > limits.redirect_uri_bytes) return "too long";
    if (!is_printable_ascii(uri) || uri.find('\\') != std::string_view::npos)
        return "not printable ASCII without backslash";
    if (uri.find('#') != std::string_view::npos) return "has a fragment";
    if (uri.find('*') != std::string_view::npos) return "has a wildcard";
    if (application_type == ApplicationType::native && has_private_use_scheme(uri))
        return std::nullopt;
    return reject_web_uri(uri);
}

std::string origin_of(std::string_view uri) {
    auto const url = parse_http_url(uri);
    return url ? url->origin() : std::string();
}

std::string host_of(std::string_view uri) {
    auto const url = parse_http_url(uri);
    return url ? url->host : std::string();
}

}  // namespace tunnus::oidc
