// SPDX-License-Identifier: MIT
#include "oidc/endpoints/decoupled.hpp"

#include "idp/base/encoding.hpp"
#include "oidc/protocol/resource_indicator.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/token_request.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/protocol/user_code.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {

Checked<AuthorizationRequest> make_decoupled_request(BackChannelCall const& call) {
    auto const& provider = call.provider;
    auto scope = check_user_scope(call.client, call.form.get("scope"), provider.claims.scopes(),
                                  provider.limits);
    if (!scope) return scope.error();
    auto resources = check_resources(call.client, call.form.all("resource"), Delivery::json);
    if (!resources) return resources.error();
    AuthorizationRequest request(call.client.client_id, RegisteredRedirectUri::from_stored({}));
    request.scope = std::move(*scope);
    request.resources = std::move(*resources);
    request.prompt.consent = true;
    request.acr_values = call.client.default_acr_values;
    request.max_age = call.client.default_max_age;
    return request;
}

Result<std::optional<BegunAuthorization>> begin_decoupled(Provider const& provider,
                                                          storage::DecoupledRequest const& stored) {
    auto const now = provider.clock.now();
    auto client = provider.clients.find(stored.client_id);
    bool const answerable =
        stored.state == storage::DecoupledRequest::State::pending &&
        is_within(stored.created_at, stored.expires_at, now) && client &&
        client->allows_grant(stored.user_code_index.empty() ? ciba_grant_type
                                                            : device_code_grant_type);
    if (!answerable) return std::optional<BegunAuthorization>();
    auto const* body = stored.body.if_contains("request");
    if (body == nullptr || !body->is_object())
        return Error(BaseErrc::malformed, "a stored decoupled request without a request");
    auto request = AuthorizationRequest::from_json(body->get_object());
    if (!request) return request.error();
    request->decoupled_request = stored.id;
    if (!stored.user_id.empty())
        request->hinted_subject = subject_for(provider, *client, stored.user_id);
    return std::optional(BegunAuthorization{std::move(client), std::move(*request)});
}

Result<std::optional<storage::DecoupledRequest>> find_by_user_code(Provider const& provider,
                                                                   std::string_view typed) {
    auto const code = read_user_code(typed);
    if (!code) return std::optional<storage::DecoupledRequest>();
    return provider.decoupled_requests.find_by_user_code(
        provider.sealer.blind_index("decoupled_requests.user_code", *code));
}

HttpResponse decoupled_page(Provider const& provider, bool allowed, std::string_view locale) {
    auto const address = std::string("/device/done?answer=") + (allowed ? "allowed" : "denied");
    auto response = provider.pages.render(
        200, "device_done",
        {{"allowed", allowed}, {"languages", Pages::language_links(locale, address)}}, locale);
    forbid_storing(response);
    return response;
}

}  // namespace tunnus::oidc
