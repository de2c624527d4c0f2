// SPDX-License-Identifier: MIT
// Tokens for a part of what was granted: resource indicators (RFC 8707) and authorization_details
// (RFC 9396), from the authorization request to introspection.
#include "oidc/grants/token_purpose.hpp"

#include "oidc/grants/consent.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;

struct TokenPurposes : EndpointTest {
    TokenPurposes() {
        clients.add(
            parse_client(
                tests::service(
                    {{"resources", {"https://a.example", "https://b.example"}},
                     {"grant_types", {"authorization_code", "refresh_token", "client_credentials"}},
                     {"authorization_details_types", {"berth"}}}))
                .value());
    }
    /// The request with both resources: a form that repeats a name.
    HttpRequest with_resources(Fields const& more = {}) {
        auto request = authorize(more);
        request.query += "&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example";
        return request;
    }
    boost::json::object introspected(std::string const& token) {
        return json(done(introspection(provider, post("/introspect", {{"token", token}}))));
    }
    std::string error_of(Fields const& more) { return field(refused(authorize(more)), "error"); }

    static constexpr auto berth = R"([{"type":"berth","harbour":"Hietaniemi"}])";
    static constexpr auto a = "https://a.example";
};

TEST_F(TokenPurposes, SeveralResourcesAreNoRepeat) {
    auto const begun =
        std::get<BegunAuthorization>(begin_authorization(provider, with_resources()));
    EXPECT_EQ(begun.request.resources,
              (std::vector<std::string>{"https://a.example", "https://b.example"}));
    EXPECT_EQ(error_of({{"resource", "https://c.example"}}), "invalid_target");
}

// RFC 8707 §2.2: each token for a part of what the person granted.
TEST_F(TokenPurposes, ATokenIsForTheResourceThatIsAskedFor_O72) {
    auto const code = new_code({{"resource", a}});
    auto const tokens = redeem(code, {{"resource", a}});
    ASSERT_EQ(tokens.status, 200) << tokens.body;
    auto const token = text(tokens, "access_token");
    EXPECT_EQ(introspected(token).at("aud"), a);
    EXPECT_EQ(ask_userinfo(token).status, 401);
    auto const refreshed = ask_refresh(text(tokens, "refresh_token"));
    auto const both = introspected(text(refreshed, "access_token")).at("aud").as_array();
    EXPECT_EQ(both, (boost::json::array{a, "https://id.example"}));
    EXPECT_EQ(ask_userinfo(text(refreshed, "access_token")).status, 200);
}

TEST_F(TokenPurposes, ATokenWithoutResourceOpensWhatItAlwaysDid) {
    auto const tokens = redeem(new_code());
    EXPECT_EQ(ask_userinfo(text(tokens, "access_token")).status, 200);
    EXPECT_FALSE(introspected(text(tokens, "access_token")).contains("aud"));
}

TEST_F(TokenPurposes, NothingIsAddedAtTheTokenEndpoint) {
    EXPECT_EQ(error(redeem(new_code({{"resource", a}}), {{"resource", "https://b.example"}})),
              "invalid_target");
    EXPECT_EQ(error(redeem(new_code(), {{"resource", a}})), "invalid_target");
    EXPECT_EQ(error(redeem(new_code(), {{"authorization_details", berth}})),
              "invalid_authorization_details");
}

TEST_F(TokenPurposes, AClientAsksForItself) {
    auto const ask = [&](Fields fields) {
        fields["grant_type"] = "client_credentials";
        return ask_token(fields);
    };
    auto const token = ask({{"resource", a}, {"authorization_details", berth}});
    ASSERT_EQ(token.status, 200) << token.body;
    EXPECT_EQ(introspected(text(token, "access_token")).at("aud"), a);
    EXPECT_EQ(error(ask({{"resource", "https://c.example"}})), "invalid_target");
    EXPECT_EQ(error(ask({{"authorization_details", "[{}]"}})), "invalid_authorization_details");
}

// RFC 9396 §7, §9.2.
TEST_F(TokenPurposes, AuthorizationDetailsComeBackWithTheToken) {
    auto const expected = boost::json::parse(berth);
    auto const tokens = redeem(new_code({{"authorization_details", berth}}));
    EXPECT_EQ(json(tokens).at("authorization_details"), expected);
    EXPECT_EQ(introspected(text(tokens, "access_token")).at("authorization_details"), expected);
    auto const refreshed = ask_refresh(text(tokens, "refresh_token"));
    EXPECT_EQ(json(refreshed).at("authorization_details"), expected);
    EXPECT_FALSE(json(redeem(new_code())).contains("authorization_details"));
}

TEST_F(TokenPurposes, AuthorizationDetailsAreAskedAboutOneByOne) {
    auto const words = [&](std::string const& details) {
        auto const begun = begin({{"authorization_details", details}, {"scope", "openid"}});
        return consent_needed(provider, *begun.client, begun.request).claims;
    };
    EXPECT_TRUE(words("[]").empty());
    ASSERT_EQ(words(berth).size(), 1U);
    EXPECT_EQ(words(berth).front(), detail_word(boost::json::parse(berth).at(0)));
    EXPECT_NE(words(berth), words(R"([{"type":"berth","harbour":"Marjaniemi"}])"));
    EXPECT_EQ(error_of({{"authorization_details", R"([{"type":"berth"}])"}}),
              "invalid_authorization_details");
}

TEST_F(TokenPurposes, TheServiceIsToldWhereToBeginALogin) {
    HttpRequest request;
    request.path_variables = {"rp"};
    EXPECT_EQ(done(initiate_login(provider, request)).status, 404);
    clients.add(
        parse_client(tests::service({{"initiate_login_uri", "https://rp.example/start?x=1"}}))
            .value());
    auto const response = done(initiate_login(provider, request));
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(response.headers.find("Location"),
              "https://rp.example/start?x=1&iss=https%3A%2F%2Fid.example");
    request.path_variables = {"nobody"};
    EXPECT_EQ(done(initiate_login(provider, request)).status, 404);
}

}  // namespace
}  // namespace tunnus::oidc
