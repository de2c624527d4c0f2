// SPDX-License-Identifier: MIT
// The conversations of the plugin, through its entry, on a real database.
#include "plugins/api/entry.hpp"
#include "tests/fakes/host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

extern "C" TunnusPluginV1 const* tunnus_plugin_v1_password();

namespace tunnus::plugin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr auto good_password = "neljä sinistä majakkaa";
constexpr auto other_password = "viisi vihreää venettä 7";

/// One browser in one login: it posts to the page it was shown last.
template <class Part, class Result>
class Conversation {
  public:
    Conversation(Part& part, LoginView login) : part_(part), login_(std::move(login)) {
        request_.method = Method::POST;
        request_.client_address = "192.0.2.1";
        take(begin(part_));
    }
    Conversation& post(Fields const& fields) {
        request_.form = Form();
        for (auto const& [name, value] : fields)
            request_.form.add(name, value);
        take(resume(part_, state_));
        return *this;
    }
    Conversation& from(std::string device, std::string address = "192.0.2.1") {
        request_.device = std::move(device);
        request_.client_address = std::move(address);
        return *this;
    }
    /// What the page shows: its template's name, or what came instead.
    [[nodiscard]] std::string shown() const {
        if (auto const* page = std::get_if<Page>(&answer_)) return page->template_name;
        if (std::holds_alternative<Result>(answer_)) return "done";
        return "denied: " + std::get<Deny>(answer_).reason;
    }
    [[nodiscard]] Page const& page() const { return std::get<Page>(answer_); }
    [[nodiscard]] Result const& result() const { return std::get<Result>(answer_); }
    /// The key of the text beside the input; empty without a fault.
    [[nodiscard]] std::string fault(std::string_view input) const {
        auto const* page = std::get_if<Page>(&answer_);
        if (!page || !page->model.contains("errors")) return {};
        auto const& errors = page->model.at("errors").as_object();
        return errors.contains(input) ? std::string(errors.at(input).as_string()) : std::string();
    }
    [[nodiscard]] boost::json::object const& state() const { return state_; }
    void go_back_to(boost::json::object state) { state_ = std::move(state); }
    BrowserRequest& request() { return request_; }
    Answer<Result> resume_with(boost::json::object const& state) const {
        return resume(part_, state);
    }

  private:
    Answer<Identity> begin(Authenticator& part) const { return part.begin(login_); }
    Answer<LoginStep::Settled> begin(LoginStep& part) const { return part.begin_step(login_); }
    Answer<Identity> resume(Authenticator& part, boost::json::object const& state) const {
        return part.resume(login_, state, request_);
    }
    Answer<LoginStep::Settled> resume(LoginStep& part, boost::json::object const& state) const {
        return part.resume_step(login_, state, request_);
    }
    void take(Answer<Result> answer) {
        answer_ = std::move(answer);
        if (auto const* page = std::get_if<Page>(&answer_)) state_ = page->state;
    }
    Part& part_;
    LoginView login_;
    BrowserRequest request_;
    boost::json::object state_;
    Answer<Result> answer_;
};
using Login = Conversation<Authenticator, Identity>;
using Step = Conversation<LoginStep, LoginStep::Settled>;

class PasswordTest : public ::testing::Test {
  protected:
    PasswordTest() {
        host_.config = {{"acr", "light"}, {"amr", {"pwd"}}, {"first_strong", true}};
        host_.bounds.argon2_memory_kib = 64;
        host_.bounds.argon2_passes = 1;
        for (auto const* what : {"signup", "signup_known", "reset", "reset_unknown", "first_strong",
                                 "changed", "change_email", "change_email_known", "email_changed"})
            host_.texts["mail_" + std::string(what) + "_text"] =
                std::string(what) + " code={code} minutes={minutes} host={host}";
    }
    Plugin& plugin() {
        if (!plugin_) plugin_ = host_.create(*tunnus_plugin_v1_password());
        return *plugin_;
    }
    Login login() { return Login(*plugin().authenticator(), view_); }
    Step first_strong() { return Step(*plugin().login_step(), view_); }

    std::string last_mail() { return host_.recording_mailer.mails().back().text; }
    std::string code_of_last_mail() {
        auto const text = last_mail();
        return text.substr(text.find("code=") + 5, 6);
    }
    /// An account that signs in with this address.
    std::string sign_up(std::string const& email, std::string const& password = good_password) {
        auto browser = login();
        browser.post({{"step", "signup"}}).post({{"email", email}});
        browser.post({{"code", code_of_last_mail()}}).post({{"new_password", password}});
        EXPECT_EQ(browser.shown(), "done");
        return std::string(browser.result().subject.reveal());
    }
    /// The core has decided whose it is.
    void settle(std::string const& account, std::string_view user_id) {
        Identity identity;
        identity.subject = Secret(account);
        auto writes = plugin().account_listener()->signed_in(
            {std::string(user_id), true, {}, {{"password", std::move(identity)}}});
        ASSERT_TRUE(writes);
        ASSERT_TRUE(host_.database().commit(
            std::make_unique<sql::Write>("signed_in", std::move(writes->steps))));
    }
    /// Signs in and says what was shown.
    std::string sign_in(std::string const& email, std::string const& password,
                        std::string const& device = "") {
        auto browser = login();
        return browser.from(device).post({{"email", email}, {"password", password}}).shown();
    }

    fakes::FakeHost host_{"password"};
    LoginView view_;

  private:
    Plugin* plugin_ = nullptr;
};

// ---- Signing up and in

