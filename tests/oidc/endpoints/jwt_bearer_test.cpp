// SPDX-License-Identifier: MIT
// The JWT bearer grant (RFC 7523 §2.1): another issuer's word instead of a login.
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;

constexpr auto jwt_grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

struct JwtBearer : EndpointTest {
    JwtBearer() {
        clients.add(
            parse_client(
                tests::service({{"grant_types", {"authorization_code", "refresh_token", jwt_grant}},
                                {"resources", {"https://a.example"}}}))
                .value());
        provider.assertion_issuers = {{"https://batch.example", tests::our_keys(), {"rp"}, false}};
    }
    std::string assertion(std::string const& jti = "one", std::string const& sub = "alice") {
        return jose::sign_jwt(tests::es256_key(), "JWT",
                              {{"iss", "https://batch.example"},
                               {"sub", sub},
                               {"aud", "https://id.example"},
                               {"exp", to_unix_s(store.now()) + 120},
                               {"jti", jti}});
    }
    HttpResponse bring(std::string const& text, Fields const& more = {{"scope", "openid profile"}},
                       std::string_view basic = "rp") {
        Fields fields{{"grant_type", jwt_grant}, {"assertion", text}};
        fields.insert(more.begin(), more.end());
        return ask_token(fields, basic);
    }
    boost::json::object seen(HttpResponse const& response) {
        return json(done(introspection(
            provider, post("/introspect", {{"token", text(response, "access_token")}}))));
    }
};

TEST_F(JwtBearer, GivesAnAccessTokenAboutThePerson) {
    sign_in();
    auto const response = bring(assertion());
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(text(response, "scope"), "openid profile");
    EXPECT_FALSE(json(response).contains("refresh_token"));
    EXPECT_FALSE(json(response).contains("id_token")) << "nobody signed in";
    auto const about = seen(response);
    EXPECT_EQ(about.at("sub"), "alice");
    EXPECT_FALSE(about.contains("acr")) << "I11";
    EXPECT_FALSE(about.contains("auth_time")) << "I11";
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 200);
    EXPECT_EQ(store.audited(AuditKind::token_issued), 1);
}

TEST_F(JwtBearer, IsFoundByDiscoveryWhereAnIssuerIsTrusted) {
    auto const count = [&] {
        auto const metadata = json(done(openid_configuration(provider, HttpRequest())));
        return std::ranges::count(metadata.at("grant_types_supported").as_array(),
                                  boost::json::value(jwt_grant));
    };
    EXPECT_EQ(count(), 1);
    provider.assertion_issuers.front().disabled = true;
    EXPECT_EQ(count(), 0);
}

TEST_F(JwtBearer, TakesAnAssertionOnce_I2) {
    sign_in();
    auto const once = assertion();
    auto const answer = bring(once);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(error(bring(once)), "invalid_grant");
    EXPECT_EQ(error(bring(assertion("one"))), "invalid_grant") << "signed anew, the same jti";
    EXPECT_EQ(bring(assertion("two")).status, 200);
    EXPECT_TRUE(introspects(text(answer, "access_token"))) << "what it gave stays";
}

TEST_F(JwtBearer, RestsOnWhatThePersonAllowed_I10) {
    EXPECT_EQ(error(bring(assertion("one"))), "invalid_grant") << "nothing yet";
    EXPECT_EQ(bring(assertion("one"), {{"scope", "openid open"}}).status, 200)
        << "nobody need be asked, and the refused one was not used up";
    sign_in();
    auto const response = bring(assertion("two"));
    ASSERT_EQ(response.status, 200) << response.body;
    store.commit(storage::withdraw_consent(
        {"alice", "rp", store.now(), store.event(AuditKind::consent_withdrawn)}, store.random));
    EXPECT_FALSE(introspects(text(response, "access_token")));
    EXPECT_EQ(error(bring(assertion("three"))), "invalid_grant");
}

TEST_F(JwtBearer, IsOfNoUseForAnAccountThatIsDisabledOrGone_O83) {
    sign_in();
    EXPECT_EQ(error(bring(assertion("one", "nobody"), {{"scope", "openid"}})), "invalid_grant");
    EXPECT_EQ(bring(assertion("two"), {{"scope", "openid"}}).status, 200);
    store.commit(storage::disable_user(
        {"alice", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    EXPECT_EQ(error(bring(assertion("three"), {{"scope", "openid"}})), "invalid_grant");
}

TEST_F(JwtBearer, IsOfNoUseFromADisabledIssuer_O83) {
    provider.assertion_issuers.front().disabled = true;
    EXPECT_EQ(error(bring(assertion(), {{"scope", "openid"}})), "invalid_grant");
}

TEST_F(JwtBearer, GivesNoMoreThanTheRegistrationHas) {
    sign_in({{"scope", "openid profile offline_access"}});
    auto const response = bring(assertion(), {{"scope", "openid profile offline_access unknown"}});
    EXPECT_EQ(text(response, "scope"), "openid profile");
    auto const aimed =
        bring(assertion("two"), {{"scope", "openid"}, {"resource", "https://a.example"}});
    EXPECT_EQ(seen(aimed).at("aud"), "https://a.example");
    EXPECT_EQ(error(bring(assertion("three"),
                          {{"scope", "openid"}, {"resource", "https://evil.example"}})),
              "invalid_target");
}

TEST_F(JwtBearer, IsForWhoRegisteredIt) {
    EXPECT_EQ(error(bring(assertion(), {}, "other")), "unauthorized_client");
    EXPECT_EQ(error(bring("")), "invalid_request");
    EXPECT_EQ(error(bring("x")), "invalid_grant");
}

}  // namespace
}  // namespace tunnus::oidc
