// SPDX-License-Identifier: MIT
#include "oidc/protocol/refusal.hpp"

#include <stdexcept>

namespace tunnus::oidc {

std::string_view to_string(OAuthError error) {
    switch (error) {
        case OAuthError::invalid_request:
            return "invalid_request";
        case OAuthError::unauthorized_client:
            return "unauthorized_client";
        case OAuthError::access_denied:
            return "access_denied";
        case OAuthError::unsupported_response_type:
            return "unsupported_response_type";
        case OAuthError::invalid_scope:
            return "invalid_scope";
        case OAuthError::server_error:
            return "server_error";
        case OAuthError::temporarily_unavailable:
            return "temporarily_unavailable";
        case OAuthError::invalid_client:
            return "invalid_client";
        case OAuthError::invalid_grant:
            return "invalid_grant";
        case OAuthError::unsupported_grant_type:
            return "unsupported_grant_type";
        case OAuthError::interaction_required:
            return "interaction_required";
        case OAuthError::login_required:
            return "login_required";
        case OAuthError::account_selection_required:
            return "account_selection_required";
        case OAuthError::consent_required:
            return "consent_required";
        case OAuthError::invalid_request_uri:
            return "invalid_request_uri";
        case OAuthError::invalid_request_object:
            return "invalid_request_object";
        case OAuthError::request_not_supported:
            return "request_not_supported";
        case OAuthError::request_uri_not_supported:
            return "request_uri_not_supported";
        case OAuthError::registration_not_supported:
            return "registration_not_supported";
        case OAuthError::unmet_authentication_requirements:
            return "unmet_authentication_requirements";
        case OAuthError::invalid_token:
            return "invalid_token";
        case OAuthError::insufficient_scope:
            return "insufficient_scope";
        case OAuthError::invalid_target:
            return "invalid_target";
        case OAuthError::invalid_authorization_details:
            return "invalid_authorization_details";
        case OAuthError::insufficient_user_authentication:
            return "insufficient_user_authentication";
        case OAuthError::authorization_pending:
            return "authorization_pending";
        case OAuthError::slow_down:
            return "slow_down";
        case OAuthError::expired_token:
            return "expired_token";
        case OAuthError::unknown_user_id:
            return "unknown_user_id";
        case OAuthError::missing_user_code:
            return "missing_user_code";
        case OAuthError::invalid_user_code:
            return "invalid_user_code";
        case OAuthError::invalid_binding_message:
            return "invalid_binding_message";
        case OAuthError::unsupported_token_type:
            return "unsupported_token_type";
        case OAuthError::invalid_redirect_uri:
            return "invalid_redirect_uri";
        case OAuthError::invalid_client_metadata:
            return "invalid_client_metadata";
        case OAuthError::invalid_software_statement:
            return "invalid_software_statement";
        case OAuthError::unapproved_software_statement:
            return "unapproved_software_statement";
        case OAuthError::invalid_dpop_proof:
            return "invalid_dpop_proof";
        case OAuthError::use_dpop_nonce:
            return "use_dpop_nonce";
    }
    return "server_error";
}

void throw_exception_from_error(Refusal const& refusal, boost::source_location const& where) {
    throw std::logic_error(std::string(to_string(refusal.error)) + " taken for a value (" +
                           where.file_name() + ":" + std::to_string(where.line()) + ")");
}

}  // namespace tunnus::oidc
