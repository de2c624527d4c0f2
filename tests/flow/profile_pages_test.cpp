// SPDX-License-Identifier: MIT
// The citizen's pages through the whole product: details, the services that may use them, events.
#include "storage/audit_log.hpp"
#include "tests/flow/story.hpp"

namespace tunnus::flow {
namespace {

class ProfilePages : public Story {
  protected:
    ProfilePages() { log_in(browser, library); }

    static inline Fields const named{{"scope", "openid profile email"}};

    Page details() { return browser.get("/profile/"); }
    /// Sends a form of the details page, whichever, with these fields.
    Page edit(Fields const& fields) { return browser.submit(details(), fields); }
    std::string id_in(Page const& page, std::string const& button) {
        auto const at = page.body.find("name=\"" + button + "\" value=\"");
        if (at == std::string::npos) return {};
        auto const start = at + button.size() + 15;
        return page.body.substr(start, page.body.find('"', start) - start);
    }
};

TEST_F(ProfilePages, ShowTheAddressThatThePersonSignsInWith) {
    auto const page = details();
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows(email));
    EXPECT_TRUE(page.shows("id=\"nav-details\""));
    EXPECT_TRUE(page.shows("/profile/strong")) << "official data need a strong login";
}

TEST_F(ProfilePages, SaveNamesAndGiveThemToServices) {
    EXPECT_EQ(edit({{"first_name", "Matti"},
                    {"last_name", "Meikäläinen"},
                    {"nickname", "Masa"},
                    {"language", "sv"}})
                  .status,
              200);
    EXPECT_TRUE(details().shows("value=\"Meikäläinen\""));
    auto const code = code_of_a_login(library, named);
    auto const token = std::string(json_of(library.redeem(code)).at("access_token").as_string());
    auto const claims = json_of(library.userinfo(token));
    EXPECT_EQ(claims.at("family_name").as_string(), "Meikäläinen");
    EXPECT_EQ(claims.at("nickname").as_string(), "Masa");
    EXPECT_EQ(product.audited("profile.changed"), 2) << "at the account's making, and now";
}

TEST_F(ProfilePages, SayWhatIsWrongBesideTheInputAndLoseNothing) {
    auto const page = edit(
        {{"first_name", std::string(151, 'a')}, {"last_name", "Meikäläinen"}, {"nickname", ""}});
    EXPECT_EQ(page.status, 422);
    EXPECT_TRUE(page.shows("id=\"first_name-error\""));
    EXPECT_TRUE(page.shows("value=\"Meikäläinen\"")) << "what was typed is still there";
    auto const phone = edit({{"phone", "112"}, {"type", "mobile"}});
    EXPECT_EQ(phone.status, 422);
    EXPECT_TRUE(phone.shows("id=\"phone-error\""));
    EXPECT_TRUE(phone.shows("value=\"112\""));
}

TEST_F(ProfilePages, ConfirmANewEmailAddressByTheCodeSentToIt) {
    product.personal.push_back("uusi@example.org");
    product.run_job("mail");
    auto const asked = edit({{"email", "uusi@example.org"}, {"type", "work"}});
    ASSERT_TRUE(asked.shows("name=\"code\"")) << asked.status << asked.body;
    product.run_job("mail");
    ASSERT_EQ(product.mailbox.mails.back().to, "uusi@example.org");
    auto const code = product.code_from_mailbox();
    auto const wrong = browser.submit(asked, {{"code", code == "000000" ? "000001" : "000000"}});
    EXPECT_EQ(wrong.status, 422);
    EXPECT_TRUE(wrong.shows("id=\"code-error\""));
    auto const done = browser.submit(wrong, {{"code", code}});
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(id_in(done, "confirm_email"), "") << "every address is confirmed";
    EXPECT_TRUE(done.shows("uusi@example.org"));
}

// threats.md L-23, L-27
TEST_F(ProfilePages, TakeACodeOnceForTheAddressThatItWasSentToAndFiveTimesWrong) {
    product.personal.insert(product.personal.end(), {"a@example.org", "b@example.org"});
    auto const first = edit({{"email", "a@example.org"}, {"type", "work"}});
    product.run_job("mail");
    auto const code_of_a = product.code_from_mailbox();
    auto const second = edit({{"email", "b@example.org"}, {"type", "work"}});
    EXPECT_EQ(browser.submit(second, {{"code", code_of_a}}).status, 422);
    EXPECT_EQ(browser.submit(first, {{"code", code_of_a}}).status, 422) << "void since the next";
    product.run_job("mail");
    auto const code_of_b = product.code_from_mailbox();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(browser.submit(second, {{"code", "00000"}}).status, 422);
    EXPECT_EQ(browser.submit(second, {{"code", code_of_b}}).status, 422) << "no tries left";
    auto const again = edit({{"confirm_email", id_in(details(), "confirm_email")}});
    ASSERT_TRUE(again.shows("name=\"code\""));
    auto const too_many = browser.submit(again, {{"again", "1"}});
    EXPECT_EQ(too_many.status, 429) << "three mails an hour";
}

// threats.md L-28
TEST_F(ProfilePages, SendOneAddressAFewMailsWhoeverAsks) {
    product.personal.insert(product.personal.end(), {"a@example.org", "maija@example.org"});
    auto asked = edit({{"email", "a@example.org"}, {"type", "work"}});
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(browser.submit(asked, {{"again", "1"}}).status, 200);
    product.add_user("maija@example.org", "toinen-salasana-jota-ei-arvaa");
    Browser other(product);
    auto page = other.get_from_elsewhere(parks.authorize());
    other.submit(page,
                 {{"email", "maija@example.org"}, {"password", "toinen-salasana-jota-ei-arvaa"}});
    auto const refused =
        other.submit(other.get("/profile/"), {{"email", "a@example.org"}, {"type", "work"}});
    EXPECT_EQ(refused.status, 429);
    EXPECT_TRUE(refused.shows("name=\"code\"")) << "a code may be typed where one was sent";
}

TEST_F(ProfilePages, DoNotVoidACodeThatIsInTheMailbox) {
    product.personal.push_back("a@example.org");
    edit({{"email", "a@example.org"}, {"type", "work"}});
    product.run_job("mail");
    auto const code = product.code_from_mailbox();
    auto const asked = edit({{"confirm_email", id_in(details(), "confirm_email")}});
    product.run_job("mail");
    EXPECT_EQ(product.mailbox.mails.size(), 1U);
    EXPECT_EQ(browser.submit(asked, {{"code", code.substr(0, 3) + " " + code.substr(3)}}).status,
              200);
    EXPECT_EQ(id_in(details(), "confirm_email"), "");
}

TEST_F(ProfilePages, LoseNothingThatWasChosen) {
    auto const page = edit({{"first_name", std::string(151, 'a')}, {"language", "sv"}});
    EXPECT_TRUE(page.shows("value=\"sv\" checked"));
    auto const phone = edit({{"phone", "112"}, {"type", "work"}});
    EXPECT_TRUE(phone.shows("<option value=\"work\" selected>"));
    EXPECT_EQ(edit({{"phone", " 040 123 4567 "}, {"type", "work"}}).status, 200);
    EXPECT_EQ(edit({{"phone", "0401234567"}, {"type", "home"}}).status, 422) << "there already";
}

TEST_F(ProfilePages, KeepOnePrimaryEmailAddress) {
    product.personal.push_back("uusi@example.org");
    auto const asked = edit({{"email", "uusi@example.org"}, {"type", "work"}});
    EXPECT_EQ(id_in(details(), "primary_email"), "") << "not before it is confirmed";
    product.run_job("mail");
    auto const page = browser.submit(asked, {{"code", product.code_from_mailbox()}});
    auto const new_one = id_in(page, "primary_email");
    ASSERT_FALSE(new_one.empty());
    auto const old_one = id_in(page, "remove_email");
    ASSERT_NE(old_one, new_one);
    EXPECT_EQ(edit({{"remove_email", old_one}}).status, 422) << "the primary one";
    EXPECT_EQ(edit({{"primary_email", new_one}}).status, 200);
    EXPECT_EQ(edit({{"remove_email", old_one}}).status, 200);
    EXPECT_FALSE(details().shows(email));
}

// threats.md W-05
TEST_F(ProfilePages, ChangeNothingForAnotherSite) {
    auto const page =
        browser.post_from_elsewhere("/profile/", {{"part", "names"}, {"first_name", "Mallory"}});
    EXPECT_NE(page.status, 200);
    EXPECT_FALSE(details().shows("Mallory"));
}

TEST_F(ProfilePages, ListServicesAndTakeAPermissionBackAtOnce) {
    auto const code = code_of_a_login(library, named);
    auto const token = std::string(json_of(library.redeem(code)).at("access_token").as_string());
    ASSERT_EQ(library.userinfo(token).status, 200);
    auto const page = browser.get("/profile/services");
    ASSERT_TRUE(page.shows("Library")) << page.body;
    auto const after = browser.submit(page, {{"withdraw", "library"}});
    EXPECT_FALSE(after.shows("Library"));
    EXPECT_EQ(library.userinfo(token).status, 401);
    EXPECT_TRUE(browser.get("/profile/log").shows("Peruit luvan"));
}

TEST_F(ProfilePages, TellWhatHasHappenedAndNotWhatStrangersTried) {
    code_of_a_login(library, named);
    Browser stranger(product);
    for (int i = 0; i < 5; ++i)
        stranger.submit(stranger.get_from_elsewhere(parks.authorize()),
                        {{"email", email}, {"password", "arvaus-" + std::to_string(i)}});
    ASSERT_GE(product.audited("password.failed"), 5);
    auto const page = browser.get("/profile/log");
    EXPECT_TRUE(page.shows("Library"));
    EXPECT_FALSE(page.shows("urn:tunnus:")) << "our own pages are no service";
    EXPECT_FALSE(page.shows("profile/event_")) << "every event has a text";
    EXPECT_FALSE(page.shows("id=\"older\""));
    for (int i = 0; i < 101; ++i) {
        AuditEvent event{.kind = AuditKind::data_read,
                         .at = product.clock.now(),
                         .event_id = {},
                         .request_id = {},
                         .user_id = user_id,
                         .client_id = "library",
                         .fields = {{"parts", {"email", "phone"}}}};
        ASSERT_TRUE(storage::AuditLog(*product.opened_database, product.random).record(event));
    }
    auto const full = browser.get("/profile/log");
    EXPECT_TRUE(full.shows("sähköpostiosoitteet, puhelinnumerot"));
    ASSERT_TRUE(full.shows("id=\"older\""));
    auto const at = full.body.find("?from=") + 6;
    auto const older =
        browser.get("/profile/log?from=" + full.body.substr(at, full.body.find('"', at) - at));
    EXPECT_TRUE(older.shows("Library"));
    EXPECT_FALSE(older.shows("id=\"older\""));
    EXPECT_EQ(browser.get("/profile/log?from=nonsense").status, 200);
}

TEST_F(ProfilePages, AreTheirPersonsAlone) {
    Browser stranger(product);
    EXPECT_FALSE(stranger.get("/profile/").shows(email));
    product.add_user("maija@example.org", "toinen-salasana-jota-ei-arvaa");
    Browser other(product);
    auto page = other.get_from_elsewhere(parks.authorize());
    page = other.submit(
        page, {{"email", "maija@example.org"}, {"password", "toinen-salasana-jota-ei-arvaa"}});
    other.submit(page, {{"decision", "allow"}});
    auto const mine = id_in(details(), "remove_email");
    EXPECT_EQ(other.submit(other.get("/profile/"), {{"remove_email", mine}}).status, 422);
    EXPECT_TRUE(details().shows(email));
    EXPECT_FALSE(other.get("/profile/services").shows("Library"));
}

}  // namespace
}  // namespace tunnus::flow
