// SPDX-License-Identifier: MIT
// A clerk at a service point asks a person to sign in on their own telephone (OpenID CIBA).
#include "tests/flow/story.hpp"
#include "tests/flow/strong_login.hpp"

namespace tunnus::flow {
namespace {

constexpr auto ciba_grant = "urn:openid:params:grant-type:ciba";

class Ciba : public Story {
  protected:
    explicit Ciba(std::string const& configuration = Product::shared_configuration())
        : Story(with_a_desk(configuration)) {}

    static std::string with_a_desk(std::string configuration) {
        std::string_view const before = "\"clients\": [";
        return configuration.insert(configuration.find(before) + before.size(), R"(
            {"client_id": "desk", "client_name": "Palvelupiste", "client_secret": {"env": "TUNNUS_TEST_CLIENT_SECRET"},
             "token_endpoint_auth_method": "client_secret_post",
             "grant_types": ["urn:openid:params:grant-type:ciba"], "response_types": [],
             "backchannel_token_delivery_mode": "ping", "backchannel_user_code_parameter": true,
             "backchannel_client_notification_endpoint": "https://desk.example/ping",
             "scope": "openid email", "id_token_signed_response_alg": "ES256"},)");
    }
    HttpResponse post(std::string path, Fields fields) {
        fields.emplace_back("client_id", "desk");
        fields.emplace_back("client_secret", "client-secret-for-tests");
        return post_form(product, std::move(path), fields);
    }
    HttpResponse ask(Fields const& more = {}) {
        Fields fields{{"scope", "openid email"},
                      {"login_hint", email},
                      {"binding_message", "Jonotusnumero 42"},
                      {"client_notification_token", "notify-the-desk"}};
        fields.insert(fields.end(), more.begin(), more.end());
        return post("/backchannel_authentication", fields);
    }
    std::string asked(Fields const& more = {}) {
        return std::string(json_of(ask(more)).at("auth_req_id").as_string());
    }
    boost::json::object poll(std::string const& auth_req_id) {
        product.clock.advance(seconds(5));
        return json_of(post("/token", {{"grant_type", ciba_grant}, {"auth_req_id", auth_req_id}}));
    }
    Page sign_in(Page const& page) {
        return telephone.submit(page, {{"email", email}, {"password", password}});
    }
    Page signed_in_requests() { return sign_in(telephone.get("/profile/requests")); }
    /// The value of the first button of this name.
    static std::string button(Page const& page, std::string const& name) {
        auto const start = "name=\"" + name + "\" value=\"";
        auto const at = page.body.find(start);
        if (at == std::string::npos) return {};
        auto const from = at + start.size();
        return page.body.substr(from, page.body.find('"', from) - from);
    }
    Page review(Page const& page) {
        return telephone.submit(page, {{"review", button(page, "review")}});
    }

    Browser telephone{product};
};

TEST_F(Ciba, ThePersonAllowsItOnTheirTelephone) {
    auto const id = asked();
    product.run_job("mail");
    ASSERT_EQ(product.mailbox.mails.size(), 1U);
    auto const& mail = product.mailbox.mails.front();
    EXPECT_EQ(mail.to, email);
    EXPECT_NE(mail.text.find("https://tunnus.example/profile/requests"), std::string::npos);
    EXPECT_NE(mail.text.find("Palvelupiste"), std::string::npos);

    auto const requests = signed_in_requests();
    EXPECT_TRUE(requests.shows("Palvelupiste"));
    EXPECT_TRUE(requests.shows("Jonotusnumero 42"));
    EXPECT_EQ(poll(id).at("error"), "authorization_pending") << "looking changes nothing";
    auto const consent = review(requests);
    EXPECT_TRUE(consent.shows("consent-allow"));
    EXPECT_TRUE(consent.shows("Jonotusnumero 42")) << "both see the same";
    EXPECT_TRUE(telephone.submit(consent, {{"decision", "allow"}}).shows("device-allowed"));

    product.http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
        return OutboundResponse{.status = 204, .headers = {}, .body = {}};
    });
    product.run_job("pings");
    ASSERT_EQ(product.http.requests().size(), 1U);
    EXPECT_EQ(product.http.requests().front().url, "https://desk.example/ping");
    auto const tokens = poll(id);
    EXPECT_EQ(payload_of(tokens.at("id_token").as_string()).at("sub").as_string(), user_id);
    EXPECT_EQ(poll(id).at("error"), "invalid_grant");
    EXPECT_TRUE(telephone.get("/profile/requests").shows("approvals-none"));
}

