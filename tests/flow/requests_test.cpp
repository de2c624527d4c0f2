// SPDX-License-Identifier: MIT
// Ways of asking and answering besides the code flow, through the whole product: pushed requests,
// request objects by reference, tokens by the browser, responses as JWTs.
#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "tests/flow/browser.hpp"

#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

class Requests : public testing::Test {
  protected:
    Requests() { product.add_user("matti@example.org", password); }

    /// The shared configuration with a service of every response type.
    static std::string configuration() {
        auto text = Product::shared_configuration();
        std::string const more = R"({"client_id": "boats", "client_name": "Boats",
            "redirect_uris": ["https://boats.example/cb"],
            "request_uris": ["https://boats.example/request"],
            "initiate_login_uri": "https://boats.example/start",
            "client_secret": {"env": "TUNNUS_TEST_CLIENT_SECRET"},
            "grant_types": ["authorization_code", "implicit"],
            "response_types": ["code", "id_token", "code id_token token"],
            "scope": "openid profile", "skip_consent": true}, )";
        return text.insert(text.find(R"({"client_id": "library")"), more);
    }
    /// POST /par with the parameters of an authorization request.
    std::string pushed(Service const& service) {
        auto const target = service.authorize();
        HttpRequest request;
        request.method = Method::POST;
        request.path = "/par";
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        request.headers.add("Authorization",
                            "Basic " + encode_base64("boats:client-secret-for-tests"));
        request.body = target.substr(target.find('?') + 1);
        auto const response = product.answer(std::move(request));
        EXPECT_EQ(response.status, 201) << response.body;
        return "/authorize?client_id=boats&request_uri=" +
               percent_encode(json_of(response).at("request_uri").as_string());
    }
    Page sign_in(Page const& page) {
        return browser.submit(page, {{"email", "matti@example.org"}, {"password", password}});
    }
    static Form fragment_of(Page const& page) {
        auto const at = page.left_for.find('#');
        EXPECT_NE(at, std::string::npos) << page.left_for << page.body;
        return parse_form(page.left_for.substr(std::min(at, page.left_for.size() - 1) + 1)).form;
    }

    static inline std::string const password = "sateinen-torstai-2024-kello";
    Product product{configuration()};
    Browser browser{product};
    Service boats{product, "boats", "https://boats.example/cb"};
};

// par-ensure-reused-request-uri-prior-to-auth-completion-succeeds, par-attempt-reuse-request_uri.
TEST_F(Requests, APushedRequestMayBeLoadedAgainUntilItsLoginEnds_O40) {
    auto const target = pushed(boats);
    ASSERT_TRUE(browser.get_from_elsewhere(target).left_for.empty());
    auto const page = sign_in(browser.get_from_elsewhere(target));
    EXPECT_EQ(page.parameter("state"), "some-state");
    EXPECT_EQ(boats.redeem(page.parameter("code")).status, 200);
    auto const again = browser.get_from_elsewhere(target);
    EXPECT_EQ(again.status, 400);
    EXPECT_TRUE(again.shows("invalid_request_uri"));
}

TEST_F(Requests, APushedRequestIsSpentByASingleSignOnToo_O40) {
    sign_in(browser.get_from_elsewhere(boats.authorize()));
    auto const target = pushed(boats);
    EXPECT_FALSE(browser.get_from_elsewhere(target).parameter("code").empty());
    EXPECT_EQ(browser.get_from_elsewhere(target).status, 400);
}

TEST_F(Requests, APushedRequestIsSpentByARefusal_O40) {
    auto const target = pushed(boats);
    auto const methods = browser.submit(browser.get_from_elsewhere(target), {{"step", "cancel"}});
    auto const given_up = browser.submit(methods, {{"cancel", "1"}});
    EXPECT_EQ(given_up.parameter("error"), "access_denied");
    EXPECT_EQ(browser.get_from_elsewhere(target).status, 400);
}

TEST_F(Requests, APushedRequestOutlivesItsReferenceInALoginUnderWay) {
    auto const page = browser.get_from_elsewhere(pushed(boats));
    product.clock.advance(seconds(600));
    product.run_job("expiry");
    EXPECT_FALSE(sign_in(page).parameter("code").empty());
}

TEST_F(Requests, TokensComeInTheFragment) {
    auto const page = sign_in(
        browser.get_from_elsewhere(boats.authorize({{"response_type", "code id_token token"}})));
    auto const form = fragment_of(page);
    EXPECT_EQ(form.get("state"), "some-state");
    auto const claims = payload_of(form.get("id_token"));
    EXPECT_EQ(claims.at("nonce"), "some-nonce");
    EXPECT_TRUE(claims.contains("c_hash") && claims.contains("at_hash"));
    EXPECT_EQ(boats.userinfo(std::string(form.get("access_token"))).status, 200);
    EXPECT_EQ(boats.redeem(std::string(form.get("code"))).status, 200);
    EXPECT_FALSE(page.body.find(form.get("access_token")) != std::string::npos);
}

TEST_F(Requests, AnAnswerMayBeAFormWithAJwt) {
    auto const page =
        sign_in(browser.get_from_elsewhere(boats.authorize({{"response_mode", "form_post.jwt"}})));
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("name=\"response\""));
    EXPECT_FALSE(page.shows("name=\"code\""));
    EXPECT_TRUE(page.shows("https://boats.example/cb"));
}

TEST_F(Requests, ARequestUriThatGivesNothingIsRefused_O34) {
    auto const page =
        browser.get(boats.authorize({{"request_uri", "https://boats.example/request"}}));
    EXPECT_EQ(page.parameter("error"), "invalid_request_uri");
    EXPECT_EQ(product.http.requests().size(), 1U);
    browser.get(boats.authorize({{"request_uri", "https://evil.example/request"}}));
    EXPECT_EQ(product.http.requests().size(), 1U);
}

// OpenID Connect Core §4.
TEST_F(Requests, ALoginMayBeginHere) {
    EXPECT_EQ(browser.get("/initiate/boats").left_for,
              "https://boats.example/start?iss=https%3A%2F%2Ftunnus.example");
    EXPECT_EQ(browser.get("/initiate/library").status, 404);
}

}  // namespace
}  // namespace tunnus::flow
