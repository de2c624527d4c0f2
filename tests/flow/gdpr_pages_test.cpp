// SPDX-License-Identifier: MIT
// Download and erasure by the citizen's own pages (citizen-services.md 3.5, 4.2, 4.3): a recent
// login, a tick, what services say, the file, and what goes on after a page is closed.
#include "tests/flow/gdpr.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;
using testing::Not;

class GdprPages : public GdprStory {
  protected:
    GdprPages() { log_in(browser, library); }

    Page check() { return browser.submit(browser.get("/profile/delete"), {{"step", "ask"}}); }
    Page confirm(Page const& shown) {
        return browser.submit(shown, {{"step", "erase"}, {"confirm", "yes"}});
    }
    Page collect() { return browser.submit(browser.get("/profile/download"), {}); }
    Page file() { return browser.get("/profile/download/file"); }
    static Result<OutboundResponse> silence() { return Error(BaseErrc::unavailable, "timeout"); }
};

// ---- Erasure

TEST_F(GdprPages, EraseAfterACheckAndATick) {
    auto const first = browser.get("/profile/delete");
    EXPECT_TRUE(first.shows("id=\"erase-check\""));
    EXPECT_TRUE(first.shows("Kirjat") && first.shows("Puutarhat"));
    auto const asked = check();
    EXPECT_TRUE(asked.shows("id=\"erase-confirm\"")) << asked.status << asked.body;
    EXPECT_EQ(erasures(), 0U);
    auto const untold = browser.submit(asked, {{"step", "erase"}});
    EXPECT_EQ(untold.status, 422);
    EXPECT_TRUE(untold.shows("id=\"confirm-error\""));
    EXPECT_EQ(people(), 1);
    auto const done = confirm(asked);
    EXPECT_EQ(done.status, 200);
    EXPECT_TRUE(done.shows("id=\"erased\"")) << done.body;
    EXPECT_TRUE(done.shows("Puutarhat"));
    EXPECT_EQ(people(), 0);
    EXPECT_FALSE(is_signed_in(browser));
}

TEST_F(GdprPages, ShowWhatAServiceSaysInThePersonsLanguageAndEscaped) {
    answers_with("books DELETE dry", refusal);
    auto const stopped = check();
    EXPECT_TRUE(stopped.shows("Sinulla on &lt;lainoja&gt;.")) << stopped.body;
    EXPECT_FALSE(stopped.shows("id=\"erase-confirm\""));
    EXPECT_TRUE(stopped.shows("id=\"erase-again\""));
    EXPECT_TRUE(browser.get("/profile/delete?ui_locales=sv").shows("Du har lån."));
    EXPECT_TRUE(browser.get("/profile/delete?ui_locales=en").shows("lang=\"fi\">Sinulla on"))
        << "in another language where there are no words in this one";
    EXPECT_EQ(people(), 1);
}

TEST_F(GdprPages, DoNotEraseWithoutACheckThatAllAllow) {
    answers_with("books DELETE dry", refusal);
    auto const stopped = check();
    confirm(stopped);
    EXPECT_EQ(erasures(), 0U);
    EXPECT_EQ(people(), 1);
}

TEST_F(GdprPages, AskAnewAServiceThatWasPermittedAfterTheCheck) {
    auto const asked = check();
    Service const bulletins{product, "bulletins", "https://bulletins.example/cb", false};
    log_in(browser, bulletins);
    confirm(asked);
    EXPECT_EQ(erasures(), 0U);
    EXPECT_EQ(people(), 1);
    product.run_job("profile.gdpr");
    EXPECT_EQ(count_of("bulletins DELETE dry"), 1U);
    auto const now = browser.get("/profile/delete");
    EXPECT_TRUE(now.shows("Tiedotteet"));
    EXPECT_TRUE(confirm(now).shows("id=\"erased\""));
    EXPECT_EQ(count_of("bulletins DELETE"), 1U);
}

