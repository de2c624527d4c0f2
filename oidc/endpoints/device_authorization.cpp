// SPDX-License-Identifier: MIT
#include "idp/base/limits.hpp"
#include "oidc/endpoints/decoupled.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/token_request.hpp"
#include "oidc/protocol/user_code.hpp"

namespace tunnus::oidc {
namespace {

HttpResponse response_of(Provider const& provider, std::string_view device_code,
                         std::string_view user_code) {
    auto const page = provider.issuer + "/device";
    JsonWriter json(512);
    json.member("device_code", device_code).member("user_code", user_code);
    json.member("verification_uri", page);
    json.member("verification_uri_complete", page + "?user_code=" + std::string(user_code));
    json.member("expires_in", std::int64_t{provider.limits.device_code_lifetime.count()});
    json.member("interval", std::int64_t{provider.limits.device_poll_interval.count()});
    auto response = json_response(200, std::move(json).finish());
    forbid_storing(response);
    return response;
}

Checked<Outcome> answer(BackChannelCall const& call) {
    auto const& provider = call.provider;
    if (!call.client.allows_grant(device_code_grant_type))
        return Refusal{OAuthError::unauthorized_client, "this client may not use this grant", {}};
    auto request = make_decoupled_request(call, call.form);
    if (!request) return request.error();
    auto const user_code = make_user_code(provider.random);
    request->binding_message = show_user_code(user_code);

    auto const device_code = storage::make_bearer(provider.random, call.now);
    auto add =
        store_decoupled(call, device_code, *request, {}, provider.limits.device_code_lifetime);
    add.request.user_code_index =
        provider.sealer.blind_index("decoupled_requests.user_code", user_code);
    add.request.interval = provider.limits.device_poll_interval;
    return Outcome(
        PendingCommit{storage::add_decoupled_request(add, provider.sealer, provider.random),
                      response_of(provider, device_code.text(), request->binding_message),
                      token_error(server_error("the user code is taken"), call.http)});
}

}  // namespace

Outcome device_authorization(Provider const& provider, HttpRequest const& request) {
    return answer_back_channel(provider, request, CrossOrigin::none, answer);
}

}  // namespace tunnus::oidc
