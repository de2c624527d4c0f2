// SPDX-License-Identifier: MIT
// A whole provider over an empty database in memory, and short words for what a browser, a person
// and a service do with it. Only the login between the two halves of the authorization endpoint is
// made up.
#pragma once

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/endpoints/authorization.hpp"
#include "oidc/endpoints/client_key_cache.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/fakes/pages.hpp"
#include "tests/oidc/protocol/registrations.hpp"
#include "tests/storage/counting_database.hpp"
#include "tests/storage/store.hpp"

#include <functional>
#include <map>
#include <set>

namespace tunnus::oidc::tests {

using tunnus::tests::Engine;
using tunnus::tests::Store;
using Fields = std::map<std::string, std::string>;

constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Gives `name` for the scope profile, and every claim asked by name.
class FixedClaims final : public ClaimsProvider {
  public:
    [[nodiscard]] Result<std::vector<boost::json::object>> claims_of_each(
        std::span<ClaimsQuery const> queries) override {
        if (fails) return Error(BaseErrc::unavailable, "the register is down");
        ++times_asked;
        std::vector<boost::json::object> each;
        for (auto const& query : queries)
            each.push_back(of(query));
        return each;
    }
    [[nodiscard]] static boost::json::object of(ClaimsQuery const& query) {
        boost::json::object claims;
        for (auto const& name : query.claim_names)
            claims[name] = "value of " + name + (query.locale == "sv" ? " in sv" : "");
        for (auto const& scope : query.scopes)
            if (scope == "profile") claims["name"] = "Aino Virtanen";
        if (query.scopes == std::vector<std::string>{"email"})
            claims = {{"email", query.user_id + "@example.org"}, {"email_verified", true}};
        claims["iss"] = "https://evil.example";
        if (!query.verified_names.empty()) {
            boost::json::object verified;
            for (auto const& name : query.verified_names)
                verified[name] = "verified " + name;
            claims["verified_claims"].emplace_array().push_back(boost::json::object{
                {"verification", {{"trust_framework", "eidas"}, {"time", "2020-01-02"}}},
                {"claims", std::move(verified)}});
        }
        return claims;
    }
    [[nodiscard]] Result<std::string> find_person(std::string_view login_hint) override {
        return std::string(login_hint == "alice@example.org" ? "alice" : "");
    }
    [[nodiscard]] std::vector<ScopeInfo> const& scopes() const override { return scopes_; }
    [[nodiscard]] std::vector<std::string> const& claims_supported() const override {
        return claims_;
    }
    [[nodiscard]] std::vector<std::string> const& acr_values_supported() const override {
        return levels_;
    }
    [[nodiscard]] std::vector<AuthorizationDetailsType> const& authorization_details_types()
        const override {
        return details_types_;
    }
    [[nodiscard]] VerifiedClaimsOffer const& verified_claims_offer() const override {
        return offer_;
    }
    bool fails = false;
    int times_asked = 0;

  private:
    std::vector<AuthorizationDetailsType> details_types_{
        {"berth",
         JsonSchema::make(
             {{"type", "object"},
              {"required", {"type", "harbour"}},
              {"properties", {{"type", {{"type", "string"}}}, {"harbour", {{"type", "string"}}}}},
              {"additionalProperties", false}})
             .value()}};
    std::vector<ScopeInfo> scopes_{{"profile", {"name"}, true, ""}, {"open", {"color"}, false, ""}};
    std::vector<std::string> claims_{"name", "nickname", "color"};
    std::vector<std::string> levels_{"light", "strong"};
    VerifiedClaimsOffer offer_{{"nickname", "color", "name"}, {"eidas"}, {}, {}, {}};
};

inline boost::json::object service(boost::json::object const& more = {}) {
    auto object = metadata({{"id_token_signed_response_alg", "ES256"},
                            {"grant_types", {"authorization_code", "refresh_token"}},
                            {"scope", "openid profile open offline_access api"},
                            {"backchannel_logout_uri", "https://rp.example/backchannel"}});
    for (auto const& member : more)
        object[member.key()] = member.value();
    return object;
}

inline boost::json::object other_service(boost::json::object const& more = {}) {
    auto object = service({{"client_id", "other"},
                           {"client_secret", "secret of the other"},
                           {"redirect_uris", {"https://other.example/cb"}}});
    for (auto const& member : more)
        object[member.key()] = member.value();
    return object;
}

inline boost::json::object app() {
    auto object = public_client();
    object["id_token_signed_response_alg"] = "ES256";
    object["grant_types"] = {"authorization_code", "refresh_token"};
    object["scope"] = "openid profile offline_access";
    return object;
}

struct EndpointTest : testing::Test {
    EndpointTest() {
        ring.load_or_create().value();
        store.add_person("alice");
    }

    // What a service does

