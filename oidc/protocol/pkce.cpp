// SPDX-License-Identifier: MIT
#include "oidc/protocol/pkce.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

constexpr std::size_t digest_bytes = 32;
constexpr std::size_t min_verifier_bytes = 43;  // RFC 7636 §4.1
constexpr std::size_t max_verifier_bytes = 128;

Refusal bad_request(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}, Delivery::redirect};
}

Refusal bad_grant(std::string detail) {
    return {OAuthError::invalid_grant, "code_verifier does not fit", std::move(detail)};
}

bool is_verifier(std::string_view text) {
    return text.size() >= min_verifier_bytes && text.size() <= max_verifier_bytes &&
           std::ranges::all_of(text, [](char c) {
               return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
           });
}

}  // namespace

Checked<std::optional<std::string>> check_code_challenge(Client const& client, Form const& form) {
    auto const challenge = form.get("code_challenge");
    auto const method = form.get("code_challenge_method");
    if (challenge.empty()) {
        if (!method.empty()) return bad_request("code_challenge_method without code_challenge");
        if (client.require_pkce) return bad_request("code_challenge is required");
        return std::optional<std::string>();
    }
    // Without a method the challenge would be `plain` (RFC 7636 §4.3).
    if (method != "S256") return bad_request("code_challenge_method must be S256");
    auto const digest = decode_base64url(challenge);
    if (!digest || digest->size() != digest_bytes)
        return bad_request("code_challenge is not a SHA-256 digest in base64url");
    return std::optional(std::string(challenge));
}

Checked<> check_code_verifier(std::optional<std::string> const& code_challenge,
                              std::optional<std::string_view> code_verifier) {
    if (!code_challenge) {
        if (code_verifier) return bad_grant("a verifier for a code without challenge");
        return {};
    }
    if (!code_verifier) return bad_grant("no verifier");
    if (!is_verifier(*code_verifier)) return bad_grant("malformed verifier");
    if (!equal_in_constant_time(encode_base64url(sha256(*code_verifier)), *code_challenge))
        return bad_grant("another verifier");
    return {};
}

}  // namespace tunnus::oidc
