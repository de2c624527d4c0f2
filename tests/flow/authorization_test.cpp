// SPDX-License-Identifier: MIT
// What a stranger's link, another issuer or another service can make of the protocol's answers.
#include "idp/base/limits.hpp"
#include "tests/flow/story.hpp"

#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

class Authorization : public Story {
  protected:
    Page by_link(Fields const& more) { return browser.get_from_elsewhere(library.authorize(more)); }
};

/// A service that registered itself: it may be anybody's.
class AuthorizationForAStranger : public Story {
  protected:
    AuthorizationForAStranger()
        : Story(replaced("\"clients\"", R"("registration": {"mode": "open"}, "clients")")) {
        HttpRequest request;
        request.method = Method::POST;
        request.path = "/register";
        request.headers.add("Content-Type", "application/json");
        request.body = R"({"client_name": "Lido", "redirect_uris": ["https://lido.example/cb"],
                           "response_types": ["code"], "id_token_signed_response_alg": "ES256"})";
        auto const client = json_of(product.answer(std::move(request)));
        lido.emplace(product, std::string(client.at("client_id").as_string()),
                     "https://lido.example/cb");
    }
    Page by_link(Fields const& more) { return browser.get_from_elsewhere(lido->authorize(more)); }

    Fields const faulty{{"response_type", "none"}};
    std::optional<Service> lido;
};

TEST_F(AuthorizationForAStranger, O17_AFaultyLinkIsNotFollowedOnByItself) {
    auto const page = by_link(faulty);
    EXPECT_EQ(page.status, 400);
    EXPECT_TRUE(page.left_for.empty());
    EXPECT_TRUE(page.shows("unsupported_response_type"));
    EXPECT_TRUE(page.shows("Lido")) << "who asked";
    EXPECT_TRUE(page.shows("id=\"return\"")) << "the person may go on";
    EXPECT_TRUE(page.shows("https://lido.example/cb?error&#x3D;unsupported_response_type") ||
                page.shows("https://lido.example/cb?error=unsupported_response_type"))
        << page.body;
    auto worded = faulty;
    worded.emplace_back("prompt", "nonesuch");
    EXPECT_EQ(by_link(worded).status, 400) << "no silent request";
}

TEST_F(AuthorizationForAStranger, O17_OnlyWhoIsAskedInSilenceOrHasActedIsSentOn) {
    EXPECT_EQ(location(get(lido->authorize(faulty))).substr(0, 53),
              "https://lido.example/cb?error=unsupported_response_ty");
    auto silent = faulty;
    silent.emplace_back("prompt", "none");
    EXPECT_EQ(by_link(silent).parameter("error"), "unsupported_response_type");
    EXPECT_EQ(by_link(silent).parameter("iss"), "https://tunnus.example");
    auto const given_up =
        browser.submit(sign_in(by_link({{"scope", "openid email"}})), {{"decision", "deny"}});
    EXPECT_EQ(given_up.parameter("error"), "access_denied");
}

TEST_F(Authorization, O17_AServiceOfTheOperatorsHearsOfItsMistakes) {
    EXPECT_EQ(by_link({{"response_type", "none"}}).parameter("error"), "unsupported_response_type");
}

TEST_F(AuthorizationForAStranger, O17_NorIsTheFormOfAFaultyLinkSentByItself) {
    auto const page = by_link({{"response_type", "token"}, {"response_mode", "form_post"}});
    EXPECT_EQ(page.status, 400);
    EXPECT_TRUE(page.shows("id=\"return\"")) << page.body;
    EXPECT_FALSE(page.shows("<form id=\"answer\""));
}

TEST_F(Authorization, W10_TheFormPostPageSendsItselfAndEscapesWhatItCarries) {
    auto const page =
        sign_in(sign_in_page(library, {{"response_mode", "form_post"}, {"state", hostile_state}}));
    ASSERT_EQ(page.status, 200) << page.body;
    EXPECT_TRUE(page.shows("name=\"code\"")) << page.body;
    EXPECT_EQ(page.body.find(hostile_state), std::string::npos);
    auto const fields = page.hidden_fields();
    EXPECT_NE(std::find(fields.begin(), fields.end(),
                        std::pair<std::string, std::string>("state", hostile_state)),
              fields.end());
    EXPECT_EQ(page.form_action(), "https://library.example/cb");
    auto const csp = page.headers.find("Content-Security-Policy").value_or("");
    EXPECT_EQ(csp.find("unsafe"), std::string_view::npos) << csp;
    EXPECT_TRUE(csp.find("script-src 'nonce-") != std::string_view::npos ||
                csp.find("script-src 'sha256-") != std::string_view::npos)
        << csp;
}

