// SPDX-License-Identifier: MIT
// Our own cookies: one rule for their names and flags (threats.md W-03).
#pragma once

#include "idp/base/http.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus {

enum class SameSite : std::uint8_t { lax, none };

struct Cookie {
    std::string_view name;   ///< without prefix: `sid`, `login`, `lang`
    std::string_view value;  ///< base64url or other cookie-octets
    SameSite same_site = SameSite::lax;
    std::optional<seconds> max_age;  ///< none: until the browser closes; zero: remove it
    /// The browser keeps Secure cookies over http on loopback too. It says so by Sec-Fetch-Site,
    /// which goes to trustworthy origins alone (Fetch Metadata Request Headers §2).
    bool trusts_loopback = false;
    bool readable = false;  ///< by scripts of ours: without HttpOnly
};

/// Under an https issuer every cookie, but for one that scripts may read, is `__Host-<name>;
/// Secure; HttpOnly; Path=/`, without Domain. Under an http issuer, which is allowed on loopback
/// alone for development, it is `<name>; HttpOnly; Path=/`, and SameSite=None, which browsers
/// refuse without Secure, only together with it for a browser that trusts loopback.
class Cookies {
  public:
    enum class Transport { https, loopback_http };
    explicit Cookies(Transport transport) : transport_(transport) {}

    void set(HttpResponse& response, Cookie const& cookie) const;
    void remove(HttpResponse& response, std::string_view name,
                SameSite same_site = SameSite::lax) const;

    struct Found {
        std::optional<std::string> value;
        bool repeated = false;  ///< the name came more than once: answer 400 (W-02)
    };
    [[nodiscard]] Found find(HttpRequest const& request, std::string_view name) const;

  private:
    [[nodiscard]] std::string wire_name(std::string_view name) const;
    Transport transport_;
};

}  // namespace tunnus
