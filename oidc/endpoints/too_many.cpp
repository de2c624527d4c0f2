// SPDX-License-Identifier: MIT
#include "oidc/endpoints/too_many.hpp"

#include "oidc/protocol/token_response.hpp"

namespace tunnus::oidc {

HttpResponse too_many_requests(std::string description, seconds retry_after) {
    auto response = token_error({OAuthError::temporarily_unavailable, std::move(description), {}},
                                HttpRequest());
    response.status = 429;
    response.headers.set("Retry-After", std::to_string(retry_after.count()));
    return response;
}

}  // namespace tunnus::oidc
