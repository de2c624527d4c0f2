// SPDX-License-Identifier: MIT
// The page of one's ways to sign in, through the whole product: changing the password and the
// address, taking that back, removing a way in.
#include "idp/base/limits.hpp"
#include "tests/flow/strong_login.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;

class SignInMethods : public StrongLogin {
  protected:
    SignInMethods() {
        user_id = product.add_user(email, password);
        product.personal = {email, new_email, password, new_password};
        sign_in_lightly(browser, kiosk, email);
    }
    Page begin(Browser& with, std::string const& what) {
        return with.get("/profile/signin/change?what=" + what);
    }
    Page prove(Browser& with, std::string const& what) {
        return with.submit(begin(with, what), {{"password", password}, {"step", "login"}});
    }
    bool is_signed_in(Browser& with) {
        return with.get("/profile/signin").shows("id=\"logout-everywhere\"");
    }
    bool signs_in(std::string const& address, std::string const& with) {
        Browser other(product);
        auto page = other.get_from_elsewhere(kiosk.authorize());
        page = other.submit(page, {{"method", "password"}});
        page = other.submit(page, {{"email", address}, {"password", with}});
        return !page.parameter("code").empty();
    }
    /// The mails to this address, oldest first.
    std::vector<Mail> mails_to(std::string const& address) {
        product.run_job("mail");
        std::vector<Mail> mails;
        for (auto const& mail : product.mailbox.mails)
            if (mail.to == address) mails.push_back(mail);
        return mails;
    }
    std::string undo_link() {
        auto const text = mails_to(email).back().text;
        auto const at = text.find("/password/undo?token=");
        return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
    }
    Page change_email() {
        auto page = browser.submit(prove(browser, "UPDATE_EMAIL"), {{"email", new_email}});
        return browser.submit(page, {{"code", code_from_mailbox()}});
    }

    static inline std::string const email = "matti@example.org";
    static inline std::string const new_email = "uusi@example.org";
    static inline std::string const new_password = "uusi-sateinen-torstai-2031";
    std::string user_id;
};

TEST_F(SignInMethods, AreShownWithTheirAddressAndWhatCanBeDoneAboutThem) {
    auto const page = browser.get("/profile/signin");
    EXPECT_TRUE(page.shows("id=\"UPDATE_PASSWORD\"")) << page.body;
    EXPECT_TRUE(page.shows("id=\"UPDATE_EMAIL\""));
    EXPECT_TRUE(page.shows(email));
    EXPECT_TRUE(page.shows("id=\"add-suomifi\""));
    EXPECT_FALSE(page.shows("id=\"remove-password\"")) << "the last one stays";
    EXPECT_TRUE(browser.get("/profile/methods").shows("id=\"UPDATE_PASSWORD\""));
}

TEST_F(SignInMethods, ChangeThePasswordByTheOldOneAndEndEveryOtherSession) {
    Browser other(product);
    sign_in_lightly(other, library, email);
    ASSERT_TRUE(is_signed_in(other));
    auto page = prove(browser, "UPDATE_PASSWORD");
    ASSERT_TRUE(page.shows("name=\"new_password\"")) << page.status << page.body;
    page = browser.submit(page, {{"new_password", new_password}});
    EXPECT_EQ(page.status, 200) << page.left_for;
    EXPECT_TRUE(page.shows("id=\"done\"")) << page.body;
    EXPECT_TRUE(is_signed_in(browser));
    EXPECT_FALSE(is_signed_in(other));
    EXPECT_TRUE(signs_in(email, new_password));
    EXPECT_FALSE(signs_in(email, password));
    EXPECT_EQ(mails_to(email).size(), 1u) << "the person hears of it";
    EXPECT_EQ(product.audited("account.changed"), 1);
}

TEST_F(SignInMethods, ChangeNothingWithoutTheOldPassword) {
    auto page = begin(browser, "UPDATE_PASSWORD");
    EXPECT_TRUE(page.shows("id=\"proving-account\""));
    page = browser.submit(page, {{"password", new_password}, {"step", "login"}});
    EXPECT_EQ(page.status, 422);
    EXPECT_FALSE(page.shows("name=\"new_password\""));
    // L-27: a step that was not reached is not taken.
    page = browser.submit(page, {{"new_password", new_password}});
    EXPECT_FALSE(page.shows("id=\"done\""));
    EXPECT_TRUE(signs_in(email, password));
}

TEST_F(SignInMethods, GivenUpLeadBackToThePage) {
    auto const page = browser.submit(begin(browser, "UPDATE_PASSWORD"), {{"step", "cancel"}});
    EXPECT_TRUE(page.shows("id=\"UPDATE_PASSWORD\"")) << page.status << page.left_for;
    EXPECT_FALSE(page.shows("id=\"done\""));
    EXPECT_TRUE(is_signed_in(browser));
}

