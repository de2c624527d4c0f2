// SPDX-License-Identifier: MIT
#include "oidc/protocol/redirect_uri.hpp"

#include "idp/base/form.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <charconv>

namespace tunnus::oidc {
namespace {

/// RFC 3986 §3.2.3 with the bounds of TCP: 1 to 65535 in one spelling.
bool is_port(std::string_view digits) {
    std::uint16_t port = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return error == std::errc() && end == digits.data() + digits.size() && digits.front() != '0';
}

/// The text without its port, when it is `http://127.0.0.1[:port]…` or `http://[::1][:port]…`.
/// RFC 8252 §7.3 knows these two literals; `localhost` may be somebody else (§8.3).
std::optional<std::string> without_loopback_port(std::string_view uri) {
    for (std::string_view const authority : {"http://127.0.0.1", "http://[::1]"}) {
        if (!uri.starts_with(authority)) continue;
        auto rest = uri.substr(authority.size());
        if (rest.starts_with(':')) {
            auto const end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
            if (!is_port(rest.substr(1, end - 1))) return std::nullopt;
            rest.remove_prefix(end);
        }
        if (!rest.empty() && !rest.starts_with('/') && !rest.starts_with('?')) return std::nullopt;
        return std::string(authority).append(rest);
    }
    return std::nullopt;
}

bool matches_but_for_the_port(Client const& client, std::string_view redirect_uri) {
    if (client.application_type != ApplicationType::native) return false;
    auto const asked = without_loopback_port(redirect_uri);
    return asked && std::ranges::any_of(client.redirect_uris, [&](std::string const& registered) {
               return without_loopback_port(registered) == asked;
           });
}

}  // namespace

Checked<RegisteredRedirectUri> check_redirect_uri(Client const& client,
                                                  std::string_view redirect_uri) {
    if (std::ranges::find(client.redirect_uris, redirect_uri) != client.redirect_uris.end() ||
        matches_but_for_the_port(client, redirect_uri))
        return RegisteredRedirectUri(std::string(redirect_uri));
    return Refusal{OAuthError::invalid_request,
                   "redirect_uri is not registered for this client",
                   {},
                   Delivery::page};
}

std::string PostLogoutRedirectUri::location(std::string_view state) const {
    return state.empty() ? text_ : add_to_query(text_, {{"state", state}});
}

std::optional<PostLogoutRedirectUri> find_post_logout_redirect_uri(Client const& client,
                                                                   std::string_view uri) {
    if (!contains(client.post_logout_redirect_uris, uri)) return std::nullopt;
    return PostLogoutRedirectUri(std::string(uri));
}

}  // namespace tunnus::oidc
