// SPDX-License-Identifier: MIT
#include "oidc/endpoints/pushed_authorization_request.hpp"

#include "idp/base/limits.hpp"
#include "oidc/endpoints/authorization_context.hpp"
#include "oidc/endpoints/back_channel.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/too_many.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

constexpr std::string_view urn = "urn:ietf:params:oauth:request_uri:";

Refusal by_page(OAuthError error, std::string description, std::string detail) {
    return {error, std::move(description), std::move(detail), Delivery::page};
}

Refusal invalid_request_uri(std::string detail) {
    return by_page(OAuthError::invalid_request_uri, "request_uri is not valid", std::move(detail));
}

/// §2.1: what the client sends is an authorization request, of the client that authenticated.
Checked<ParsedForm> read_pushed_form(BackChannelCall const& call) {
    if (call.form.find("request_uri"))
        return Refusal{OAuthError::invalid_request, "a request_uri cannot be pushed", {}};
    ParsedForm parsed{call.form, {}, {}};
    if (!parsed.form.find("client_id")) parsed.form.add("client_id", call.client.client_id);
    return parsed;
}

/// RFC 9449 §10.1: a proof at this endpoint says the same as dpop_jkt.
Checked<> bind_to_key(BackChannelCall const& call, AuthorizationRequest& request) {
    auto jkt = pushed_dpop_jkt(request.dpop_jkt.value_or(""), call.shown.jkt);
    if (!jkt) return jkt.error();
    if (!jkt->empty()) request.dpop_jkt = std::move(*jkt);
    return {};
}

HttpResponse created(std::string_view reference, seconds lifetime) {
    JsonWriter json(192);
    json.member("request_uri", std::string(urn).append(reference));
    json.member("expires_in", std::int64_t{lifetime.count()});
    auto response = json_response(201, std::move(json).finish());
    forbid_storing(response);
    return response;
}

Checked<Outcome> push(BackChannelCall const& call) {
    auto const& provider = call.provider;
    auto const parsed = read_pushed_form(call);
    if (!parsed) return parsed.error();
    auto const keys = provider.keys.current();
    auto context = authorization_context(provider, *keys, call.now);
    context.pushed = true;
    auto checked = check_authorization_request(*parsed, context);
    if (auto const* refused = std::get_if<RefusedAuthorization>(&checked)) {
        auto refusal = refused->refusal;
        refusal.delivery = Delivery::json;
        return refusal;
    }
    auto& accepted = std::get<AcceptedAuthorization>(checked).request;
    if (auto const bound = bind_to_key(call, accepted); !bound) return bound.error();
    auto const reference = storage::make_bearer(provider.random, call.now);
    storage::PushedRequest row;
    row.id = reference.id;
    row.secret_hash = reference.secret_hash();
    row.client_id = call.client.client_id;
    row.body = accepted.to_json();
    row.created_at = call.now;
    row.valid_until = call.now + provider.limits.pushed_request_lifetime;
    row.expires_at = row.valid_until + provider.limits.login_transaction_lifetime;
    return Outcome(
        PendingCommit{storage::push_request(row, provider.limits.pushed_requests_per_client,
                                            provider.sealer, provider.random),
                      created(reference.text(), provider.limits.pushed_request_lifetime),
                      too_many_requests("too many requests wait for their browsers",
                                        provider.limits.pushed_request_lifetime)});
}

}  // namespace

Outcome pushed_authorization_request(Provider const& provider, HttpRequest const& request) {
    return answer_back_channel(provider, request, CrossOrigin::none, push);
}

bool is_pushed_request_uri(std::string_view request_uri) {
    return request_uri.starts_with(urn);
}

Checked<BegunAuthorization> find_pushed_request(Provider const& provider, ParsedForm const& parsed,
                                                TimePoint now) {
    for (auto const& name : parsed.repeated)
        if (name == "client_id" || name == "request_uri")
            return by_page(OAuthError::invalid_request, name + " is repeated", {});
    auto client = provider.clients.find(parsed.form.get("client_id"));
    if (!client) return by_page(OAuthError::invalid_request, "client_id is unknown", {});
    auto const reference = storage::parse_bearer(parsed.form.get("request_uri").substr(urn.size()));
    if (!reference) return invalid_request_uri("not a reference of ours");
    auto const found = provider.pushed_requests.find(*reference);
    if (!found)
        return by_page(OAuthError::server_error, "the service is busy", found.error().text());
    if (!*found) return invalid_request_uri("unknown or spent");
    auto const& row = **found;
    if (row.client_id != client->client_id) return invalid_request_uri("another client's");
    if (!is_within(row.created_at, row.valid_until, now)) return invalid_request_uri("expired");
    auto request = AuthorizationRequest::from_json(row.body);
    if (!request)
        return by_page(OAuthError::server_error, "the service is busy", request.error().text());
    if (auto const still = check_redirect_uri(*client, request->redirect_uri.text()); !still)
        return still.error();
    request->pushed_request = row.id;
    return BegunAuthorization{std::move(client), std::move(*request)};
}

}  // namespace tunnus::oidc
