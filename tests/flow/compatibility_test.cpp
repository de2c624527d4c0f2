// SPDX-License-Identifier: MIT
// What the city's own pages and services ask of the provider, exactly as they send it
// (city-profile-ui.md 2 to 5 and 8, citizen-services.md 2.5).
#include "idp/base/encoding.hpp"
#include "tests/flow/story.hpp"

#include <regex>

namespace tunnus::flow {
namespace {

using boost::json::object;

constexpr std::string_view kiosk_origin = "https://kiosk.example";

class Compatibility : public Story {
  protected:
    Compatibility() : Story(configured()) {}
    static std::string configured() {
        auto text = Product::shared_configuration();
        replace(text, R"("token_endpoint_auth_method": "none", "scope": "openid")",
                R"("token_endpoint_auth_method": "none", "scope": "openid access",
                   "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:uma-ticket"],
                   "resources": ["profile-api"], "access_token_format": "jwt", "access_token_claims": ["loa", "email"])");
        replace(text, R"("client_name": "Parks",)",
                R"("client_name": "Parks", "require_pkce": false, "skip_consent": true,)");
        replace(text, R"({"name": "password",)",
                R"({"name": "password", "amr": "helsinki_tunnus",)");
        replace(text, R"("plugins": [)",
                R"("compatibility": {"keycloak_realms": ["helsinki-tunnistus"]}, "plugins": [)");
        return text;
    }
    static void replace(std::string& text, std::string_view what, std::string_view with) {
        text.replace(text.find(what), what.size(), with);
    }
    object tokens_of(Page const& page) {
        EXPECT_FALSE(page.parameter("code").empty()) << page.status << page.left_for << page.body;
        return json_of(kiosk.redeem(page.parameter("code")));
    }
    static std::string text(object const& tokens, std::string_view name) {
        return std::string(tokens.at(name).as_string());
    }
    HttpResponse send(Method method, std::string path, Headers headers, std::string body = {}) {
        HttpRequest request;
        request.method = method;
        request.path = std::move(path);
        request.headers = std::move(headers);
        request.body = std::move(body);
        return product.answer(std::move(request));
    }
    static Headers from_page(std::string_view origin, std::string const& access_token = {}) {
        Headers headers;
        headers.add("Origin", origin);
        if (!access_token.empty()) headers.add("Authorization", "Bearer " + access_token);
        return headers;
    }
    /// The origin that may read an answer; empty: none.
    static std::string readable_by(HttpResponse const& response) {
        return std::string(response.headers.find("Access-Control-Allow-Origin").value_or(""));
    }
    static bool is_frameable(Headers const& headers) {
        auto const policy = headers.find("Content-Security-Policy").value_or("");
        return !headers.find("X-Frame-Options") &&
               policy.find("frame-ancestors") == std::string_view::npos;
    }
};

TEST_F(Compatibility, AmrBeginsWithTheConfiguredNameOfTheMethod) {
    auto const tokens = tokens_of(log_in(browser, kiosk));
    EXPECT_EQ(payload_of(text(tokens, "id_token")).at("amr"),
              (boost::json::array{"helsinki_tunnus", "pwd"}));
    auto const again = tokens_of(browser.get_from_elsewhere(kiosk.authorize({{"prompt", "none"}})));
    EXPECT_EQ(payload_of(text(again, "id_token")).at("amr").as_array().front(), "helsinki_tunnus");
}

// city-profile-ui.md 3: no client_id, no client authentication, a charset, and `#` escaped.
TEST_F(Compatibility, OneApiTokenAnAudienceComesForTheLoginsAccessToken) {
    auto const login = tokens_of(log_in(browser, kiosk));
    auto headers = from_page(kiosk_origin, text(login, "access_token"));
    headers.add("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
    std::string const body =
        "audience=profile-api&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Auma-ticket"
        "&permission=%23access";
    auto const response = send(Method::POST, "/token", headers, body);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(readable_by(response), kiosk_origin);
    auto const token = payload_of(text(json_of(response), "access_token"));
    EXPECT_EQ(token.at("iss"), "https://tunnus.example");
    EXPECT_EQ(token.at("aud"), "profile-api");
    EXPECT_EQ(token.at("azp"), "kiosk");
    EXPECT_EQ(token.at("sub"), payload_of(text(login, "id_token")).at("sub"));
    EXPECT_EQ(token.at("sid"), payload_of(text(login, "id_token")).at("sid"));
    EXPECT_EQ(token.at("amr").as_array().front(), "helsinki_tunnus");
    EXPECT_EQ(token.at("loa"), "low");
    EXPECT_FALSE(token.contains("email")) << "nobody was asked";
    EXPECT_EQ(token.at("authorization").at("permissions").at(0).at("scopes"),
              (boost::json::array{"access"}));

    auto preflight = from_page(kiosk_origin);
    preflight.add("Access-Control-Request-Method", "POST");
    preflight.add("Access-Control-Request-Headers", "authorization");
    auto const allowed = send(Method::OPTIONS, "/token", preflight);
    EXPECT_EQ(readable_by(allowed), kiosk_origin);
    EXPECT_NE(
        allowed.headers.find("Access-Control-Allow-Headers").value_or("").find("Authorization"),
        std::string_view::npos);
}

// city-profile-ui.md 8.3: neither PKCE nor a nonce, but only where its registration says so.
TEST_F(Compatibility, AConfidentialServiceMayDoWithoutPkce) {
    Fields const plain{{"code_challenge", ""}, {"code_challenge_method", ""}, {"nonce", ""}};
    auto const page = log_in(browser, parks, plain);
    ASSERT_FALSE(page.parameter("code").empty()) << page.left_for;
    auto const response = post_form(product, "/token",
                                    {{"grant_type", "authorization_code"},
                                     {"code", page.parameter("code")},
                                     {"redirect_uri", "https://parks.example/cb"},
                                     {"client_id", "parks"},
                                     {"client_secret", "client-secret-for-tests"}});
    EXPECT_EQ(response.status, 401) << "registered for client_secret_basic";
    Headers basic;
    basic.add("Authorization", "Basic " + encode_base64("parks:client-secret-for-tests"));
    auto const next = browser.get_from_elsewhere(parks.authorize(plain));
    EXPECT_EQ(post_form(product, "/token",
                        {{"grant_type", "authorization_code"},
                         {"code", next.parameter("code")},
                         {"redirect_uri", "https://parks.example/cb"}},
                        basic)
                  .status,
              200);
    EXPECT_EQ(browser.get_from_elsewhere(library.authorize(plain)).parameter("error"),
              "invalid_request");
    EXPECT_EQ(browser.get_from_elsewhere(kiosk.authorize(plain)).parameter("error"),
              "invalid_request");
}

// city-profile-ui.md 4: the page asks userinfo every minute and believes 401 alone.
TEST_F(Compatibility, UserinfoIsRefusedAtOnceAfterALogoutElsewhere) {
    auto const login = tokens_of(log_in(browser, kiosk));
    auto const asks = [&] {
        return send(Method::GET, "/userinfo", from_page(kiosk_origin, text(login, "access_token")));
    };
    ASSERT_EQ(asks().status, 200);
    EXPECT_EQ(readable_by(asks()), kiosk_origin);
    auto const other = json_of(library.redeem(log_in(browser, library).parameter("code")));
    auto const end = browser.get_from_elsewhere(
        "/logout?ui_locales=fi&id_token_hint=" + text(other, "id_token") +
        "&post_logout_redirect_uri=" + encoded("https://library.example/bye"));
    EXPECT_FALSE(is_signed_in(browser)) << end.status;
    EXPECT_EQ(asks().status, 401);
    EXPECT_EQ(readable_by(asks()), kiosk_origin) << "or it counts as a fault of the network";
}

TEST_F(Compatibility, RefusalsAreReadableByRegisteredOriginsAlone) {
    auto const refusal = [&](std::string_view path, std::string_view origin) {
        auto headers = from_page(origin, path == "/userinfo" ? "nonsense" : "");
        headers.add("Content-Type", "application/x-www-form-urlencoded");
        return send(Method::POST, std::string(path), headers, "grant_type=x&client_id=nobody");
    };
    for (auto const* path : {"/token", "/userinfo", "/revoke"}) {
        auto const read = refusal(path, kiosk_origin);
        EXPECT_GE(read.status, 400) << path;
        EXPECT_EQ(readable_by(read), kiosk_origin) << path;
        EXPECT_EQ(read.headers.all("Vary").size(), 1U) << path;
        EXPECT_EQ(readable_by(refusal(path, "https://evil.example")), "") << path;
    }
    // What is given out, only its own client's pages may read.
    auto const login = tokens_of(log_in(browser, kiosk));
    EXPECT_EQ(readable_by(send(Method::GET, "/userinfo",
                               from_page("https://parks.example", text(login, "access_token")))),
              "");
}

// city-profile-ui.md 4: a frame of the page's own site; its answer is a redirect and nothing that
// shows. What shows is never framed.
TEST_F(Compatibility, TheAnswerOfASilentRenewMayComeInAFrame) {
    auto const hint = text(tokens_of(log_in(browser, kiosk)), "id_token");
    auto const renewed = browser.get_from_elsewhere(
        kiosk.authorize({{"prompt", "none"}, {"id_token_hint", hint}, {"response_mode", "query"}}));
    EXPECT_EQ(renewed.status, 303);
    EXPECT_FALSE(renewed.parameter("code").empty());
    EXPECT_TRUE(is_frameable(renewed.headers));
    Browser stranger{product};
    auto const told = stranger.get_from_elsewhere(kiosk.authorize({{"prompt", "none"}}));
    EXPECT_EQ(told.parameter("error"), "login_required");
    EXPECT_TRUE(is_frameable(told.headers));
    auto const shown = stranger.get_from_elsewhere(kiosk.authorize());
    EXPECT_EQ(shown.status, 200);
    EXPECT_FALSE(is_frameable(shown.headers));
}

// ---- kc_action (city-profile-ui.md 6)

class AccountAction : public Compatibility {
  protected:
    AccountAction() {
        auto text = configured();
        replace(text, R"("keycloak_realms")", R"("kc_action": true, "keycloak_realms")");
        product.restart(text);
    }
    std::string code_from_mailbox() { return product.code_from_mailbox(); }
    static inline std::string const new_password = "uusi-sateinen-torstai-2031";
};

TEST_F(AccountAction, UpdatePasswordLeadsToANewPasswordAndBack) {
    product.personal.push_back(new_password);
    ASSERT_FALSE(log_in(browser, kiosk).parameter("code").empty());
    auto page = browser.get_from_elsewhere(
        kiosk.authorize({{"kc_action", "UPDATE_PASSWORD"}, {"ui_locales", "fi"}}));
    ASSERT_EQ(page.status, 200) << page.left_for << " a live session alone does not do";
    page = browser.submit(page, {{"password", password}, {"step", "login"}});
    page = browser.submit(page, {{"new_password", new_password}});
    EXPECT_EQ(page.parameter("kc_action_status"), "success") << page.status << page.body;
    EXPECT_FALSE(page.parameter("code").empty());
    Browser other{product};
    EXPECT_TRUE(is_signed_in(browser));
    EXPECT_TRUE(log_in(other, kiosk).parameter("code").empty()) << "the old password";
}

TEST_F(AccountAction, UpdatePasswordWithoutASessionGoesByACode) {
    product.personal.push_back(new_password);
    auto page = browser.get_from_elsewhere(kiosk.authorize({{"kc_action", "UPDATE_PASSWORD"}}));
    EXPECT_FALSE(page.shows("name=\"password\"")) << page.body;
    page = browser.submit(page, {{"email", email}});
    page = browser.submit(page, {{"code", code_from_mailbox()}});
    page = browser.submit(page, {{"new_password", new_password}});
    EXPECT_EQ(page.parameter("kc_action_status"), "success") << page.status << page.body;
}

TEST_F(AccountAction, UpdateEmailWithoutASessionBeginsWithASignIn) {
    product.personal.push_back("uusi@example.org");
    auto page = browser.get_from_elsewhere(kiosk.authorize({{"kc_action", "UPDATE_EMAIL"}}));
    EXPECT_FALSE(page.shows("id=\"signup-link\"")) << page.body;
    page = browser.submit(page, {{"email", email}, {"password", password}});
    page = browser.submit(page, {{"email", "uusi@example.org"}});
    page = browser.submit(page, {{"code", code_from_mailbox()}});
    EXPECT_EQ(page.parameter("kc_action_status"), "success") << page.status << page.body;
}

/// Only the person cancels: whoever has tried in vain hears of an error.
TEST_F(AccountAction, ThatFailsIsNotSaidToBeCancelled) {
    ASSERT_FALSE(log_in(browser, kiosk).parameter("code").empty());
    product.add_user("maija@example.org", password);
    auto page = browser.get_from_elsewhere(kiosk.authorize({{"kc_action", "idp_link:password"}}));
    page = browser.submit(page, {{"email", "maija@example.org"}, {"password", password}});
    ASSERT_TRUE(page.shows("id=\"retry\"")) << page.status << page.body;
    page = browser.submit(page, {{"decision", "cancel"}});
    EXPECT_EQ(page.parameter("error"), "access_denied");
    EXPECT_EQ(page.parameter("kc_action_status"), "error");
}

TEST_F(AccountAction, GivenUpSaysSoAndChangesNothing) {
    auto page = browser.get_from_elsewhere(kiosk.authorize({{"kc_action", "UPDATE_PASSWORD"}}));
    page = browser.submit(page, {{"step", "cancel"}});
    EXPECT_EQ(page.parameter("error"), "access_denied") << page.status << page.body;
    EXPECT_EQ(page.parameter("kc_action_status"), "cancelled");
    EXPECT_FALSE(log_in(browser, kiosk).parameter("code").empty()) << "the password as it was";
    auto const silent = browser.get_from_elsewhere(
        kiosk.authorize({{"kc_action", "UPDATE_PASSWORD"}, {"prompt", "none"}}));
    EXPECT_EQ(silent.parameter("error"), "login_required");
    EXPECT_EQ(silent.parameter("kc_action_status"), "error");
}

TEST_F(AccountAction, LinkRunsTheMethodAnew) {
    ASSERT_FALSE(log_in(browser, kiosk).parameter("code").empty());
    auto page = browser.get_from_elsewhere(kiosk.authorize({{"kc_action", "idp_link:password"}}));
    ASSERT_TRUE(page.shows("name=\"password\"")) << page.status << page.left_for;
    page = sign_in(page);
    EXPECT_EQ(page.parameter("kc_action_status"), "success");
}

TEST_F(AccountAction, ThatNobodyKnowsOrThatIsNotTurnedOnIsPassedOver) {
    ASSERT_FALSE(log_in(browser, kiosk).parameter("code").empty());
    for (auto const* name : {"CONFIGURE_TOTP", "delete_credential:1", "idp_link:nobody", "x"}) {
        auto const page = browser.get_from_elsewhere(kiosk.authorize({{"kc_action", name}}));
        EXPECT_FALSE(page.parameter("code").empty()) << name;
        EXPECT_EQ(page.parameter("kc_action_status"), "") << name;
    }
    product.restart(configured());
    auto const page =
        browser.get_from_elsewhere(kiosk.authorize({{"kc_action", "UPDATE_PASSWORD"}}));
    EXPECT_FALSE(page.parameter("code").empty()) << page.status;
    EXPECT_EQ(page.parameter("kc_action_status"), "");
}

// ---- Addresses of a Keycloak

class KeycloakRealm : public Compatibility {
  protected:
    static std::string at(std::string_view path) {
        return "/realms/helsinki-tunnistus" + std::string(path);
    }
    static Headers none() { return {}; }
};

TEST_F(KeycloakRealm, IsAnsweredAtItsAddresses) {
    auto const found = send(Method::GET, at("/.well-known/openid-configuration"),
                            from_page("https://any.example"));
    ASSERT_EQ(found.status, 200);
    EXPECT_EQ(readable_by(found), "*");
    EXPECT_EQ(json_of(found).at("issuer"), "https://tunnus.example");
    auto const keys = send(Method::GET, at("/protocol/openid-connect/certs"), none());
    EXPECT_EQ(keys.body, send(Method::GET, "/jwks.json", none()).body);

    auto target = kiosk.authorize();
    replace(target, "/authorize", at("/protocol/openid-connect/auth"));
    auto page = browser.submit(browser.get_from_elsewhere(target),
                               {{"email", email}, {"password", password}});
    auto const tokens = json_of(post_form(product, at("/protocol/openid-connect/token"),
                                          {{"grant_type", "authorization_code"},
                                           {"client_id", "kiosk"},
                                           {"code", page.parameter("code")},
                                           {"redirect_uri", "https://kiosk.example/cb"},
                                           {"code_verifier", std::string(Service::verifier)}}));
    ASSERT_TRUE(tokens.contains("access_token")) << tokens;
    auto const asks = [&] {
        return send(Method::GET, at("/protocol/openid-connect/userinfo"),
                    from_page(kiosk_origin, text(tokens, "access_token")));
    };
    EXPECT_EQ(asks().status, 200);
    EXPECT_EQ(readable_by(asks()), kiosk_origin);
    EXPECT_EQ(readable_by(send(Method::OPTIONS, at("/protocol/openid-connect/userinfo"),
                               from_page(kiosk_origin))),
              kiosk_origin);
    EXPECT_EQ(send(Method::POST, at("/protocol/openid-connect/token/introspect"), none()).status,
              400)
        << "it is there";
    auto const end = browser.get_from_elsewhere(
        at("/protocol/openid-connect/logout?id_token_hint=") + text(tokens, "id_token"));
    EXPECT_FALSE(is_signed_in(browser)) << end.status << end.body;
    EXPECT_EQ(asks().status, 401);
}

TEST_F(KeycloakRealm, IsThereOnlyWhereItIsConfigured) {
    EXPECT_EQ(send(Method::GET, "/realms/other/.well-known/openid-configuration", none()).status,
              404);
    product.restart(Product::shared_configuration());
    EXPECT_EQ(send(Method::GET, at("/.well-known/openid-configuration"), none()).status, 404);
    EXPECT_EQ(send(Method::GET, at("/protocol/openid-connect/certs"), none()).status, 404);
}

TEST_F(KeycloakRealm, ThatIsTheIssuerHasItsAddressesBelowIt) {
    auto text = configured();
    replace(text, R"("https://tunnus.example")",
            R"("https://tunnus.example/auth/realms/helsinki-tunnistus")");
    product.restart(text);
    EXPECT_EQ(send(Method::GET, "/protocol/openid-connect/certs", none()).status, 200);
    EXPECT_EQ(send(Method::GET, "/.well-known/openid-configuration", none()).status, 200);
    EXPECT_EQ(send(Method::GET, at("/protocol/openid-connect/certs"), none()).status, 404);
}

}  // namespace
}  // namespace tunnus::flow
