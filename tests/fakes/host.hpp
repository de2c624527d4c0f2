// SPDX-License-Identifier: MIT
// A host for the tests of one plugin: real sealing and a real in-memory database, everything else a
// fake that the test can look into.
#pragma once

#include "idp/base/crypto.hpp"
#include "idp/base/limits.hpp"
#include "plugins/api/entry.hpp"
#include "storage/sql/open.hpp"
#include "tests/fakes/audit.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/mailer.hpp"
#include "tests/fakes/random.hpp"

#include <boost/json/serialize.hpp>

#include <map>
#include <stdexcept>

namespace tunnus::fakes {

/// Keeps whose sessions were ended.
class RecordingAccounts final : public plugin::Accounts {
  public:
    [[nodiscard]] Result<> end_sessions(std::string_view user_id, std::string_view) override {
        ended.emplace_back(user_id);
        return {};
    }
    [[nodiscard]] Result<> end_other_sessions(std::string_view user_id, std::string_view kept,
                                              std::string_view) override {
        ended_others.emplace_back(user_id, kept);
        return {};
    }
    [[nodiscard]] Result<std::size_t> end_named_sessions(std::span<std::string const> session_ids,
                                                         std::string_view) override {
        if (fails) return Error(BaseErrc::unavailable, "storage");
        ended_sessions.insert(ended_sessions.end(), session_ids.begin(), session_ids.end());
        return session_ids.size();
    }
    [[nodiscard]] Result<std::size_t> untold_services(std::span<std::string const>) override {
        return untold;
    }
    [[nodiscard]] Result<std::vector<SignInMethod>> sign_in_methods(std::string_view) override {
        return methods;
    }
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view) override {
        return data;
    }
    [[nodiscard]] Result<> erase(std::string_view user_id, std::string_view) override {
        if (fails) return Error(BaseErrc::unavailable, "storage");
        erased.emplace_back(user_id);
        return {};
    }
    std::vector<SignInMethod> methods;
    boost::json::object data;
    std::vector<std::string> erased;
    std::vector<std::string> ended;
    std::vector<std::pair<std::string, std::string>> ended_others;  ///< whose, and what is kept
    std::vector<std::string> ended_sessions;
    std::size_t untold = 0;
    bool fails = false;
};

/// Services that a test puts there.
class FakeServices final : public ServiceDirectory {
  public:
    [[nodiscard]] std::shared_ptr<RegisteredService const> find_service(
        std::string_view name) const override {
        for (auto const& one : registered)
            if (one->name == name) return one;
        return nullptr;
    }
    [[nodiscard]] std::vector<std::shared_ptr<RegisteredService const>> services() const override {
        return registered;
    }
    std::vector<std::shared_ptr<RegisteredService const>> registered;
};

/// Permissions that a test puts there; a withdrawn one is gone.
class FakePermissions final : public plugin::Permissions {
  public:
    [[nodiscard]] Result<std::vector<plugin::Permission>> of(std::string_view user_id,
                                                             std::string_view) override {
        auto const found = by_user.find(user_id);
        return found == by_user.end() ? std::vector<plugin::Permission>() : found->second;
    }
    [[nodiscard]] plugin::Text title_of(std::string_view client_id) override {
        std::string const name(client_id);
        return {name, name, name};
    }
    [[nodiscard]] Result<> withdraw(std::string_view user_id, std::string_view service,
                                    std::string_view) override {
        if (auto const found = by_user.find(user_id); found != by_user.end())
            std::erase_if(found->second, [&](auto const& one) { return one.service == service; });
        return {};
    }
    std::map<std::string, std::vector<plugin::Permission>, std::less<>> by_user;
};

/// Events that a test puts there, newest first.
class FakeTrail final : public plugin::AuditTrail {
  public:
    /// All of them at once.
    [[nodiscard]] Result<Piece> about(std::string_view user_id, std::string_view /*from*/,
                                      std::size_t most) override {
        Piece piece;
        for (auto const& event : events)
            if (event.user_id == user_id && piece.events.size() < most)
                piece.events.push_back(event);
        return piece;
    }
    std::vector<AuditEvent> events;
};

/// Tokens that say in plain text what they are for.
class FakeGdprTokens final : public plugin::GdprTokens {
  public:
    [[nodiscard]] Result<Token> make(RegisteredService const& service, Use use,
                                     std::string_view user_id,
                                     boost::json::object const& claims) override {
        if (!service.gdpr) return Error(BaseErrc::not_found, "gdpr");
        auto const& scope =
            use == Use::query ? service.gdpr->query_scope : service.gdpr->delete_scope;
        return Token{Secret(service.gdpr->audience + " " + scope + " " + std::string(user_id) +
                            " " + boost::json::serialize(claims)),
                     std::string(user_id)};
    }
};

/// Change what is public before the plugin is made; read it afterwards.
class FakeHost final : public plugin::Host {
  public:
    explicit FakeHost(std::string plugin_name) : name_(std::move(plugin_name)) {}