    HttpRequest post(std::string path, Fields const& fields, std::string_view basic = "rp") {
        HttpRequest request;
        request.method = Method::POST;
        request.path = std::move(path);
        request.request_id = "r1";
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        if (basic == "rp")
            request.headers.add("Authorization",
                                "Basic " + encode_base64("rp:correct+horse+battery+staple"));
        if (basic == "other")
            request.headers.add("Authorization",
                                "Basic " + encode_base64("other:secret+of+the+other"));
        request.body = build_form({fields.begin(), fields.end()});
        return request;
    }
    HttpResponse done(Outcome outcome) { return settle(std::move(outcome), database); }
    /// What services ask all day does two reads and one write at most, however it ends.
    HttpResponse ask(std::function<Outcome(Provider const&, HttpRequest const&)> const& endpoint,
                     HttpRequest const& request) {
        auto const before = database.here();
        auto response = done(endpoint(provider, request));
        EXPECT_LE(database.here().reads - before.reads, 2) << request.path << " " << request.body;
        EXPECT_LE(database.here().writes - before.writes, 1) << request.path << " " << request.body;
        return response;
    }
    HttpResponse ask_token(Fields const& fields, std::string_view basic = "rp") {
        return ask(token, post("/token", fields, basic));
    }
    Fields redemption(std::string const& code, Fields const& more = {}) {
        Fields fields{{"grant_type", "authorization_code"},
                      {"code", code},
                      {"redirect_uri", "https://rp.example/cb"},
                      {"code_verifier", std::string(verifier)}};
        for (auto const& [name, value] : more) {
            if (value == "(absent)")
                fields.erase(name);
            else
                fields[name] = value;
        }
        return fields;
    }
    HttpResponse redeem(std::string const& code, Fields const& more = {},
                        std::string_view basic = "rp") {
        return ask_token(redemption(code, more), basic);
    }
    HttpResponse ask_refresh(std::string const& refresh_token, Fields const& more = {},
                             std::string_view basic = "rp") {
        Fields fields{{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}};
        fields.insert(more.begin(), more.end());
        return ask_token(fields, basic);
    }
    HttpResponse ask_userinfo(std::string_view access_token) {
        HttpRequest request;
        request.path = "/userinfo";
        request.headers.add("Authorization", "Bearer " + std::string(access_token));
        return ask(userinfo, request);
    }
    bool introspects(std::string const& text, std::string_view basic = "rp") {
        auto const response = ask(introspection, post("/introspect", {{"token", text}}, basic));
        EXPECT_EQ(response.status, 200);
        return json(response).at("active").as_bool();
    }

    // What a browser and a person do

    Fields request_fields(Fields const& more = {}) {
        Fields fields{{"client_id", "rp"},
                      {"redirect_uri", "https://rp.example/cb"},
                      {"response_type", "code"},
                      {"scope", "openid profile"},
                      {"state", "af0ifjsldkj"},
                      {"nonce", "n-0S6_WzA2Mj"},
                      {"code_challenge", std::string(challenge)},
                      {"code_challenge_method", "S256"}};
        for (auto const& [name, value] : more) {
            if (value == "(absent)")
                fields.erase(name);
            else
                fields[name] = value;
        }
        return fields;
    }
    HttpRequest authorize(Fields const& more = {}) {
        auto const fields = request_fields(more);
        HttpRequest request;
        request.path = "/authorize";
        request.request_id = "r1";
        request.query = build_form({fields.begin(), fields.end()});
        return request;
    }
    /// As the login does it: on another lane where something must be fetched.
    auto begun(HttpRequest const& request) {
        auto begun = begin_authorization(provider, request);
        if (!std::holds_alternative<MustFetch>(begun)) return begun;
        return begin_authorization(provider, request, Fetching::here);
    }
    BegunAuthorization begin(Fields const& more = {}) {
        return std::get<BegunAuthorization>(begun(authorize(more)));
    }
    HttpResponse refused(HttpRequest const& request) {
        return std::get<HttpResponse>(begun(request));
    }
    std::optional<storage::Consent> consent_of(std::string_view user_id,
                                               std::string_view client_id) {
        return consents.find(user_id, client_id).value();
    }
    /// Alice signs in (or is signed in, when there is a session) and everything is stored.
    HttpResponse sign_in(Fields const& more = {}) {
        auto const begun = begin(more);
        auto const needed = consent_needed(provider, *begun.client, begun.request);
        storage::FinishLogin login;
        if (!session) {
            session = store.session_of("alice", store.bearer());
            login.new_session = *session;
        } else {
            login.used_session = *session;
        }
        Authenticated who;
        who.user_id = "alice";
        who.session_id = session->id;
        who.acr = session->acr;
        who.amr = session->amr;
        who.auth_time = session->auth_time;
        who.granted_scopes = begun.request.scope;
        who.granted_claims = needed.claims;
        who.locale = "fi";
        permitted.insert(needed.scopes.begin(), needed.scopes.end());
        login.replaced_consent = consent_of(who.user_id, begun.request.client_id);
        if (!needed.nothing())
            login.given_consent = storage::Consent{.user_id = who.user_id,
                                                   .client_id = begun.request.client_id,
                                                   .scopes = {permitted.begin(), permitted.end()},
                                                   .claims = needed.claims,
                                                   .text_version = begun.client->consent_version,
                                                   .locale = "fi",
                                                   .given_at = store.now(),
                                                   .withdrawn_at = {}};
        auto finished =
            finish_authorization(provider, *begun.client, begun.request, who, store.now()).value();
        login.grant = finished.grant;
        login.pushed_request = finished.pushed_request;
        login.access_token = finished.access_token;
        login.audit.push_back(finished.audit);
        EXPECT_EQ(store.commit(storage::finish_login(login, store.sealer, store.random)),
                  Verdict::won);
        return finished.response;
    }
    /// This person signs in anew and allows what was asked elsewhere; how that ended in storage.
    Verdict allow_elsewhere(BegunAuthorization const& begun, std::string const& user_id = "alice") {
        auto const needed = consent_needed(provider, *begun.client, begun.request);
        storage::FinishLogin login;
        session = store.session_of(user_id, store.bearer());
        login.new_session = *session;
        Authenticated who;
        who.user_id = user_id;
        who.session_id = session->id;
        who.session_expires_at = session->expires_at;
        who.acr = session->acr;
        who.amr = session->amr;
        who.auth_time = session->auth_time;
        who.granted_scopes = begun.request.scope;
        who.locale = "fi";
        auto finished =
            finish_authorization(provider, *begun.client, begun.request, who, store.now()).value();
        EXPECT_EQ(finished.response.status, 200);
        EXPECT_FALSE(finished.response.headers.find("Location"));
        login.grant = finished.grant;
        login.decoupled_request = finished.decoupled_request;
        login.replaced_consent = consent_of(user_id, begun.client->client_id);
        login.given_consent = storage::Consent{
            user_id, begun.client->client_id, needed.scopes, needed.claims, "1", "fi", store.now(),
            {}};
        return store.commit(storage::finish_login(login, store.sealer, store.random));
    }
    /// A field of a Location's query, decoded.
    static std::string field(HttpResponse const& response, std::string_view name) {
        std::string const location(response.headers.find("Location").value_or(""));
        auto const query = location.substr(std::min(location.find('?') + 1, location.size()));
        return std::string(parse_form(query).form.get(name));
    }
    std::string new_code(Fields const& more = {}) { return field(sign_in(more), "code"); }

