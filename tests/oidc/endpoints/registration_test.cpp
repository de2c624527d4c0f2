// SPDX-License-Identifier: MIT
#include "oidc/endpoints/registration.hpp"

#include "idp/base/limits.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using Object = boost::json::object;

struct Registration : EndpointTest {
    using Mode = RegistrationSettings::Mode;

    ClientRegistration registration() {
        return ClientRegistration(
            {.provider = provider,
             .registry = registry,
             .database = *store.database,
             .sealer = store.sealer,
             .http = http,
             .settings = settings,
             .statement_issuers = {{"https://authority.example", tests::our_keys()}}});
    }
    static Object library(Object const& more = {}) {
        Object object{{"redirect_uris", {"https://rp.example/cb"}},
                      {"client_name", "Library"},
                      {"id_token_signed_response_alg", "ES256"}};
        for (auto const& member : more)
            object[member.key()] = member.value();
        return object;
    }
    static HttpRequest request(Object const& body, std::string_view token) {
        HttpRequest request;
        request.method = Method::POST;
        request.path = "/register";
        request.client_address = "192.0.2.1";
        request.headers.add("Content-Type", "application/json");
        if (!token.empty()) request.headers.add("Authorization", "Bearer " + std::string(token));
        request.body = boost::json::serialize(body);
        return request;
    }
    HttpResponse add(Object const& body, std::string_view token = "") {
        return done(registration().add(request(body, token)));
    }
    /// A registration that succeeds, as answered.
    Object added(Object const& more = {}, std::string_view token = "") {
        auto const response = add(library(more), token);
        EXPECT_EQ(response.status, 201) << response.body;
        return json(response);
    }
    static HttpRequest managing(Object const& client, std::string_view token,
                                Object const& body = {}) {
        auto result = request(body, token);
        result.path_variables = {std::string(client.at("client_id").as_string())};
        return result;
    }
    static std::string token_of(Object const& client) {
        return std::string(client.at("registration_access_token").as_string());
    }
    int status_of_read(Object const& client, std::string_view token) {
        return done(registration().read(managing(client, token))).status;
    }
    HttpResponse put(Object const& client, std::string_view token, Object const& body) {
        return done(registration().replace(managing(client, token, body)));
    }
    std::shared_ptr<Client const> find(Object const& client) {
        return registry.find(client.at("client_id").as_string());
    }
    std::int64_t registered() { return store.count("SELECT COUNT(*) FROM clients"); }

    RegistrationSettings settings{Mode::open, {}, {}};
    ClientRegistry registry{*store.database, store.sealer, log};
};

TEST_F(Registration, AnswersWithEverythingThatIsRegistered) {
    auto const response = add(library({{"contacts", {"it@rp.example"}}, {"surely", 1}}));
    ASSERT_EQ(response.status, 201) << response.body;
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    auto const client = json(response);
    EXPECT_EQ(find_string(client, "client_name"), "Library");
    EXPECT_EQ(find_string(client, "token_endpoint_auth_method"), "client_secret_basic");
    EXPECT_EQ(client.at("grant_types"), boost::json::array{"authorization_code"});
    EXPECT_EQ(client.at("contacts"), boost::json::array{"it@rp.example"});
    EXPECT_EQ(client.at("client_id_issued_at"), to_unix_s(store.now()));
    EXPECT_EQ(client.at("client_secret_expires_at"), 0);
    EXPECT_EQ(find_string(client, "client_secret")->size(), 64U);
    EXPECT_EQ(find_string(client, "registration_client_uri"),
              "https://id.example/register/" + std::string(*find_string(client, "client_id")));
    EXPECT_FALSE(client.contains("surely"));
    EXPECT_EQ(store.audited(AuditKind::client_registered), 1);
}

TEST_F(Registration, MakesAClientThatIsFoundAtOnceAndHasAnIdThatNoPersonHas_O61) {
    auto const client = added();
    auto const found = find(client);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->client_id.starts_with("dcr-"));
    EXPECT_TRUE(found->client_secret->equals(*find_string(client, "client_secret")));
}

