// SPDX-License-Identifier: MIT
#include "oidc/endpoints/request_uri.hpp"

#include "oidc/endpoints/pushed_authorization_request.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

std::string_view without_fragment(std::string_view uri) {
    return uri.substr(0, uri.find('#'));
}

/// OpenID Connect Dynamic Client Registration §2: the fragment only tells that the content changed.
bool is_registered(Client const& client, std::string_view request_uri) {
    return std::ranges::any_of(client.request_uris, [&](std::string const& registered) {
        return without_fragment(registered) == without_fragment(request_uri);
    });
}

/// Whether a form names a request_uri in plain letters that is not a pushed request's.
bool names_address(std::string_view text) {
    constexpr std::string_view name = "request_uri=";
    for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1))
        if (at == 0 || text[at - 1] == '&')
            return !text.substr(at + name.size()).starts_with("urn");
    return false;
}

ParsedForm with_object(ParsedForm const& parsed, std::string object) {
    ParsedForm replaced{{}, parsed.error, parsed.repeated};
    for (auto const& [name, value] : parsed.form.fields())
        if (name != "request_uri" && name != "request") replaced.form.add(name, value);
    replaced.form.add("request", std::move(object));
    return replaced;
}

}  // namespace

Lane lane_of_authorization(HttpRequest const& request) {
    return names_address(request.query) || names_address(request.body) ? Lane::outbound
                                                                       : Lane::fast;
}

std::optional<ParsedForm> fetch_request_object(Provider const& provider, HttpRequest const& request,
                                               ParsedForm const& parsed) {
    if (lane_of_authorization(request) != Lane::outbound || !parsed.form.get("request").empty())
        return std::nullopt;
    auto const client = provider.clients.find(parsed.form.get("client_id"));
    auto const request_uri = parsed.form.get("request_uri");
    bool const repeated = std::ranges::any_of(parsed.repeated, [](std::string const& name) {
        return name == "client_id" || name == "request_uri";
    });
    if (!client || repeated || client->require_pushed_authorization_requests ||
        provider.require_pushed_authorization_requests || !is_registered(*client, request_uri))
        return std::nullopt;
    OutboundRequest outbound;
    outbound.url = std::string(without_fragment(request_uri));
    outbound.headers = {{"Accept", "application/oauth-authz-req+jwt, application/jwt"}};
    outbound.timeout = provider.limits.http_timeout;
    outbound.body_limit = provider.limits.request_object_bytes;
    auto answer = provider.http.send(outbound);
    if (!answer || answer->status != 200 || answer->body.empty()) {
        provider.log.info("request_uri.failed", {{"client_id", client->client_id},
                                                 {"detail", answer ? std::to_string(answer->status)
                                                                   : answer.error().text()},
                                                 {"request_id", request.request_id}});
        return std::nullopt;
    }
    return with_object(parsed, std::move(answer->body));
}

}  // namespace tunnus::oidc
