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

}  // namespace
}  // namespace tunnus::oidc
