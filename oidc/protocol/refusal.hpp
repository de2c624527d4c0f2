// SPDX-License-Identifier: MIT
// How a protocol says no. What the caller may know, what the operator needs and how the answer
// travels are separate, and the way of travel is part of the type: an invalid redirect_uri must
// never redirect (RFC 6749 §4.1.2.1).
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// Enumerators are spelled as on the wire.
enum class OAuthError {
    // RFC 6749 §4.1.2.1, §5.2
    invalid_request,
    unauthorized_client,
    access_denied,
    unsupported_response_type,
    invalid_scope,
    server_error,
    temporarily_unavailable,
    invalid_client,
    invalid_grant,
    unsupported_grant_type,
    // OpenID Connect Core §3.1.2.6
    interaction_required,
    login_required,
    account_selection_required,
    consent_required,
    invalid_request_uri,
    invalid_request_object,
    request_not_supported,
    request_uri_not_supported,
    registration_not_supported,
    // OpenID Connect Unmet Authentication Requirements §2
    unmet_authentication_requirements,
    // RFC 6750 §3.1
    invalid_token,
    insufficient_scope,
    // RFC 8707 §2, RFC 8693 §2.2.2
    invalid_target,
    // RFC 9396 §5
    invalid_authorization_details,
    // RFC 9470 §3
    insufficient_user_authentication,
    // RFC 8628 §3.5, OpenID CIBA Core §11
    authorization_pending,
    slow_down,
    expired_token,
    // OpenID CIBA Core §13
    unknown_user_id,
    missing_user_code,
    invalid_user_code,
    invalid_binding_message,
    // RFC 7009 §2.2.1
    unsupported_token_type,
    // RFC 7591 §3.2.2
    invalid_redirect_uri,
    invalid_client_metadata,
    invalid_software_statement,
    unapproved_software_statement,
    // RFC 9449 §5, §8
    invalid_dpop_proof,
    use_dpop_nonce,
};
[[nodiscard]] std::string_view to_string(OAuthError error);

/// The answer classes of threats.md 0.2.
enum class Delivery {
    page,      ///< PAGE: an HTML page here, no Location
    redirect,  ///< RED(e): to the registered redirect_uri
    json,      ///< TOK(e), TOK401
    bearer,    ///< BEAR(e): WWW-Authenticate: Bearer or DPoP
    dpop,      ///< the same in DPoP's scheme, whichever the caller used
};

struct Refusal {
    OAuthError error{};
    std::string description;  ///< for the caller: printable ASCII without quote and backslash (RFC
                              ///< 6749 §5.2)
    std::string detail;       ///< for the operator's log only
    Delivery delivery = Delivery::json;
};

/// A value that passed a check, or the refusal.
template <class T = void>
using Checked = boost::system::result<T, Refusal>;

[[noreturn]] void throw_exception_from_error(Refusal const& refusal,
                                             boost::source_location const& where);

}  // namespace tunnus::oidc
