// SPDX-License-Identifier: MIT
// RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §2.1: a redirect_uri is compared as bytes with the
// registered ones; only the port of a native client's loopback IP literal may differ.
#pragma once

#include "oidc/protocol/client.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// A redirect_uri that matched the client's registration. Only check_redirect_uri makes one, and a
/// redirect to a client takes nothing else.
class RegisteredRedirectUri {
  public:
    [[nodiscard]] std::string const& text() const { return text_; }
    /// From our own sealed storage, where it was put after a check.
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

}  // namespace tunnus::oidc
