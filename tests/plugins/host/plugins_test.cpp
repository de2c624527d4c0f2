// SPDX-License-Identifier: MIT
#include "plugins/host/plugins.hpp"

#include "idp/base/limits.hpp"
#include "tests/plugins/host/house.hpp"

#include <atomic>
#include <future>
#include <thread>

namespace tunnus::plugin {
namespace {

using testing::Script;
using testing::Slot;

Identity identity() {
    Identity identity;
    identity.subject = Secret("person-1");
    identity.acr = "light";
    identity.amr = {"pwd"};
    return identity;
}

class PluginsTest : public testing::HouseTest {
  protected:
    static std::optional<Failure::Kind> failure(Ran<Identity> const& ran) {
        auto const* failure = std::get_if<Failure>(&ran);
        return failure ? std::optional(failure->kind) : std::nullopt;
    }
    /// What becomes of this answer of an authenticator.
    std::optional<Failure::Kind> after(Answer<Identity> answer) {
        auto const plugins = load_first({.begin = [answer](LoginView const&) { return answer; }});
        return failure(plugins->begin_authenticator("first", login_));
    }
    /// A plugin with the scope `pets` (claims `cat`, `dog`) that gives these claims.
    std::unique_ptr<Plugins> load_claims(boost::json::object claims) {
        return load_first({.claim_names = {"cat", "dog", "fish"},
                           .claims = [claims](ClaimsQuery const&) { return claims; },
                           .scopes = {{.name = "pets",
                                       .title = {"Eläimet", "Djur", "Pets"},
                                       .description = {},
                                       .claims = {"cat", "dog"},
                                       .ask_consent = true,
                                       .minimum_acr = {}}}});
    }
    LoginView login_;
    ClaimsQuery pets_{.user_id = "u",
                      .client_id = "c",
                      .acr = "light",
                      .scopes = {"openid", "pets"},
                      .claim_names = {},
                      .destination = Destination::userinfo,
                      .locale = "fi"};
};

// ---- Loading

TEST_F(PluginsTest, AreLoadedInTheOrderOfTheConfiguration) {
    Slot<0>::fill("first", {.begin = [](LoginView const&) { return identity(); }});
    Slot<1>::fill("second", {.begin = [](LoginView const&) { return identity(); }});
    auto const plugins = load({settings("second"), settings("first")}).value();
    ASSERT_EQ(plugins->authenticators().size(), 2u);
    EXPECT_EQ(plugins->authenticators()[0].name, "second");
    EXPECT_EQ(plugins->list()[1].interfaces, std::vector<std::string>{"Authenticator"});
}

TEST_F(PluginsTest, ThatIsNotCompiledInEndsTheStart) {
    EXPECT_EQ(refusal({settings("first"), settings("absent")}),
              "plugins[1]: is not compiled in, and no library is given");
}

// threats.md X-01
TEST_F(PluginsTest, ThatIsNotRequiredIsMissingAndAudited) {
    auto absent = settings("absent");
    absent.required = false;
    auto const plugins = load({settings("first"), absent}).value();
    EXPECT_EQ(plugins->missing(), std::vector<std::string>{"absent"});
    EXPECT_EQ(plugins->list().size(), 1u);
    EXPECT_EQ(failure_recorded(), "missing");
}

TEST_F(PluginsTest, WithAWrongConfigurationEndTheStartWithItsPathAlsoWhenNotRequired) {
    Slot<0>::entry.config_schema =
        R"({"type": "object", "additionalProperties": false,
            "properties": {"greeting": {"type": "string"}}})";
    auto wrong = settings("first");
    wrong.required = false;
    EXPECT_EQ(refusal({wrong}), "");
    wrong.config["greeting"] = 5;
    EXPECT_TRUE(refusal({wrong}).starts_with("plugins[0].config.greeting: ")) << refusal({wrong});
    wrong.config = {{"greting", "Hei"}};
    EXPECT_TRUE(refusal({wrong}).starts_with("plugins[0].config.greting: ")) << refusal({wrong});
}

TEST_F(PluginsTest, GetTheirConfigurationWithDefaults) {
    boost::json::object seen;
    Slot<0>::fill("first", {.created = [&](Host& host) { seen = host.configuration(); }});
    Slot<0>::entry.config_schema =
        R"({"type": "object", "properties": {"greeting": {"type": "string", "default": "Hei"}}})";
    ASSERT_EQ(refusal({settings("first")}), "");
    EXPECT_EQ(seen.at("greeting").as_string(), "Hei");
}

// threats.md X-06
TEST_F(PluginsTest, ThatRefuseToBeMadeEndTheStartWithTheirText) {
    Slot<0>::fill("first", {.created = [](Host&) { throw std::runtime_error("no licence file"); }});
    EXPECT_EQ(refusal({settings("first")}), "plugins[0]: no licence file");
    Slot<0>::fill("first", {.created = [](Host&) { throw 5; }});
    EXPECT_NE(refusal({settings("first")}), "");
}

