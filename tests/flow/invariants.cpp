// SPDX-License-Identifier: MIT
#include "tests/flow/invariants.hpp"

#include "idp/base/form.hpp"
#include "idp/base/url.hpp"
#include "tests/flow/browser.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

namespace tunnus::flow {
namespace {

using Broken = std::vector<std::string>;

bool has_identity_code(std::string const& text) {
    static std::regex const code("\\b[0-3][0-9][01][0-9]{3}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]\\b");
    return std::regex_search(text, code);
}

class Check {
  public:
    explicit Check(Product& product) : product_(product) {}
    Broken run() {
        rests_on_proof();
        happens_once();
        is_audited();
        keeps_personal_data();
        calls_nobody_else();
        stays_ended();
        states_what_happened();
        asks_storage_little();
        return std::move(broken_);
    }

  private:
    void none(std::string_view invariant, std::string_view sql) {
        if (auto const rows = product_.count(sql); rows != 0)
            broken_.push_back(std::string(invariant) + ": " + std::to_string(rows) +
                              " rows of: " + std::string(sql));
    }
    void demand(bool holds, std::string const& what) {
        if (!holds) broken_.push_back(what);
    }
    [[nodiscard]] std::int64_t audited(std::string_view kind) {
        return product_.count("SELECT COUNT(*) FROM audit_events WHERE kind = '" +
                              std::string(kind) + "'");
    }
    static std::string location(Exchange const& exchange) {
        return std::string(exchange.response.headers.find("Location").value_or(""));
    }
    /// The JSON of a token answer that gave something; empty for every other answer.
    static boost::json::object issued(Exchange const& exchange) {
        if (exchange.request.path != "/token" || exchange.response.status != 200) return {};
        return json_of(exchange.response);
    }

    // design.md 4: what services ask all day does two reads and one write at most.
    void asks_storage_little() {
        for (auto const& [request, response, reads, writes] : product_.history)
            if (request.path == "/token" || request.path == "/introspect" ||
                request.path == "/userinfo")
                demand(reads <= 2 && writes <= 1, request.path + " did " + std::to_string(reads) +
                                                      " reads and " + std::to_string(writes) +
                                                      " writes: " + request.body);
    }

    // I1: every session has an event of a finished login, every token a redeemed grant.
    void rests_on_proof() {
        none("I1",
             "SELECT COUNT(*) FROM sessions s WHERE s.amr = '' OR NOT EXISTS "
             "(SELECT 1 FROM audit_events a WHERE a.kind = 'login.finished' AND "
             "a.user_id = s.user_id)");
        none("I1",
             "SELECT COUNT(*) FROM grants g WHERE LENGTH(g.session_id) > 0 AND NOT EXISTS "
             "(SELECT 1 FROM sessions s WHERE s.id = g.session_id AND s.user_id = g.user_id)");
        none("I1",
             "SELECT COUNT(*) FROM access_tokens t LEFT JOIN grants g ON g.id = t.grant_id "
             "WHERE t.grant_id IS NOT NULL AND (g.id IS NULL OR g.redeemed_at IS NULL)");
        none("I1",
             "SELECT COUNT(*) FROM refresh_tokens t LEFT JOIN grants g ON g.id = t.grant_id "
             "WHERE g.id IS NULL OR g.redeemed_at IS NULL");
    }

    // I2: no code, refresh token or SAML message was accepted twice. A rotated refresh token may
    // get the same answer again for a while.
    void happens_once() {
        std::map<std::string, int> accepted;
        std::map<std::string, std::set<std::string>> rotated;
        for (auto const& exchange : product_.history) {
            auto const& request = exchange.request;
            auto const form = parse_form(request.body).form;
            if (auto const answer = issued(exchange); !answer.empty()) {
                if (auto const code = form.find("code")) ++accepted[std::string(*code)];
                if (auto const token = form.find("refresh_token"))
                    rotated[std::string(*token)].emplace(answer.at("access_token").as_string());
            }
            if (request.path.ends_with("/acs") && exchange.response.status < 400)
                ++accepted[std::string(form.get("SAMLResponse"))];
        }
        for (auto const& [what, times] : accepted)
            demand(times <= 1, "I2: accepted " + std::to_string(times) + " times: " + what);
        for (auto const& [what, answers] : rotated)
            demand(answers.size() <= 1, "I2: rotated more than once: " + what);
    }

    // I4: what was handed out has its event, and a refused message has one too.
    void is_audited() {
        std::int64_t codes = 0;
        std::set<std::string> tokens;
        std::int64_t sessions = 0;
        for (auto const& exchange : product_.history) {
            auto const to = location(exchange);
            if (to.find("?code=") != std::string::npos || to.find("&code=") != std::string::npos)
                ++codes;
            if (auto const answer = issued(exchange); !answer.empty())
                tokens.emplace(answer.at("access_token").as_string());
            for (auto const line : exchange.response.headers.all("Set-Cookie"))
                if (line.starts_with("__Host-sid=") && line.find("Max-Age=0") == line.npos)
                    ++sessions;
        }
        demand(codes <= audited("code.issued"), "I4: a code left without its event");
        demand(sessions <= audited("login.finished"), "I4: a session began without its event");
        auto const events = audited("code.redeemed") + audited("token.refreshed") +
                            audited("token.issued") + audited("token.exchanged");
        demand(static_cast<std::int64_t>(tokens.size()) <= events,
               "I4: tokens left without their event");
    }