TEST_F(GdprPages, AreForWhoHasSignedInLately) {
    auto lately = product.configuration();
    std::string const limits = "\"limits\": {";
    lately.insert(lately.find(limits) + limits.size(), "\"gdpr_login_age\": \"5 min\", ");
    product.restart(lately);
    auto const opened = browser.get("/profile/delete");
    ASSERT_TRUE(opened.shows("id=\"erase-check\""));
    product.clock.advance(seconds(301));
    auto const led = browser.get("/profile/delete");
    EXPECT_FALSE(led.shows("id=\"erase-check\""));
    EXPECT_TRUE(led.shows("name=\"password\"")) << led.status << led.left_for;
    EXPECT_TRUE(sign_in(led).shows("id=\"erase-check\""));
    auto const again = browser.get("/profile/delete");
    product.clock.advance(seconds(599));
    EXPECT_TRUE(browser.submit(again, {{"step", "erase"}}).shows("id=\"erase-check\""))
        << "a page that was opened in time is taken as long again";
    product.clock.advance(seconds(2));
    ASSERT_TRUE(browser.get("/profile/").shows("delete-account")) << "the session goes on";
    EXPECT_EQ(browser.submit(again, {{"step", "ask"}}).status, 403);
    EXPECT_TRUE(calls.empty());
}

TEST_F(GdprPages, EraseOneServicesDataAlone) {
    EXPECT_TRUE(browser.get("/profile/services").shows("/profile/delete?service=books"));
    auto shown = browser.get("/profile/delete?service=books");
    EXPECT_TRUE(shown.shows("Kirjat"));
    shown = browser.submit(shown, {{"step", "ask"}});
    ASSERT_TRUE(shown.shows("id=\"erase-confirm\"")) << shown.body;
    EXPECT_TRUE(confirm(shown).shows("/profile/services"));
    EXPECT_EQ(count_of("books DELETE"), 1U);
    EXPECT_EQ(count_of("gardens DELETE dry"), 0U);
    EXPECT_EQ(people(), 1);
    EXPECT_EQ(permissions(), 1);
    EXPECT_TRUE(browser.get("/profile/").shows("id=\"delete-account\""));
}

TEST_F(GdprPages, TakeNoServiceThatThePersonDoesNotUse) {
    auto const shown = browser.get("/profile/delete");
    for (std::string const name : {"bulletins", "nobody", "a\r\nSet-Cookie: x=y", "profile"}) {
        auto fields = Fields{{"step", "ask"}, {"service", name}};
        auto const sent = browser.submit(shown, fields);
        EXPECT_EQ(sent.headers.find("Set-Cookie").value_or("").find("x=y"), std::string::npos);
    }
    EXPECT_TRUE(calls.empty());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_runs"), 0);
}

TEST_F(GdprPages, AskAgainWhoeverDoesNotAnswerAndFinishWithoutThePage) {
    auto const asked = check();
    answers_with("gardens DELETE", silence);
    auto const erasing = confirm(asked);
    EXPECT_TRUE(erasing.shows("name=\"ticket\"")) << erasing.body;
    EXPECT_EQ(people(), 1);
    EXPECT_TRUE(browser.get("/profile/delete").shows("name=\"ticket\"")) << "also after a reload";
    auto const twice = confirm(asked);
    EXPECT_TRUE(twice.shows("name=\"ticket\"")) << "a double click";
    EXPECT_EQ(count_of("gardens DELETE"), 1U);
    product.run_job("profile.gdpr");
    EXPECT_EQ(count_of("gardens DELETE"), 1U) << "not before five seconds";
    job_after(seconds(6));
    EXPECT_EQ(count_of("gardens DELETE"), 2U);
    answers.clear();
    job_after(seconds(26));
    EXPECT_EQ(people(), 0);
    EXPECT_EQ(count_of("books DELETE"), 1U);
    auto const end = browser.submit(erasing, {});
    EXPECT_TRUE(end.shows("id=\"erased\"")) << "the ticket outlives the session: " << end.body;
}

