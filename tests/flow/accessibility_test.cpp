// SPDX-License-Identifier: MIT
// The accessibility statement, its feedback, and a municipality's look, through the whole product.
#include "tests/flow/story.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;

std::string with_theme(std::string const& theme) {
    auto text = Product::shared_configuration();
    auto const at = text.find('{');
    return text.insert(at + 1, R"("pages": {"theme": )" + theme + "},");
}

class Accessibility : public Story {
  protected:
    Accessibility()
        : Story(with_theme(
              R"({"name": {"fi": "Esimerkki", "sv": "Exempel", "en": "Example"},
                  "accessibility": {"status": "partial", "feedback_to": "city@example.org",
                      "faults": [{"criterion": "1.4.3", "text": "Kontrasti"}]},
                  "colors": {"brand": "#8a0000"}})")) {}
    Page form() { return browser.get("/accessibility/feedback"); }
    Page send(std::string const& message, std::string const& from = "") {
        return browser.submit(form(), {{"message", message}, {"email", from}});
    }
    std::vector<Mail> mails() {
        product.run_job("mail");
        return product.mailbox.mails;
    }
};

TEST_F(Accessibility, IsStatedAndLinkedFromEveryPage) {
    for (std::string const address : {"/accessibility", "/logout", "/error"}) {
        auto const page = browser.get(address);
        EXPECT_TRUE(page.shows("href=\"/accessibility\"")) << address;
    }
    auto const page = browser.get("/accessibility?ui_locales=sv");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("1.4.3"));
    EXPECT_TRUE(page.shows("Exempel"));
    EXPECT_TRUE(page.shows("Traficom"));
    EXPECT_TRUE(page.shows("id=\"feedback\""));
}

TEST_F(Accessibility, FeedbackGoesByMailToWhoIsConfigured) {
    product.personal.push_back("matti@example.org");
    auto const page = send("Painike ei näy.\n{email}", "matti@example.org");
    EXPECT_TRUE(page.shows("id=\"feedback-sent\"")) << page.status << page.body;
    ASSERT_EQ(mails().size(), 1u);
    EXPECT_EQ(mails()[0].to, "city@example.org");
    EXPECT_THAT(mails()[0].text, HasSubstr("Painike ei näy.\n{email}"))
        << "what a stranger wrote is no place to fill";
    EXPECT_THAT(mails()[0].text, HasSubstr("matti@example.org"));
}

TEST_F(Accessibility, FeedbackNeedsWordsAndAnAddressThatIsOne) {
    EXPECT_EQ(send("  \r\n").status, 422);
    EXPECT_EQ(send(std::string(16'001, 'a')).status, 422);
    auto const page = send("Painike", "a@b\r\nBcc: c@d.example");
    EXPECT_EQ(page.status, 422);
    EXPECT_TRUE(page.shows("Painike")) << "nothing typed is lost";
    EXPECT_TRUE(page.shows("id=\"email-error\""));
    EXPECT_TRUE(mails().empty());
}

TEST_F(Accessibility, FeedbackIsBounded) {
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(send("Painike").shows("id=\"feedback-sent\""));
    auto const page = send("Painike");
    EXPECT_EQ(page.status, 429);
    EXPECT_TRUE(page.headers.find("Retry-After"));
    EXPECT_EQ(mails().size(), 5u);
    product.clock.advance(std::chrono::hours(1));
    EXPECT_TRUE(send("Painike").shows("id=\"feedback-sent\""));
}

// W-05
TEST_F(Accessibility, W05_FeedbackComesFromOurPage) {
    form();
    EXPECT_EQ(browser.post_from_elsewhere("/accessibility/feedback", {{"message", "x"}}).status,
              403);
    EXPECT_TRUE(mails().empty());
}

TEST_F(Accessibility, IsNobodysToHearWhereNothingIsConfigured) {
    product.restart(Product::shared_configuration());
    EXPECT_EQ(form().status, 404);
    auto const page = browser.get("/accessibility");
    EXPECT_EQ(page.status, 200);
    EXPECT_FALSE(page.shows("id=\"feedback\""));
}

TEST_F(Accessibility, AThemeIsServedAndNamesThePages) {
    auto const page = browser.get("/accessibility?ui_locales=en");
    EXPECT_TRUE(page.shows("<p class=\"brand\">Example</p>")) << page.body;
    auto const at = page.body.find("/static/colors-");
    ASSERT_NE(at, std::string::npos);
    auto const name = page.body.substr(at, page.body.find('"', at) - at);
    auto const sheet = get(name);
    EXPECT_EQ(sheet.status, 200);
    EXPECT_THAT(sheet.body, HasSubstr("#8a0000"));
    EXPECT_EQ(sheet.headers.find("Content-Type"), "text/css; charset=utf-8");
    EXPECT_THAT(std::string(sheet.headers.find("Cache-Control").value_or("")),
                HasSubstr("immutable"));
}

TEST_F(Accessibility, AThemeThatCannotBeReadStopsTheStart) {
    try {
        product.restart(with_theme(R"({"colors": {"brand": "#ffff00"}})"));
        FAIL() << "it started";
    } catch (std::exception const& refused) {
        EXPECT_THAT(refused.what(), HasSubstr("pages.theme.colors.brand: #ffff00"));
    }
    product.restart(Product::shared_configuration());
}

}  // namespace
}  // namespace tunnus::flow
