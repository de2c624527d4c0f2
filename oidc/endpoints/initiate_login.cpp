// SPDX-License-Identifier: MIT
#include "idp/base/form.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/protocol/token_response.hpp"

namespace tunnus::oidc {

Outcome initiate_login(Provider const& provider, HttpRequest const& request) {
    auto const client = request.path_variables.size() == 1
                            ? provider.clients.find(request.path_variables.front())
                            : nullptr;
    if (!client || client->initiate_login_uri.empty())
        return provider.pages.error(404, "invalid_request", "error_bad_request", request.request_id,
                                    Pages::choose_locale({}, request));
    auto response =
        redirect_response(add_to_query(client->initiate_login_uri, {{"iss", provider.issuer}}));
    forbid_storing(response);
    return response;
}

}  // namespace tunnus::oidc
