// SPDX-License-Identifier: MIT
#include "oidc/endpoints/authorization.hpp"

#include "tests/oidc/endpoints/test_provider.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using Words = std::vector<std::string>;

struct Authorization : EndpointTest {
    /// PAGE of threats.md 0.2.
    void expect_page(HttpRequest const& request) {
        auto const response = refused(request);
        EXPECT_EQ(response.status, 400);
        EXPECT_FALSE(response.headers.find("Location"));
        EXPECT_TRUE(response.body.starts_with("error\ninvalid_request r1")) << response.body;
    }
    /// RED(e).
    void expect_redirect(HttpRequest const& request, std::string_view error_word) {
        auto const response = refused(request);
        EXPECT_EQ(response.status, 303);
        EXPECT_TRUE(
            response.headers.find("Location").value_or("").starts_with("https://rp.example/cb?"));
        EXPECT_EQ(field(response, "error"), error_word);
        EXPECT_EQ(field(response, "state"), "af0ifjsldkj");
        EXPECT_EQ(field(response, "iss"), "https://id.example");
        EXPECT_EQ(field(response, "code"), "");
    }
};

TEST_F(Authorization, AnswersWithACodeTheStateAndTheIssuer_O37_O95) {
    auto const response = sign_in();
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(field(response, "code").size(), 64U);
    EXPECT_EQ(field(response, "state"), "af0ifjsldkj");
    EXPECT_EQ(field(response, "iss"), "https://id.example");
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(response.headers.find("Referrer-Policy"), "no-referrer");
    EXPECT_FALSE(response.headers.find("Access-Control-Allow-Origin"));
}

TEST_F(Authorization, RefusesByPageWithoutAGoodRedirectUri_O16) {
    expect_page(authorize({{"client_id", "unknown<script>"}}));
    expect_page(authorize({{"redirect_uri", "https://evil.example/cb"}}));
    EXPECT_EQ(refused(authorize({{"client_id", "<b>"}})).body.find("<b>"), std::string::npos);
}

TEST_F(Authorization, RefusesByRedirectOtherwise) {
    expect_redirect(authorize({{"response_type", "none"}}), "unsupported_response_type");
    expect_redirect(authorize({{"prompt", "none login"}}), "invalid_request");
}

TEST_F(Authorization, RefusesByPageWhatIsNoForm_O16_O36) {
    auto request = authorize();
    ASSERT_TRUE(std::holds_alternative<BegunAuthorization>(begin_authorization(provider, request)));
    auto const good = request.query;
    for (auto const* more : {"&state2=%", "&x=%00", "&x=%ff"}) {
        request.query = good + more;
        expect_page(request);
    }
    request.query = good;
    for (int i = 0; i < 65; ++i)
        request.query += "&f" + std::to_string(i) + "=1";
    expect_page(request);
}

TEST_F(Authorization, TakesAPostByTheSameRules_O35) {
    auto request = post("/authorize", request_fields(), "");
    ASSERT_TRUE(std::holds_alternative<BegunAuthorization>(begin_authorization(provider, request)));
    request.query = "ui_locales=sv";
    auto const begun = std::get<BegunAuthorization>(begin_authorization(provider, request));
    EXPECT_EQ(begun.request.ui_locales, Words{"sv"});
    request.query = "nonce=again";
    expect_redirect(request, "invalid_request");
    request.query.clear();
    request.headers.set("Content-Type", "application/json");
    expect_page(request);
}

TEST_F(Authorization, PostsTheAnswerWhereTheRequestWantsIt_O22) {
    auto const response = sign_in({{"response_mode", "form_post"}, {"state", "<s>\""}});
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(response.headers.find("Location"));
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    ASSERT_TRUE(response.body.starts_with("form_post\n"));
    auto const model = parse_json_object(response.body.substr(10)).value();
    EXPECT_EQ(model.at("redirect_uri"), "https://rp.example/cb");
    auto const& fields = model.at("fields").as_array();
    ASSERT_EQ(fields.size(), 4U);
    EXPECT_EQ(fields[0].at("name"), "code");
    EXPECT_EQ(fields[1].at("value"), "<s>\"");
    EXPECT_EQ(fields[2].at("value"), "https://id.example");
    EXPECT_EQ(fields[3].at("name"), "session_state");
}

