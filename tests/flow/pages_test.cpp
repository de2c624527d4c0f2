// SPDX-License-Identifier: MIT
// What every page of the product promises: its policy, its languages, how its forms lead away.
#include "tests/flow/browser.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;

constexpr std::string_view policy =
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'";

class Pages : public testing::Test {
  protected:
    /// The address of the page's link to this language.
    static std::string link_to(std::string_view language, Page const& page) {
        auto const at = page.body.find("id=\"lang-" + std::string(language) + "\" href=\"");
        if (at == std::string::npos) return {};
        auto const start = page.body.find("href=\"", at) + 6;
        auto address = page.body.substr(start, page.body.find('"', start) - start);
        for (std::size_t mark = 0; (mark = address.find("&amp;", mark)) != std::string::npos;
             ++mark)
            address.replace(mark, 5, "&");
        return address;
    }
    static void expect_in(std::string_view language, Page const& page) {
        EXPECT_TRUE(page.shows("<html lang=\"" + std::string(language) + "\">")) << page.body;
        EXPECT_EQ(page.headers.find("Content-Security-Policy"), policy);
    }

    Product product;
    Browser browser{product};
    Service library{product, "library", "https://library.example/cb"};
};

TEST_F(Pages, AnErrorOfTheAuthorizationEndpointIsInTheLanguageThatWasAskedFor) {
    for (auto const* query : {"client_id=nobody&ui_locales=de%20sv",
                              "client_id=a&client_id=b&ui_locales=sv", "ui_locales=sv&x=%zz"})
        expect_in("sv", browser.get_from_elsewhere(std::string("/authorize?") + query));
    auto const posted = browser.post_from_elsewhere("/authorize", {{"ui_locales", "sv"}});
    EXPECT_EQ(posted.status, 400);
    expect_in("sv", posted);
}

TEST_F(Pages, AnErrorKeepsItsWordAndEventInEveryLanguage) {
    auto const error = browser.get_from_elsewhere("/authorize?client_id=nobody");
    auto const start = error.body.find("id=\"event-id\">");
    auto const event = error.body.substr(start, error.body.find('<', start) - start);
    ASSERT_EQ(error.status, 400);
    expect_in("fi", error);
    auto page = error;
    for (auto const* language : {"sv", "en", "fi"}) {
        page = browser.get(link_to(language, page));
        EXPECT_EQ(page.status, 200);
        expect_in(language, page);
        EXPECT_TRUE(page.shows("id=\"error\">invalid_client<") ||
                    page.shows("id=\"error\">invalid_request<"))
            << page.body;
        EXPECT_TRUE(page.shows(event)) << page.body;
    }
}

// threats.md W-21
TEST_F(Pages, ALanguageChosenOnOnePageStaysOnTheNext) {
    auto const error = browser.get_from_elsewhere("/authorize?client_id=nobody");
    expect_in("sv", browser.get(link_to("sv", error)));
    expect_in("sv", browser.get_from_elsewhere(library.authorize()));
    expect_in("sv", browser.get("/profile/signin"));
    browser.get_from_elsewhere("/profile/signin?ui_locales=en");
    expect_in("sv", browser.get("/profile/signin"));
}

TEST_F(Pages, AfterLogoutThePageHasItsLanguagesToo) {
    auto const done = browser.get_from_elsewhere("/logout?client_id=library");
    expect_in("fi", done);
    auto const swedish = browser.get(link_to("sv", done));
    expect_in("sv", swedish);
    EXPECT_EQ(swedish.status, 200);
}

// threats.md W-09: the page's script runs by its digest, and nothing holds where the service leads.
TEST_F(Pages, FormPostAnswersWithAFormToTheService) {
    product.add_user("matti@example.org", "sateinen-torstai-2024-kello");
    auto page = browser.get_from_elsewhere(library.authorize({{"response_mode", "form_post"}}));
    page = browser.submit(
        page, {{"email", "matti@example.org"}, {"password", "sateinen-torstai-2024-kello"}});
    ASSERT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(page.form_action(), "https://library.example/cb");
    EXPECT_TRUE(page.shows("name=\"code\""));
    EXPECT_FALSE(page.shows("id=\"lang-fi\"")) << "the code is not to be lost";
    auto const given = std::string(page.headers.find("Content-Security-Policy").value());
    EXPECT_THAT(given, testing::Not(HasSubstr("form-action")));
    EXPECT_THAT(given, HasSubstr("script-src 'sha256-"));
}

}  // namespace
}  // namespace tunnus::flow
