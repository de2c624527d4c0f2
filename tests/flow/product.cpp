// SPDX-License-Identifier: MIT
#include "tests/flow/product.hpp"

#include "idp/login/accounts.hpp"
#include "storage/sql/open.hpp"
#include "storage/users.hpp"
#include "tests/fakes/mariadb_server.hpp"
#include "tests/flow/invariants.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <regex>
#include <stdexcept>
#include <utility>

namespace tunnus::flow {

namespace {

Configuration read(std::string const& text) {
    auto configuration = parse_configuration(text, TUNNUS_SOURCE_DIR "/conf/flow.json");
    if (!configuration) throw std::runtime_error(configuration.error().text());
    return std::move(*configuration);
}

/// A database of MariaDB for this product; gone with the last who holds it.
std::shared_ptr<std::string const> make_server_database() {
    auto& server = fakes::mariadb_server();
    return {new std::string(server.create_database()), [&server](std::string const* name) {
                server.drop_database(*name);
                delete name;
            }};
}

}  // namespace

Product::Product(std::string const& configuration,
                 std::span<plugin::EntryFunction const> compiled_in)
    : configuration_(configuration), compiled_in_(compiled_in) {
    auto parsed = read(configuration_);
    // All stories can be told on MariaDB: TUNNUS_TEST_ENGINE=mariadb.
    auto const* const engine = std::getenv("TUNNUS_TEST_ENGINE");
    std::shared_ptr<std::string const> server_database;
    if (engine != nullptr && std::string_view(engine) == "mariadb" &&
        parsed.storage_url == "sqlite::memory:") {
        server_database = make_server_database();
        parsed.storage_url = fakes::mariadb_server().url(*server_database);
    }
    auto opened = open_configured_database(parsed, log, sql::DatabaseSettings::Use::server);
    if (!opened) throw std::runtime_error(opened.error().text());
    // The database is closed before it is dropped.
    std::shared_ptr<sql::Database> held(std::move(*opened));
    auto* const address = held.get();
    opened_database = {address, [held = std::move(held), server_database](sql::Database*) mutable {
                           held.reset();
                           server_database.reset();
                       }};
    database = std::make_shared<tests::CountingDatabase>(*opened_database);
    build(std::move(parsed));
}

Product::~Product() {
    if (!app) return;
    for (auto const& broken : find_broken_invariants(*this))
        ADD_FAILURE() << broken;
}

void Product::build(Configuration configuration) {
    process_clock_ = std::make_unique<UnbrokenClock>(clock);
    auto built = App::build(std::move(configuration), database,
                            {.clock = *process_clock_,
                             .random = random,
                             .log = log,
                             .http = std::shared_ptr<HttpClient>(std::shared_ptr<void>(), &http),
                             .mail = &mailbox,
                             .compiled_in = compiled_in_});
    if (!built) throw std::runtime_error(built.error().text());
    app = std::move(*built);
    router_ = std::make_unique<web::Router>(app->routes());
}

void Product::restart(std::string configuration) {
    configuration_ = std::move(configuration);
    router_.reset();
    app.reset();
    build(read(configuration_));
}

std::string Product::shared_configuration(std::string const& more_plugins) {
    setenv("TUNNUS_TEST_SEALING_KEY", "a sealing key of more than thirty-two bytes", 1);
    setenv("TUNNUS_TEST_CLIENT_SECRET", "client-secret-for-tests", 1);
    return std::string(R"({
        "issuer": "https://tunnus.example",
        "listen": [{"address": "127.0.0.1", "port": 8080}],
        "storage": {"url": "sqlite::memory:"},
        "keys": {"sealing_key": {"env": "TUNNUS_TEST_SEALING_KEY"}, "encryption": ["ECDH-ES"]},
        "limits": {"argon2_memory_kib": 8192, "argon2_passes": 1},
        "clients": [
            {"client_id": "library", "client_name": "Library", "redirect_uris": ["https://library.example/cb"],
             "post_logout_redirect_uris": ["https://library.example/bye"],
             "client_secret": {"env": "TUNNUS_TEST_CLIENT_SECRET"}, "grant_types": ["authorization_code", "refresh_token"],
             "scope": "openid profile email offline_access", "id_token_signed_response_alg": "ES256",
             "backchannel_logout_uri": "https://library.example/backchannel"},
            {"client_id": "parks", "client_name": "Parks", "redirect_uris": ["https://parks.example/cb"],
             "client_secret": {"env": "TUNNUS_TEST_CLIENT_SECRET"}, "scope": "openid profile email"},
            {"client_id": "kiosk", "client_name": "Kiosk", "redirect_uris": ["https://kiosk.example/cb"],
             "token_endpoint_auth_method": "none", "scope": "openid"}
        ],
        "plugins": [)" +
                       more_plugins +
                       R"({"name": "password", "config": {}}, {"name": "profile", "config": {}}]
    })");
}