TEST_F(SignInMethods, AreNotSaidToBeChangedByALinkOfSomebodyElse) {
    EXPECT_FALSE(browser.get("/profile/signin?done=UPDATE_PASSWORD").shows("id=\"done\""));
    EXPECT_FALSE(browser.get("/profile/signin?done=UPDATE_PASSWORD&proof=" + std::string(64, 'a'))
                     .shows("id=\"done\""));
}

TEST_F(SignInMethods, NeedASignInFirst) {
    Browser stranger(product);
    EXPECT_TRUE(begin(stranger, "UPDATE_PASSWORD").shows("id=\"method-password\""));
    EXPECT_TRUE(stranger.get("/profile/signin/remove?method=password").shows("method-password"));
    EXPECT_TRUE(begin(browser, "NO_SUCH_ACTION").shows("id=\"UPDATE_PASSWORD\""));
}

// ---- The address

TEST_F(SignInMethods, ChangeTheAddressByACodeAndTellTheOldOne) {
    auto const page = change_email();
    EXPECT_TRUE(page.shows("id=\"done\"")) << page.status << page.body;
    EXPECT_TRUE(page.shows(new_email));
    EXPECT_TRUE(signs_in(new_email, password));
    EXPECT_FALSE(signs_in(email, password));
    EXPECT_THAT(mails_to(email).back().text, HasSubstr("/password/undo?token="));
    EXPECT_EQ(mails_to(new_email).size(), 1u) << "the code, and no way to undo";
}

TEST_F(SignInMethods, L03_SayTheSameOfAnAddressThatSomebodyHas) {
    product.add_user(new_email, new_password);
    auto page = browser.submit(prove(browser, "UPDATE_EMAIL"), {{"email", new_email}});
    EXPECT_TRUE(page.shows("name=\"code\"")) << page.body;
    EXPECT_EQ(mails_to(new_email).back().text.find_first_of("0123456789"), std::string::npos)
        << mails_to(new_email).back().text;
    page = browser.submit(page, {{"code", "000000"}});
    EXPECT_EQ(page.status, 422);
    EXPECT_TRUE(signs_in(email, password));
    EXPECT_TRUE(signs_in(new_email, new_password));
}

TEST_F(SignInMethods, TakeAnAddressFromWhoNeverProvedIt) {
    auto const squatter = product.database->query({"SELECT id FROM users", {}, {}}).value().size();
    change_email();
    EXPECT_TRUE(signs_in(new_email, password));
    EXPECT_EQ(squatter, 1u);
}

TEST_F(SignInMethods, RefuseTheAddressAsItIs) {
    auto const page =
        browser.submit(prove(browser, "UPDATE_EMAIL"), {{"email", "MATTI@example.org"}});
    EXPECT_EQ(page.status, 422);
    EXPECT_TRUE(page.shows("id=\"email-error\""));
}

// L-22: a change that waits for its code is over with a reset.
TEST_F(SignInMethods, L22_AChangeOfAddressDoesNotSurviveAReset) {
    auto waiting = browser.submit(prove(browser, "UPDATE_EMAIL"), {{"email", new_email}});
    auto const code = code_from_mailbox();
    Browser owner(product);
    auto page = owner.get_from_elsewhere(kiosk.authorize());
    page = owner.submit(page, {{"method", "password"}});
    page = owner.submit(page, {{"step", "reset"}});
    page = owner.submit(page, {{"email", email}});
    page = owner.submit(page, {{"code", code_from_mailbox()}});
    page = owner.submit(page, {{"new_password", new_password}});
    ASSERT_FALSE(page.parameter("code").empty()) << page.body;
    page = browser.submit(waiting, {{"code", code}});
    EXPECT_EQ(page.status, 422) << page.body;
    EXPECT_TRUE(signs_in(email, new_password));
    EXPECT_FALSE(signs_in(new_email, new_password));
}

