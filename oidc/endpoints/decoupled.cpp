// SPDX-License-Identifier: MIT
#include "oidc/endpoints/decoupled.hpp"

#include "idp/base/encoding.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/acr.hpp"
#include "oidc/protocol/authorization_details.hpp"
#include "oidc/protocol/resource_indicator.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/token_request.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/protocol/user_code.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {

Checked<AuthorizationRequest> make_decoupled_request(BackChannelCall const& call,
                                                     Form const& parameters) {
    auto const& provider = call.provider;
    auto scope = check_user_scope(call.client, parameters.get("scope"), provider.claims.scopes(),
                                  provider.limits);
    if (!scope) return scope.error();
    auto resources = check_resources(call.client, parameters.all("resource"), Delivery::json);
    if (!resources) return resources.error();
    auto details = parse_authorization_details(parameters.get("authorization_details"), call.client,
                                               provider.claims.authorization_details_types(),
                                               provider.limits, Delivery::json);
    if (!details) return details.error();
    AuthorizationRequest request(call.client.client_id, RegisteredRedirectUri::from_stored({}));
    request.scope = std::move(*scope);
    request.resources = std::move(*resources);
    request.authorization_details = std::move(*details);
    request.prompt.consent = true;
    auto level = check_acr(call.client, parameters.get("acr_values"), nullptr,
                           provider.claims.acr_values_supported());
    if (!level) return level.error();
    request.acr_values = std::move(level->values);
    request.max_age = call.client.default_max_age;
    return request;
}

storage::AddDecoupledRequest store_decoupled(BackChannelCall const& call,
                                             storage::Bearer const& bearer,
                                             AuthorizationRequest const& request,
                                             std::string_view user_id, seconds lifetime) {
    storage::AddDecoupledRequest add;
    add.request.id = bearer.id;
    add.request.secret_hash = bearer.secret_hash();
    add.request.client_id = call.client.client_id;
    add.request.user_id = std::string(user_id);
    add.request.body = {{"request", request.to_json()}};
    add.request.created_at = call.now;
    add.request.expires_at = call.now + lifetime;
    add.audit = audit_event(call, AuditKind::decoupled_asked, user_id);
    add.audit.fields["scope"] = format_scope(request.scope);
    return add;
}

std::string approval_code_index(Provider const& provider, std::string_view user_id,
                                std::string_view code) {
    return provider.sealer.blind_index("approval_codes.code",
                                       std::string(user_id).append("\n").append(code));
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
