// SPDX-License-Identifier: MIT
// RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §2.1: a redirect_uri is compared as bytes with the
// registered ones; only the port of a native client's loopback IP literal may differ.
#pragma once

#include "oidc/protocol/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// A redirect_uri that matched the client's registration: check_redirect_uri makes it, and what it
/// made comes back from our storage. A redirect to a client takes nothing else.
class RegisteredRedirectUri {
  public:
    [[nodiscard]] std::string const& text() const { return text_; }
    /// From our own sealed storage, where it was put after check_redirect_uri; from nowhere else.
    [[nodiscard]] static RegisteredRedirectUri from_stored(std::string text) {
        return RegisteredRedirectUri(std::move(text));
    }

  private:
    friend Checked<RegisteredRedirectUri> check_redirect_uri(Client const& client,
                                                             std::string_view redirect_uri);
    explicit RegisteredRedirectUri(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Refusal by page: invalid_request.
[[nodiscard]] Checked<RegisteredRedirectUri> check_redirect_uri(Client const& client,
                                                                std::string_view redirect_uri);

/// A post_logout_redirect_uri of the client, byte for byte (RP-Initiated Logout §3). Only
/// find_post_logout_redirect_uri makes one.
class PostLogoutRedirectUri {
  public:
    /// With `state` added, unless that is empty.
    [[nodiscard]] std::string location(std::string_view state) const;

  private:
    friend std::optional<PostLogoutRedirectUri> find_post_logout_redirect_uri(Client const&,
                                                                              std::string_view);
    explicit PostLogoutRedirectUri(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Empty for an address that is not registered: then there is no redirect at all.
[[nodiscard]] std::optional<PostLogoutRedirectUri> find_post_logout_redirect_uri(
    Client const& client, std::string_view uri);

}  // namespace tunnus::oidc