// threats.md X-16
TEST_F(PluginsTest, OfOneNameEndTheStart) {
    EXPECT_EQ(refusal({settings("first"), settings("first")}),
              "plugins[1]: name \"first\" is given twice");
}

// threats.md X-16
TEST_F(PluginsTest, ThatDeclareOneScopeOrOneClaimEndTheStart) {
    Script script{.claim_names = {"cat"},
                  .claims = [](ClaimsQuery const&) { return boost::json::object(); }};
    Slot<0>::fill("first", script);
    EXPECT_EQ(refusal({settings("first"), settings("second")}), "");
    Slot<1>::fill("second", script);
    EXPECT_EQ(refusal({settings("first"), settings("second")}),
              "plugins[1]: claim \"cat\" is another plugin's already");
    Script scoped;
    scoped.scopes.resize(1);
    scoped.scopes[0].name = "pets";
    scoped.scopes[0].title = {"Eläimet", "Djur", "Pets"};
    Slot<0>::fill("first", scoped);
    Slot<1>::fill("second", scoped);
    EXPECT_EQ(refusal({settings("first"), settings("second")}),
              "plugins[1]: scope \"pets\" is another plugin's already");
}

// threats.md X-11
TEST_F(PluginsTest, ThatDeclareAClaimOfTheProviderEndTheStart) {
    Slot<0>::fill("first", {.claim_names = {"sub"},
                            .claims = [](ClaimsQuery const&) { return boost::json::object(); }});
    EXPECT_EQ(refusal({settings("first")}), "plugins[0]: claim \"sub\" belongs to the provider");
}

TEST_F(PluginsTest, AreMigratedAndMustKeepToTheirOwnTables) {
    static sql::Migration const own{1, "initial", "CREATE TABLE first_rows (id BIGINT)"};
    static sql::Migration const others{1, "initial", "CREATE TABLE users (id BIGINT)"};
    Slot<0>::entry.migrations = &own;
    Slot<0>::entry.migration_count = 1;
    ASSERT_EQ(refusal({settings("first")}), "");
    EXPECT_TRUE(host_.database().query({"SELECT id FROM first_rows", {}, {}}));
    Slot<0>::entry.migrations = &others;
    EXPECT_TRUE(
        refusal({settings("first")}).starts_with("plugins[0]: migration 1 names \"users\""));
}

TEST_F(PluginsTest, SealUnderTheirOwnNamesOnly) {
    Host* first = nullptr;
    Host* second = nullptr;
    Slot<0>::fill("first", {.created = [&](Host& host) { first = &host; }});
    Slot<1>::fill("second", {.created = [&](Host& host) { second = &host; }});
    auto const plugins = load({settings("first"), settings("second")}).value();
    auto const sealed = first->seal("email", "a@b.example");
    EXPECT_EQ(first->open("email", sealed).value(), "a@b.example");
    EXPECT_FALSE(second->open("email", sealed));
    EXPECT_FALSE(first->open("name", sealed));
    EXPECT_NE(first->blind_index("email", "x"), second->blind_index("email", "x"));
}

// threats.md X-13
TEST_F(PluginsTest, LogWithoutIdentityCodesUnderTheirNames) {
    auto const plugins = load_first({.created = [](Host& host) {
        host.log().info("seen", {{"who", "hetu 131052-308T, ok"}, {"count", 3}});
    }});
    auto const line = log_.lines().front();
    EXPECT_EQ(line.fields.at("plugin").as_string(), "first");
    EXPECT_EQ(line.fields.at("fields").at("who").as_string(), "hetu [identity code], ok");
    EXPECT_EQ(line.fields.at("fields").at("count").as_int64(), 3);
}

// threats.md X-13
TEST_F(PluginsTest, AuditWithoutIdentityCodes) {
    auto const plugins = load_first({.created = [](Host& host) {
        AuditEvent event;
        event.kind = AuditKind::profile_changed;
        event.user_id = "user-1";
        event.fields = {{"who", {"hetu 131052-308T"}}, {"131052-308T", 1}};
        ASSERT_TRUE(host.audit().record(event));
        static_cast<void>(host.audit().recording({std::move(event)}));
    }});
    ASSERT_EQ(audit_.events().size(), 2U);
    for (auto const& event : audit_.events()) {
        EXPECT_EQ(event.kind, AuditKind::profile_changed);
        EXPECT_EQ(event.user_id, "user-1");
        EXPECT_EQ(event.fields,
                  (boost::json::object{{"who", {"hetu [identity code]"}}, {"[identity code]", 1}}));
    }
}

