// SPDX-License-Identifier: MIT
// Access tokens as JWTs (RFC 9068) for the clients that registered that.
#include "oidc/grants/access_token_text.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using Object = boost::json::object;

struct JwtAccessTokenTest : EndpointTest {
    JwtAccessTokenTest() {
        clients.add(parse_client(tests::service({{"access_token_format", "jwt"},
                                                 {"resources", {"https://a.example"}},
                                                 {"authorization_details_types", {"berth"}},
                                                 {"grant_types",
                                                  {"authorization_code", "refresh_token",
                                                   "client_credentials"}}}))
                        .value());
    }
    std::string access_token() { return text(redeem(new_code()), "access_token"); }
    jose::VerifiedJwt verified(std::string_view token) {
        return jose::VerifiedJwt::verify(token, ring.current()->verification,
                                         {jose::Algorithm::ES256})
            .value();
    }
};

TEST_F(JwtAccessTokenTest, SaysWhatAnApiNeedsToKnow) {
    auto const response = redeem(new_code());
    auto const jwt = verified(text(response, "access_token"));
    EXPECT_EQ(jwt.header().at("typ"), "at+jwt");
    auto const& said = jwt.claims();
    EXPECT_EQ(said.at("iss"), "https://id.example");
    EXPECT_EQ(said.at("aud"), "https://id.example");
    EXPECT_EQ(said.at("sub"), "alice");
    EXPECT_EQ(said.at("client_id"), "rp");
    EXPECT_EQ(said.at("scope"), "openid profile");
    EXPECT_EQ(said.at("acr"), "light");
    EXPECT_EQ(said.at("auth_time"), to_unix_s(store.now()));
    EXPECT_EQ(said.at("exp").as_int64() - said.at("iat").as_int64(), 300);
    EXPECT_EQ(find_string(said, "jti")->size(), 22U);
    EXPECT_FALSE(said.contains("name"));
}

TEST_F(JwtAccessTokenTest, IsAboutTheClientWhereNoPersonTakesPart) {
    auto const said =
        verified(text(ask_token({{"grant_type", "client_credentials"}}), "access_token")).claims();
    EXPECT_EQ(said.at("sub"), "rp");
    EXPECT_FALSE(said.contains("acr"));
}

TEST_F(JwtAccessTokenTest, IsForTheResourcesAskedFor_O72) {
    Fields const resource{{"resource", "https://a.example"}};
    auto const own = verified(
        text(ask_token({{"grant_type", "client_credentials"}, {"resource", "https://a.example"}}),
             "access_token"));
    EXPECT_EQ(own.claims().at("aud"), "https://a.example");
    auto const response = redeem(new_code(resource));
    EXPECT_EQ(verified(text(response, "access_token")).claims().at("aud"),
              (boost::json::array{"https://a.example", "https://id.example"}));
    auto const narrowed =
        text(redeem(new_code({{"resource", "https://a.example"}, {"scope", "profile"}})),
             "access_token");
    EXPECT_EQ(verified(narrowed).claims().at("aud"), "https://a.example");
    EXPECT_EQ(ask_userinfo(narrowed).status, 401);
}

TEST_F(JwtAccessTokenTest, SaysWhatWasAuthorizedInDetail) {
    std::string const berth = R"([{"type":"berth","harbour":"Hietaniemi"}])";
    auto const response = redeem(new_code({{"authorization_details", berth}}));
    EXPECT_EQ(boost::json::serialize(
                  verified(text(response, "access_token")).claims().at("authorization_details")),
              berth);
}

TEST_F(JwtAccessTokenTest, OpensUserinfoAndIsIntrospected) {
    auto const token = access_token();
    EXPECT_EQ(ask_userinfo(token).status, 200);
    EXPECT_TRUE(introspects(token));
    EXPECT_FALSE(introspects(token, "other"));
}

TEST_F(JwtAccessTokenTest, EndsAtOnceWhenItIsRevoked_O70) {
    auto const token = access_token();
    ASSERT_EQ(ask_userinfo(token).status, 200);
    done(revocation(provider, post("/revoke", {{"token", token}})));
    EXPECT_EQ(ask_userinfo(token).status, 401);
    EXPECT_FALSE(introspects(token));
}

TEST_F(JwtAccessTokenTest, IsLookedUpOnceUntilSomethingEnds_I10) {
    auto const token = access_token();
    ASSERT_EQ(ask_userinfo(token).status, 200);
    // Without a consent: one that replaces another counts as an end of that.
    auto const other = text(redeem(new_code({{"scope", "openid"}})), "access_token");
    database.reads = 0;
    EXPECT_EQ(ask_userinfo(token).status, 200);
    EXPECT_TRUE(introspects(token));
    HttpRequest document;
    document.path = "/jwks.json";
    EXPECT_EQ(done(jwks(provider, document)).status, 200);
    EXPECT_EQ(done(openid_configuration(provider, document)).status, 200);
    EXPECT_EQ(database.reads, 0) << "another login ends nothing";

    done(revocation(provider, post("/revoke", {{"token", other}})));
    database.reads = 0;
    EXPECT_TRUE(introspects(token));
    EXPECT_EQ(database.reads, 1);
    EXPECT_EQ(ask_userinfo(token).status, 200);
    EXPECT_EQ(database.reads, 1);
    done(revocation(provider, post("/revoke", {{"token", token}})));
    EXPECT_EQ(ask_userinfo(token).status, 401);
    EXPECT_FALSE(introspects(token));
}

TEST_F(JwtAccessTokenTest, EndsWithItsCodesSecondUse_O43) {
    auto const code = new_code();
    auto const token = text(redeem(code), "access_token");
    ASSERT_TRUE(introspects(token));
    redeem(code);
    EXPECT_FALSE(introspects(token));
    EXPECT_EQ(ask_userinfo(token).status, 401);
}

TEST_F(JwtAccessTokenTest, IsKnownByAllOfItsBytes_J01) {
    auto const token = access_token();
    auto const first = token.find('.');
    auto const second = token.rfind('.');
    auto const header = encode_base64url(R"({"alg":"ES256","typ":"at+jwt"})");
    auto const payload = token.substr(first, second - first);
    auto const signature = token.substr(second);
    for (auto const& forged : {header + payload + signature,
                               encode_base64url(R"({"alg":"none","typ":"at+jwt"})") + payload + ".",
                               token.substr(0, second) + "." + std::string(86, 'A'), token + "A",
                               token.substr(0, token.size() - 4)}) {
        EXPECT_EQ(ask_userinfo(forged).status, 401);
        EXPECT_FALSE(introspects(forged));
    }
}

TEST_F(JwtAccessTokenTest, IsNoIdTokenAndNoIdTokenIsOne_J16) {
    auto const response = redeem(new_code());
    EXPECT_EQ(ask_userinfo(text(response, "id_token")).status, 401);
    auto const begun = begin_authorization(
        provider, authorize({{"id_token_hint", text(response, "access_token")}}));
    EXPECT_TRUE(std::holds_alternative<HttpResponse>(begun));
}

TEST_F(JwtAccessTokenTest, ComesAnewWithARefreshToken) {
    auto const response = redeem(new_code({{"scope", "openid offline_access"}}));
    auto const again = ask_refresh(text(response, "refresh_token"));
    ASSERT_EQ(again.status, 200) << again.body;
    auto const token = text(again, "access_token");
    EXPECT_NE(token, text(response, "access_token"));
    EXPECT_EQ(verified(token).claims().at("sub"), "alice");
    EXPECT_EQ(ask_userinfo(token).status, 200);
}

}  // namespace
}  // namespace tunnus::oidc
