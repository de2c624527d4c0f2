// SPDX-License-Identifier: MIT
#include "oidc/endpoints/back_channel.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/token_by_bearer.hpp"
#include "oidc/grants/grants.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/token_request.hpp"

#include <stdexcept>

namespace tunnus::oidc {
namespace {

Checked<Outcome> run_grant(BackChannelCall const& call) {
    auto const grant_type = check_grant_type(call.client, call.form);
    if (!grant_type) return grant_type.error();
    if (auto const shown = check_possession(call); !shown) return shown.error();
    switch (*grant_type) {
        case GrantType::authorization_code:
            return redeem_authorization_code(call);
        case GrantType::refresh_token:
            return refresh(call);
        case GrantType::client_credentials:
            return issue_to_client(call);
        case GrantType::device_code:
            return redeem_device_code(call);
        case GrantType::token_exchange:
            return exchange_token(call);
        case GrantType::jwt_bearer:
            return redeem_assertion(call);
        case GrantType::ciba:
            return redeem_auth_req_id(call);
    }
    throw std::logic_error("a grant type without a grant");
}

}  // namespace

Outcome token(Provider const& provider, HttpRequest const& request) {
    if (is_by_bearer_token(request)) return token_by_bearer(provider, request);
    return answer_back_channel(provider, request, CrossOrigin::registered, run_grant);
}

}  // namespace tunnus::oidc
