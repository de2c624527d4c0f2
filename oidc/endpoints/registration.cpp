// SPDX-License-Identifier: MIT
#include "oidc/endpoints/registration.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/ip_address.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/grants/live_token.hpp"
#include "oidc/protocol/bearer.hpp"
#include "oidc/protocol/client_profile.hpp"
#include "oidc/protocol/sector_identifier.hpp"
#include "oidc/protocol/signing_algorithms.hpp"
#include "oidc/protocol/token_response.hpp"
#include "storage/one_time.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::size_t client_id_random_bytes = 16;
constexpr std::size_t secret_random_bytes = 48;  // 64 characters: enough for HS512
constexpr seconds hour{3'600};

Refusal invalid_metadata(std::string description) {
    return {OAuthError::invalid_client_metadata, std::move(description), {}};
}

std::optional<std::string_view> presented_token(HttpRequest const& request) {
    auto const authorization = request.headers.find("Authorization");
    if (!authorization) return std::nullopt;
    auto const space = std::min(authorization->find(' '), authorization->size());
    if (!equal_ignoring_case(authorization->substr(0, space), "Bearer")) return std::nullopt;
    return trim(authorization->substr(space));
}

/// RFC 7592 §2.2: what the server alone writes is not sent back, and an id or secret that is sent
/// is the client's own.
Checked<> check_replacement(json::object const& asked, storage::ClientRecord const& record) {
    for (std::string_view const member : {"registration_access_token", "registration_client_uri",
                                          "client_secret_expires_at", "client_id_issued_at"})
        if (asked.contains(member)) return invalid_metadata(std::string(member) + " is ours");
    if (find_string(asked, "client_id") != record.client_id)
        return invalid_metadata("client_id is not that of the address");
    if (!asked.contains("client_secret")) return {};
    auto const sent = find_string(asked, "client_secret");
    auto const ours = find_string(record.metadata, "client_secret");
    if (!sent || !ours || !equal_in_constant_time(*sent, *ours))
        return invalid_metadata("client_secret is not the registered one");
    return {};
}

/// RFC 7591 §2.3: what is signed wins. The signature vouches for the client where it says to which
/// addresses codes go; then nothing that stands beside it makes the client more powerful.
json::object join(json::object asked, json::object const& stated, Registrant& registrant) {
    if (stated.contains("redirect_uris")) {
        registrant = Registrant::vouched;
        for (std::string_view const power : {"grant_types", "scope"})
            asked.erase(power);
    }
    for (auto& member : registrable_members(stated, registrant))
        asked[member.key()] = std::move(member.value());
    return asked;
}

}  // namespace

Outcome ClientRegistration::add(HttpRequest const& request) const {
    auto const& provider = parts_.provider;
    auto registrant = admit(request);
    if (!registrant) return refuse(request, registrant.error());
    auto const asked = read_body(request);
    if (!asked) return refuse(request, asked.error());
    storage::ClientRecord record;
    record.vouched = *registrant == Registrant::vouched;
    auto metadata = read_metadata(*asked, *registrant);
    if (!metadata) return refuse(request, metadata.error());
    record.client_id = std::string(storage::registered_client_prefix) +
                       random_token(provider.random, client_id_random_bytes);
    record.created_at = provider.clock.now();
    record.version = 1;
    auto const accepted = accept(std::move(*metadata), *registrant, std::move(record));
    if (!accepted) return refuse(request, accepted.error());
    auto const written = write(storage::register_client(
        accepted->record, provider.limits.registered_clients,
        audit_of(request, "added", accepted->record.client_id), parts_.sealer, provider.random));
    if (!written) return refuse(request, written.error());
    return answer(201, accepted->record, accepted->access_token);
}

Outcome ClientRegistration::read(HttpRequest const& request) const {
    auto const record = find_own(request);
    if (!record) return refuse(request, record.error());
    return answer(200, *record, *presented_token(request));
}