TEST_F(Ciba, ThePersonSaysNoInTheListOrAtTheEnd) {
    auto const first = asked();
    auto const list = signed_in_requests();
    telephone.submit(list, {{"deny", button(list, "deny")}});
    EXPECT_EQ(poll(first).at("error"), "access_denied");
    auto const second = asked();
    auto const consent = review(telephone.get("/profile/requests"));
    EXPECT_TRUE(telephone.submit(consent, {{"decision", "deny"}}).shows("device-denied"));
    EXPECT_EQ(poll(second).at("error"), "access_denied");
}

class CibaAtALevel : public Ciba {
  protected:
    CibaAtALevel() : Ciba(strong_configuration()) {}
};

TEST_F(CibaAtALevel, AWeakerSessionIsLedToAStrongerLogin) {
    auto const id = asked({{"acr_values", std::string(loa2)}});
    auto const methods = telephone.get("/profile/requests");
    auto const list = sign_in(telephone.submit(methods, {{"method", "password"}}));
    EXPECT_TRUE(list.shows("Palvelupiste"));
    auto const page = review(list);
    EXPECT_TRUE(page.left_for.starts_with("https://idp.example/sso?")) << page.status << page.body;
    EXPECT_EQ(poll(id).at("error"), "authorization_pending");
}

TEST_F(Ciba, W05_AFormOfAnotherSiteAnswersNothing) {
    auto const id = asked();
    auto const page = signed_in_requests();
    auto const request = button(page, "review");
    for (auto const* what : {"review", "deny"})
        EXPECT_EQ(telephone.post_from_elsewhere("/profile/requests", {{what, request}}).status,
                  403);
    EXPECT_EQ(
        telephone.post_from_elsewhere("/profile/requests", {{"approval_code", "kissa7"}}).status,
        403);
    EXPECT_EQ(poll(id).at("error"), "authorization_pending");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM approval_codes"), 0);
}

TEST_F(Ciba, AnotherPersonNeitherSeesNorAnswersIt) {
    auto const id = asked();
    auto const mine = button(signed_in_requests(), "review");
    product.add_user("liisa@example.org", password);
    Browser other(product);
    auto const page = other.submit(other.get("/profile/requests"),
                                   {{"email", "liisa@example.org"}, {"password", password}});
    EXPECT_TRUE(page.shows("approvals-none"));
    EXPECT_EQ(other.submit(page, {{"review", mine}}).status, 404);
    other.submit(page, {{"deny", mine}});
    EXPECT_EQ(poll(id).at("error"), "authorization_pending");
}

TEST_F(Ciba, ThePersonChoosesACodeThatServicesMustKnow) {
    auto const page = signed_in_requests();
    EXPECT_EQ(telephone.submit(page, {{"approval_code", "abc"}}).status, 422);
    auto const chosen = telephone.submit(page, {{"approval_code", "kissa7"}});
    EXPECT_EQ(chosen.status, 200);
    EXPECT_TRUE(chosen.shows("approval-code-remove"));
    EXPECT_EQ(json_of(ask()).at("error"), "missing_user_code");
    EXPECT_EQ(json_of(ask({{"user_code", "koira8"}})).at("error"), "invalid_user_code");
    EXPECT_EQ(ask({{"user_code", "kissa7"}}).status, 200);
    telephone.submit(chosen, {{"remove_code", "1"}});
    EXPECT_EQ(ask().status, 200);
    EXPECT_EQ(product.audited("account.changed"), 2);
}

TEST_F(Ciba, AnAddressThatNobodyProvedNamesNobody_I7) {
    auto const made = product.app->plugins().provision(
        "password",
        {.email = "unproven@example.org", .password = Secret(password), .verified = false});
    ASSERT_TRUE(made);
    for (auto const* hint : {"unproven@example.org", "nobody@example.org", "\"><script>", "x"}) {
        auto const answer =
            post("/backchannel_authentication", {{"scope", "openid"},
                                                 {"login_hint", hint},
                                                 {"client_notification_token", "notify-the-desk"}});
        EXPECT_EQ(json_of(answer).at("error"), "unknown_user_id") << hint;
    }
}

TEST_F(Ciba, PagesSpeakThreeLanguages) {
    signed_in_requests();
    EXPECT_TRUE(telephone.get("/profile/requests?ui_locales=fi").shows("Palvelujen pyynnöt"));
    EXPECT_TRUE(
        telephone.get("/profile/requests?ui_locales=sv").shows("Tjänsternas förfrågningar"));
    EXPECT_TRUE(telephone.get("/profile/requests?ui_locales=en").shows("Requests from services"));
    EXPECT_TRUE(telephone.get("/profile/signin").shows("nav-requests"));
}

}  // namespace
}  // namespace tunnus::flow
