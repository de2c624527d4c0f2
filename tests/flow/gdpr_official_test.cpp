// SPDX-License-Identifier: MIT
// Download and erasure of whom the register has told of: at strong levels alone, and services are
// told the level (citizen-services.md 1.8, 3.1).
#include "tests/flow/gdpr.hpp"
#include "tests/flow/strong_login.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;
using testing::Not;

class GdprOfficial : public StrongLogin {
  protected:
    GdprOfficial() : StrongLogin(with_gdpr(with_api(strong_configuration()))) {
        product.personal.emplace_back("maija@example.org");
        product.http.set_server([this](OutboundRequest const& request) {
            requests.push_back(request);
            OutboundResponse response{204, {}, {}};
            return Result<OutboundResponse>(response);
        });
        auto const end =
            make_light_account(browser, identify(browser, library), "maija@example.org");
        if (end.shows("consent-allow")) browser.submit(end, {{"decision", "allow"}});
    }
    boost::json::object token_of_newest() {
        for (auto const& [name, field] : requests.back().headers)
            if (name == "Authorization") return payload_of(field.substr(7));
        return {};
    }
    Page collect(Browser& with) { return with.submit(with.get("/profile/download"), {}); }

    std::vector<OutboundRequest> requests;
};

TEST_F(GdprOfficial, AreDownloadedAtAStrongLevelAndNoOther) {
    ASSERT_TRUE(collect(browser).shows("id=\"download-file\""));
    EXPECT_EQ(token_of_newest().at("loa"), "substantial");
    auto const file = browser.get("/profile/download/file");
    EXPECT_THAT(file.body, HasSubstr("VERIFIEDPERSONALINFORMATION"));

    Browser other(product);
    sign_in_lightly(other, library, "maija@example.org");
    auto const page = other.get("/profile/download");
    EXPECT_TRUE(page.shows("id=\"download-strong\"")) << page.body;
    EXPECT_FALSE(page.shows("id=\"download-file\""));
    EXPECT_THAT(other.get("/profile/download/file").body,
                Not(HasSubstr("VERIFIEDPERSONALINFORMATION")));
    EXPECT_EQ(other.get("/profile/download/strong").left_for.find("https://idp.example/sso"), 0U);
}

TEST_F(GdprOfficial, AreErasedAtAStrongLevelAndNoOther) {
    Browser other(product);
    sign_in_lightly(other, library, "maija@example.org");
    auto const weak = other.get("/profile/delete");
    EXPECT_TRUE(weak.shows("id=\"erase-strong\"")) << weak.body;
    EXPECT_FALSE(weak.shows("id=\"erase-check\""));
    auto page = browser.get("/profile/delete");
    auto csrf = page.hidden_fields();
    EXPECT_TRUE(requests.empty());
    page = browser.submit(page, {{"step", "ask"}});
    ASSERT_TRUE(page.shows("id=\"erase-confirm\"")) << page.body;
    page = browser.submit(page, {{"step", "erase"}, {"confirm", "yes"}});
    EXPECT_TRUE(page.shows("id=\"erased\"")) << page.body;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_official"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM identities"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 0);
}

}  // namespace
}  // namespace tunnus::flow