HttpResponse Product::answer(HttpRequest request) {
    request.request_id = "request-" + std::to_string(++requests_);
    request.received_at = process_clock_->now();
    request.over_tls = true;
    if (request.client_address.empty()) request.client_address = "192.0.2.7";
    Exchange exchange;
    auto const counted = [&](auto const& work) {
        int const reads = database->reads;
        int const writes = database->writes;
        auto done = work();
        exchange.reads += database->reads - reads;
        exchange.writes += database->writes - writes;
        return done;
    };
    auto outcome = counted([&] { return web::dispatch(*router_, request); });
    if (auto const meanwhile = std::exchange(before_commit, nullptr)) meanwhile();
    auto response = counted([&] { return settle(std::move(outcome), app->committer()); });
    exchange.request = std::move(request);
    exchange.response = response;
    history.push_back(std::move(exchange));
    return response;
}

std::string Product::add_user(std::string const& email, std::string const& password) {
    personal.insert(personal.end(), {email, password});
    auto identity = app->plugins().provision(
        "password", {.email = email, .password = Secret(password), .verified = true});
    if (!identity) throw std::runtime_error(identity.error().text());
    std::string const user_id = random_uuid(random);
    auto index = login::subject_index(app->sealer(), "password", identity->subject);
    auto writes = app->plugins().signed_in(
        {.user_id = user_id,
         .created = true,
         .proofs = {{.method = "password", .identity = std::move(*identity)}}});
    if (!writes) throw std::runtime_error(writes.error().text());
    auto const made = database->commit(
        storage::create_user({.user = {.id = user_id, .created_at = clock.now(), .disabled_at = {}},
                              .identity = {.authenticator = "password",
                                           .subject_index = std::move(index),
                                           .user_id = user_id,
                                           .linked_at = clock.now()},
                              .plugin_writes = std::move(writes->steps),
                              .audit = std::move(writes->audit)},
                             random));
    if (!made || *made == Verdict::lost) throw std::runtime_error("the account was not made");
    return user_id;
}

void Product::disable_user(std::string const& user_id) {
    auto const done = database->commit(
        storage::disable_user({.user_id = user_id, .now = clock.now(), .audit = {}}, random));
    if (!done || *done == Verdict::lost) throw std::runtime_error("the account was not disabled");
}

std::int64_t Product::count(std::string_view sql) {
    return database->find({sql, {}, {}}).value()->integer(0);
}

std::int64_t Product::audited(std::string_view kind) {
    return database
        ->find({"SELECT COUNT(*) FROM audit_events WHERE kind = ?", {sql::value(kind)}, {}})
        .value()
        ->integer(0);
}

std::string Product::audited_reason(std::string_view kind) {
    auto const rows =
        database->query({"SELECT fields FROM audit_events WHERE kind = ? ORDER BY id DESC LIMIT 1",
                         {sql::value(kind)},
                         {}});
    if (!rows) throw std::runtime_error(rows.error().text());
    if (rows->empty()) return {};
    auto const fields = boost::json::parse((*rows)[0].text(0)).as_object();
    auto const* reason = fields.if_contains("reason");
    return reason ? std::string(reason->as_string()) : std::string();
}

void Product::run_job(std::string_view name) {
    for (auto const& job : app->jobs()) {
        if (job.name != name) continue;
        if (auto done = job.run(); !done) throw std::runtime_error(done.error().text());
        return;
    }
    throw std::runtime_error("no job " + std::string(name));
}

std::string Product::code_from_mailbox() {
    run_job("mail");
    if (mailbox.mails.empty()) throw std::runtime_error("no mail came");
    std::smatch match;
    if (!std::regex_search(mailbox.mails.back().text, match, std::regex("\\b([0-9]{6,8})\\b")))
        throw std::runtime_error("no code in " + mailbox.mails.back().text);
    return match[1];
}

}  // namespace tunnus::flow
