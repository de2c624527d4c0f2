// SPDX-License-Identifier: MIT
// The first half of the authorization endpoint: a request becomes a login, or a refusal.
#include "oidc/endpoints/authorization.hpp"

#include "oidc/endpoints/authorization_context.hpp"
#include "oidc/endpoints/front_channel.hpp"
#include "oidc/endpoints/pushed_authorization_request.hpp"
#include "oidc/endpoints/request_uri.hpp"

namespace tunnus::oidc {
namespace {

using Begun = std::variant<BegunAuthorization, HttpResponse, MustFetch>;

bool is_malformed(ParsedForm const& parsed) {
    return parsed.error && parsed.error->kind != FormError::Kind::repeated_field;
}

/// A service that registered itself may be anybody's: to send a browser on to it at once, which
/// some link led here and whose request failed before the person did anything, would make us a
/// redirector for everybody (RFC 9700 §4.11.2, threats.md O-17). A page asks first. Services that
/// the operator knows, programs, and requests in silence get the redirect.
bool asks_before_leaving(Client const& client, HttpRequest const& request,
                         AuthorizationRequest const& refused) {
    auto const site = request.headers.find("Sec-Fetch-Site");
    return client.self_registered && site && *site != "same-origin" && !refused.prompt.none;
}

/// What is asked about is a link, also where the request wanted a form.
HttpResponse ask_before_leaving(Provider const& provider, HttpRequest const& request,
                                AuthorizationRequest refused, Refusal const& refusal) {
    if (refused.response_way.mode == ResponseMode::form_post)
        refused.response_way.mode = default_response_way(refused.response_type).mode;
    auto leaving = refuse_authorization(provider, refused, refusal);
    auto const location = leaving.headers.find("Location");
    if (!location) return leaving;
    auto const locale = Pages::choose_locale(refused.ui_locales, request);
    boost::json::object model{{"error", to_string(refusal.error)},
                              {"event_id", request.request_id},
                              {"message", provider.pages.text(locale, "error_bad_request")},
                              {"languages", boost::json::array()},
                              {"return_uri", *location}};
    if (auto const client = provider.clients.find(refused.client_id))
        model["service"] = {{"name", client->name(locale)}};
    return provider.pages.render(400, "error", model, locale);
}

/// Whether the response waits for keys of the client's that are not here: on Lane::outbound they
/// are fetched, elsewhere the request moves there.
bool must_move(Provider const& provider, Fetching fetching, Client const& client) {
    if (!provider.client_keys.find(client, std::nullopt).must_fetch) return false;
    if (fetching == Fetching::elsewhere) return true;
    provider.client_keys.fetch(client, std::nullopt);
    return false;
}

Begun begin_checked(Provider const& provider, HttpRequest const& request, Fetching fetching,
                    ParsedForm const& parsed) {
    auto const keys = provider.keys.current();
    auto checked = check_authorization_request(
        parsed, authorization_context(provider, *keys, provider.clock.now()));
    if (auto* accepted = std::get_if<AcceptedAuthorization>(&checked))
        return BegunAuthorization{std::move(accepted->client), std::move(accepted->request)};

    auto const& refused = std::get<RefusedAuthorization>(checked);
    if (!refused.request) return refuse_by_page(provider, request, refused.refusal);
    auto const client = provider.clients.find(refused.request->client_id);
    if (client && refused.request->response_way.jwt && client->authorization.encrypted_alg &&
        must_move(provider, fetching, *client))
        return MustFetch();
    provider.log.info("authorization.refused", {{"error", to_string(refused.refusal.error)},
                                                {"description", refused.refusal.description},
                                                {"detail", refused.refusal.detail},
                                                {"client_id", refused.request->client_id},
                                                {"request_id", request.request_id}});
    if (client && asks_before_leaving(*client, request, *refused.request))
        return ask_before_leaving(provider, request, *refused.request, refused.refusal);
    return refuse_authorization(provider, *refused.request, refused.refusal);
}

/// RFC 9126 §4: nothing but client_id and request_uri counts (threats.md O-41).
Begun begin_pushed(Provider const& provider, HttpRequest const& request, ParsedForm const& parsed) {
    auto pushed = find_pushed_request(provider, parsed, provider.clock.now());
    if (!pushed) return refuse_by_page(provider, request, pushed.error());
    return std::move(*pushed);
}

/// The keys to encrypt the response to are here before a person is asked anything.
Begun with_keys(Provider const& provider, Fetching fetching, Begun begun) {
    auto const* accepted = std::get_if<BegunAuthorization>(&begun);
    if (accepted == nullptr || !accepted->client->is_encrypted_to()) return begun;
    if (must_move(provider, fetching, *accepted->client)) return MustFetch();
    return begun;
}

}  // namespace

Begun begin_authorization(Provider const& provider, HttpRequest const& request, Fetching fetching) {
    auto const parsed = parse_front_channel_form(request, provider.limits);
    if (is_malformed(parsed))
        return refuse_by_page(
            provider, request,
            {OAuthError::invalid_request, "the request is malformed", {}, Delivery::page});
    if (is_pushed_request_uri(parsed.form.get("request_uri")))
        return with_keys(provider, fetching, begin_pushed(provider, request, parsed));
    if (fetching == Fetching::here)
        return with_keys(provider, fetching,
                         begin_checked(provider, request, fetching,
                                       fetch_request_object(provider, request, parsed)));
    if (must_fetch_request_object(provider, parsed)) return MustFetch();
    return with_keys(provider, fetching, begin_checked(provider, request, fetching, parsed));
}

}  // namespace tunnus::oidc
