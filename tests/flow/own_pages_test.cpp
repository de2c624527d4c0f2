// SPDX-License-Identifier: MIT
// A page of our own that is opened without a session: through a login and back, and nowhere else.
#include "tests/flow/browser.hpp"

#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

constexpr auto password = "neljä sinistä majakkaa";

class OwnPages : public testing::Test {
  protected:
    OwnPages() { product.add_user("matti@example.org", password); }
    HttpResponse open(std::string path, std::string query = {},
                      std::string accept = "text/html,*/*;q=0.8") {
        HttpRequest request;
        request.path = std::move(path);
        request.query = std::move(query);
        request.headers.add("Host", "tunnus.example");
        request.headers.add("Accept", std::move(accept));
        return product.answer(std::move(request));
    }
    static std::string location(HttpResponse const& response) {
        return std::string(response.headers.find("Location").value_or(""));
    }

    Product product;
    Browser browser{product};
};

TEST_F(OwnPages, LeadThroughALoginAndBack) {
    auto const sent = open("/profile/signin");
    ASSERT_EQ(sent.status, 303);
    std::string const origin = "https://tunnus.example";
    ASSERT_TRUE(location(sent).starts_with(origin + "/authorize?"));
    auto const page = browser.get(location(sent).substr(origin.size()));
    auto const shown =
        browser.submit(page, {{"email", "matti@example.org"}, {"password", password}});
    EXPECT_EQ(shown.status, 200);
    EXPECT_TRUE(shown.shows("logout-everywhere")) << shown.body;
}

TEST_F(OwnPages, LeadNowhereForAScriptAndForAnAddressThatCannotComeBack) {
    EXPECT_EQ(open("/profile/signin", {}, "application/json").status, 401);
    EXPECT_EQ(open("/profile/signin", "a=%0d%0aSet-Cookie").status, 401);
    EXPECT_EQ(open("/profile/signin", std::string(600, 'a')).status, 401);
}

// No open redirect, whoever made the address.
TEST_F(OwnPages, ComeBackToOurOwnPathsOnly) {
    EXPECT_EQ(location(open("/signed-in", "code=c&state=%2Fprofile%2Fsignin")),
              "https://tunnus.example/profile/signin");
    for (auto const* state :
         {"", "https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example",
          "%40evil.example", ".evil.example", "%2F%0d%0aX", "%2F%252f", "evil"})
        EXPECT_EQ(open("/signed-in", std::string("code=c&state=") + state).status, 401) << state;
    EXPECT_EQ(open("/signed-in", "error=access_denied&state=%2Fprofile%2Fsignin").status, 401);
}

}  // namespace
}  // namespace tunnus::flow
