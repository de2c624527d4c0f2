// SPDX-License-Identifier: MIT
// What the tests of the host stand on: services made of fakes, and plugins written in the test.
#pragma once

#include "idp/base/limits.hpp"
#include "plugins/host/plugins.hpp"
#include "tests/fakes/audit.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/host.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/mailer.hpp"
#include "tests/fakes/pages.hpp"
#include "tests/fakes/random.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tunnus::plugin::testing {

/// What a plugin of the test does; an interface whose function is left empty is one that it lacks.
struct Script {
    std::function<void(Host&)> created = {};
    std::function<Answer<Identity>(LoginView const&)> begin = {};
    std::function<Answer<LoginStep::Settled>(LoginView const&)> settle = {};
    std::vector<std::string> claim_names = {};
    std::map<std::string, Text> claim_titles = {};
    VerifiedClaimsOffer verified = {};
    std::function<Result<boost::json::object>(ClaimsQuery const&)> claims = {};
    bool quick = false;
    std::vector<Scope> scopes = {};
    std::vector<RouteSource::PluginRoute> routes = {};
    std::function<Result<Writes>(SignedIn const&)> signed_in = {};
    std::function<Result<>(std::string_view user_id)> erase = {};
    std::function<Result<>()> job = {};
    seconds interval{60};
    std::vector<std::string> pages = {};
    std::function<Result<std::string>(std::string_view login_hint)> find_person = {};
    std::function<Answer<Acting>(MandateRequest const&)> act = {};
    std::function<Result<bool>()> still_valid = {};
};

class ScriptedAuthenticator final : public Authenticator {
  public:
    explicit ScriptedAuthenticator(Script const& script) : script_(script) {}
    std::vector<std::string> acr_values() const override { return {"light"}; }
    Text label() const override { return {"Nimi", "Namn", "Name"}; }
    Answer<Identity> begin(LoginView const& login) override { return script_.begin(login); }
    Answer<Identity> resume(LoginView const& login, boost::json::object const&,
                            BrowserRequest const&) override {
        return script_.begin(login);
    }

  private:
    Script const& script_;
};

class ScriptedStep final : public LoginStep {
  public:
    explicit ScriptedStep(Script const& script) : script_(script) {}
    Result<bool> needed(LoginView const&, std::string_view method, std::string_view) override {
        if (method == "down") return Error(BaseErrc::unavailable, "down");
        return method == "strong";
    }
    Answer<Settled> begin_step(LoginView const& login) override { return script_.settle(login); }
    Answer<Settled> resume_step(LoginView const& login, boost::json::object const&,
                                BrowserRequest const&) override {
        return script_.settle(login);
    }

  private:
    Script const& script_;
};

class ScriptedMandates final : public MandateSource {
  public:
    explicit ScriptedMandates(Script const& script) : script_(script) {}
    std::vector<std::string> mandate_scopes() const override { return {"act"}; }
    Answer<Acting> begin_mandate(LoginView const&, MandateRequest const& request) override {
        return script_.act(request);
    }
    Answer<Acting> resume_mandate(LoginView const&, MandateRequest const& request,
                                  boost::json::object const&, BrowserRequest const&) override {
        return script_.act(request);
    }
    Result<bool> still_valid(boost::json::object const&) override { return script_.still_valid(); }

  private:
    Script const& script_;
};

