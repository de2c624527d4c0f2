// SPDX-License-Identifier: MIT
#include "oidc/endpoints/cross_origin.hpp"

#include "oidc/endpoints/endpoints.hpp"
#include "oidc/protocol/scope.hpp"

namespace tunnus::oidc {
namespace {

bool is_public_document(std::string_view path) {
    return path.ends_with("/jwks.json") || path.ends_with("/protocol/openid-connect/certs") ||
           path.find("/.well-known/") != std::string_view::npos;
}

bool is_refusal(HttpResponse const& response) {
    return response.status >= 400;
}
bool is_any(HttpResponse const& /*response*/) {
    return true;
}

template <class IsAllowed>
void allow_origin(HttpRequest const& request, HttpResponse& response, IsAllowed is_allowed) {
    auto const origin = request.headers.find("Origin");
    if (!origin) return;
    response.headers.add("Vary", "Origin");
    if (!is_allowed(*origin)) return;
    response.headers.set("Access-Control-Allow-Origin", *origin);
    response.headers.set("Access-Control-Expose-Headers", "WWW-Authenticate, DPoP-Nonce");
}

/// Of an outcome that is no Continuation.
template <class Function>
void for_each_answer(Outcome& outcome, Function function) {
    if (auto* response = std::get_if<HttpResponse>(&outcome)) return function(*response);
    auto& pending = std::get<PendingCommit>(outcome);
    function(pending.if_won);
    function(pending.if_lost);
    for (auto& response : pending.if_replayed)
        function(response);
}

/// The outcome, of whose answers those that `shared` tells are readable by registered origins.
/// Where the endpoint has judged the origin by the client that it knows, that stands.
Outcome shared_outcome(Clients const& clients, bool (*shared)(HttpResponse const&),
                       HttpRequest const& request, Outcome outcome) {
    if (auto* const more = std::get_if<Continuation>(&outcome)) {
        more->rest = [&clients, shared, &request, rest = std::move(more->rest)] {
            return shared_outcome(clients, shared, request, rest());
        };
        return outcome;
    }
    for_each_answer(outcome, [&](HttpResponse& response) {
        if (!shared(response) || response.headers.find("Vary")) return;
        allow_origin(request, response,
                     [&](std::string_view origin) { return clients.allows_origin(origin); });
    });
    return outcome;
}

Handler sharing(Clients const& clients, bool (*shared)(HttpResponse const&), Handler handler) {
    return [&clients, shared, handler = std::move(handler)](HttpRequest const& request) {
        return shared_outcome(clients, shared, request, handler(request));
    };
}

}  // namespace

void allow_origin_of(Client const& client, HttpRequest const& request, HttpResponse& response) {
    allow_origin(request, response,
                 [&](std::string_view origin) { return contains(client.allowed_origins, origin); });
}

void allow_origin_of(Client const& client, HttpRequest const& request, Outcome& outcome) {
    for_each_answer(outcome,
                    [&](HttpResponse& response) { allow_origin_of(client, request, response); });
}

Handler for_origins_of(Clients const& clients, Handler handler) {
    return sharing(clients, is_any, std::move(handler));
}
Handler refusals_for_origins_of(Clients const& clients, Handler handler) {
    return sharing(clients, is_refusal, std::move(handler));
}

void allow_any_origin(HttpResponse& response) {
    response.headers.set("Access-Control-Allow-Origin", "*");
}

Outcome preflight(Provider const& provider, HttpRequest const& request) {
    HttpResponse response(204);
    response.headers.set("Vary", "Origin");
    auto const origin = request.headers.find("Origin");
    if (!origin) return response;
    bool const is_public = is_public_document(request.path);
    if (!is_public && !provider.clients.allows_origin(*origin)) return response;
    response.headers.set("Access-Control-Allow-Origin", is_public ? "*" : *origin);
    response.headers.set("Access-Control-Allow-Methods", is_public ? "GET, HEAD" : "GET, POST");
    response.headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP");
    response.headers.set("Access-Control-Max-Age", "600");
    return response;
}

}  // namespace tunnus::oidc
