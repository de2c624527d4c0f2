// SPDX-License-Identifier: MIT
#include "oidc/endpoints/request_uri.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/jwe.hpp"
#include "oidc/jose/jws.hpp"

#include <algorithm>
#include <optional>

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

ParsedForm with_object(ParsedForm const& parsed, std::string object) {
    ParsedForm replaced{{}, parsed.error, parsed.repeated};
    for (auto const& [name, value] : parsed.form.fields())
        if (name != "request_uri" && name != "request") replaced.form.add(name, value);
    replaced.form.add("request", std::move(object));
    return replaced;
}

/// The client whose object is to be fetched; null when the form refers to none that may be.
std::shared_ptr<Client const> find_referrer(Provider const& provider, ParsedForm const& parsed) {
    auto const request_uri = parsed.form.get("request_uri");
    if (request_uri.empty() || !parsed.form.get("request").empty()) return nullptr;
    bool const repeated = std::ranges::any_of(parsed.repeated, [](std::string const& name) {
        return name == "client_id" || name == "request_uri";
    });
    auto client = provider.clients.find(parsed.form.get("client_id"));
    if (!client || repeated || client->require_pushed_authorization_requests ||
        provider.require_pushed_authorization_requests || !is_registered(*client, request_uri))
        return nullptr;
    return client;
}

Result<std::string> ask_for_object(Provider const& provider, std::string_view request_uri) {
    OutboundRequest outbound;
    outbound.url = std::string(without_fragment(request_uri));
    outbound.headers = {{"Accept", "application/oauth-authz-req+jwt, application/jwt"}};
    outbound.timeout = provider.limits.http_timeout;
    outbound.body_limit = provider.limits.request_object_bytes;
    auto answer = provider.http.send(outbound);
    if (!answer) return answer.error();
    if (answer->status != 200 || answer->body.empty())
        return Error(BaseErrc::unavailable, "status " + std::to_string(answer->status));
    return std::move(answer->body);
}

struct WantedKey {
    std::optional<std::string> kid;
};
/// What verifies this object; empty where no public key does. Of an encrypted one any of the
/// client's keys may, since its JWS stands inside.
std::optional<WantedKey> wanted_key(std::string_view jws, Limits const& limits) {
    if (jose::is_encrypted(jws)) return WantedKey();
    auto const token = jose::UnverifiedJws::parse(jws, limits);
    if (!token || jose::shape_for(token->algorithm()).type == jose::KeyType::oct)
        return std::nullopt;
    WantedKey wanted;
    if (auto const kid = token->kid()) wanted.kid = std::string(*kid);
    return wanted;
}

}  // namespace

ClientKeySource::Found find_keys_for(Provider const& provider, Client const& client,
                                     std::string_view jws) {
    if (client.jwks_uri.empty()) return {client.jwks, false};
    auto const wanted = wanted_key(jws, provider.limits);
    if (!wanted) return {};
    return provider.client_keys.find(client, wanted->kid);
}

void fetch_keys_for(Provider const& provider, Client const& client, std::string_view jws) {
    if (auto const wanted = wanted_key(jws, provider.limits))
        provider.client_keys.fetch(client, wanted->kid);
}

bool must_fetch_request_object(Provider const& provider, ParsedForm const& parsed) {
    auto const object = parsed.form.get("request");
    if (object.empty()) return find_referrer(provider, parsed) != nullptr;
    auto const client = provider.clients.find(parsed.form.get("client_id"));
    return client && find_keys_for(provider, *client, object).must_fetch;
}

ParsedForm fetch_request_object(Provider const& provider, HttpRequest const& request,
                                ParsedForm const& parsed) {
    auto whole = parsed;
    if (auto const client = find_referrer(provider, parsed)) {
        auto object = ask_for_object(provider, parsed.form.get("request_uri"));
        if (object)
            whole = with_object(parsed, std::move(*object));
        else
            provider.log.info("request_uri.failed", {{"client_id", client->client_id},
                                                     {"detail", object.error().text()},
                                                     {"request_id", request.request_id}});
    }
    auto const object = whole.form.get("request");
    auto const client = provider.clients.find(whole.form.get("client_id"));
    if (client && find_keys_for(provider, *client, object).must_fetch)
        fetch_keys_for(provider, *client, object);
    return whole;
}

}  // namespace tunnus::oidc