    // What is in an answer

    static boost::json::object json(HttpResponse const& response) {
        return parse_json_object(response.body).value();
    }
    static std::string text(HttpResponse const& response, std::string_view name) {
        return std::string(find_string(json(response), name).value_or("(none)"));
    }
    /// The error's word; the rest of the answer is that of TOK(word) or TOK401 (threats.md 0.2).
    static std::string error(HttpResponse const& response) {
        auto const word = text(response, "error");
        EXPECT_EQ(response.status, word == "invalid_client" ? 401 : 400) << response.body;
        EXPECT_EQ(response.headers.find("Cache-Control").value_or(""), "no-store");
        EXPECT_EQ(response.headers.find("Content-Type").value_or(""), "application/json");
        EXPECT_EQ(response.body.find("_token\":"), std::string::npos) << response.body;
        return word;
    }
    boost::json::object id_token(HttpResponse const& response) {
        auto const verified = jose::VerifiedJwt::verify(
            text(response, "id_token"), ring.current()->verification, {jose::Algorithm::ES256});
        if (!verified) throw std::runtime_error(verified.error().text());
        return verified->claims();
    }

    /// What every test's provider is made of, with these keys.
    Provider provider_with(KeyRing& keys) {
        return {"https://id.example",
                {},
                limits,
                clients,
                client_keys,
                certificates,
                dpop_nonces,
                claims,
                keys,
                grants,
                decoupled_requests,
                sessions,
                users,
                database,
                audit,
                pages,
                store.clock,
                store.random,
                log,
                Secret("the salt of pairwise subjects"),
                pushed_requests,
                store.sealer,
                http,
                consents};
    }

    Store store{Engine::sqlite_memory};
    tunnus::tests::CountingDatabase database{*store.database};
    KnownClients clients{service(), other_service(), app()};
    fakes::FakeHttpClient http;
    fakes::RecordingLog log;
    Limits limits;
    ClientKeyCache client_keys{http, store.clock, log, limits};
    CertificatePolicy certificates;
    DpopNonces dpop_nonces{Secret("the key of all nodes"), limits.dpop_nonce_lifetime,
                           DpopNonces::Demand::optional};
    FixedClaims claims;
    fakes::PlainPages pages;
    storage::Keys stored_keys{*store.database, store.sealer};
    storage::Grants grants{database};
    storage::PushedRequests pushed_requests{database, store.sealer};
    storage::DecoupledRequests decoupled_requests{database, store.sealer};
    storage::Consents consents{database};
    storage::Sessions sessions{database, store.sealer};
    storage::Users users{database};
    storage::AuditLog audit{database, store.random};
    KeyRing ring{stored_keys, *store.database, store.sealer, store.clock, store.random,
                 log,         {"ES256"}};
    Provider provider = provider_with(ring);
    std::optional<storage::Session> session;
    std::set<std::string> permitted;  ///< scopes that Alice has allowed so far
};

}  // namespace tunnus::oidc::tests