TEST_F(PasswordTest, SignsUpByACodeAndSignsInAgain) {
    auto browser = login();
    EXPECT_EQ(browser.shown(), "login");
    EXPECT_EQ(browser.post({{"step", "signup"}}).shown(), "email");
    EXPECT_TRUE(browser.page().model.at("purpose").at("signup").as_bool());
    EXPECT_EQ(browser.post({{"email", "Matti@Example.org"}}).shown(), "code");
    EXPECT_EQ(host_.recording_mailer.mails().at(0).to, "Matti@example.org");
    EXPECT_THAT(last_mail(), HasSubstr("minutes=30 host=tunnus.example"));
    EXPECT_EQ(browser.post({{"code", code_of_last_mail()}}).shown(), "new_password");
    EXPECT_EQ(browser.post({{"new_password", good_password}}).shown(), "done");
    auto const& identity = browser.result();
    EXPECT_EQ(identity.acr, "light");
    EXPECT_EQ(identity.amr, std::vector<std::string>{"pwd"});
    EXPECT_EQ(identity.attributes.at("email").as_string(), "Matti@example.org");
    EXPECT_TRUE(identity.attributes.at("email_verified").as_bool());

    auto again = login();
    again.post({{"email", "matti@example.org"}, {"password", good_password}});
    ASSERT_EQ(again.shown(), "done");
    EXPECT_EQ(again.result().subject.reveal(), identity.subject.reveal()) << "the same person";
}

TEST_F(PasswordTest, KeepsNeitherPasswordsNorAddressesNorCodesReadable) {
    sign_up("matti@example.org");
    auto const row =
        host_.database().find({"SELECT email, hash FROM password_accounts", {}, {}}).value();
    EXPECT_THAT(row->bytes(0), Not(HasSubstr("matti")));
    EXPECT_THAT(row->text(1), ::testing::StartsWith("$argon2id$"));
}

TEST_F(PasswordTest, GoesBackToTheMethodsWhenCancelled) {
    EXPECT_EQ(login().post({{"step", "cancel"}}).shown(), "denied: cancelled");
}

TEST_F(PasswordTest, FillsInALoginHintOnlyWhenItIsAnAddress) {
    view_.login_hint = "matti@example.org";
    EXPECT_EQ(login().page().model.at("email").as_string(), "matti@example.org");
    view_.login_hint = "<script>";
    EXPECT_EQ(login().page().model.at("email").as_string(), "");
}

// threats.md L-01
TEST_F(PasswordTest, AnswersUnknownWrongAndUnverifiedAlike) {
    sign_up("matti@example.org");
    ASSERT_TRUE(plugin().provisioner()->provision(
        {"unverified@example.org", Secret(good_password), false}));
    ASSERT_EQ(sign_in("matti@example.org", good_password), "done");
    auto const tried = [&](std::string const& email, std::string const& password) {
        auto browser = login();
        browser.post({{"email", email}, {"password", password}});
        auto page = browser.page();
        EXPECT_EQ(page.model.at("email").as_string(), email);
        page.model.erase("email");
        page.state.erase("email");
        return std::tuple(page.template_name, boost::json::serialize(page.model), page.status,
                          boost::json::serialize(page.state));
    };
    auto const wrong = tried("matti@example.org", other_password);
    EXPECT_EQ(std::get<2>(wrong), 422);
    EXPECT_THAT(std::get<1>(wrong), HasSubstr("error_login"));
    EXPECT_EQ(tried("nobody@example.org", other_password), wrong);
    EXPECT_EQ(tried("unverified@example.org", good_password), wrong);
    EXPECT_EQ(host_.recording_audit.count(AuditKind::password_failed), 3u);
}

// threats.md L-03
TEST_F(PasswordTest, AnswersASignUpOfATakenAddressLikeAnyOtherAndMailsWithoutACode) {
    sign_up("matti@example.org");
    auto const signed_up = [&](std::string const& email) {
        auto browser = login();
        browser.post({{"step", "signup"}}).post({{"email", email}});
        auto page = browser.page();
        page.state.erase("code_id");
        page.state.erase("email");
        page.model.erase("email");
        return std::pair(page.template_name + boost::json::serialize(page.model),
                         boost::json::serialize(page.state));
    };
    auto const fresh = signed_up("new@example.org");
    EXPECT_EQ(signed_up("Matti@EXAMPLE.org"), fresh);
    EXPECT_THAT(last_mail(), HasSubstr("signup_known code= "));
    EXPECT_EQ(host_.recording_mailer.mails().back().to, "matti@example.org");
}

// threats.md L-03
TEST_F(PasswordTest, AnswersAResetOfAnUnknownAddressLikeAnyOther) {
    auto browser = login();
    browser.post({{"step", "reset"}}).post({{"email", "nobody@example.org"}});
    EXPECT_EQ(browser.shown(), "code");
    EXPECT_THAT(last_mail(), HasSubstr("reset_unknown code= "));
    EXPECT_EQ(browser.post({{"code", "000000"}}).fault("code"), "error_code");
}

// ---- Guessing

// threats.md L-04
TEST_F(PasswordTest, RefusesTheEleventhTryForAKnownAndAnUnknownAccountAlike) {
    sign_up("matti@example.org");
    for (auto const* email : {"matti@example.org", "nobody@example.org"}) {
        for (int i = 0; i < 10; ++i)
            EXPECT_EQ(sign_in(email, other_password), "login");
        auto browser = login();
        browser.post({{"email", email}, {"password", good_password}});
        EXPECT_EQ(browser.fault("form"), "error_too_many") << email;
        EXPECT_EQ(browser.page().status, 429);
        EXPECT_GT(browser.page().retry_after, seconds(0));
    }
    host_.manual_clock.advance(seconds(900));
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
}

// threats.md L-04
TEST_F(PasswordTest, LetsAGuesserWaitTwiceAsLongWithEachFurtherTry) {
    sign_up("matti@example.org");
    auto const wait = [&] {
        auto browser = login();
        browser.post({{"email", "matti@example.org"}, {"password", other_password}});
        return browser.page().retry_after.count();
    };
    for (int i = 0; i < 10; ++i)
        ASSERT_EQ(wait(), 0);
    std::vector<long> waits;
    while (waits.size() < 12)
        waits.push_back(wait());
    EXPECT_THAT(waits, testing::ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900));
    host_.manual_clock.advance(seconds(899));
    EXPECT_EQ(wait(), 900) << "too early, and it counts";
    host_.manual_clock.advance(seconds(900));
    EXPECT_EQ(wait(), 0) << "one try";
    EXPECT_EQ(wait(), 900);
    host_.manual_clock.advance(seconds(900));
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
    EXPECT_EQ(wait(), 0) << "a success ends it";
}

