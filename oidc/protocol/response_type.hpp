// SPDX-License-Identifier: MIT
// `response_type` (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types, OpenID Connect Core §3):
// what the authorization endpoint itself gives out. `code`, and to clients that registered them the
// types with tokens in them, which RFC 9700 §2.1.2 advises against.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

struct ResponseType {
    bool code = false;
    bool id_token = false;
    bool token = false;

    /// Whether a token leaves by the browser.
    [[nodiscard]] bool gives_tokens() const { return id_token || token; }
    /// Its words in alphabetical order.
    [[nodiscard]] std::string text() const;
};

/// The words of a response type in alphabetical order, one space between them: their order on the
/// wire means nothing (OAuth 2.0 Multiple Response Types §5).
[[nodiscard]] std::string sorted_words(std::string_view response_type);

/// The words that we know, whatever stands beside them: how to answer follows from these even where
/// the type is refused.
[[nodiscard]] ResponseType read_response_type(std::string_view response_type);

/// Missing: invalid_request. What the client did not register: unauthorized_client for `code`, and
/// unsupported_response_type for everything else, known or not (threats.md O-21).
[[nodiscard]] Checked<> check_response_type(Client const& client, Form const& form);

}  // namespace tunnus::oidc
