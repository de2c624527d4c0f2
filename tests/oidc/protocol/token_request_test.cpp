// SPDX-License-Identifier: MIT
#include "oidc/protocol/token_request.hpp"

#include "idp/base/limits.hpp"
#include "oidc/protocol/token_response.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

HttpRequest post(std::string body,
                 std::string_view media_type = "application/x-www-form-urlencoded") {
    HttpRequest request;
    request.method = Method::POST;
    request.headers.add("Content-Type", media_type);
    request.body = std::move(body);
    return request;
}

bool is_form(HttpRequest const& request) {
    auto const form = parse_back_channel_form(request, Limits());
    if (!form) {
        EXPECT_EQ(form.error().error, OAuthError::invalid_request);
    }
    return form.has_value();
}

std::string grant_error(std::string body, boost::json::object const& more = {}) {
    auto const form = parse_back_channel_form(post(std::move(body)), Limits()).value();
    auto const grant_type = check_grant_type(tests::client(more), form);
    return grant_type ? "fine" : std::string(to_string(grant_type.error().error));
}

TEST(TokenRequest, TakesAFormInTheBodyOnly_O57) {
    EXPECT_TRUE(is_form(post("grant_type=authorization_code&code=x")));
    EXPECT_TRUE(is_form(post("a=b", "application/x-www-form-urlencoded; charset=UTF-8")));
    EXPECT_FALSE(is_form(post(R"({"grant_type":"authorization_code"})", "application/json")));
    EXPECT_FALSE(is_form(post("a=b", "text/plain")));
    auto request = post("a=b");
    request.query = "grant_type=authorization_code";
    EXPECT_FALSE(is_form(request));
}

TEST(TokenRequest, RefusesRepeatedAndMalformedParameters_O56) {
    EXPECT_FALSE(is_form(post("grant_type=a&grant_type=a")));
    EXPECT_FALSE(is_form(post("code=%zz")));
    EXPECT_FALSE(is_form(post("code=%00")));
    std::string many;
    for (int i = 0; i < 65; ++i)
        many += "f" + std::to_string(i) + "=1&";
    EXPECT_FALSE(is_form(post(many)));
}

TEST(TokenRequest, KnowsTheGrantsOfTheClient_O56_O81_O93) {
    EXPECT_EQ(grant_error("grant_type=authorization_code"), "fine");
    EXPECT_EQ(grant_error("code=x"), "invalid_request");
    EXPECT_EQ(grant_error("grant_type="), "invalid_request");
    for (std::string const name :
         {"password", "implicit", "AUTHORIZATION_CODE", "authorization_code+",
          "urn:ietf:params:oauth:grant-type:saml2-bearer"})
        EXPECT_EQ(grant_error("grant_type=" + name), "unsupported_grant_type") << name;
    for (std::string const name :
         {"urn:ietf:params:oauth:grant-type:token-exchange",
          "urn:ietf:params:oauth:grant-type:device_code",
          "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:openid:params:grant-type:ciba"})
        EXPECT_EQ(grant_error("grant_type=" + name), "unauthorized_client") << name;
    EXPECT_EQ(grant_error("grant_type=client_credentials"), "unauthorized_client");
    EXPECT_EQ(grant_error("grant_type=client_credentials",
                          {{"grant_types", {"authorization_code", "client_credentials"}}}),
              "fine");
}

TEST(TokenResponse, IsJsonThatNobodyStores_O95) {
    TokenResponse tokens;
    tokens.access_token = "at";
    tokens.expires_in = seconds(300);
    tokens.scope = {"openid", "profile"};
    tokens.id_token = "a.b.c";
    auto const response = token_response(tokens);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(response.headers.find("Referrer-Policy"), "no-referrer");
    auto const expected = boost::json::object{{"access_token", "at"},
                                              {"token_type", "Bearer"},
                                              {"expires_in", 300},
                                              {"scope", "openid profile"},
                                              {"id_token", "a.b.c"}};
    EXPECT_EQ(boost::json::parse(response.body), expected);
}

TEST(TokenResponse, RefusesWithTheStatusOfTheClass) {
    HttpRequest const plain;
    HttpRequest by_header;
    by_header.headers.add("Authorization", "Basic x");
    Refusal const invalid_client{OAuthError::invalid_client, "no", "the secret is wrong"};
    auto const response = token_error(invalid_client, by_header);
    EXPECT_EQ(response.status, 401);
    EXPECT_TRUE(response.headers.find("WWW-Authenticate")->starts_with("Basic"));
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_FALSE(token_error(invalid_client, plain).headers.find("WWW-Authenticate"));
    EXPECT_EQ(token_error({OAuthError::invalid_grant, "no", ""}, plain).status, 400);
    auto const busy = token_error({OAuthError::server_error, "no", ""}, plain);
    EXPECT_EQ(busy.status, 503);
    EXPECT_TRUE(busy.headers.find("Retry-After"));
}

}  // namespace
}  // namespace tunnus::oidc