    // I5: nothing personal in addresses, logs, events and error pages; no identity code readable in
    // any row.
    void keeps_personal_data() {
        auto const clean = [&](std::string const& text, std::string const& where) {
            demand(!has_identity_code(text), "I5: an identity code " + where + ": " + text);
            for (auto const& secret : product_.personal)
                demand(text.find(secret) == std::string::npos,
                       "I5: personal data " + where + ": " + text);
        };
        for (auto const& exchange : product_.history) {
            clean(location(exchange), "in a Location");
            if (exchange.response.status >= 400 && exchange.response.status != 422 &&
                exchange.response.status != 429)
                clean(exchange.response.body, "in an error page");
        }
        for (auto const& line : product_.log.lines())
            clean(line.event + " " + boost::json::serialize(line.fields), "in the log");
        // The register of mandates has it so: identity codes stand in its own addresses, and
        // nowhere else (suomifi.md 7.7).
        for (auto const& call : product_.http.requests())
            if (!call.url.starts_with("https://valtuudet.example/service/"))
                clean(call.url, "in an address called");
        for_each_value([&](std::string const& table, std::string const& value) {
            demand(!has_identity_code(value), "I5: an identity code readable in " + table);
            if (table == "audit_events") clean(value, "in the audit log");
        });
    }
    template <class Function>
    void for_each_value(Function use) {
        bool const mariadb = product_.database->dialect() == sql::Database::Dialect::mariadb;
        auto const tables = product_.database->query(
            {mariadb ? "SELECT TABLE_NAME FROM information_schema.TABLES "
                       "WHERE TABLE_SCHEMA = DATABASE()"
                     : "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
             {},
             {}});
        for (auto const& table : *tables) {
            auto const name = table.text(0);
            auto const in_sqlite = "SELECT name FROM pragma_table_info('" + name + "')";
            auto const in_mariadb =
                "SELECT COLUMN_NAME FROM information_schema.COLUMNS "
                "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
                name + "'";
            auto const columns =
                product_.database->query({mariadb ? in_mariadb : in_sqlite, {}, {}});
            for (auto const& column : *columns) {
                auto const values = product_.database->query(
                    {"SELECT CAST(" + column.text(0) + (mariadb ? " AS BINARY" : " AS BLOB") +
                         ") FROM " + name + " WHERE " + column.text(0) + " IS NOT NULL",
                     {},
                     {}});
                for (auto const& value : *values)
                    use(name, std::string(value.bytes(0)));
            }
        }
    }

    // I8: only addresses that the configuration names were called.
    void calls_nobody_else() {
        for (auto const& call : product_.http.requests()) {
            auto const url = parse_http_url(call.url);
            auto const origin = url ? url->origin() : "";
            bool const configured = std::ranges::any_of(
                std::array{"\"" + call.url + "\"", "\"base_url\": \"" + origin + "\"",
                           "\"gdpr\": {\"url\": \"" + origin + "/"},
                [&](std::string const& place) {
                    return product_.configuration().find(place) != std::string::npos;
                });
            demand(configured, "I8: called " + (url ? url->origin() : call.url));
        }
    }

    // I10
    void stays_ended() {
        none("I10",
             "SELECT COUNT(*) FROM sessions s JOIN users u ON u.id = s.user_id "
             "WHERE u.disabled_at IS NOT NULL AND s.ended_at IS NULL");
        none("I10",
             "SELECT COUNT(*) FROM grants g JOIN users u ON u.id = g.user_id "
             "WHERE u.disabled_at IS NOT NULL AND g.revoked_at IS NULL");
        none("I10",
             "SELECT COUNT(*) FROM grants g JOIN sessions s ON s.id = g.session_id "
             "WHERE s.ended_at IS NOT NULL AND g.revoked_at IS NULL AND g.offline = 0");
        none("I10",
             "SELECT COUNT(*) FROM grants g JOIN consents c ON c.user_id = g.user_id AND "
             "c.client_id = g.client_id WHERE c.withdrawn_at IS NOT NULL AND "
             "g.revoked_at IS NULL AND g.created_at <= c.withdrawn_at");
    }

    // I11: a token's acr is one that a login of this person ended with, and its auth_time is not
    // newer than the token.
    void states_what_happened() {
        for (auto const& exchange : product_.history) {
            auto const answer = issued(exchange);
            if (!answer.contains("id_token")) continue;
            auto const claims = payload_of(answer.at("id_token").as_string());
            demand(claims.at("auth_time").to_number<std::int64_t>() <=
                       claims.at("iat").to_number<std::int64_t>(),
                   "I11: auth_time is after iat");
            auto const happened = product_.count(
                "SELECT COUNT(*) FROM audit_events WHERE kind = 'login.finished' AND user_id = '" +
                std::string(claims.at("sub").as_string()) + "' AND fields LIKE '%\"acr\":\"" +
                std::string(claims.at("acr").as_string()) + "\"%'");
            demand(happened > 0, "I11: no login reached " + boost::json::serialize(claims));
        }
    }

    Product& product_;
    Broken broken_;
};

}  // namespace

std::vector<std::string> find_broken_invariants(Product& product) {
    return Check(product).run();
}

}  // namespace tunnus::flow
