// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_response.hpp"

#include "idp/base/form.hpp"

namespace tunnus::oidc {

ResponseFields success_fields(AuthorizationRequest const& request, std::string_view code,
                              std::string_view issuer) {
    ResponseFields fields{{"code", code}};
    if (request.state) fields.emplace_back("state", *request.state);
    fields.emplace_back("iss", issuer);
    return fields;
}

ResponseFields error_fields(AuthorizationRequest const& request, Refusal const& refusal,
                            std::string_view issuer) {
    ResponseFields fields{{"error", to_string(refusal.error)}};
    if (!refusal.description.empty()) fields.emplace_back("error_description", refusal.description);
    if (request.state) fields.emplace_back("state", *request.state);
    fields.emplace_back("iss", issuer);
    return fields;
}

std::string response_location(RegisteredRedirectUri const& redirect_uri,
                              ResponseFields const& fields) {
    return add_to_query(redirect_uri.text(), fields);
}

}  // namespace tunnus::oidc