// threats.md L-04
TEST_F(PasswordTest, ForgetsAGuesserWhoStopsForAWindowAfterTheWait) {
    for (int i = 0; i < 12; ++i)
        static_cast<void>(sign_in("matti@example.org", other_password));
    host_.manual_clock.advance(seconds(1'800));
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(sign_in("matti@example.org", other_password), "login");
    auto browser = login();
    browser.post({{"email", "matti@example.org"}, {"password", other_password}});
    EXPECT_EQ(browser.page().retry_after, seconds(1));
}

// threats.md L-05
TEST_F(PasswordTest, LetsAKnownBrowserInWhileOthersGuess) {
    sign_up("matti@example.org");
    ASSERT_EQ(sign_in("matti@example.org", good_password, "home"), "done");
    for (int i = 0; i < 60; ++i) {
        auto stranger = login();
        stranger.from("", "198.51.100." + std::to_string(i));
        stranger.post({{"email", "matti@example.org"}, {"password", other_password}});
    }
    auto stranger = login();
    stranger.from("", "203.0.113.9");
    stranger.post({{"email", "matti@example.org"}, {"password", good_password}});
    EXPECT_EQ(stranger.fault("form"), "error_too_many") << "unknown devices are slowed";
    EXPECT_EQ(sign_in("matti@example.org", good_password, "home"), "done");
}

// threats.md L-06
TEST_F(PasswordTest, HashesAtMostTenOfManyParallelGuesses) {
    sign_up("matti@example.org");
    std::vector<std::thread> browsers;
    browsers.reserve(8);
    for (int t = 0; t < 8; ++t)
        browsers.emplace_back([this] {
            for (int i = 0; i < 10; ++i)
                static_cast<void>(sign_in("matti@example.org", other_password));
        });
    for (auto& browser : browsers)
        browser.join();
    auto const events = host_.recording_audit.events();
    EXPECT_EQ(std::ranges::count_if(events,
                                    [](AuditEvent const& event) {
                                        return event.kind == AuditKind::password_failed &&
                                               event.fields.at("reason") == "wrong";
                                    }),
              10);
}

// threats.md L-07
TEST_F(PasswordTest, StopsOneAddressThatTriesManyAccountsAndRaisesAnAlarm) {
    for (int i = 0; i < 101; ++i)
        static_cast<void>(sign_in("person" + std::to_string(i) + "@example.org", good_password));
    auto const last = host_.recording_audit.events().back();
    EXPECT_EQ(last.kind, AuditKind::password_failed);
    EXPECT_EQ(last.fields.at("reason").as_string(), "spray");
}

// A subscriber has a whole /64 of IPv6.
TEST_F(PasswordTest, CountsTheAddressesOfASubscriberAsOne) {
    auto const reason_from = [&](std::string const& address, int person) {
        login()
            .from("", address)
            .post({{"email", "person" + std::to_string(person) + "@example.org"},
                   {"password", good_password}});
        return host_.recording_audit.events().back().fields.at("reason").as_string();
    };
    for (int i = 0; i < 100; ++i)
        EXPECT_NE(reason_from("2001:db8:1:2::" + std::to_string(i + 1), i), "spray");
    EXPECT_EQ(reason_from("2001:db8:1:2:ffff::1", 100), "spray");
    EXPECT_NE(reason_from("2001:db8:1:3::1", 101), "spray");
}

// What is remembered of tokens (DECISIONS, "A token is looked up once") stays through all of it.
TEST_F(PasswordTest, EndsNothingByItsWrites) {
    login();
    auto const before = host_.database().endings().value();
    sign_up("matti@example.org");
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
    EXPECT_NE(sign_in("matti@example.org", other_password), "done");
    plugin().jobs().at(0)->run().value();
    EXPECT_EQ(host_.database().endings().value(), before);
}

// threats.md L-09
TEST_F(PasswordTest, BeginsTheCountAnewForTheAccountThatSignedInAlone) {
    sign_up("matti@example.org");
    sign_up("attacker@example.org", other_password);
    for (int i = 0; i < 10; ++i)
        static_cast<void>(sign_in("matti@example.org", other_password));
    EXPECT_EQ(sign_in("attacker@example.org", other_password), "done");
    EXPECT_EQ(
        login().post({{"email", "matti@example.org"}, {"password", good_password}}).fault("form"),
        "error_too_many");
}

// ---- Passwords

// threats.md L-10
TEST_F(PasswordTest, RefusesOverlongAndEmptyPasswordsWithoutHashing) {
    auto browser = login();
    browser.post({{"email", "a@example.org"}, {"password", std::string(1'025, 'x')}});
    EXPECT_EQ(browser.fault("password"), "error_login");
    browser.post({{"email", "a@example.org"}, {"password", ""}});
    EXPECT_EQ(browser.fault("password"), "error_missing_password");
    browser.post({{"email", "a@example.org"}, {"password", std::string(1'000'000, 'x')}});
    EXPECT_EQ(browser.fault("password"), "error_login");
    EXPECT_EQ(host_.recording_audit.count(AuditKind::password_failed), 0u) << "nothing was tried";
}

// threats.md L-11
TEST_F(PasswordTest, ReadsAPasswordToItsEnd) {
    std::string const start = "neljä sinistä majakkaa " + std::string(72, 'q') + " loppu ";
    sign_up("matti@example.org", start + "yksi");
    EXPECT_EQ(sign_in("matti@example.org", start + "yksi"), "done");
    EXPECT_EQ(sign_in("matti@example.org", start + "kaksi"), "login");
}

// threats.md L-12
TEST_F(PasswordTest, TakesComposedAndDecomposedLettersAsOnePassword) {
    sign_up("matti@example.org", "nelj\u00e4 sinist\u00e4 majakkaa");
    EXPECT_EQ(sign_in("matti@example.org", "nelja\u0308 sinista\u0308 majakkaa"), "done");
}

// threats.md L-14
TEST_F(PasswordTest, HashesAgainWithNewParametersAtTheNextSignIn) {
    sign_up("matti@example.org");
    auto const hash = [&] {
        return host_.database()
            .find({"SELECT hash FROM password_accounts", {}, {}})
            .value()
            ->text(0);
    };
    EXPECT_THAT(hash(), HasSubstr("m=64,t=1"));
    host_.bounds.argon2_memory_kib = 128;
    auto* const restarted = host_.create(*tunnus_plugin_v1_password());
    auto const sign_in_now = [&] {
        Login browser(*restarted->authenticator(), view_);
        return browser.post({{"email", "matti@example.org"}, {"password", good_password}}).shown();
    };
    EXPECT_EQ(sign_in_now(), "done");
    EXPECT_THAT(hash(), HasSubstr("m=128,t=1"));
    EXPECT_EQ(sign_in_now(), "done");
}

// threats.md L-14
TEST_F(PasswordTest, AnswersAMalformedHashLikeAWrongPasswordAndRaisesAnAlarm) {
    sign_up("matti@example.org");
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE password_accounts SET hash = '$argon2id$broken'", {}, {}});
    ASSERT_TRUE(host_.database().commit(std::make_unique<sql::Write>("break", std::move(steps))));
    EXPECT_EQ(
        login().post({{"email", "matti@example.org"}, {"password", good_password}}).fault("form"),
        "error_login");
    EXPECT_TRUE(host_.recording_log.has("password.hash_malformed"));
}

// threats.md L-16
TEST_F(PasswordTest, RefusesAWeakNewPasswordWithItsReason) {
    auto browser = login();
    browser.post({{"step", "signup"}}).post({{"email", "matti.meikalainen@example.org"}});
    browser.post({{"code", code_of_last_mail()}});
    auto const reason = [&](std::string const& password) {
        return browser.post({{"new_password", password}}).fault("new_password");
    };
    EXPECT_EQ(reason("lyhyt"), "error_password_short");
    EXPECT_EQ(reason("password1234"), "error_password_weak");
    EXPECT_EQ(reason("matti.meikalainen"), "error_password_weak") << "the address itself";
    EXPECT_EQ(reason(std::string(1'025, 'x')), "error_password_long");
    EXPECT_EQ(browser.post({{"new_password", good_password}}).shown(), "done");
}

// ---- E-mail addresses

// threats.md L-17, L-18
TEST_F(PasswordTest, FindsTheAccountByAnySpellingAndMailsToTheStoredAddress) {
    sign_up("mike@example.org");
    EXPECT_EQ(sign_in("Mike@Example.ORG", good_password), "done");
    for (auto const* spelling : {"MIKE@example.org", "\uff2d\uff49\uff4b\uff45@example.org"}) {
        auto browser = login();
        browser.post({{"step", "reset"}}).post({{"email", spelling}});
        EXPECT_EQ(host_.recording_mailer.mails().back().to, "mike@example.org") << spelling;
    }
}

// threats.md L-20
TEST_F(PasswordTest, SendsNothingToWhatIsNotOneAddress) {
    for (auto const* bad : {"a@b.c\nBcc:x@y.z", "a@b.c\r\nX:", "\"a b\"@c.de", "a@[127.0.0.1]",
                            "a@b", "a@@b.de", "a@b.de,c@d.de", "<a@b.de>", ""}) {
        auto browser = login();
        browser.post({{"step", "signup"}}).post({{"email", bad}});
        EXPECT_EQ(browser.fault("email"), "error_email") << bad;
        EXPECT_EQ(browser.page().status, 422);
    }
    EXPECT_EQ(host_.recording_mailer.mails().size(), 0u);
}

// threats.md L-28
TEST_F(PasswordTest, SendsThreeMailsAnHourToOneAddressAndShowsTheSamePage) {
    for (int i = 0; i < 10; ++i) {
        auto browser = login();
        browser.from("", "198.51.100." + std::to_string(i));
        EXPECT_EQ(browser.post({{"step", "reset"}}).post({{"email", "matti@example.org"}}).shown(),
                  "code");
    }
    EXPECT_EQ(host_.recording_mailer.mails().size(), 3u);
    host_.manual_clock.advance(seconds(3'600));
    auto browser = login();
    browser.post({{"step", "reset"}}).post({{"email", "matti@example.org"}});
    EXPECT_EQ(host_.recording_mailer.mails().size(), 4u);
}

TEST_F(PasswordTest, LimitsTheMailsThatOneClientAsksFor) {
    for (int i = 0; i < 30; ++i) {
        auto browser = login();
        browser.post({{"step", "signup"}});
        EXPECT_EQ(browser.post({{"email", "p" + std::to_string(i) + "@example.org"}}).shown(),
                  "code");
    }
    auto browser = login();
    browser.post({{"step", "signup"}}).post({{"email", "p30@example.org"}});
    EXPECT_EQ(browser.fault("form"), "error_too_many");
    EXPECT_EQ(browser.page().status, 429);
    EXPECT_EQ(host_.recording_mailer.mails().size(), 30u);
}

// ---- Codes and resets

class ResetTest : public PasswordTest {
  protected:
    ResetTest() {
        account_ = sign_up("matti@example.org");
        settle(account_, "user-1");
    }
    /// A browser that was sent a code for a reset.
    Login asked() {
        auto browser = login();
        browser.post({{"step", "reset"}}).post({{"email", "matti@example.org"}});
        return browser;
    }
    std::string account_;
};

// threats.md L-26
TEST_F(ResetTest, ReplacesThePasswordAndEndsEverySessionAndKnownDevice) {
    ASSERT_EQ(sign_in("matti@example.org", good_password, "home"), "done");
    auto browser = asked();
    browser.post({{"code", code_of_last_mail()}}).post({{"new_password", other_password}});
    ASSERT_EQ(browser.shown(), "done");
    EXPECT_EQ(browser.result().subject.reveal(), account_);
    EXPECT_EQ(host_.recording_accounts.ended, std::vector<std::string>{"user-1"});
    EXPECT_EQ(host_.recording_audit.count(AuditKind::account_changed), 1u);
    EXPECT_THAT(last_mail(), HasSubstr("changed"));
    EXPECT_EQ(sign_in("matti@example.org", good_password), "login");
    EXPECT_EQ(sign_in("matti@example.org", other_password), "done");
    auto const devices =
        host_.database().query({"SELECT account_id FROM password_devices", {}, {}}).value();
    EXPECT_EQ(devices.size(), 0u);
}

// threats.md L-23
TEST_F(ResetTest, TakesACodeOnce) {
    auto browser = asked();
    auto const at_code = browser.state();
    auto const code = code_of_last_mail();
    ASSERT_EQ(browser.post({{"code", code}}).shown(), "new_password");
    auto const at_password = browser.state();
    browser.go_back_to(at_code);
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");
    browser.go_back_to(at_password);
    ASSERT_EQ(browser.post({{"new_password", other_password}}).shown(), "done");
    browser.go_back_to(at_password);
    EXPECT_EQ(browser.post({{"new_password", "kolmas keltainen kahvila"}}).fault("form"),
              "error_code_expired");
    EXPECT_EQ(sign_in("matti@example.org", other_password), "done");
}

// threats.md L-23
TEST_F(ResetTest, VoidsACodeByANewerOne) {
    auto first = asked();
    auto const code = code_of_last_mail();
    auto second = asked();
    EXPECT_EQ(first.post({{"code", code}}).fault("code"), "error_code_expired");
    EXPECT_EQ(second.post({{"code", code_of_last_mail()}}).shown(), "new_password");
}

// threats.md L-23
TEST_F(ResetTest, VoidsACodeAfterHalfAnHourAlsoOnceItWasEntered) {
    auto late = asked();
    auto const code = code_of_last_mail();
    auto entered = late;
    ASSERT_EQ(entered.post({{"code", code}}).shown(), "new_password");
    host_.manual_clock.advance(seconds(1'800));
    EXPECT_EQ(entered.post({{"new_password", other_password}}).fault("form"), "error_code_expired");
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
    auto browser = asked();
    auto const fresh = code_of_last_mail();
    host_.manual_clock.advance(seconds(1'800));
    EXPECT_EQ(browser.post({{"code", fresh}}).fault("code"), "error_code_expired");
}

// threats.md L-23
TEST_F(ResetTest, AllowsFiveGuessesOfACode) {
    auto browser = asked();
    auto const code = code_of_last_mail();
    auto const wrong = code == "123456" ? "654321" : "123456";
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(browser.post({{"code", wrong}}).fault("code"), "error_code");
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");
}

// threats.md L-23: two threads
TEST_F(ResetTest, LetsOneOfManyParallelEntriesOfACodeThrough) {
    host_.bounds.mail_code_attempts = 100;
    auto browser = asked();
    browser.request().form = Form();
    browser.request().form.add("code", code_of_last_mail());
    std::atomic<int> through = 0;
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, state = browser.state()] {
            auto const answer = browser.resume_with(state);
            auto const* page = std::get_if<Page>(&answer);
            if (page && page->template_name == "new_password") ++through;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(through, 1);
}

TEST_F(ResetTest, TakesACodeWithSpacesAndDashes) {
    auto browser = asked();
    auto code = code_of_last_mail();
    code.insert(3, " - ");
    EXPECT_EQ(browser.post({{"code", code}}).shown(), "new_password");
}

// threats.md L-25
TEST_F(ResetTest, ChangesNothingByAGet) {
    auto browser = asked();
    browser.request().method = Method::GET;
    browser.post({{"code", code_of_last_mail()}});
    EXPECT_EQ(browser.shown(), "code");
    EXPECT_EQ(browser.page().status, 200);
    browser.request().method = Method::POST;
    EXPECT_EQ(browser.post({{"code", code_of_last_mail()}}).shown(), "new_password");
}

// threats.md L-27
TEST_F(ResetTest, SetsNoPasswordWithoutTheProofOfThisFlow) {
    auto browser = asked();
    auto state = browser.state();
    state["page"] = "new_password";
    browser.go_back_to(state);
    EXPECT_EQ(browser.post({{"new_password", other_password}}).fault("form"), "error_code_expired");
    state["page"] = "no_such_page";
    browser.go_back_to(state);
    EXPECT_EQ(browser.post({{"new_password", other_password}}).shown(), "denied: unknown_state");
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
}

TEST_F(ResetTest, SendsANewCodeWhenAsked) {
    auto browser = asked();
    auto const first = code_of_last_mail();
    browser.post({{"step", "again"}});
    EXPECT_EQ(browser.shown(), "code");
    EXPECT_TRUE(browser.page().model.at("sent_again").as_bool());
    EXPECT_EQ(browser.post({{"code", code_of_last_mail()}}).shown(), "new_password");
    EXPECT_NE(first, code_of_last_mail());
}

// ---- A code opens what it was sent for, and nothing else

/// An attacker who gets the code of an address of their own, and then names the victim's, to which
/// no more mails may go. threats.md L-27
class OthersCodeTest : public PasswordTest {
  protected:
    static constexpr auto own = "attacker@example.org";
    static constexpr auto victim = "victim@example.org";

    /// Spends the mails that the victim's address may get in an hour.
    void spend_mails_to_victim() {
        for (std::size_t i = 0; i < host_.bounds.mails_per_hour; ++i) {
            auto browser = login();
            browser.from("", "198.51.100.7");
            browser.post({{"step", "reset"}}).post({{"email", victim}});
        }
    }
    /// On the page that asks for an address: the attacker's own first, then the victim's. The code
    /// that was sent to the attacker.
    template <class Browser>
    std::string turn_to_victim(Browser& browser) {
        auto code = mail_to_own(browser);
        EXPECT_EQ(browser.post({{"step", "back"}}).shown(), "email");
        EXPECT_EQ(browser.post({{"email", victim}}).shown(), "code");
        return code;
    }
    template <class Browser>
    std::string mail_to_own(Browser& browser) {
        browser.post({{"email", own}});
        EXPECT_EQ(host_.recording_mailer.mails().back().to, own);
        return code_of_last_mail();
    }
    /// The state of a browser that holds a code of its own, written over to the victim's address.
    template <class Browser>
    static void swap_address(Browser& browser) {
        auto state = browser.state();
        state["email"] = victim;
        browser.go_back_to(state);
    }
};

TEST_F(OthersCodeTest, ResetsNoOtherAccount) {
    sign_up(own, other_password);
    sign_up(victim);
    host_.manual_clock.advance(seconds(3'600));
    spend_mails_to_victim();
    auto browser = login();
    browser.post({{"step", "reset"}});
    auto const code = turn_to_victim(browser);
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");
    EXPECT_EQ(sign_in(victim, good_password), "done");
}

TEST_F(OthersCodeTest, SignsNoOtherAddressUp) {
    spend_mails_to_victim();
    auto browser = login();
    browser.post({{"step", "signup"}});
    auto const code = turn_to_victim(browser);
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");
}

TEST_F(OthersCodeTest, GivesNoOtherAddressToAStrongAccount) {
    spend_mails_to_victim();
    auto browser = first_strong();
    auto const code = turn_to_victim(browser);
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");
}

TEST_F(OthersCodeTest, IsForgottenWithTheAddressAlsoWhenTheNextOneIsRefused) {
    spend_mails_to_victim();
    auto browser = login();
    browser.post({{"step", "signup"}});
    auto const code = mail_to_own(browser);
    browser.post({{"step", "back"}});
    ASSERT_EQ(browser.post({{"email", "not an address"}}).fault("email"), "error_email");
    EXPECT_EQ(browser.state().at("code_id").as_string(), "");
    ASSERT_EQ(browser.post({{"email", victim}}).shown(), "code");
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");
}

TEST_F(OthersCodeTest, StillHoldsForTheSameAddressOnceMailsAreSpent) {
    auto browser = login();
    browser.post({{"step", "signup"}}).post({{"email", victim}});
    for (std::size_t i = 1; i < host_.bounds.mails_per_hour; ++i)
        browser.post({{"step", "again"}});
    auto const code = code_of_last_mail();
    browser.post({{"step", "back"}});
    ASSERT_EQ(browser.post({{"email", "Victim@Example.org"}}).shown(), "code");
    EXPECT_EQ(browser.post({{"code", code}}).shown(), "new_password");
}

// The second wall: the code's own row is asked whether it belongs here.
TEST_F(OthersCodeTest, IsWrongUnderAnotherAddressOrPurposeWhateverTheStateSays) {
    sign_up(own, other_password);
    sign_up(victim);
    auto browser = login();
    browser.post({{"step", "reset"}});
    auto const code = mail_to_own(browser);
    auto const honest = browser.state();
    swap_address(browser);
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");
    auto state = honest;
    state["purpose"] = "signup";
    browser.go_back_to(state);
    EXPECT_EQ(browser.post({{"code", code}}).fault("code"), "error_code_expired");

    browser.go_back_to(honest);
    ASSERT_EQ(browser.post({{"code", code}}).shown(), "new_password");
    swap_address(browser);
    EXPECT_EQ(browser.post({{"new_password", "kolmas keltainen kahvila"}}).fault("form"),
              "error_code_expired");
    EXPECT_EQ(sign_in(victim, good_password), "done");
    EXPECT_EQ(sign_in(own, other_password), "done");
}

TEST_F(OthersCodeTest, MakesNoAccountOfAnotherAddressOrPurposeWhateverTheStateSays) {
    auto browser = login();
    browser.post({{"step", "signup"}});
    auto const code = mail_to_own(browser);
    ASSERT_EQ(browser.post({{"code", code}}).shown(), "new_password");
    auto const honest = browser.state();
    for (auto const& [member, value] :
         {std::pair("email", victim), std::pair("purpose", "first_strong"),
          std::pair("code_id", "")}) {
        auto state = honest;
        state[member] = value;
        browser.go_back_to(state);
        EXPECT_EQ(browser.post({{"new_password", good_password}}).fault("form"),
                  "error_code_expired")
            << member;
    }
    browser.go_back_to(honest);
    EXPECT_EQ(browser.post({{"new_password", good_password}}).shown(), "done");
}

// ---- After the first strong login (H33)

TEST_F(PasswordTest, AsksForAnAddressAfterAStrongLoginOfWhoHasNoneYet) {
    auto* const step = plugin().login_step();
    EXPECT_TRUE(step->needed(view_, "suomifi", "strong").value());
    EXPECT_FALSE(step->needed(view_, "password", "light").value());
    settle(sign_up("matti@example.org"), "user-1");
    view_.user_id = "user-1";
    EXPECT_FALSE(step->needed(view_, "suomifi", "strong").value());
    view_.user_id = "user-2";
    EXPECT_TRUE(step->needed(view_, "suomifi", "strong").value());
}

TEST_F(PasswordTest, CannotSayWhetherAnAddressIsMissingWhileTheDatabaseIsDown) {
    auto* const step = plugin().login_step();
    view_.user_id = "user-1";
    std::vector<sql::Statement> drop;
    drop.push_back({"DROP TABLE password_accounts", {}, {}});
    ASSERT_TRUE(
        host_.database().commit(std::make_unique<sql::Write>("test.drop", std::move(drop))));
    EXPECT_FALSE(step->needed(view_, "suomifi", "strong").has_value())
        << "an error, and neither yes nor no";
}

TEST_F(PasswordTest, MakesTheLightAccountWithTheStrongOne) {
    auto browser = first_strong();
    EXPECT_EQ(browser.shown(), "email");
    EXPECT_TRUE(browser.page().model.at("purpose").at("first_strong").as_bool());
    browser.post({{"email", "matti@example.org"}}).post({{"code", code_of_last_mail()}});
    ASSERT_EQ(browser.post({{"new_password", good_password}}).shown(), "done");
    EXPECT_EQ(browser.result().also_authenticator, "password");
    EXPECT_EQ(browser.result().also->acr, "light");
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
}

TEST_F(PasswordTest, MovesAnAddressThatNobodyHasProvenToWhoProvesIt) {
    ASSERT_TRUE(
        plugin().provisioner()->provision({"matti@example.org", Secret(other_password), false}));
    auto browser = first_strong();
    browser.post({{"email", "matti@example.org"}}).post({{"code", code_of_last_mail()}});
    ASSERT_EQ(browser.post({{"new_password", good_password}}).shown(), "done");
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
    EXPECT_EQ(sign_in("matti@example.org", other_password), "login");
}

class OwnedAddressTest : public PasswordTest {
  protected:
    OwnedAddressTest() {
        account_ = sign_up("matti@example.org");
        settle(account_, "light-user");
    }
    /// A first strong login in which the code of a taken address was entered.
    Step at_owned() {
        auto browser = first_strong();
        browser.post({{"email", "matti@example.org"}}).post({{"code", code_of_last_mail()}});
        EXPECT_EQ(browser.shown(), "email_owned");
        return browser;
    }
    std::string account_;
};

TEST_F(OwnedAddressTest, IsLeftForAnotherOne) {
    auto browser = at_owned();
    EXPECT_EQ(browser.post({{"step", "other"}}).shown(), "email");
    browser.post({{"email", "toinen@example.org"}}).post({{"code", code_of_last_mail()}});
    EXPECT_EQ(browser.post({{"new_password", other_password}}).shown(), "done");
    EXPECT_NE(browser.result().also->subject.reveal(), account_);
}

// threats.md L-31, L-33
TEST_F(OwnedAddressTest, IsJoinedByItsPasswordAndItsSessionsEnd) {
    auto browser = at_owned();
    EXPECT_TRUE(browser.page().model.at("mergeable").as_bool());
    EXPECT_EQ(browser.post({{"step", "merge"}}).shown(), "prove");
    EXPECT_EQ(browser.page().model.at("email").as_string(), "matti@example.org");
    EXPECT_EQ(browser.post({{"password", other_password}}).fault("form"), "error_login");
    // Another account's address and password in the form prove nothing of this one.
    sign_up("attacker@example.org", other_password);
    EXPECT_EQ(browser.post({{"email", "attacker@example.org"}, {"password", other_password}})
                  .fault("form"),
              "error_login");
    ASSERT_EQ(browser.post({{"password", good_password}}).shown(), "done");
    EXPECT_EQ(browser.result().also->subject.reveal(), account_);
    EXPECT_EQ(host_.recording_accounts.ended, std::vector<std::string>{"light-user"});
}

// threats.md L-33
TEST_F(OwnedAddressTest, IsForgottenByEveryBrowserWhenItIsJoined) {
    ASSERT_EQ(sign_in("matti@example.org", good_password, "attackers"), "done");
    auto browser = at_owned();
    browser.from("own").post({{"step", "merge"}});
    ASSERT_EQ(browser.post({{"password", good_password}}).shown(), "done");
    auto const devices =
        host_.database().query({"SELECT account_id FROM password_devices", {}, {}}).value();
    EXPECT_EQ(devices.size(), 0u);
}

// threats.md L-32
TEST_F(OwnedAddressTest, IsNotJoinedToAnAccountThatExists) {
    view_.user_id = "strong-user";
    auto browser = at_owned();
    EXPECT_FALSE(browser.page().model.at("mergeable").as_bool());
    EXPECT_EQ(browser.post({{"step", "merge"}}).shown(), "email");
}

TEST_F(OwnedAddressTest, IsJoinedByAResetWhenThePasswordIsForgotten) {
    auto browser = at_owned();
    browser.post({{"step", "merge"}}).post({{"step", "reset"}});
    EXPECT_EQ(browser.shown(), "code");
    browser.post({{"code", code_of_last_mail()}}).post({{"new_password", other_password}});
    ASSERT_EQ(browser.shown(), "done");
    EXPECT_EQ(browser.result().also->subject.reveal(), account_);
}

// ---- Changes of an account that is known

class KnownAccountTest : public PasswordTest {
  protected:
    KnownAccountTest() {
        settle(sign_up("matti@example.org"), "user-1");
        view_.session_user_id = "user-1";
        view_.session_id = "this-session";
    }
    Login begin(std::string action) {
        view_.account_action = std::move(action);
        return login();
    }
};

TEST_F(KnownAccountTest, ChangesItsPasswordByTheOldOne) {
    auto browser = begin("UPDATE_PASSWORD");
    EXPECT_EQ(browser.shown(), "prove");
    EXPECT_EQ(browser.page().model.at("email").as_string(), "matti@example.org");
    EXPECT_EQ(browser.from("own").post({{"password", good_password}}).shown(), "new_password");
    EXPECT_EQ(browser.post({{"new_password", "lyhyt"}}).fault("new_password"),
              "error_password_short");
    ASSERT_EQ(browser.post({{"new_password", other_password}}).shown(), "done");
    EXPECT_THAT(last_mail(), HasSubstr("changed"));
    std::vector<std::pair<std::string, std::string>> const kept{{"user-1", "this-session"}};
    EXPECT_EQ(host_.recording_accounts.ended_others, kept);
    view_.account_action.clear();
    EXPECT_EQ(sign_in("matti@example.org", good_password), "login");
    EXPECT_EQ(sign_in("matti@example.org", other_password), "done");
}

TEST_F(KnownAccountTest, DoesNotChangeTwiceByOneProof) {
    auto browser = begin("UPDATE_PASSWORD");
    auto second = begin("UPDATE_PASSWORD");
    browser.post({{"password", good_password}});
    second.post({{"password", good_password}});
    ASSERT_EQ(browser.post({{"new_password", other_password}}).shown(), "done");
    EXPECT_EQ(second.post({{"new_password", "kolme punaista hevosta 4"}}).shown(), "prove");
    EXPECT_EQ(second.fault("form"), "error_changed_meanwhile");
    view_.account_action.clear();
    EXPECT_EQ(sign_in("matti@example.org", other_password), "done");
}

// threats.md L-04: whoever sits at an open session guesses no more often than anybody.
TEST_F(KnownAccountTest, CountsGuessesOfItsPassword) {
    auto browser = begin("UPDATE_PASSWORD");
    for (std::size_t i = 0; i < host_.bounds.password_attempts; ++i)
        EXPECT_EQ(browser.post({{"password", other_password}}).fault("form"), "error_login");
    EXPECT_EQ(browser.post({{"password", good_password}}).fault("form"), "error_too_many");
}

// threats.md L-27
TEST_F(KnownAccountTest, LeadsToASignUpOnlyAfterAStrongLogin) {
    auto browser = begin("UPDATE_EMAIL");
    EXPECT_EQ(browser.post({{"step", "signup"}}).fault("password"), "error_missing_password");
    EXPECT_EQ(browser.post({{"step", "reset"}}).fault("password"), "error_missing_password");
    EXPECT_EQ(browser.shown(), "prove");
}

TEST_F(KnownAccountTest, IsProvenForALinkAndStartsClean) {
    view_.proving_user_id = "user-1";
    auto browser = begin("idp_link:suomifi");
    EXPECT_EQ(browser.shown(), "prove");
    ASSERT_EQ(browser.post({{"password", good_password}}).shown(), "done");
    EXPECT_EQ(host_.recording_accounts.ended, std::vector<std::string>{"user-1"});
    view_.proving_user_id = "user-without-password";
    EXPECT_EQ(begin("idp_link:suomifi").shown(), "denied: no_password");
}

TEST_F(KnownAccountTest, MovesOrGoesWithAnAccountThatIsMerged) {
    auto const merge = [&](std::string const& into) {
        auto writes =
            plugin().account_listener()->signed_in({into, false, {}, {}, "user-1"}).value();
        ASSERT_TRUE(host_.database().commit(
            std::make_unique<sql::Write>("signed_in", std::move(writes.steps))));
    };
    merge("user-2");
    EXPECT_EQ(plugin().account_listener()->notice_address("user-2").value(), "matti@example.org");
    EXPECT_EQ(plugin().account_listener()->notice_address("user-1").value(), "");
    settle(sign_up("toinen@example.org"), "user-1");
    merge("user-2");
    EXPECT_EQ(sign_in("toinen@example.org", good_password), "login");
    EXPECT_EQ(sign_in("matti@example.org", good_password), "done");
}

// ---- Around

TEST_F(PasswordTest, IsExportedAndErasedWithTheAccount) {
    settle(sign_up("matti@example.org"), "user-1");
    auto* const listener = plugin().account_listener();
    auto const data = listener->export_data("user-1").value();
    EXPECT_EQ(data.at("sign_ins").at(0).at("email").as_string(), "matti@example.org");
    ASSERT_TRUE(listener->erase("user-1"));
    EXPECT_EQ(sign_in("matti@example.org", good_password), "login");
    EXPECT_EQ(listener->export_data("user-1").value().at("sign_ins").as_array().size(), 0u);
}

TEST_F(PasswordTest, IsProvisionedByAnAdministrator) {
    auto* const provisioner = plugin().provisioner();
    auto const made = provisioner->provision({"matti@example.org", Secret("short"), true});
    ASSERT_TRUE(made);
    EXPECT_EQ(sign_in("matti@example.org", "short"), "done");
    EXPECT_FALSE(provisioner->provision({"MATTI@example.org", Secret("short"), true})) << "taken";
    EXPECT_FALSE(provisioner->provision({"matti", Secret("short"), true}));
    EXPECT_FALSE(provisioner->provision({"other@example.org", Secret(), true}));
}

TEST_F(PasswordTest, SweepsWhatHasExpired) {
    auto browser = login();
    browser.post({{"step", "signup"}}).post({{"email", "matti@example.org"}});
    auto const rows = [&](std::string_view sql) {
        return host_.database().query({sql, {}, {}}).value().size();
    };
    auto* const job = plugin().jobs().at(0);
    ASSERT_TRUE(job->run());
    EXPECT_EQ(rows("SELECT id FROM password_codes"), 1u);
    host_.manual_clock.advance(seconds(7'200));
    ASSERT_TRUE(job->run());
    EXPECT_EQ(rows("SELECT id FROM password_codes"), 0u);
    EXPECT_EQ(rows("SELECT bucket FROM password_attempts"), 0u);
}

TEST_F(PasswordTest, SaysSoWhenNoMailCanBeSent) {
    host_.recording_audit.fail_with(Error(BaseErrc::unavailable, "full"));
    auto browser = login();
    browser.post({{"step", "signup"}}).post({{"email", "matti@example.org"}});
    EXPECT_EQ(browser.shown(), "email");
    EXPECT_EQ(browser.fault("form"), "error_mail");
}

}  // namespace
}  // namespace tunnus::plugin