Outcome ClientRegistration::replace(HttpRequest const& request) const {
    auto const& provider = parts_.provider;
    auto record = find_own(request);
    if (!record) return refuse(request, record.error());
    auto const asked = read_body(request);
    if (!asked) return refuse(request, asked.error());
    if (auto const checked = check_replacement(*asked, *record); !checked)
        return refuse(request, checked.error());
    // Who was vouched for when registering stays it: initial tokens are not shown again.
    auto registrant = record->vouched ? Registrant::vouched : Registrant::stranger;
    auto metadata = read_metadata(*asked, registrant);
    if (!metadata) return refuse(request, metadata.error());
    auto const accepted = accept(std::move(*metadata), registrant, std::move(*record));
    if (!accepted) return refuse(request, accepted.error());
    auto const written = write(storage::replace_client(
        accepted->record, audit_of(request, "replaced", accepted->record.client_id), parts_.sealer,
        provider.random));
    if (!written) return refuse(request, written.error());
    return answer(200, accepted->record, accepted->access_token);
}

Outcome ClientRegistration::remove(HttpRequest const& request) const {
    auto const record = find_own(request);
    if (!record) return refuse(request, record.error());
    auto const& provider = parts_.provider;
    auto const written = write(
        storage::remove_client(record->client_id, provider.clock.now(),
                               audit_of(request, "removed", record->client_id), provider.random));
    if (!written) return refuse(request, written.error());
    HttpResponse response(204);
    forbid_storing(response);
    return response;
}

Checked<Registrant> ClientRegistration::admit(HttpRequest const& request) const {
    auto const& provider = parts_.provider;
    auto const token = presented_token(request);
    bool known = false;
    // Every token is compared, so that time does not tell which one came close.
    for (auto const& initial : parts_.settings.initial_access_tokens)
        known = (token && initial.equals(*token)) || known;
    bool const open = parts_.settings.mode == RegistrationSettings::Mode::open;
    if (!known && (!open || token)) return invalid_token("no initial access token");
    auto const within = storage::reserve_attempt(
        parts_.database, "registration " + client_block(request.client_address),
        provider.limits.registrations_per_hour, hour, provider.clock.now());
    if (!within) return server_error(within.error().text());
    if (!*within)
        return Refusal{OAuthError::temporarily_unavailable, "too many registrations",
                       "limits.registrations_per_hour"};
    return known ? Registrant::vouched : Registrant::stranger;
}

Checked<storage::ClientRecord> ClientRegistration::find_own(HttpRequest const& request) const {
    auto const token = presented_token(request);
    if (!token) return invalid_token("none");
    auto found = stored_.find(request.path_variables.at(0));
    if (!found) return server_error(found.error().text());
    if (!*found || (*found)->registration_hash.empty() ||
        !equal_in_constant_time(sha256(*token), (*found)->registration_hash))
        return invalid_token("not the client's registration access token");
    return std::move(**found);
}

Checked<json::object> ClientRegistration::read_body(HttpRequest const& request) const {
    auto const& limits = parts_.provider.limits;
    if (request.media_type() != "application/json")
        return invalid_metadata("the body is not application/json");
    auto asked = parse_json_object(request.body, {limits.json_bytes, limits.json_depth});
    if (!asked) return invalid_metadata("the body is no JSON object");
    return std::move(*asked);
}

Checked<json::object> ClientRegistration::read_metadata(json::object const& asked,
                                                        Registrant& registrant) const {
    auto const& provider = parts_.provider;
    auto const* statement = asked.if_contains("software_statement");
    if (statement != nullptr && !statement->is_null()) {
        if (!statement->is_string())
            return Refusal{OAuthError::invalid_software_statement, "it is no text", {}};
        auto const stated = read_software_statement(
            statement->get_string(), {parts_.statement_issuers,
                                      {provider.issuer, provider.issuer + "/register"},
                                      provider.clock.now(),
                                      provider.limits});
        if (!stated) return stated.error();
        return join(registrable_members(asked, registrant), *stated, registrant);
    }
    return registrable_members(asked, registrant);
}