TEST_F(GdprPages, GiveAServiceUpInTheEnd) {
    auto const asked = check();
    answers_with("gardens DELETE", silence);
    auto const erasing = confirm(asked);
    for (int i = 0; i < 6; ++i)
        job_after(seconds(301));
    EXPECT_EQ(count_of("gardens DELETE"), 4U);
    EXPECT_EQ(people(), 1);
    EXPECT_EQ(permissions(), 1);
    auto const end = browser.submit(erasing, {});
    EXPECT_FALSE(end.shows("id=\"erased\""));
}

TEST_F(GdprPages, TellAStrangerWithoutATicketNothing) {
    auto const asked = check();
    confirm(asked);
    Browser stranger(product);
    for (std::string const ticket : {"", "AAAA", "not a ticket"}) {
        auto const shown = stranger.get("/profile/erased?ticket=" + encoded(ticket));
        EXPECT_EQ(shown.status, 200);
        EXPECT_FALSE(shown.shows("id=\"erased\""));
        EXPECT_FALSE(shown.shows("Kirjat"));
    }
}

// ---- Download

TEST_F(GdprPages, CollectEverythingIntoAFile) {
    answers_with("gardens GET", [] { return OutboundResponse{204, {}, {}}; });
    auto const ready = collect();
    ASSERT_TRUE(ready.shows("id=\"download-file\"")) << ready.status << ready.body;
    auto const got = file();
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.headers.find("Content-Disposition"),
              "attachment; filename=\"profile_data.json\"");
    EXPECT_EQ(got.headers.find("Cache-Control"), "no-store");
    auto const all = boost::json::parse(got.body);
    EXPECT_EQ(all.at_pointer("/children/0/key"), "PROFILE");
    EXPECT_EQ(all.at_pointer("/children/1/key"), "ACCOUNT");
    EXPECT_EQ(all.at_pointer("/children/2/children/0/key"), "BOOKS");
    EXPECT_EQ(all.at_pointer("/children/2/children/0/children/0/children/0/value"),
              "data of books");
    EXPECT_EQ(all.at_pointer("/children/2/children/1/children"), boost::json::array());
    EXPECT_THAT(got.body, HasSubstr(email));
    EXPECT_EQ(token_of_call("books GET").at("authorization").at_pointer("/permissions/0/scopes/0"),
              "books.query");
    EXPECT_EQ(product.audited("data.exported"), 3) << "of each service, and the file";
}

TEST_F(GdprPages, NameInTheFileWhoFailed) {
    answers_with("books GET", [] { return json(200, "<html>", "text/html"); });
    EXPECT_TRUE(collect().shows("id=\"download-file\""));
    EXPECT_THAT(file().body,
                HasSubstr(R"({"key":"BOOKS","error":"SERVICE_GDPR_API_UNKNOWN_ERROR"})"));
    EXPECT_THAT(file().body, HasSubstr("data of gardens"));
}