// threats.md X-13: what goes into the record of another's intention is redacted like the rest.
TEST_F(PluginsTest, SayNoIdentityCodeOfALoginOrARefusal) {
    Slot<0>::fill("first", {.signed_in = [](SignedIn const&) -> Result<Writes> {
                      AuditEvent event;
                      event.fields = {{"who", "hetu 131052-308T"}};
                      return Writes{.steps = {}, .audit = {std::move(event)}};
                  }});
    auto const writes =
        load({settings("first")}).value()->signed_in({"u-1", true, {}, {{"first", identity()}}});
    EXPECT_EQ(writes.value().audit.at(0).fields.at("who").as_string(), "hetu [identity code]");

    auto const plugins = load_first({.begin = [](LoginView const&) {
        return Deny{Deny::Kind::rejected, "of 131052-308T", {}, {{"who", "131052-308T"}}};
    }});
    auto const ran = plugins->begin_authenticator("first", login_);
    auto const& deny = std::get<Deny>(std::get<Answer<Identity>>(ran));
    EXPECT_EQ(deny.reason, "of [identity code]");
    EXPECT_EQ(deny.details.at("who").as_string(), "[identity code]");
}

// threats.md X-14: the host is there as long as the plugin is, so a call from a thread of the
// plugin's own, or after the request ended, finds it.
TEST_F(PluginsTest, MayCallTheHostFromAnyThreadAndAfterTheRequest) {
    Host* host = nullptr;
    std::vector<std::jthread> own;
    auto const use = [&host] {
        host->log().info("later");
        AuditEvent event;
        event.kind = AuditKind::profile_changed;
        EXPECT_TRUE(host->audit().record(std::move(event)));
        EXPECT_TRUE(host->database().query({"SELECT 1", {}, {}}));
    };
    auto const plugins = load_first({.created = [&](Host& given) { host = &given; },
                                     .begin =
                                         [&](LoginView const&) {
                                             for (int i = 0; i < 2; ++i)
                                                 own.emplace_back(use);
                                             return identity();
                                         }});
    auto const ran = plugins->begin_authenticator("first", login_);
    EXPECT_TRUE(std::holds_alternative<Answer<Identity>>(ran));
    own.clear();
    use();
    EXPECT_EQ(audit_.count(AuditKind::profile_changed), 3U);
    EXPECT_EQ(audit_.count(AuditKind::plugin_failed), 0U);
}

// ---- Answers

TEST_F(PluginsTest, AnswersPassUnchanged) {
    auto const plugins = load_first({.begin = [](LoginView const&) { return identity(); }});
    auto const ran = plugins->begin_authenticator("first", login_);
    auto const& answer = std::get<Answer<Identity>>(ran);
    EXPECT_EQ(std::get<Identity>(answer).subject.reveal(), "person-1");
    EXPECT_EQ(after(Redirect{"https://idp.example/sso", {{"id", 1}}}), std::nullopt);
    EXPECT_EQ(after(Redirect{"http://127.0.0.1:8080/sso", {}}), std::nullopt);
    EXPECT_EQ(after(Deny{}), std::nullopt);
    EXPECT_EQ(audit_.events().size(), 0u);
}

TEST_F(PluginsTest, ProveUnderTheConfiguredNameOfTheirMethod) {
    auto const amr_of = [&](std::string first, std::vector<std::string> said) {
        Slot<0>::fill("first", {.begin = [said](LoginView const&) {
                          auto one = identity();
                          one.amr = said;
                          return Answer<Identity>(one);
                      }});
        auto entry = settings("first");
        entry.amr = std::move(first);
        auto const plugins = load({entry}).value();
        auto const ran = plugins->begin_authenticator("first", login_);
        return std::get<Identity>(std::get<Answer<Identity>>(ran)).amr;
    };
    using Words = std::vector<std::string>;
    EXPECT_EQ(amr_of("", {"pwd"}), (Words{"pwd"}));
    EXPECT_EQ(amr_of("helsinki_tunnus", {"pwd"}), (Words{"helsinki_tunnus", "pwd"}));
    EXPECT_EQ(amr_of("pwd", {"otp", "pwd"}), (Words{"pwd", "otp"}));
}

// threats.md X-07
TEST_F(PluginsTest, ThatThrowFailTheLoginAndAreAudited) {
    auto const plugins = load_first({.begin = [](LoginView const&) -> Answer<Identity> {
        throw std::runtime_error("person 131052-308T is odd");
    }});
    login_.event_id = "e-1";
    EXPECT_EQ(failure(plugins->begin_authenticator("first", login_)), Failure::Kind::exception);
    EXPECT_EQ(failure_recorded(), "exception");
    EXPECT_EQ(audit_.events()[0].event_id, "e-1");
    EXPECT_EQ(log_.lines()[0].fields.at("detail").as_string(), "person [identity code] is odd");
}