class ScriptedPlugin final : public Plugin,
                             private ClaimsSource,
                             private ScopeSource,
                             private RouteSource,
                             private AccountListener,
                             private PersonFinder,
                             private Job {
  public:
    explicit ScriptedPlugin(Script script) : script_(std::move(script)) {}

    Authenticator* authenticator() override { return script_.begin ? &authenticator_ : nullptr; }
    LoginStep* login_step() override { return script_.settle ? &step_ : nullptr; }
    MandateSource* mandate_source() override { return script_.act ? &mandates_ : nullptr; }
    ClaimsSource* claims_source() override { return script_.claims ? this : nullptr; }
    ScopeSource* scope_source() override { return script_.scopes.empty() ? nullptr : this; }
    RouteSource* route_source() override { return script_.routes.empty() ? nullptr : this; }
    AccountListener* account_listener() override { return script_.signed_in ? this : nullptr; }
    PersonFinder* person_finder() override { return script_.find_person ? this : nullptr; }
    std::vector<Job*> jobs() override {
        return script_.job ? std::vector<Job*>{this} : std::vector<Job*>{};
    }
    std::vector<std::string> pages() const override { return script_.pages; }

  private:
    std::vector<std::string> claims_supported() const override { return script_.claim_names; }
    Result<boost::json::object> claims(ClaimsQuery const& query) override {
        return script_.claims(query);
    }
    std::map<std::string, Text> claim_titles() const override { return script_.claim_titles; }
    VerifiedClaimsOffer verified_claims_offer() const override { return script_.verified; }
    bool quick() const override { return script_.quick; }
    std::vector<Scope> scopes() const override { return script_.scopes; }
    std::vector<PluginRoute> routes() override { return script_.routes; }
    Result<Writes> signed_in(SignedIn const& login) override { return script_.signed_in(login); }
    Result<boost::json::object> export_data(std::string_view user_id) override {
        return boost::json::object{{"of", user_id}};
    }
    Result<> erase(std::string_view user_id) override {
        return script_.erase ? script_.erase(user_id) : Result<>();
    }
    Result<std::string> find_person(std::string_view login_hint) override {
        return script_.find_person(login_hint);
    }
    std::string name() const override { return "sweep"; }
    seconds interval() const override { return script_.interval; }
    Result<> run() override { return script_.job(); }

    Script const script_;
    ScriptedAuthenticator authenticator_{script_};
    ScriptedStep step_{script_};
    ScriptedMandates mandates_{script_};
};

/// Three places for plugins of the test: an entry is a plain function and can hold no state.
template <std::size_t Place>
struct Slot {
    static inline Script script;
    static inline TunnusPluginV1 entry{};
    static TunnusPluginV1 const* get() { return &entry; }
    static Plugin* create(Host& host) {
        if (script.created) script.created(host);
        return new ScriptedPlugin(script);
    }
    static void fill(char const* name, Script new_script) {
        script = std::move(new_script);
        entry = {sizeof(TunnusPluginV1),
                 TUNNUS_PLUGIN_API,
                 TUNNUS_BUILD_STAMP,
                 name,
                 "1.0",
                 R"({"type": "object"})",
                 nullptr,
                 0,
                 &create};
    }
};

inline constexpr std::array<EntryFunction, 3> slots{&Slot<0>::get, &Slot<1>::get, &Slot<2>::get};

class HouseTest : public ::testing::Test {
  protected:
    HouseTest() {
        Slot<0>::fill("first", {});
        Slot<1>::fill("second", {});
        Slot<2>::fill("third", {});
    }

    Services services() {
        return {"https://tunnus.example",
                "",
                limits_,
                host_.database(),
                sealer_,
                pages_,
                log_,
                audit_,
                clock_,
                random_,
                http_,
                mailer_,
                accounts_,
                directory_,
                permissions_,
                trail_,
                gdpr_tokens_};
    }
    static PluginSettings settings(std::string name) {
        PluginSettings settings;
        settings.name = std::move(name);
        return settings;
    }
    /// Loads the slots `first`, `second`, … that are named.
    Result<std::unique_ptr<Plugins>> load(std::vector<PluginSettings> const& all) {
        return Plugins::load(all, slots, services());
    }
    /// Loads `first` with this script.
    std::unique_ptr<Plugins> load_first(Script script) {
        Slot<0>::fill("first", std::move(script));
        return load({settings("first")}).value();
    }
    /// The error's text; empty when there is none.
    std::string refusal(std::vector<PluginSettings> const& all) {
        auto loaded = load(all);
        return loaded ? "" : loaded.error().detail;
    }
    /// `reason` of the one plugin_failed event there must be.
    std::string failure_recorded() {
        EXPECT_EQ(audit_.count(AuditKind::plugin_failed), 1u);
        for (auto const& event : audit_.events())
            if (event.kind == AuditKind::plugin_failed)
                return std::string(event.fields.at("reason").as_string());
        return {};
    }

    Limits limits_;
    fakes::FakeHost host_{"house"};  ///< for its database
    Sealer sealer_{Secret("a sealing key for tests, 32 bytes or more")};
    fakes::PlainPages pages_;
    fakes::RecordingLog log_;
    fakes::RecordingAudit audit_;
    fakes::ManualClock clock_;
    fakes::SeededRandom random_;
    fakes::FakeHttpClient http_;
    fakes::RecordingMailer mailer_;
    fakes::RecordingAccounts accounts_;
    fakes::FakeServices directory_;
    fakes::FakePermissions permissions_;
    fakes::FakeTrail trail_;
    fakes::FakeGdprTokens gdpr_tokens_;
};

}  // namespace tunnus::plugin::testing