TEST_F(GdprPages, KeepWhatServicesGaveSealedAndForADay) {
    collect();
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_parts WHERE sealed IS NOT NULL"), 2);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_parts WHERE "
                            "instr(sealed, 'data of') > 0"),
              0);
    job_after(seconds(86'401));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_parts"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_runs"), 0);
}

TEST_F(GdprPages, GiveTheFileToItsPersonAlone) {
    collect();
    Browser stranger(product);
    EXPECT_THAT(stranger.get("/profile/download/file").body, Not(HasSubstr("data of")));
    product.add_user("maija@example.org", "toinen-salasana-jota-ei-arvaa");
    Browser other(product);
    auto const shown = other.get_from_elsewhere(kiosk.authorize());
    other.submit(shown,
                 {{"email", "maija@example.org"}, {"password", "toinen-salasana-jota-ei-arvaa"}});
    auto const led = other.get("/profile/download/file");
    EXPECT_THAT(led.body, Not(HasSubstr("data of")));
    EXPECT_TRUE(led.shows("id=\"download-start\""));
}

TEST_F(GdprPages, WaitForASlowServiceWithoutThePage) {
    answers_with("books GET", silence);
    auto const waiting = collect();
    EXPECT_TRUE(waiting.shows("id=\"refresh\"")) << waiting.body;
    EXPECT_FALSE(waiting.shows("id=\"download-file\""));
    EXPECT_THAT(file().body, Not(HasSubstr("data of")));
    answers.clear();
    job_after(seconds(6));
    EXPECT_TRUE(browser.get("/profile/download").shows("id=\"download-file\""));
    EXPECT_THAT(file().body, HasSubstr("data of books"));
    EXPECT_EQ(count_of("gardens GET"), 1U);
}

TEST_F(GdprPages, WaitForAFewSlowCallsAndLeaveTheRestToTheJob) {
    answers_with("books DELETE dry", [this] {
        product.clock.advance(seconds(20));
        return OutboundResponse{204, {}, {}};
    });
    auto const told = erase();
    EXPECT_EQ(told.codes(), "CONNECTED_SERVICE_DELETION_FAILED_ERROR") << "it is under way";
    EXPECT_EQ(erasures(), 0U);
    product.run_job("profile.gdpr");
    EXPECT_EQ(people(), 0);
}

TEST_F(GdprPages, CollectAgainAfterACrash) {
    answers_with("books GET",
                 []() -> Result<OutboundResponse> { throw std::runtime_error("end"); });
    EXPECT_THROW(collect(), std::runtime_error);
    answers.clear();
    product.restart();
    job_after(seconds(121));
    EXPECT_TRUE(browser.get("/profile/download").shows("id=\"download-file\""));
}

TEST_F(GdprPages, LeaveNoDownloadBehindAnErasedPerson) {
    collect();
    confirm(check());
    EXPECT_EQ(people(), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_runs WHERE kind = 'download'"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_parts WHERE sealed IS NOT NULL"), 0);
}

// ---- The same by the API (citizen-services.md 3.3)

constexpr auto by_api = R"({ downloadMyProfile(authorizationCode: "code") })";

TEST_F(GdprPages, TheApiGivesTheProfileAndEachServicesTree) {
    answers_with("gardens GET", [] { return OutboundResponse{204, {}, {}}; });
    auto const told = ask(own, by_api);
    EXPECT_EQ(told.codes(), "") << told.response.body;
    auto const tree = boost::json::parse(told.data("/downloadMyProfile").as_string());
    EXPECT_EQ(tree.at("children").as_array().size(), 2U) << "204 contributes nothing";
    EXPECT_EQ(tree.at_pointer("/children/1/children/0/value"), "data of books");
}

TEST_F(GdprPages, TheApiGivesAllOrNothing) {
    for (auto const& answer : std::vector<Answer>{
             silence, [] { return json(200, R"({"key": "A"})"); },
             [] { return json(200, R"([{"key": "A", "value": 1}])"); },
             [] { return json(200, R"({"key": "A", "value": {"b": 1}})"); },
             [] { return json(200, R"({"key": "A", "value": 1})", "text/plain"); },
             [] { return json(404, "{}"); },
             [] {
                 std::string deep = R"({"key": "A", "value": 1})";
                 for (int i = 0; i < 40; ++i)
                     deep = R"({"key": "A", "children": [)" + deep + "]}";
                 return json(200, deep);
             },
             [] { return Result<OutboundResponse>(Error(BaseErrc::too_large, "answer")); }}) {
        answers_with("gardens GET", answer);
        auto const told = ask(own, by_api);
        EXPECT_EQ(told.codes(), "CONNECTED_SERVICE_DATA_QUERY_FAILED_ERROR");
        EXPECT_EQ(told.body.at_pointer("/errors/0/extensions/services"),
                  boost::json::value({"gardens"}));
    }
    EXPECT_EQ(product.audited("data.exported"), 0);
}

}  // namespace
}  // namespace tunnus::flow