TEST_F(Authorization, W11_TheNameOfAServiceIsText) {
    Product odd(
        replaced(R"("client_name": "Library")", R"("client_name": "Lib & <b>rary</b> \"1\" '2'")"));
    Browser visitor(odd);
    Service service(odd, "library", "https://library.example/cb");
    auto const page = visitor.get_from_elsewhere(service.authorize());
    ASSERT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("Lib &amp; &lt;b&gt;rary&lt;")) << page.body;
    EXPECT_FALSE(page.shows("<b>rary"));
    EXPECT_THROW(Product(replaced(R"("client_name": "Library",)",
                                  R"("client_name": "Library", "policy_uri": "javascript:x",)")),
                 std::runtime_error);
}

TEST_F(Authorization, O62_ACertificateInAHeaderOfAStrangerIsNoClient) {
    auto const code = code_of_a_login(library);
    HttpRequest request;
    request.method = Method::POST;
    request.path = "/token";
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    for (auto const* name : {"X-SSL-Client-Cert", "X-Client-Cert", "SSL_CLIENT_CERT",
                             "X-Forwarded-Client-Cert", "Client-Cert"})
        request.headers.add(name, "MIIB");
    request.body =
        "grant_type=authorization_code&client_id=library&redirect_uri=https%3A%2F%2Flibrary.example"
        "%2Fcb&code=" +
        code + "&code_verifier=" + std::string(Service::verifier);
    auto const answer = product.answer(request);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(json_of(answer).at("error"), "invalid_client");
    EXPECT_EQ(library.redeem(code).status, 200) << "and nothing was used up";
}

TEST_F(Authorization, O65_ARotatedOrRevokedRefreshTokenStaysDeadAfterARestart) {
    auto const first = json_of(library.redeem(code_of_a_login(library, offline)));
    auto const refresh = [&](std::string const& token) {
        return library.token({{"grant_type", "refresh_token"}, {"refresh_token", token}});
    };
    auto const old = std::string(first.at("refresh_token").as_string());
    auto const answer = refresh(old);
    ASSERT_EQ(answer.status, 200) << answer.body;
    auto const next = std::string(json_of(answer).at("refresh_token").as_string());
    product.restart();
    EXPECT_EQ(refresh(old).body, answer.body) << "the same once more, for another window of it";
    product.clock.advance(Limits().refresh_repeat_window);
    EXPECT_EQ(refresh(old).status, 400) << "its reuse";
    product.restart();
    for (auto const step : {seconds(0), seconds(-3600), seconds(7200)}) {
        product.clock.step_wall_clock(step);
        auto const refused = refresh(next);
        EXPECT_EQ(refused.status, 400) << "the family was revoked";
        EXPECT_EQ(json_of(refused).at("error"), "invalid_grant");
    }
}