// threats.md X-08
TEST_F(PluginsTest, ThatHangFailTheLoginAtTheDeadline) {
    limits_.plugin_deadline = milliseconds(400);
    std::promise<void> gate;
    auto const opened = gate.get_future().share();
    auto const plugins = load_first({.begin = [opened](LoginView const&) -> Answer<Identity> {
        opened.wait();
        return identity();
    }});
    EXPECT_EQ(failure(plugins->begin_authenticator("first", login_)), Failure::Kind::deadline);
    EXPECT_EQ(failure_recorded(), "deadline");
    gate.set_value();
}

/// What a configuration owns, and who waits for its end.
struct World {
    fakes::RecordingLog log;
    std::promise<void> gone;
    ~World() { gone.set_value(); }
};

// threats.md X-08, X-15
TEST_F(PluginsTest, ThatHangAcrossAReloadKeepWhatTheyUse) {
    limits_.plugin_deadline = milliseconds(50);
    std::promise<void> gate;
    auto const opened = gate.get_future().share();
    Host* host = nullptr;
    auto world = std::make_shared<World>();
    std::weak_ptr<World> const still_there = world;
    auto const gone = world->gone.get_future();
    std::atomic<bool> logged = false;
    auto const lent = services();
    auto owned = std::make_unique<Services>(Services{.issuer = lent.issuer,
                                                     .configuration_folder = "",
                                                     .limits = lent.limits,
                                                     .database = lent.database,
                                                     .sealer = lent.sealer,
                                                     .pages = lent.pages,
                                                     .log = world->log,
                                                     .audit = lent.audit,
                                                     .clock = lent.clock,
                                                     .random = lent.random,
                                                     .http = lent.http,
                                                     .mailer = lent.mailer,
                                                     .accounts = lent.accounts,
                                                     .directory = lent.directory,
                                                     .permissions = lent.permissions,
                                                     .audit_trail = lent.audit_trail,
                                                     .gdpr_tokens = lent.gdpr_tokens,
                                                     .owner = world});
    world.reset();
    Script script;
    script.created = [&](Host& given) { host = &given; };
    script.begin = [&, opened](LoginView const&) -> Answer<Identity> {
        opened.wait();
        host->log().info("late");
        auto const mine = still_there.lock();
        logged = mine && mine->log.lines().back().event == "late";
        return identity();
    };
    Slot<0>::fill("first", std::move(script));
    auto plugins = Plugins::load({settings("first")}, testing::slots, *owned).value();
    owned.reset();
    EXPECT_EQ(failure(plugins->begin_authenticator("first", login_)), Failure::Kind::deadline);
    plugins.reset();  // the reload: the new configuration has taken over
    EXPECT_FALSE(still_there.expired()) << "the call is still inside";
    gate.set_value();
    EXPECT_EQ(gone.wait_for(std::chrono::seconds(10)), std::future_status::ready);
    EXPECT_TRUE(logged);
}

// threats.md X-10
TEST_F(PluginsTest, WithOversizedAnswersFailTheLogin) {
    Page page{.template_name = "login", .model = {}, .state = {}};
    EXPECT_EQ(after(page), std::nullopt);
    page.state["text"] = std::string(limits_.plugin_answer_bytes, 'x');
    EXPECT_EQ(after(page), Failure::Kind::oversized);
    page.state.clear();
    boost::json::value nested = 1;
    for (std::size_t i = 0; i < limits_.json_depth + 1; ++i)
        nested = boost::json::array{std::move(nested)};
    page.state["nested"] = nested;
    EXPECT_EQ(after(page), Failure::Kind::oversized);
}

// threats.md X-10
TEST_F(PluginsTest, WithAnswersThatAreNoTextFailTheLogin) {
    EXPECT_EQ(after(Deny{Deny::Kind::refused, "bad \xff byte", {}}), Failure::Kind::malformed);
    EXPECT_EQ(after(Page{.template_name = "../../etc/passwd", .model = {}, .state = {}}),
              Failure::Kind::malformed);
    EXPECT_EQ(after(Redirect{"http://elsewhere.example/", {}}), Failure::Kind::malformed);
    EXPECT_EQ(after(Redirect{"javascript:alert(1)", {}}), Failure::Kind::malformed);
}

// threats.md X-11, X-12
TEST_F(PluginsTest, CannotProveALevelTheyHaveNotDeclaredOrNobody) {
    auto raised = identity();
    raised.acr = "strong";
    EXPECT_EQ(after(raised), Failure::Kind::malformed);
    auto nobody = identity();
    nobody.subject = Secret();
    EXPECT_EQ(after(nobody), Failure::Kind::malformed);
}

