// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_response.hpp"

#include "idp/base/form.hpp"

namespace tunnus::oidc {

ResponseFields success_fields(AuthorizationRequest const& request,
                              AuthorizationResponse const& response, std::string_view issuer) {
    ResponseFields fields;
    if (!response.code.empty()) fields.emplace_back("code", response.code);
    if (!response.access_token.empty()) {
        fields.emplace_back("access_token", response.access_token);
        fields.emplace_back("token_type", "Bearer");
        fields.emplace_back("expires_in", response.expires_in);
        fields.emplace_back("scope", response.scope);
    }
    if (!response.id_token.empty()) fields.emplace_back("id_token", response.id_token);
    if (request.state) fields.emplace_back("state", *request.state);
    fields.emplace_back("iss", issuer);
    if (!response.session_state.empty())
        fields.emplace_back("session_state", response.session_state);
    if (!request.account_action.empty())
        fields.emplace_back("kc_action_status", response.account_action_done ? "success" : "error");
    return fields;
}

ResponseFields error_fields(AuthorizationRequest const& request, Refusal const& refusal,
                            std::string_view issuer) {
    ResponseFields fields{{"error", to_string(refusal.error)}};
    if (!refusal.description.empty()) fields.emplace_back("error_description", refusal.description);
    if (request.state) fields.emplace_back("state", *request.state);
    fields.emplace_back("iss", issuer);
    if (!request.account_action.empty())
        fields.emplace_back("kc_action_status", refusal.detail == given_up ? "cancelled" : "error");
    return fields;
}

std::string response_location(RegisteredRedirectUri const& redirect_uri,
                              ResponseFields const& fields) {
    return add_to_query(redirect_uri.text(), fields);
}

std::string fragment_location(RegisteredRedirectUri const& redirect_uri,
                              ResponseFields const& fields) {
    // No redirect_uri is registered with a fragment of its own.
    return redirect_uri.text() + '#' + build_form(fields);
}

}  // namespace tunnus::oidc
