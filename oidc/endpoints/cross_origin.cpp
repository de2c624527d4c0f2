// SPDX-License-Identifier: MIT
#include "oidc/endpoints/cross_origin.hpp"

#include "oidc/endpoints/endpoints.hpp"
#include "oidc/protocol/scope.hpp"

namespace tunnus::oidc {
namespace {

bool is_public_document(std::string_view path) {
    return path.ends_with("/jwks.json") || path.find("/.well-known/") != std::string_view::npos;
}

}  // namespace

void allow_origin_of(Client const& client, HttpRequest const& request, HttpResponse& response) {
    auto const origin = request.headers.find("Origin");
    if (!origin) return;
    response.headers.add("Vary", "Origin");
    if (!contains(client.allowed_origins, *origin)) return;
    response.headers.set("Access-Control-Allow-Origin", *origin);
    response.headers.set("Access-Control-Expose-Headers", "WWW-Authenticate, DPoP-Nonce");
}

void allow_origin_of(Client const& client, HttpRequest const& request, Outcome& outcome) {
    if (auto* response = std::get_if<HttpResponse>(&outcome)) {
        allow_origin_of(client, request, *response);
        return;
    }
    auto& pending = std::get<PendingCommit>(outcome);
    allow_origin_of(client, request, pending.if_won);
    allow_origin_of(client, request, pending.if_lost);
    for (auto& response : pending.if_replayed)
        allow_origin_of(client, request, response);
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