TEST_F(Authorization, O89_NothingElseIsWellKnown) {
    EXPECT_EQ(get("/.well-known/openid-configuration").status, 200);
    for (auto const* path :
         {"/.well-known/webfinger?resource=acct:matti@example.org&rel=x",
          "/.well-known/openid-configuration/", "/.well-known/openid-configuration/../jwks.json",
          "/.well-known//openid-configuration", "/x/.well-known/openid-configuration",
          "/.well-known/", "/.well-known/openid-credential-issuer",
          "/.WELL-KNOWN/openid-configuration"})
        EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(Authorization, O90_TheCodeOfOneIssuerIsNoneAtAnother) {
    Product other(replaced("https://tunnus.example", "https://other.example"));
    Service library_there(other, "library", "https://library.example/cb");
    auto const code = code_of_a_login(library);
    auto const refused = library_there.redeem(code);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(json_of(refused).at("error"), "invalid_grant");
    EXPECT_EQ(payload_of(json_of(library.redeem(code)).at("id_token").as_string()).at("iss"),
              "https://tunnus.example");
    Browser visitor(other);
    EXPECT_EQ(
        visitor.get_from_elsewhere(library_there.authorize({{"prompt", "none"}})).parameter("iss"),
        "https://other.example");
}

TEST_F(Authorization, O91_AnIdTokenOpensNothing) {
    auto const tokens = json_of(library.redeem(code_of_a_login(library)));
    auto const id_token = std::string(tokens.at("id_token").as_string());
    auto const claims = payload_of(id_token);
    EXPECT_EQ(claims.at("aud"), "library");
    EXPECT_EQ(claims.at("nonce"), "some-nonce");
    EXPECT_EQ(library.userinfo(std::string(tokens.at("access_token").as_string())).status, 200);
    EXPECT_EQ(library.userinfo(id_token).status, 401);
    // Shown by another service it names nobody: neither a hint nor a session.
    Browser stranger(product);
    auto const page = stranger.get_from_elsewhere(
        kiosk.authorize({{"prompt", "none"}, {"id_token_hint", id_token}}));
    EXPECT_TRUE(page.parameter("code").empty());
    EXPECT_FALSE(page.parameter("error").empty());
}

TEST_F(Authorization, O94_CredentialsAreNeverPostedOn) {
    auto const page = sign_in(sign_in_page(library));
    ASSERT_FALSE(page.parameter("code").empty());
    EXPECT_EQ(page.status, 303);
    for (auto const& exchange : product.history)
        EXPECT_TRUE(exchange.response.status != 307 && exchange.response.status != 308 &&
                    exchange.response.status != 302)
            << exchange.request.path << exchange.response.status;
}

TEST_F(Authorization, L15_AFormWithFieldsTwiceOrInAnotherShapeIsRefused) {
    auto const page = sign_in_page(library);
    for (Fields const& fields :
         {Fields{
              {"email", "matti@example.org"}, {"email", "x@example.org"}, {"password", password}},
          Fields{{"email", "matti@example.org"}, {"password", password}, {"password", password}}}) {
        auto const refused = browser.submit(page, fields);
        EXPECT_EQ(refused.status, 400);
        EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    }
    auto const arrays =
        browser.submit(page, {{"email[]", "matti@example.org"}, {"password", password}});
    EXPECT_TRUE(arrays.parameter("code").empty());
    HttpRequest json;
    json.method = Method::POST;
    json.path = page.form_action().substr(0, page.form_action().find('?'));
    json.query = page.form_action().substr(page.form_action().find('?') + 1);
    json.headers.add("Content-Type", "application/json");
    json.headers.add("Sec-Fetch-Site", "same-origin");
    json.body = R"({"email": "matti@example.org", "password": ")" + password + "\"}";
    EXPECT_EQ(product.answer(json).status, 415);
    EXPECT_FALSE(sign_in(page).parameter("code").empty());
}

TEST_F(Authorization, P17_ProbesForSqlAreText) {
    auto const users = product.count("SELECT COUNT(*) FROM users");
    for (auto const& probe : sql_probes) {
        for (auto const* name :
             {"client_id", "redirect_uri", "state", "nonce", "scope", "prompt", "claims",
              "id_token_hint", "login_hint", "acr_values", "ui_locales"})
            EXPECT_LT(get(library.authorize({{name, probe}})).status, 500) << name << probe;
        EXPECT_LT(library.redeem(probe).status, 500) << probe;
        for (auto const* name : {"refresh_token", "code_verifier", "redirect_uri", "grant_type"})
            EXPECT_LT(library.token({{"grant_type", "refresh_token"}, {name, probe}}).status, 500)
                << name << probe;
        EXPECT_EQ(library.userinfo(probe).status, 401);
        EXPECT_LT(get("/login?login=" + encoded(probe) + "&ui_locales=" + encoded(probe)).status,
                  500);
        EXPECT_LT(
            get("/logout?id_token_hint=" + encoded(probe) + "&state=" + encoded(probe)).status,
            500);
        Browser visitor(product);
        auto const page = visitor.get_from_elsewhere(library.authorize());
        auto const refused = visitor.submit(page, {{"email", probe}, {"password", probe}});
        EXPECT_LT(refused.status, 500) << probe;
        EXPECT_TRUE(refused.parameter("code").empty());
        visitor.set_cookie("__Host-sid", "x");
        EXPECT_LT(visitor.submit(page, {{"step", probe}, {"method", probe}}).status, 500);
    }
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), users);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions"), 0);
    product.clock.advance(seconds(3600));  // what the probes spent of the tries is forgotten
    EXPECT_FALSE(code_of_a_login(library).empty());
}

}  // namespace
}  // namespace tunnus::flow
