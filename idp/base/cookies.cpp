// SPDX-License-Identifier: MIT
#include "idp/base/cookies.hpp"

#include "idp/base/ascii.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnus {
namespace {

/// RFC 6265 §4.1.1 cookie-octet.
bool is_cookie_octet(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

}  // namespace

std::string Cookies::wire_name(std::string_view name) const {
    std::string wire = transport_ == Transport::https ? "__Host-" : "";
    return wire.append(name);
}

void Cookies::set(HttpResponse& response, Cookie const& cookie) const {
    if (!std::ranges::all_of(cookie.value, is_cookie_octet))
        throw std::invalid_argument("a cookie's value holds an octet that needs encoding");
    std::string field = wire_name(cookie.name);
    field.append("=").append(cookie.value).append("; Path=/");
    if (!cookie.readable) field.append("; HttpOnly");
    bool const secure = transport_ == Transport::https ||
                        (cookie.same_site == SameSite::none && cookie.trusts_loopback);
    if (secure) field.append("; Secure");
    field.append(secure && cookie.same_site == SameSite::none ? "; SameSite=None"
                                                              : "; SameSite=Lax");
    if (cookie.max_age) field.append("; Max-Age=").append(std::to_string(cookie.max_age->count()));
    response.headers.add("Set-Cookie", field);
}

void Cookies::remove(HttpResponse& response, std::string_view name, SameSite same_site) const {
    set(response, {.name = name, .value = "", .same_site = same_site, .max_age = seconds(0)});
}

Cookies::Found Cookies::find(HttpRequest const& request, std::string_view name) const {
    Found found;
    std::string const wanted = wire_name(name);
    for (auto rest : request.headers.all("Cookie")) {
        while (!rest.empty()) {
            auto const end = std::min(rest.find(';'), rest.size());
            auto const pair = trim(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            auto const equals = pair.find('=');
            if (equals == std::string_view::npos || pair.substr(0, equals) != wanted) continue;
            found.repeated = found.value.has_value();
            if (found.repeated) return found;
            found.value = pair.substr(equals + 1);
        }
    }
    return found;
}

}  // namespace tunnus