TEST_F(Registration, GivesNoSecretToAClientWithoutUseForIt) {
    auto const client = added({{"token_endpoint_auth_method", "none"}});
    EXPECT_FALSE(client.contains("client_secret"));
    EXPECT_FALSE(client.contains("client_secret_expires_at"));
}

TEST_F(Registration, LeavesPkceToTheClientOnlyWhereTheOperatorDoes) {
    EXPECT_TRUE(find(added())->require_pkce);
    settings.require_pkce = false;
    EXPECT_FALSE(find(added())->require_pkce);
    EXPECT_TRUE(find(added({{"require_pkce", true}}))->require_pkce);
    EXPECT_TRUE(find(added({{"token_endpoint_auth_method", "none"}}))->require_pkce);
}

TEST_F(Registration, WantsAnInitialAccessTokenInModeToken_O78) {
    settings = {Mode::token, {Secret("initial one"), Secret("initial two")}, {}};
    EXPECT_EQ(add(library(), "initial two").status, 201);
    for (std::string_view const token : {"", "initial", "other"}) {
        auto const response = add(library(), token);
        EXPECT_EQ(response.status, 401);
        EXPECT_TRUE(response.headers.find("WWW-Authenticate"));
    }
    EXPECT_EQ(registered(), 1);
}

TEST_F(Registration, RefusesWhatAClientMayNotBe_O78) {
    auto const word = [&](Object const& more) { return error(add(library(more))); };
    EXPECT_EQ(word({{"redirect_uris", {"https://rp.example/cb#f"}}}), "invalid_redirect_uri");
    EXPECT_EQ(word({{"redirect_uris", {"https://*.rp.example/"}}}), "invalid_redirect_uri");
    EXPECT_EQ(word({{"redirect_uris", boost::json::array()}}), "invalid_redirect_uri");
    boost::json::array many;
    for (int i = 0; i < 1'000; ++i)
        many.push_back(boost::json::value("https://rp.example/" + std::to_string(i)));
    EXPECT_EQ(word({{"redirect_uris", many}}), "invalid_redirect_uri");
    EXPECT_EQ(word({{"grant_types", {"password"}}}), "invalid_client_metadata");
    EXPECT_EQ(word({{"grant_types", {"authorization_code", "implicit"}}}),
              "invalid_client_metadata");
    EXPECT_EQ(
        word({{"token_endpoint_auth_method", "none"}, {"grant_types", {"client_credentials"}}}),
        "invalid_client_metadata");
    EXPECT_EQ(word({{"client_name", "Bank\u202e"}}), "invalid_client_metadata");
    EXPECT_EQ(word({{"client_name", std::string(1'000, 'a')}}), "invalid_client_metadata");
    EXPECT_EQ(registered(), 0);
}

TEST_F(Registration, RefusesABodyThatIsNoJsonObject) {
    auto text = request({}, "");
    text.body = "[]";
    EXPECT_EQ(error(done(registration().add(text))), "invalid_client_metadata");
    auto form = request(library(), "");
    form.headers.set("Content-Type", "application/x-www-form-urlencoded");
    EXPECT_EQ(error(done(registration().add(form))), "invalid_client_metadata");
    auto twice = request({}, "");
    twice.body =
        R"({"redirect_uris":["https://rp.example/"],"redirect_uris":["https://e.example/"]})";
    EXPECT_EQ(error(done(registration().add(twice))), "invalid_client_metadata");
}

TEST_F(Registration, IsBoundedInNumberAndRate) {
    limits.registrations_per_hour = 3;
    limits.registered_clients = 2;
    (void)added();
    (void)added();
    EXPECT_EQ(add(library()).status, 503);
    limits.registered_clients = 20;
    EXPECT_EQ(add(library()).status, 503);
    auto elsewhere = request(library(), "");
    elsewhere.client_address = "192.0.2.2";
    EXPECT_EQ(done(registration().add(elsewhere)).status, 201);
    store.clock.advance(std::chrono::hours(1));
    EXPECT_EQ(add(library()).status, 201);
    EXPECT_EQ(registered(), 4);
}

TEST_F(Registration, CountsASubscriberOfIPv6AsOne) {
    limits.registrations_per_hour = 2;
    auto const status_from = [&](std::string const& address) {
        auto asked = request(library(), "");
        asked.client_address = address;
        return done(registration().add(asked)).status;
    };
    EXPECT_EQ(status_from("2001:db8:1:2::1"), 201);
    EXPECT_EQ(status_from("2001:db8:1:2:ffff::2"), 201);
    EXPECT_EQ(status_from("2001:db8:1:2::3"), 503);
    EXPECT_EQ(status_from("2001:db8:1:3::1"), 201);
}

TEST_F(Registration, FetchesTheSectorIdentifierOnceAndChecksIt) {
    http.set_server([](OutboundRequest const& asked) -> Result<OutboundResponse> {
        if (asked.url == "https://rp.example/sector")
            return OutboundResponse{200, {}, R"(["https://rp.example/cb","https://b.example/cb"])"};
        return OutboundResponse{404, {}, {}};
    });
    Object const pairwise{{"subject_type", "pairwise"},
                          {"redirect_uris", {"https://rp.example/cb", "https://b.example/cb"}}};
    auto with = [&](std::string_view uri) {
        auto more = pairwise;
        more["sector_identifier_uri"] = uri;
        return library(more);
    };
    auto const response = add(with("https://rp.example/sector"));
    ASSERT_EQ(response.status, 201) << response.body;
    EXPECT_EQ(find(json(response))->sector_identifier, "rp.example");
    EXPECT_EQ(http.requests().at(0).timeout, limits.registration_fetch_timeout);
    EXPECT_EQ(error(add(with("https://rp.example/other"))), "invalid_client_metadata");
    EXPECT_EQ(error(add(library(pairwise))), "invalid_client_metadata");
    auto const asked = http.requests().size();
    EXPECT_EQ(error(add(with("https://127.0.0.1/sector"))), "invalid_client_metadata");
    EXPECT_EQ(http.requests().size(), asked) << "nothing is fetched from inside (O-79)";
}

TEST_F(Registration, TakesASignedStatementOverWhatStandsBesideIt) {
    auto const statement =
        jose::sign_jws(tests::es256_key(), jose::typ::jwt,
                       boost::json::serialize(Object{{"iss", "https://authority.example"},
                                                     {"client_name", "True name"},
                                                     {"redirect_uris", {"https://true.example/cb"}},
                                                     {"scope", "openid hetu"},
                                                     {"skip_consent", true}}));
    auto const client = added({{"software_statement", statement}, {"scope", "openid all"}});
    EXPECT_EQ(find_string(client, "client_name"), "True name");
    EXPECT_EQ(client.at("redirect_uris"), boost::json::array{"https://true.example/cb"});
    EXPECT_EQ(find_string(client, "scope"), "openid hetu");
    EXPECT_EQ(find_string(client, "software_statement"), statement);
    EXPECT_FALSE(find(client)->skip_consent);
}

TEST_F(Registration, GivesAStatementWithoutAddressesNoPower) {
    auto const statement =
        jose::sign_jws(tests::es256_key(), jose::typ::jwt,
                       boost::json::serialize(
                           Object{{"iss", "https://authority.example"}, {"scope", "openid hetu"}}));
    EXPECT_EQ(error(add(library({{"software_statement", statement}}))), "invalid_client_metadata");
    EXPECT_EQ(error(add(library({{"software_statement", "x"}}))), "invalid_software_statement");
    EXPECT_EQ(error(add(library({{"software_statement", 1}}))), "invalid_software_statement");
}

TEST_F(Registration, ShowsAClientItsOwnRegistrationAndNobodyElse_O80) {
    auto const client = added();
    auto const other = added();
    auto const response = done(registration().read(managing(client, token_of(client))));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(json(response), client);
    EXPECT_EQ(status_of_read(client, token_of(other)), 401);
    EXPECT_EQ(status_of_read(client, ""), 401);
    EXPECT_EQ(status_of_read({{"client_id", "dcr-unknown"}}, token_of(client)), 401);
}

TEST_F(Registration, ReplacesEverythingAndTheAccessTokenWithIt_O80) {
    auto const client = added({{"tos_uri", "https://rp.example/tos"}});
    Object const body{{"client_id", client.at("client_id")},
                      {"client_secret", client.at("client_secret")},
                      {"redirect_uris", {"https://rp.example/new"}},
                      {"id_token_signed_response_alg", "ES256"}};
    auto const response = put(client, token_of(client), body);
    ASSERT_EQ(response.status, 200) << response.body;
    auto const now = json(response);
    EXPECT_EQ(now.at("redirect_uris"), boost::json::array{"https://rp.example/new"});
    EXPECT_EQ(now.at("client_secret"), client.at("client_secret"));
    EXPECT_FALSE(now.contains("tos_uri"));
    EXPECT_EQ(find(client)->redirect_uris, std::vector<std::string>{"https://rp.example/new"});
    EXPECT_EQ(status_of_read(client, token_of(client)), 401);
    EXPECT_EQ(status_of_read(client, token_of(now)), 200);
}

TEST_F(Registration, KeepsWhoWasVouchedForWhateverTheModeBecomes_O80) {
    settings = {Mode::open, {Secret("initial one")}, {}};
    auto stranger = added();
    auto known = added({}, "initial one");
    auto const replaced = [&](Object const& client) {
        auto body = library(
            {{"grant_types", {"client_credentials"}}, {"response_types", boost::json::array()}});
        body["client_id"] = client.at("client_id");
        body["client_secret"] = client.at("client_secret");
        return put(client, token_of(client), body).status;
    };
    settings.mode = Mode::token;
    EXPECT_EQ(replaced(stranger), 400) << "a stranger is none the better for it";
    settings.mode = Mode::open;
    EXPECT_EQ(replaced(known), 200) << "and who was known none the worse";
}

TEST_F(Registration, RefusesAReplacementThatIsNotTheClients_O80) {
    auto const client = added();
    auto const other = added();
    auto body = library({{"client_id", client.at("client_id")}});
    EXPECT_EQ(put(client, token_of(other), body).status, 401);
    auto const word = [&](Object const& more) {
        auto changed = body;
        for (auto const& member : more)
            changed[member.key()] = member.value();
        return error(put(client, token_of(client), changed));
    };
    EXPECT_EQ(word({{"client_id", other.at("client_id")}}), "invalid_client_metadata");
    EXPECT_EQ(word({{"client_secret", "a guess"}}), "invalid_client_metadata");
    EXPECT_EQ(word({{"client_secret_expires_at", 0}}), "invalid_client_metadata");
    EXPECT_EQ(word({{"registration_access_token", token_of(client)}}), "invalid_client_metadata");
    EXPECT_EQ(word({{"redirect_uris", {"http://evil.example/"}}}), "invalid_redirect_uri");
    EXPECT_EQ(json(done(registration().read(managing(client, token_of(client))))), client);
}

TEST_F(Registration, EndsWithTheClient) {
    auto const client = added();
    auto const response = done(registration().remove(managing(client, token_of(client))));
    EXPECT_EQ(response.status, 204);
    EXPECT_FALSE(find(client));
    EXPECT_EQ(status_of_read(client, token_of(client)), 401);
}

TEST_F(Registration, LeavesClientsOfTheOperatorAlone) {
    ASSERT_EQ(store.commit(storage::add_client(
                  {"ours", tests::service({{"client_id", "ours"}}), store.now(), 1}, store.event(),
                  store.sealer, store.random)),
              Verdict::won);
    EXPECT_EQ(status_of_read({{"client_id", "ours"}}, "anything"), 401);
}

}  // namespace
}  // namespace tunnus::oidc