// L-22: the old address takes it back; L-25: a scanner that opens the link does not.
TEST_F(SignInMethods, L22_TheOldAddressTakesAChangeBack) {
    change_email();
    auto const link = undo_link();
    ASSERT_FALSE(link.empty());
    Browser owner(product);
    auto page = owner.get_from_elsewhere(link);
    ASSERT_TRUE(page.shows("id=\"undo-confirm\"")) << page.status << page.body;
    EXPECT_TRUE(signs_in(new_email, password)) << "opening the link changes nothing";
    page = owner.submit(page, {});
    EXPECT_TRUE(page.shows("id=\"email-undone\"")) << page.status << page.body;
    EXPECT_FALSE(is_signed_in(browser)) << "whoever changed it is out";
    EXPECT_FALSE(signs_in(new_email, password));
    EXPECT_FALSE(signs_in(email, password)) << "they knew the password";
    EXPECT_EQ(owner.get_from_elsewhere(link).status, 410) << "once";
    // The owner chooses a new one, and is who they were.
    page = owner.get_from_elsewhere(kiosk.authorize());
    page = owner.submit(page, {{"method", "password"}});
    page = owner.submit(page, {{"step", "reset"}});
    page = owner.submit(page, {{"email", email}});
    page = owner.submit(page, {{"code", code_from_mailbox()}});
    page = owner.submit(page, {{"new_password", new_password}});
    EXPECT_EQ(id_token(kiosk, page).at("sub").as_string(), user_id);
}

TEST_F(SignInMethods, L22_TheWayBackEndsInTime) {
    change_email();
    auto const link = undo_link();
    product.clock.advance(Limits().email_undo_lifetime - seconds(1));
    EXPECT_EQ(browser.get_from_elsewhere(link).status, 200);
    product.clock.advance(seconds(1));
    EXPECT_EQ(browser.get_from_elsewhere(link).status, 410);
    EXPECT_EQ(browser.get_from_elsewhere("/password/undo?token=nobodys").status, 410);
}

// ---- Removing

class TwoMethods : public SignInMethods {
  protected:
    TwoMethods() {
        other.get("/");
        auto page = identify(strong, library);
        strong_id = id_token(library, make_light_account(strong, page, "maija@example.org"));
    }
    Page ask(Browser& with, std::string const& method) {
        return with.get("/profile/signin/remove?method=" + method);
    }
    Browser strong{product};
    Browser other{product};
    boost::json::object strong_id;
};

TEST_F(TwoMethods, LoseOneAndTellOfItByMail) {
    auto page = ask(strong, "password");
    ASSERT_TRUE(page.shows("id=\"remove-confirm\"")) << page.status << page.body;
    page = strong.submit(page, {{"decision", "remove"}});
    EXPECT_FALSE(page.shows("id=\"UPDATE_PASSWORD\"")) << page.body;
    EXPECT_FALSE(page.shows("id=\"remove-suomifi\"")) << "the last one";
    EXPECT_FALSE(signs_in("maija@example.org", password));
    EXPECT_EQ(mails_to("maija@example.org").size(), 2u) << "the code, and the notice";
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM password_accounts"), 1) << "the other person's";
    // Nobody can take the last one by hand.
    page = strong.get("/profile/signin/remove?method=suomifi");
    EXPECT_FALSE(page.shows("id=\"remove-confirm\""));
}

TEST_F(TwoMethods, LoseTheRegistersDataWithTheStrongOne) {
    ASSERT_EQ(product.count("SELECT COUNT(*) FROM profile_official"), 1);
    auto page = ask(strong, "suomifi");
    ASSERT_TRUE(page.shows("id=\"remove-confirm\"")) << page.body;
    strong.submit(page, {{"decision", "remove"}});
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_official"), 0);
    EXPECT_TRUE(signs_in("maija@example.org", password));
}

TEST_F(TwoMethods, AreNotRemovedByAnOldOrALightSession) {
    Browser light(product);
    sign_in_lightly(light, library, "maija@example.org");
    EXPECT_FALSE(ask(light, "suomifi").shows("id=\"remove-confirm\""));
    auto const page = ask(strong, "password");
    ASSERT_TRUE(page.shows("id=\"remove-confirm\""));
    product.clock.advance(Limits().fresh_login_age + seconds(1));
    EXPECT_FALSE(ask(strong, "password").shows("id=\"remove-confirm\""));
    strong.submit(page, {{"decision", "remove"}});
    EXPECT_TRUE(signs_in("maija@example.org", password)) << "a page that was left open";
}

// W-05, W-07
TEST_F(TwoMethods, W05_AreNotRemovedByAnotherSite) {
    auto const page = strong.post_from_elsewhere("/profile/signin/remove",
                                                 {{"method", "password"}, {"decision", "remove"}});
    EXPECT_EQ(page.status, 403);
    EXPECT_TRUE(signs_in("maija@example.org", password));
}

TEST_F(TwoMethods, EndTheOtherSessionsWhenOneGoes) {
    Browser light(product);
    sign_in_lightly(light, library, "maija@example.org");
    ASSERT_TRUE(is_signed_in(light));
    strong.submit(ask(strong, "password"), {{"decision", "remove"}});
    EXPECT_FALSE(is_signed_in(light));
    EXPECT_TRUE(is_signed_in(strong));
}

}  // namespace
}  // namespace tunnus::flow
