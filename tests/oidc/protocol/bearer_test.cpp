// SPDX-License-Identifier: MIT
#include "oidc/protocol/bearer.hpp"

#include "idp/base/limits.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

HttpRequest with_header(std::string_view authorization) {
    HttpRequest request;
    request.headers.add("Authorization", authorization);
    return request;
}

HttpRequest with_body(std::string body) {
    HttpRequest request;
    request.method = Method::POST;
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.body = std::move(body);
    return request;
}

/// The token, "(none)", or the error.
std::string found(HttpRequest const& request) {
    auto const token = find_access_token(request, Limits());
    if (!token) return std::string(to_string(token.error().error));
    if (!*token) return "(none)";
    return ((*token)->scheme == TokenScheme::dpop ? "DPoP " : "") + (*token)->text;
}

TEST(Bearer, FindsTheTokenOfTheHeaderAndOfTheForm_O71) {
    EXPECT_EQ(found(with_header("Bearer abc")), "abc");
    EXPECT_EQ(found(with_header("bearer abc")), "abc");
    EXPECT_EQ(found(with_header("BEARER  abc")), "abc");
    EXPECT_EQ(found(with_header("DPoP abc")), "DPoP abc");
    EXPECT_EQ(found(with_header("dPoP abc")), "DPoP abc");
    EXPECT_EQ(found(with_body("access_token=abc")), "abc");
    EXPECT_EQ(found(HttpRequest()), "(none)");
    EXPECT_EQ(found(with_header("Basic abc")), "(none)");
    EXPECT_EQ(found(with_body("")), "(none)");
}

TEST(Bearer, RefusesATokenInTheQuery_O71) {
    auto request = with_header("Bearer abc");
    request.query = "access_token=abc";
    EXPECT_EQ(found(request), "invalid_request");
    request = HttpRequest();
    request.query = "a=b&access%5Ftoken=abc";
    EXPECT_EQ(found(request), "invalid_request");
}

TEST(Bearer, RefusesTwoWaysAtOnce_O71) {
    auto request = with_body("access_token=abc");
    request.headers.add("Authorization", "Bearer abc");
    EXPECT_EQ(found(request), "invalid_request");
    request = with_header("Bearer abc");
    request.headers.add("Authorization", "Bearer abc");
    EXPECT_EQ(found(request), "invalid_request");
    EXPECT_EQ(found(with_body("access_token=a&access_token=a")), "invalid_request");
}

TEST(Bearer, ReadsNoFormOfAGet) {
    auto request = with_body("access_token=abc");
    request.method = Method::GET;
    EXPECT_EQ(found(request), "(none)");
}

TEST(Bearer, ChallengesWithoutAnErrorWhenNoTokenWasSent_O70) {
    auto const response = bearer_challenge();
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.headers.find("WWW-Authenticate"),
              R"(Bearer, DPoP algs="ES256 EdDSA Ed25519 PS256 ES384 ES512 PS384 PS512")");
}

// RFC 9449 §7.1
TEST(Bearer, ChallengesInTheSchemeThatWasUsed) {
    auto const challenge = [](OAuthError error, TokenScheme scheme) {
        auto const response = bearer_error({error, "d", ""}, scheme);
        EXPECT_EQ(response.status, 401);
        auto const text = std::string(response.headers.find("WWW-Authenticate").value_or(""));
        return text.substr(0, text.find(", "));
    };
    using enum TokenScheme;
    EXPECT_EQ(challenge(OAuthError::invalid_token, bearer), R"(Bearer error="invalid_token")");
    EXPECT_EQ(challenge(OAuthError::invalid_token, dpop), R"(DPoP error="invalid_token")");
    EXPECT_EQ(challenge(OAuthError::use_dpop_nonce, dpop), R"(DPoP error="use_dpop_nonce")");
    EXPECT_EQ(challenge(OAuthError::invalid_dpop_proof, bearer),
              R"(DPoP error="invalid_dpop_proof")");
}

// RFC 9449 §7.2: a token that is bound to a key and came as a bearer token.
TEST(Bearer, ChallengesForAProofWhereTheTokenWantsOne) {
    auto const response =
        bearer_error({OAuthError::invalid_token, "not valid", "", Delivery::dpop});
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.headers.find("WWW-Authenticate"),
              R"(DPoP error="invalid_token", error_description="not valid", )"
              R"(algs="ES256 EdDSA Ed25519 PS256 ES384 ES512 PS384 PS512")");
}

TEST(Bearer, ChallengesByRfc6750Section3_O70) {
    auto const status = [](OAuthError error) { return bearer_error({error, "d", ""}).status; };
    EXPECT_EQ(status(OAuthError::invalid_token), 401);
    EXPECT_EQ(status(OAuthError::insufficient_scope), 403);
    EXPECT_EQ(status(OAuthError::invalid_request), 400);
    auto const response = bearer_error({OAuthError::invalid_token, "not valid", "detail"});
    EXPECT_EQ(response.headers.find("WWW-Authenticate"),
              R"(Bearer error="invalid_token", error_description="not valid")");
    EXPECT_EQ(response.body.find("detail"), std::string::npos);
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    auto const busy = bearer_error({OAuthError::server_error, "busy", ""});
    EXPECT_EQ(busy.status, 503);
    EXPECT_TRUE(busy.headers.find("Retry-After"));
}

}  // namespace
}  // namespace tunnus::oidc