    boost::json::object config;
    std::map<std::string, std::string, std::less<>> secrets;  ///< by file or variable name
    std::map<std::string, std::string, std::less<>> files;    ///< public ones, by path
    /// By key, in every language; a key that is not here is its own text.
    std::map<std::string, std::string, std::less<>> texts;
    Limits bounds;
    ManualClock manual_clock;
    SeededRandom seeded_random;
    RecordingLog recording_log;
    RecordingAudit recording_audit;
    RecordingMailer recording_mailer;
    FakeHttpClient fake_http;
    RecordingAccounts recording_accounts;
    FakeServices fake_services;
    FakePermissions fake_permissions;
    FakeTrail fake_trail;
    FakeGdprTokens fake_gdpr_tokens;

    /// Opens the database and runs the plugin's migrations, as the real host does.
    plugin::Plugin* create(TunnusPluginV1 const& entry) {
        std::span const migrations(entry.migrations, entry.migration_count);
        if (auto done = database().migrate(name_, migrations); !done) done.value();
        plugin_.reset(entry.create(*this));
        return plugin_.get();
    }

    [[nodiscard]] boost::json::object const& configuration() const override { return config; }
    [[nodiscard]] Result<Secret> secret(boost::json::value const& reference) const override {
        for (auto const* kind : {"file", "env"})
            if (auto const* at = reference.as_object().if_contains(kind))
                if (auto found = secrets.find(std::string_view(at->as_string()));
                    found != secrets.end())
                    return Secret(found->second);
        return Error(BaseErrc::not_found, boost::json::serialize(reference));
    }
    [[nodiscard]] Result<std::string> read_file(std::string_view path) const override {
        auto const found = files.find(path);
        if (found == files.end()) return Error(BaseErrc::not_found, std::string(path));
        return found->second;
    }
    [[nodiscard]] std::string const& issuer() const override { return issuer_; }
    [[nodiscard]] Limits const& limits() const override { return bounds; }
    [[nodiscard]] std::string seal(std::string_view context, std::string_view plain) override {
        return sealer_.seal(name_ + "." + std::string(context), plain, seeded_random);
    }
    [[nodiscard]] Result<std::string> open(std::string_view context,
                                           std::string_view sealed) override {
        return sealer_.open(name_ + "." + std::string(context), sealed);
    }
    [[nodiscard]] std::string blind_index(std::string_view context,
                                          std::string_view plain) override {
        return sealer_.blind_index(name_ + "." + std::string(context), plain);
    }
    using Host::page;
    /// The template's name, a line end, and the model as JSON.
    [[nodiscard]] HttpResponse page(int status, std::string_view template_name,
                                    boost::json::object const& model, std::string_view) override {
        HttpResponse response(status);
        response.body = std::string(template_name) + "\n" + boost::json::serialize(model);
        return response;
    }
    /// `error`, the error word and the text of `message_key`, a line each.
    [[nodiscard]] HttpResponse error_page(int status, std::string_view error_word,
                                          std::string_view message_key,
                                          plugin::Caller const& caller) override {
        HttpResponse response(status);
        response.body =
            "error\n" + std::string(error_word) + "\n" + text(caller.locale, message_key);
        return response;
    }
    [[nodiscard]] std::string text(std::string_view, std::string_view key) const override {
        auto const found = texts.find(key);
        return found == texts.end() ? std::string(key) : found->second;
    }
    [[nodiscard]] sql::Database& database() override {
        if (!database_) {
            sql::DatabaseSettings settings;
            settings.url = "sqlite::memory:";
            database_ = std::move(sql::open_database(settings, recording_log)).value();
        }
        return *database_;
    }
    [[nodiscard]] Log& log() override { return recording_log; }
    [[nodiscard]] Audit& audit() override { return recording_audit; }
    [[nodiscard]] Clock& clock() override { return manual_clock; }
    [[nodiscard]] Random& random() override { return seeded_random; }
    [[nodiscard]] HttpClient& http() override { return fake_http; }
    [[nodiscard]] Mailer& mailer() override { return recording_mailer; }
    [[nodiscard]] plugin::Accounts& accounts() override { return recording_accounts; }
    [[nodiscard]] ServiceDirectory const& services() const override { return fake_services; }
    [[nodiscard]] plugin::Permissions& permissions() override { return fake_permissions; }
    [[nodiscard]] plugin::AuditTrail& audit_trail() override { return fake_trail; }
    [[nodiscard]] plugin::GdprTokens& gdpr_tokens() override { return fake_gdpr_tokens; }

  private:
    std::string name_;
    std::string issuer_ = "https://tunnus.example";
    Sealer sealer_{Secret("a sealing key for tests, 32 bytes or more")};
    std::unique_ptr<sql::Database> database_;
    std::unique_ptr<plugin::Plugin> plugin_;
};

}  // namespace tunnus::fakes