Checked<ClientRegistration::Accepted> ClientRegistration::accept(
    json::object metadata, Registrant registrant, storage::ClientRecord record) const {
    auto const& provider = parts_.provider;
    auto expanded = apply_client_profile(std::move(metadata));
    if (!expanded) return metadata_refusal(expanded.error());
    auto const held = find_string(record.metadata, "client_secret");
    if (needs_client_secret(*expanded))
        (*expanded)["client_secret"] =
            held ? std::string(*held) : random_token(provider.random, secret_random_bytes);
    (*expanded)["client_id"] = record.client_id;
    // What it leaves open is ours to say (RFC 7591 §2).
    auto const keys = provider.keys.current();
    if (keys->keys.empty()) return server_error("no key signs");
    if (!provider.keys.signing_key("RS256"))
        expanded->emplace("id_token_signed_response_alg", keys->keys.front().alg);
    bool const is_public = find_string(*expanded, "token_endpoint_auth_method") == "none";
    if (!parts_.settings.require_pkce && !is_public) expanded->emplace("require_pkce", false);
    auto const client = parse_client(*expanded, provider.limits);
    if (!client) return metadata_refusal(client.error());
    if (auto const checked = check_registrable(*client, registrant, parts_.inside); !checked)
        return checked.error();
    if (auto const reason = provider.certificates.reject(*client); !reason.empty())
        return Refusal{OAuthError::invalid_client_metadata,
                       "client certificates are not taken here", std::string(reason)};
    if (auto reason = reject_unsigned(
            *client, [&](auto alg) { return provider.keys.signing_key(alg) != nullptr; });
        !reason.empty())
        return Refusal{OAuthError::invalid_client_metadata, std::move(reason), {}};
    if (auto const checked = check_sector(*client); !checked) return checked.error();
    write_defaults(*client, *expanded);
    auto token = random_token(provider.random);
    record.metadata = std::move(*expanded);
    record.registration_hash = sha256(token);
    return Accepted{std::move(record), std::move(token)};
}

Checked<> ClientRegistration::check_sector(Client const& client) const {
    if (client.sector_identifier_uri.empty()) return {};
    auto const& limits = parts_.provider.limits;
    auto const response = parts_.http.send({.method = "GET",
                                            .url = client.sector_identifier_uri,
                                            .headers = {{"Accept", "application/json"}},
                                            .body = {},
                                            .timeout = limits.registration_fetch_timeout,
                                            .body_limit = limits.http_body_bytes});
    if (!response || response->status != 200)
        return Refusal{OAuthError::invalid_client_metadata, "sector_identifier_uri has no document",
                       response ? std::to_string(response->status) : response.error().text()};
    return check_sector_identifier(client, response->body, limits);
}

AuditEvent ClientRegistration::audit_of(HttpRequest const& request, std::string_view what,
                                        std::string_view client_id) const {
    AuditEvent event;
    event.kind = AuditKind::client_registered;
    event.at = parts_.provider.clock.now();
    event.request_id = request.request_id;
    event.client_id = std::string(client_id);
    event.fields = {{"change", what}};
    return event;
}

/// The registry learns of it before the client does, which may use it at once.
Checked<> ClientRegistration::write(std::unique_ptr<Intention> intention) const {
    auto const verdict = parts_.provider.committer.commit(std::move(intention));
    if (!verdict) return server_error(verdict.error().text());
    if (*verdict == Verdict::lost)
        return Refusal{OAuthError::temporarily_unavailable, "try again later",
                       "lost to another change, or limits.registered_clients"};
    if (auto const seen = parts_.registry.refresh(); !seen)
        parts_.provider.log.error("registration.refresh", {{"error", seen.error().text()}});
    return {};
}

HttpResponse ClientRegistration::answer(int status, storage::ClientRecord const& record,
                                        std::string_view access_token) const {
    auto body = record.metadata;
    body["client_id_issued_at"] = to_unix_s(record.created_at);
    if (body.contains("client_secret")) body["client_secret_expires_at"] = 0;
    body["registration_access_token"] = access_token;
    body["registration_client_uri"] =
        std::string(parts_.provider.issuer).append("/register/").append(record.client_id);
    auto response = json_response(status, json::serialize(body));
    forbid_storing(response);
    return response;
}

HttpResponse ClientRegistration::refuse(HttpRequest const& request, Refusal const& refusal) const {
    parts_.provider.log.info("registration.refused", {{"error", to_string(refusal.error)},
                                                      {"description", refusal.description},
                                                      {"detail", refusal.detail},
                                                      {"request_id", request.request_id}});
    return refusal.delivery == Delivery::bearer ? bearer_error(refusal)
                                                : token_error(refusal, request);
}

}  // namespace tunnus::oidc