TEST_F(Authorization, EchoesTheStateExactly_O28) {
    std::string const state = "<script>\r\n%\xc3\xa4 +&=";
    EXPECT_EQ(field(sign_in({{"state", state}}), "state"), state);
    auto const without = sign_in({{"state", "(absent)"}});
    EXPECT_EQ(without.headers.find("Location")->find("&state="), std::string::npos);
}

TEST_F(Authorization, AsksConsentForScopesAndClaimsThatNeedIt) {
    auto const needed = [&](Fields const& more) {
        auto const begun = begin(more);
        return consent_needed(provider, *begun.client, begun.request);
    };
    EXPECT_EQ(needed({{"scope", "openid"}}).scopes, Words());
    EXPECT_EQ(needed({{"scope", "openid profile open offline_access"}}).scopes,
              (Words{"offline_access", "profile"}));
    std::string const wants = R"({"userinfo":{"name":null,"nickname":null,"color":null,
                                               "sub":null},"id_token":{"acr":null}})";
    // `color` is of a scope that asks nobody; `name` comes with profile when that is asked too.
    EXPECT_EQ(needed({{"scope", "openid"}, {"claims", wants}}).claims, (Words{"name", "nickname"}));
    EXPECT_EQ(needed({{"claims", wants}}).claims, Words{"nickname"});
}

TEST_F(Authorization, KeepsOnlyTheClaimsThatThePersonPermitted) {
    auto const begun =
        begin({{"scope", "openid"}, {"claims", R"({"userinfo":{"nickname":null,"color":null}})"}});
    Authenticated who;
    who.user_id = "alice";
    who.granted_scopes = begun.request.scope;
    auto const finished =
        finish_authorization(provider, *begun.client, begun.request, who, store.now()).value();
    EXPECT_EQ(finished.grant.body.at("userinfo_claims"), boost::json::array{"color"});
}

TEST_F(Authorization, BoundsTheGrant) {
    using namespace std::chrono_literals;
    auto const grant_of = [&](Fields const& more) {
        auto const begun = begin(more);
        Authenticated who;
        who.granted_scopes = begun.request.scope;
        return finish_authorization(provider, *begun.client, begun.request, who, store.now())
            .value()
            .grant;
    };
    EXPECT_EQ(grant_of({}).expires_at, store.now() + 30 * 24h);
    EXPECT_EQ(grant_of({}).code_expires_at, store.now() + 60s);
    EXPECT_FALSE(grant_of({}).offline);
    EXPECT_TRUE(grant_of({{"scope", "openid offline_access"}}).offline);
    Fields const of_app{{"client_id", "app"}, {"redirect_uri", "http://127.0.0.1/cb"}};
    EXPECT_EQ(grant_of(of_app).expires_at, store.now() + 360s);
}

TEST_F(Authorization, GivesPairwiseSubjectsPerSector_O92) {
    clients.add(parse_client(tests::service({{"subject_type", "pairwise"}})).value());
    auto other = tests::other_service();
    other["subject_type"] = "pairwise";
    clients.add(parse_client(other).value());
    auto const rp = subject_for(provider, *clients.find("rp"), "alice");
    EXPECT_NE(rp, "alice");
    EXPECT_EQ(rp.size(), 43U);
    EXPECT_NE(rp, subject_for(provider, *clients.find("other"), "alice"));
    EXPECT_NE(rp, subject_for(provider, *clients.find("rp"), "bob"));
    EXPECT_NE(rp, encode_base64url(sha256("rp.examplealice")));
    auto const tokens = redeem(new_code());
    EXPECT_EQ(id_token(tokens).at("sub"), boost::json::value(rp));
    EXPECT_EQ(text(ask_userinfo(text(tokens, "access_token")), "sub"), rp);
}

}  // namespace
}  // namespace tunnus::oidc
