// SPDX-License-Identifier: MIT
// The authorization request of RFC 6749 §4.1.1 and OpenID Connect Core §3.1.2.1, parsed once into a
// value that can only hold what was accepted.
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/redirect_uri.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tunnus::oidc {

enum class ResponseMode { query, form_post };

/// OpenID Connect Core §3.1.2.1 `prompt`.
struct Prompt {
    bool none = false;
    bool login = false;
    bool consent = false;
    bool select_account = false;
};

/// One member of the `claims` parameter (OpenID Connect Core §5.5).
struct ClaimRequest {
    std::string name;
    bool essential = false;
    std::vector<std::string> values;  ///< `value` or `values`, when they are texts
};
struct ClaimsParameter {
    std::vector<ClaimRequest> id_token;
    std::vector<ClaimRequest> userinfo;
};

struct AuthorizationRequest {
    std::string client_id;
    RegisteredRedirectUri redirect_uri;
    ResponseMode response_mode = ResponseMode::query;
    std::vector<std::string> scope;    ///< in the order asked, without repeats and unknown ones
    std::optional<std::string> state;  ///< echoed byte for byte
    std::optional<std::string> nonce;
    std::optional<std::string> code_challenge;  ///< S256
    Prompt prompt;
    std::optional<seconds> max_age;
    std::vector<std::string> acr_values;  ///< any of these satisfies; in order of preference
    bool acr_essential = false;           ///< asked as an essential claim: no lower level will do
    ClaimsParameter claims;
    std::string login_hint;
    std::vector<std::string> ui_locales;
    std::optional<std::string> hinted_subject;  ///< `sub` of a genuine id_token_hint

    [[nodiscard]] bool has_scope(std::string_view name) const;
    /// For the stored login transaction.
    [[nodiscard]] boost::json::object to_json() const;
    [[nodiscard]] static Result<AuthorizationRequest> from_json(boost::json::object const& stored);
};

}  // namespace tunnus::oidc
