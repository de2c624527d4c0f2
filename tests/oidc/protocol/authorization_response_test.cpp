// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_response.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

constexpr std::string_view issuer = "https://honest.as.example";

AuthorizationRequest request(std::string state, std::string uri = "https://client.example/cb") {
    AuthorizationRequest request("client", RegisteredRedirectUri::from_stored(std::move(uri)));
    request.state = std::move(state);
    return request;
}

TEST(AuthorizationResponse, Rfc9207Section2_1) {
    auto const asked = request("ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI");
    AuthorizationResponse response;
    response.code = "x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58";
    EXPECT_EQ(
        response_location(asked.redirect_uri, success_fields(asked, response, issuer)),
        "https://client.example/cb?code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58"
        "&state=ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI&iss=https%3A%2F%2Fhonest.as.example");
}

TEST(AuthorizationResponse, Rfc9207Section2_2) {
    auto const asked = request("N2JjNGJhY2JiZjRhYzA3MGJkMzNmMDE5OWJhZmJhZjA");
    Refusal const refusal{OAuthError::access_denied, "", {}};
    EXPECT_EQ(
        response_location(asked.redirect_uri, error_fields(asked, refusal, issuer)),
        "https://client.example/cb?error=access_denied"
        "&state=N2JjNGJhY2JiZjRhYzA3MGJkMzNmMDE5OWJhZmJhZjA&iss=https%3A%2F%2Fhonest.as.example");
}

// RFC 6749 §3.1.2: the query that was registered stays as it is.
TEST(AuthorizationResponse, IsAddedToAQueryThatIsThere) {
    auto const asked = request("a b&c", "https://client.example/cb?x=1%20");
    AuthorizationResponse response;
    response.code = "c";
    EXPECT_EQ(response_location(asked.redirect_uri, success_fields(asked, response, issuer)),
              "https://client.example/cb?x=1%20&code=c&state=a%20b%26c"
              "&iss=https%3A%2F%2Fhonest.as.example");
}

TEST(AuthorizationResponse, EscapesTheStateAndAddsTheIssuer_O28_O37) {
    auto const redirect = [](std::string uri, std::string state) {
        AuthorizationRequest request("rp", RegisteredRedirectUri::from_stored(std::move(uri)));
        if (!state.empty()) request.state = std::move(state);
        AuthorizationResponse response;
        response.code = "c0de";
        return response_location(request.redirect_uri,
                                 success_fields(request, response, "https://id.example"));
    };
    EXPECT_EQ(redirect("https://rp.example/cb", "a b"),
              "https://rp.example/cb?code=c0de&state=a%20b&iss=https%3A%2F%2Fid.example");
    EXPECT_EQ(redirect("https://rp.example/cb?x=1", ""),
              "https://rp.example/cb?x=1&code=c0de&iss=https%3A%2F%2Fid.example");
    EXPECT_EQ(redirect("com.example.app:/cb", "\r\n%<script>\xc3\xa4"),
              "com.example.app:/cb?code=c0de&state=%0D%0A%25%3Cscript%3E%C3%A4"
              "&iss=https%3A%2F%2Fid.example");
}

TEST(AuthorizationResponse, OfARefusalHasStateAndIssuerToo_O37) {
    AuthorizationRequest request("rp", RegisteredRedirectUri::from_stored("https://rp.example/cb"));
    request.state = "s";
    Refusal const refusal{OAuthError::login_required, "no session", "operators only"};
    EXPECT_EQ(response_location(request.redirect_uri,
                                error_fields(request, refusal, "https://id.example")),
              "https://rp.example/cb?error=login_required&error_description=no%20session&state=s"
              "&iss=https%3A%2F%2Fid.example");
}

}  // namespace
}  // namespace tunnus::oidc