// threats.md X-12
TEST_F(PluginsTest, CannotLinkAnIdentityOfAnotherPluginsAuthenticator) {
    LoginStep::Settled settled{identity(), "first"};
    Script script{.begin = [](LoginView const&) { return identity(); },
                  .settle = [&](LoginView const&) { return settled; }};
    auto const plugins = load_first(script);
    EXPECT_TRUE(
        std::holds_alternative<Answer<LoginStep::Settled>>(plugins->begin_step("first", login_)));
    settled.also_authenticator = "second";
    auto const ran = plugins->begin_step("first", login_);
    ASSERT_TRUE(std::holds_alternative<Failure>(ran));
    EXPECT_EQ(std::get<Failure>(ran).kind, Failure::Kind::malformed);
}

// threats.md X-10, X-12
TEST_F(PluginsTest, CannotLetAPersonActForNobodyOrUnderNothing) {
    Mandate mandate{.principal = Secret("someone"),
                    .authenticator = "first",
                    .name = "Somebody",
                    .roles = {"all"},
                    .identifier = {},
                    .authorization_details = {},
                    .checked_at = {},
                    .recheck = {}};
    auto const plugins =
        load_first({.act = [&](MandateRequest const&) { return Acting{mandate}; }});
    ASSERT_EQ(plugins->mandate_sources().size(), 1u);
    EXPECT_EQ(plugins->mandate_sources().front().scopes, std::vector<std::string>{"act"});
    auto const failed = [&] {
        return std::holds_alternative<Failure>(plugins->begin_mandate("first", login_, {}));
    };
    EXPECT_FALSE(failed());
    auto const good = mandate;
    mandate.until = mandate.checked_at + seconds(1);
    EXPECT_FALSE(failed());
    mandate.until = mandate.checked_at;
    EXPECT_TRUE(failed());
    mandate = good;
    mandate.principal = Secret();
    EXPECT_TRUE(failed());
    mandate = good;
    mandate.roles.clear();
    EXPECT_TRUE(failed());
    mandate = good;
    mandate.name = "\xff";
    EXPECT_TRUE(failed());
    mandate = good;
    mandate.authorization_details.push_back(boost::json::string("no object"));
    EXPECT_TRUE(failed());
    mandate = good;
    mandate.recheck["much"] = std::string(200'000, 'x');
    EXPECT_TRUE(failed());
}

TEST_F(PluginsTest, ThatCannotTellWhetherAMandateStandsNeverSayThatItDoes) {
    std::function<Result<bool>()> answer = [] { return true; };
    auto const plugins = load_first({.act = [](MandateRequest const&) { return Acting(); },
                                     .still_valid = [&] { return answer(); }});
    EXPECT_TRUE(plugins->mandate_stands("first", {}).value());
    answer = [] { return false; };
    EXPECT_FALSE(plugins->mandate_stands("first", {}).value());
    answer = []() -> Result<bool> { return Error(BaseErrc::unavailable, "down"); };
    EXPECT_FALSE(plugins->mandate_stands("first", {}));
    answer = []() -> Result<bool> { throw std::runtime_error("a bug"); };
    EXPECT_FALSE(plugins->mandate_stands("first", {}));
    EXPECT_FALSE(plugins->mandate_stands("gone", {}));
}

TEST_F(PluginsTest, AreAskedWhetherAStepIsNeeded) {
    auto const plugins =
        load_first({.settle = [](LoginView const&) { return LoginStep::Settled(); }});
    EXPECT_EQ(plugins->login_steps(), std::vector<std::string>{"first"});
    auto const needed = [&](std::string_view method) {
        return std::get<Result<bool>>(plugins->step_needed("first", login_, method, "high"));
    };
    EXPECT_TRUE(needed("strong").value());
    EXPECT_FALSE(needed("light").value());
    EXPECT_EQ(needed("down").error().code, BaseErrc::unavailable);
    EXPECT_EQ(audit_.count(AuditKind::plugin_failed), 0u) << "the plugin kept its bounds";
}

TEST_F(PluginsTest, ThatLeftTheConfigurationSinceTheLoginBeganAreMissing) {
    auto const plugins = load_first({});
    EXPECT_EQ(failure(plugins->resume_authenticator("gone", login_, {}, {})),
              Failure::Kind::missing);
    EXPECT_EQ(failure(plugins->begin_authenticator("first", login_)), Failure::Kind::missing);
}

// ---- Claims

TEST_F(PluginsTest, GiveTheClaimsThatTheScopesAndTheRequestCover) {
    auto const plugins = load_claims({{"cat", "Miisu"}, {"dog", "Musti"}, {"fish", "Ahven"}});
    EXPECT_EQ(plugins->claims(pets_).value(),
              (boost::json::object{{"cat", "Miisu"}, {"dog", "Musti"}}));
    pets_.scopes = {"openid"};
    EXPECT_EQ(plugins->claims(pets_).value(), boost::json::object());
    pets_.claim_names = {"fish"};
    EXPECT_EQ(plugins->claims(pets_).value(), (boost::json::object{{"fish", "Ahven"}}));
    EXPECT_EQ(audit_.events().size(), 0u);
}

// threats.md X-11
TEST_F(PluginsTest, CannotSetAClaimOfTheProviderOrAnUndeclaredOne) {
    for (auto const* name : {"sub", "iss", "aud", "acr", "amr", "auth_time", "horse"}) {
        auto const before = audit_.count(AuditKind::plugin_failed);
        pets_.claim_names = {name};
        auto const plugins = load_claims({{"cat", "Miisu"}, {name, "admin"}});
        EXPECT_EQ(plugins->claims(pets_).value(), (boost::json::object{{"cat", "Miisu"}})) << name;
        EXPECT_EQ(audit_.count(AuditKind::plugin_failed), before + 1) << name;
    }
}

TEST_F(PluginsTest, VouchForNoMoreThanTheyOfferAndIsAskedFor) {
    using boost::json::object;
    auto const load = [&](boost::json::value verified) {
        return load_first({.claim_names = {"cat", "dog"},
                           .verified = {{"cat"}, {"eidas"}, {"document"}, {"passport"}, {}},
                           .claims = [verified](ClaimsQuery const&) {
                               return object{{"verified_claims", verified}};
                           }});
    };
    auto const attestation = [](object verification, object claims = {{"cat", "Misu"}}) {
        return boost::json::array{
            object{{"verification", std::move(verification)}, {"claims", std::move(claims)}}};
    };
    auto query = pets_;
    query.verified_names = {"cat"};
    object const passport{{"type", "document"}, {"document_details", {{"type", "passport"}}}};
    auto const good =
        attestation({{"trust_framework", "eidas"}, {"evidence", boost::json::array{passport}}});
    EXPECT_EQ(load(good)->claims(query).value(), (object{{"verified_claims", good}}));
    EXPECT_EQ(load(good)->claims(pets_).value(), object()) << "nobody asked";
    EXPECT_EQ(audit_.count(AuditKind::plugin_failed), 0U);
    object const forged{{"type", "document"}, {"document_details", {{"type", "diary"}}}};
    for (boost::json::value const& bad :
         {boost::json::value(attestation({{"trust_framework", "de_aml"}})),
          boost::json::value(attestation({})),
          boost::json::value(attestation({{"trust_framework", "eidas"}}, {{"dog", "Musti"}})),
          boost::json::value(attestation(
              {{"trust_framework", "eidas"}, {"evidence", boost::json::array{forged}}})),
          boost::json::value(attestation({{"trust_framework", "eidas"}, {"evidence", "seen"}})),
          boost::json::value("yes"), boost::json::value(boost::json::array{1})}) {
        EXPECT_EQ(load(bad)->claims(query).value(),
                  (object{{"verified_claims", boost::json::array()}}))
            << bad;
    }
    EXPECT_EQ(audit_.count(AuditKind::plugin_failed), 7U);
}

TEST_F(PluginsTest, WhoseClaimsFailGiveNoTokenWithLess) {
    Script script{.claim_names = {"cat"},
                  .claims = [](ClaimsQuery const&) -> Result<boost::json::object> {
                      throw std::runtime_error("broken");
                  },
                  .quick = true};
    pets_.claim_names = {"cat"};
    EXPECT_FALSE(load_first(script)->claims(pets_));
    script.claims = [](ClaimsQuery const&) -> Result<boost::json::object> {
        return Error(BaseErrc::unavailable, "down");
    };
    EXPECT_FALSE(load_first(script)->claims(pets_));
    script.claims = [this](ClaimsQuery const&) -> Result<boost::json::object> {
        return boost::json::object{{"cat", std::string(limits_.plugin_answer_bytes, 'x')}};
    };
    EXPECT_FALSE(load_first(script)->claims(pets_));
}

// ---- Routes, listeners and jobs

class PluginRouteTest : public PluginsTest {
  protected:
    Route load_route(Method method, RouteSource::Needs needs,
                     std::function<Outcome(HttpRequest const&, Caller const&)> handler) {
        plugins_ = load_first({.routes = {{method, "cats", needs, 1'000, std::move(handler)}}});
        auto routes = plugins_->routes(
            [this](HttpRequest const&, RouteSource::PluginRoute const&) { return caller_; });
        return routes.at(0).route;
    }
    static HttpResponse answer(Route const& route, HttpRequest const& request) {
        return std::get<HttpResponse>(route.handler(request));
    }
    static Outcome greet(HttpRequest const&, Caller const& caller) {
        return text_response(200, "hello " + caller.user_id);
    }
    std::variant<Caller, HttpResponse> caller_ = [] {
        Caller caller;
        caller.user_id = "u-1";
        caller.csrf = "token-1";
        return caller;
    }();
    std::unique_ptr<Plugins> plugins_;
};

TEST_F(PluginRouteTest, LiesBelowThePluginsNameAndGetsTheCaller) {
    auto const route = load_route(Method::GET, RouteSource::Needs::session, greet);
    EXPECT_EQ(route.pattern, "/first/cats");
    EXPECT_EQ(route.lane, Lane::plugin);
    EXPECT_EQ(answer(route, {}).body, "hello u-1");
}

TEST_F(PluginRouteTest, IsNotReachedByACallerWhoIsRefused) {
    auto const route = load_route(Method::GET, RouteSource::Needs::session, greet);
    caller_ = HttpResponse(401);
    EXPECT_EQ(answer(route, {}).status, 401);
}

// threats.md W-05: the token is checked where the caller is found (idp/login/caller), which takes
// it from a form or from X-CSRF-Token. What is no form must come through here.
TEST_F(PluginRouteTest, LeavesTheTokenOfAPostToWhoFindsTheCaller) {
    auto const route = load_route(Method::POST, RouteSource::Needs::session, greet);
    HttpRequest request;
    request.method = Method::POST;
    request.headers.set("X-CSRF-Token", "token-1");
    request.body = R"({"name": "Liisa"})";
    EXPECT_EQ(answer(route, request).status, 200);
    caller_ = HttpResponse(403);
    EXPECT_EQ(answer(route, request).status, 403);
}

// threats.md X-07
TEST_F(PluginRouteTest, ThatThrowsAnswersTheErrorPageWithItsEventId) {
    auto const route = load_route(Method::GET, RouteSource::Needs::nothing,
                                  [](HttpRequest const&, Caller const&) -> Outcome { throw 5; });
    HttpRequest request;
    request.request_id = "event-1";
    auto const page = answer(route, request);
    EXPECT_EQ(page.status, 500);
    EXPECT_EQ(page.body, "error\nserver_error event-1");
    EXPECT_EQ(failure_recorded(), "exception");
}

// threats.md X-08
TEST_F(PluginRouteTest, ThatIsLateAnswersTheErrorPageAndAServiceNoPage) {
    limits_.plugin_deadline = milliseconds(20);
    std::promise<void> end;
    auto const hang = [ended = end.get_future().share()](HttpRequest const&,
                                                         Caller const&) -> Outcome {
        ended.wait();
        return HttpResponse(200);
    };
    auto const to_person = answer(load_route(Method::GET, RouteSource::Needs::nothing, hang), {});
    EXPECT_EQ(to_person.status, 503);
    EXPECT_TRUE(to_person.body.starts_with("error\ntemporarily_unavailable")) << to_person.body;
    EXPECT_TRUE(to_person.headers.find("Retry-After"));
    auto const route = load_route(Method::GET, RouteSource::Needs::access_token, hang);
    EXPECT_EQ(answer(route, {}).body, "Service Unavailable\n");
    end.set_value();
}

TEST_F(PluginRouteTest, GetsItsFormParsed) {
    plugins_ =
        load_first({.routes = {{Method::POST, "cats", RouteSource::Needs::session, 1'000,
                                [](HttpRequest const&, Caller const& caller) {
                                    return text_response(200, std::string(caller.form.get("name")) +
                                                                  " at " + caller.path);
                                },
                                true}}});
    auto const route = plugins_
                           ->routes([this](HttpRequest const&, RouteSource::PluginRoute const&) {
                               return caller_;
                           })
                           .at(0)
                           .route;
    HttpRequest request;
    request.method = Method::POST;
    request.path = "/first/cats";
    request.body = "name=Mirri%20M&csrf=token-1";
    EXPECT_EQ(answer(route, request).status, 415);
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    EXPECT_EQ(answer(route, request).body, "Mirri M at /first/cats");
    request.body = "name=a&name=b";
    EXPECT_EQ(answer(route, request).status, 400);
}

TEST_F(PluginsTest, ExportAndEraseForEveryListener) {
    auto const nothing = [](SignedIn const&) -> Result<Writes> { return Writes(); };
    std::vector<std::string> erased;
    Slot<0>::fill("first", {.signed_in = nothing, .erase = [&](std::string_view user) -> Result<> {
                                erased.emplace_back(user);
                                return Error(BaseErrc::unavailable, "down");
                            }});
    Slot<1>::fill("second", {.signed_in = nothing, .erase = [&](std::string_view user) -> Result<> {
                                 erased.emplace_back(user);
                                 return {};
                             }});
    auto const plugins = load({settings("first"), settings("second"), settings("third")}).value();
    EXPECT_EQ(plugins->export_data("u-1").value(),
              (boost::json::object{{"first", {{"of", "u-1"}}}, {"second", {{"of", "u-1"}}}}));
    auto const done = plugins->erase("u-1");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().detail, "plugin first: down");
    EXPECT_EQ(erased, (std::vector<std::string>{"u-1", "u-1"}));
}

TEST_F(PluginsTest, FindAPersonByWhatAServiceKnowsOfThem) {
    std::string const id(36, 'a');
    Result<std::string> answer = id;
    std::string asked;
    auto const plugins = load_first({.find_person = [&](std::string_view hint) {
        asked = hint;
        return answer;
    }});
    EXPECT_EQ(plugins->find_person("aino@example.org").value(), id);
    EXPECT_EQ(asked, "aino@example.org");
    answer = std::string();
    EXPECT_EQ(plugins->find_person("nobody").value(), "");
    answer = std::string("x");
    EXPECT_FALSE(plugins->find_person("nobody")) << "that is no user_id";
    answer = Error(BaseErrc::unavailable, "down");
    EXPECT_FALSE(plugins->find_person("nobody"));
}

TEST_F(PluginsTest, HearOfASignInAndSayWhatIsWrittenWithIt) {
    SignedIn const login{"u-1", true, {}, {{"first", identity()}}};
    Slot<0>::fill("first", {.signed_in = [](SignedIn const& of) -> Result<Writes> {
                      return Writes{
                          .steps = {{"INSERT INTO first_people VALUES (?)", {of.user_id}, {}}},
                          .audit = {}};
                  }});
    Slot<1>::fill("second", {.signed_in = [](SignedIn const&) -> Result<Writes> {
                      return Writes{.steps = {}, .audit = {AuditEvent{}}};
                  }});
    auto const writes = load({settings("first"), settings("second")}).value()->signed_in(login);
    ASSERT_TRUE(writes);
    ASSERT_EQ(writes->steps.size(), 1U);
    EXPECT_EQ(writes->steps[0].parameters[0], sql::value("u-1"));
    EXPECT_EQ(writes->audit.size(), 1U);
}

TEST_F(PluginsTest, MayEndASignIn) {
    SignedIn const login{"u-1", true, {}, {{"first", identity()}}};
    Slot<0>::fill("first", {.signed_in = [](SignedIn const&) -> Result<Writes> {
                      return Error(BaseErrc::unavailable, "down");
                  }});
    EXPECT_FALSE(load({settings("first")}).value()->signed_in(login));
    // X-10
    Slot<0>::fill("first", {.signed_in = [](SignedIn const&) -> Result<Writes> {
                      return Writes{.steps = {{"", {std::string(100'000, 'x')}, {}}}, .audit = {}};
                  }});
    EXPECT_FALSE(load({settings("first")}).value()->signed_in(login));
    EXPECT_EQ(failure_recorded(), "oversized");
}

TEST_F(PluginsTest, HaveTheirJobsRunAndContained) {
    int runs = 0;
    auto plugins = load_first({.job = [&]() -> Result<> {
        if (++runs == 2) throw std::runtime_error("broken");
        return {};
    }});
    ASSERT_EQ(plugins->jobs().size(), 1u);
    EXPECT_TRUE(plugins->run_job("first", "sweep"));
    EXPECT_FALSE(plugins->run_job("first", "sweep"));
    EXPECT_FALSE(plugins->run_job("first", "other"));
    EXPECT_EQ(runs, 2);
}

// threats.md X-08
TEST_F(PluginsTest, HaveAJobThatHangsEndedAtItsOwnDeadlineAndNotRunTwice) {
    limits_.plugin_job_deadline = milliseconds(400);
    std::promise<void> gate;
    auto const opened = gate.get_future().share();
    auto plugins = load_first({.claim_names = {"cat"},
                               .claims = [](ClaimsQuery const&) { return boost::json::object(); },
                               .job = [opened]() -> Result<> {
                                   opened.wait();
                                   return {};
                               }});
    EXPECT_FALSE(plugins->run_job("first", "sweep"));
    EXPECT_EQ(failure_recorded(), "deadline");
    EXPECT_FALSE(plugins->run_job("first", "sweep")) << "it is still inside";
    pets_.claim_names = {"cat"};
    EXPECT_TRUE(plugins->claims(pets_)) << "nobody else is kept waiting";
    gate.set_value();
}

TEST_F(PluginsTest, HaveARunThatHangsLetGoWhenTheirJobIsStopped) {
    limits_.plugin_deadline = milliseconds(400);
    std::promise<void> inside;
    std::promise<void> gate;
    auto const opened = gate.get_future().share();
    auto plugins = load_first({.job = [&inside, opened]() -> Result<> {
        inside.set_value();
        opened.wait();
        return {};
    }});
    std::thread runner([&] { EXPECT_FALSE(plugins->run_job("first", "sweep")); });
    inside.get_future().wait();
    plugins->stop_job("first", "sweep");
    runner.join();
    gate.set_value();
}

}  // namespace
}  // namespace tunnus::plugin
