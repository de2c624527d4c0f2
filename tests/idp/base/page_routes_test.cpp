// SPDX-License-Identifier: MIT
#include "idp/base/page_routes.hpp"

#include "tests/fakes/pages.hpp"

#include <gmock/gmock.h>

namespace tunnus {
namespace {

using testing::HasSubstr;

constexpr auto issuer = "https://login.example";

HttpRequest from_browser() {
    HttpRequest request;
    request.method = Method::POST;
    request.headers.add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    return request;
}

class LeaveByPage : public testing::Test {
  protected:
    HttpResponse answer(HttpRequest const& request, HttpResponse const& inner) {
        return std::get<HttpResponse>(leave_by_page(
            pages_, issuer, [&](HttpRequest const&) -> Outcome { return inner; })(request));
    }

    fakes::PlainPages pages_;
};

TEST_F(LeaveByPage, EndsAFormThatLeadsElsewhereAtAPageThatGoesOn) {
    for (auto const* location :
         {"https://rp.example/cb?code=1&state=a%20b", "http://localhost:8083/callback",
          "com.example.app:/cb?code=1", "https://login.example.evil/", "//rp.example/"}) {
        auto inner = redirect_response(location);
        inner.headers.add("Set-Cookie", "sid=1");
        inner.headers.add("Set-Cookie", "login=2");
        auto const page = answer(from_browser(), inner);
        EXPECT_EQ(page.status, 200);
        EXPECT_EQ(page.headers.find("Refresh"), std::string("0; url=") + location);
        EXPECT_FALSE(page.headers.find("Location"));
        EXPECT_EQ(page.headers.all("Set-Cookie").size(), 2U);
        EXPECT_TRUE(page.body.starts_with("leaving\n"));
        EXPECT_THAT(page.body, HasSubstr("\"location\":"));
    }
}

TEST_F(LeaveByPage, LeavesEverythingElseAlone) {
    for (auto const* location : {"/profile/signin", "https://login.example/profile/signin"})
        EXPECT_EQ(answer(from_browser(), redirect_response(location)).status, 303) << location;
    EXPECT_EQ(answer(from_browser(), text_response(422, "again")).body, "again");
}

TEST_F(LeaveByPage, GivesTheRedirectItselfToAClientThatIsNoBrowser) {
    auto const inner = redirect_response("https://rp.example/cb");
    EXPECT_EQ(answer(HttpRequest(), inner).status, 303);
    HttpRequest request;
    request.headers.add("Accept", "*/*");
    EXPECT_EQ(answer(request, inner).status, 303);
}

class Nothing final : public Intention {
    [[nodiscard]] std::string_view name() const noexcept override { return "nothing"; }
};

TEST_F(LeaveByPage, ChangesBothAnswersOfACommit) {
    auto const handler = leave_by_page(pages_, issuer, [](HttpRequest const&) -> Outcome {
        return PendingCommit{.intention = std::make_unique<Nothing>(),
                             .if_won = redirect_response("https://rp.example/cb?code=1"),
                             .if_lost = redirect_response("https://rp.example/cb?error=1")};
    });
    auto const outcome = handler(from_browser());
    auto const& pending = std::get<PendingCommit>(outcome);
    EXPECT_EQ(pending.intention->name(), "nothing");
    EXPECT_EQ(pending.if_won.headers.find("Refresh"), "0; url=https://rp.example/cb?code=1");
    EXPECT_EQ(pending.if_lost.headers.find("Refresh"), "0; url=https://rp.example/cb?error=1");
}

TEST_F(LeaveByPage, ChangesWhatIsAnsweredOnAnotherLane) {
    auto const handler = leave_by_page(pages_, issuer, [](HttpRequest const&) -> Outcome {
        return Continuation{
            Lane::plugin, []() -> Outcome { return redirect_response("https://idp.example/out"); }};
    });
    auto const request = from_browser();
    auto const page = std::get<HttpResponse>(finish_here(handler(request)));
    EXPECT_EQ(page.headers.find("Refresh"), "0; url=https://idp.example/out");
}

std::optional<std::string> remembered(std::string_view query, std::string_view site) {
    HttpRequest request;
    request.query = query;
    if (!site.empty()) request.headers.add("Sec-Fetch-Site", site);
    auto const handler =
        keep_language(Cookies(Cookies::Transport::https), seconds(60),
                      [](HttpRequest const&) -> Outcome { return text_response(200, "page"); });
    auto const answer = std::get<HttpResponse>(handler(request));
    auto const cookie = answer.headers.find("Set-Cookie");
    return cookie ? std::optional<std::string>(*cookie) : std::nullopt;
}

TEST(KeepLanguage, RemembersWhatAPersonChoseByALinkOfOurs) {
    auto const cookie = remembered("login=x&ui_locales=sv", "same-origin");
    ASSERT_TRUE(cookie);
    EXPECT_TRUE(cookie->starts_with("__Host-lang=sv;")) << *cookie;
    EXPECT_THAT(*cookie, HasSubstr("Max-Age=60"));
}

// threats.md W-21: another site changes nothing by a link.
TEST(KeepLanguage, TakesNoLanguageFromOtherSitesOrUnknownOnes) {
    for (auto const* site : {"cross-site", "same-site", "none", ""})
        EXPECT_FALSE(remembered("ui_locales=sv", site)) << site;
    for (auto const* query : {"", "ui_locales=de", "ui_locales=sv%20fi", "ui_locales="})
        EXPECT_FALSE(remembered(query, "same-origin")) << query;
}

}  // namespace
}  // namespace tunnus
