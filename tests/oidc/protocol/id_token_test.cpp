// SPDX-License-Identifier: MIT
#include "oidc/protocol/id_token.hpp"

#include "idp/base/json.hpp"
#include "oidc/protocol/authorization_response.hpp"
#include "oidc/protocol/introspection_response.hpp"
#include "oidc/protocol/logout_token.hpp"
#include "oidc/protocol/provider_metadata.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using boost::json::object;

IdToken token() {
    IdToken token;
    token.iss = "https://id.example";
    token.sub = "248289761001";
    token.aud = "rp";
    token.iat = from_unix_ms(1'900'000'000'999);
    token.exp = from_unix_s(1'900'000'300);
    token.auth_time = from_unix_s(1'899'999'000);
    return token;
}

object claims_of(IdToken const& id_token) {
    return parse_json_object(id_token_payload(id_token)).value();
}

TEST(IdToken, HasWhatCoreSection2Demands) {
    object const expected{{"iss", "https://id.example"},
                          {"sub", "248289761001"},
                          {"aud", "rp"},
                          {"azp", "rp"},
                          {"iat", 1'900'000'000},
                          {"exp", 1'900'000'300},
                          {"auth_time", 1'899'999'000}};
    EXPECT_EQ(claims_of(token()), expected);
}

TEST(IdToken, StatesHowThePersonSignedIn) {
    auto id_token = token();
    id_token.acr = "strong";
    id_token.amr = {"mfa", "pwd"};
    id_token.sid = "s";
    id_token.at_hash = "h";
    auto const claims = claims_of(id_token);
    EXPECT_EQ(claims.at("acr"), "strong");
    EXPECT_EQ(claims.at("amr"), (boost::json::array{"mfa", "pwd"}));
    EXPECT_EQ(claims.at("sid"), "s");
    EXPECT_EQ(claims.at("at_hash"), "h");
}

TEST(IdToken, EchoesTheNonceExactly_O29) {
    EXPECT_FALSE(claims_of(token()).contains("nonce"));
    for (std::string const nonce : {"n", "\"\\/\b\x01\x7f", "\xf0\x9f\x99\x82 <script>"}) {
        auto id_token = token();
        id_token.nonce = nonce;
        EXPECT_EQ(claims_of(id_token).at("nonce"), boost::json::value(nonce));
    }
}

TEST(IdToken, LetsNoPluginSetAProtocolClaim) {
    auto id_token = token();
    id_token.claims = {{"iss", "evil"},     {"sub", "evil"},
                       {"acr", "strong"},   {"azp", "evil"},
                       {"name", "A \"B\""}, {"address", {{"locality", "Helsinki"}}}};
    auto const claims = claims_of(id_token);
    EXPECT_EQ(claims.at("iss"), "https://id.example");
    EXPECT_EQ(claims.at("sub"), "248289761001");
    EXPECT_FALSE(claims.contains("acr"));
    EXPECT_EQ(claims.at("name"), "A \"B\"");
    EXPECT_EQ(claims.at("address").at("locality"), "Helsinki");
}

TEST(LogoutToken, IsThatOfBackChannelLogoutSection24_O87) {
    LogoutToken logout;
    logout.iss = "https://id.example";
    logout.aud = "rp";
    logout.sub = "u";
    logout.sid = "s";
    logout.jti = "j";
    logout.iat = from_unix_s(1'900'000'000);
    logout.exp = from_unix_s(1'900'000'120);
    auto const claims = parse_json_object(logout_token_payload(logout)).value();
    object const events{{"http://schemas.openid.net/event/backchannel-logout", object()}};
    object const expected{
        {"iss", "https://id.example"}, {"aud", "rp"},          {"sub", "u"}, {"sid", "s"},
        {"iat", 1'900'000'000},        {"exp", 1'900'000'120}, {"jti", "j"}, {"events", events}};
    EXPECT_EQ(claims, expected);
    EXPECT_FALSE(claims.contains("nonce"));
}

TEST(IntrospectionResponse, HasNoSubjectForAClientsOwnToken_O61) {
    IntrospectedToken introspected;
    introspected.iss = "https://id.example";
    introspected.client_id = "rp";
    introspected.scope = {"api"};
    auto const claims = parse_json_object(introspection_response(introspected)).value();
    EXPECT_TRUE(claims.at("active").as_bool());
    EXPECT_FALSE(claims.contains("sub"));
    EXPECT_EQ(claims.at("scope"), "api");
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

TEST(ProviderMetadata, StatesWhatIsBuiltAndNothingElse_O77) {
    auto const metadata = parse_json_object(provider_metadata({"https://id.example",
                                                               {"profile", "openid"},
                                                               {"name"},
                                                               {"light", "strong"},
                                                               {"RS256", "ES256"}}))
                              .value();
    EXPECT_EQ(metadata.at("issuer"), "https://id.example");
    EXPECT_EQ(metadata.at("token_endpoint"), "https://id.example/token");
    EXPECT_EQ(metadata.at("scopes_supported"),
              (boost::json::array{"openid", "offline_access", "profile"}));
    EXPECT_EQ(metadata.at("id_token_signing_alg_values_supported"),
              (boost::json::array{"RS256", "ES256"}));
    EXPECT_EQ(metadata.at("code_challenge_methods_supported"), boost::json::array{"S256"});
    EXPECT_TRUE(metadata.at("authorization_response_iss_parameter_supported").as_bool());
    EXPECT_EQ(metadata.at("pushed_authorization_request_endpoint"), "https://id.example/par");
    EXPECT_FALSE(metadata.at("require_pushed_authorization_requests").as_bool());
    for (auto const* absent : {"registration_endpoint", "authorization_details_types_supported"})
        EXPECT_FALSE(metadata.contains(absent)) << absent;
}

// RFC 8414 §2, RFC 8705 §5, RFC 9449 §5.1
TEST(ProviderMetadata, StatesHowClientsMayProveThemselves) {
    ProviderMetadata facts;
    facts.issuer = "https://id.example";
    auto const methods = [&] {
        auto const metadata = parse_json_object(provider_metadata(facts)).value();
        return metadata.at("token_endpoint_auth_methods_supported").as_array();
    };
    EXPECT_EQ(methods(), (boost::json::array{"client_secret_basic", "client_secret_post",
                                             "client_secret_jwt", "private_key_jwt", "none"}));
    auto const plain = parse_json_object(provider_metadata(facts)).value();
    EXPECT_FALSE(plain.contains("mtls_endpoint_aliases"));
    EXPECT_FALSE(plain.contains("tls_client_certificate_bound_access_tokens"));
    EXPECT_EQ(plain.at("dpop_signing_alg_values_supported").as_array().front(), "ES256");
    EXPECT_FALSE(plain.at("token_endpoint_auth_signing_alg_values_supported").as_array().empty());

    facts.client_certificates = true;
    EXPECT_EQ(methods().at(4), "self_signed_tls_client_auth");
    facts.certificate_authorities = true;
    facts.mtls_url = "https://mtls.id.example";
    EXPECT_EQ(methods().at(4), "tls_client_auth");
    auto const with = parse_json_object(provider_metadata(facts)).value();
    EXPECT_EQ(with.at("tls_client_certificate_bound_access_tokens"), true);
    EXPECT_EQ(with.at("mtls_endpoint_aliases").at("token_endpoint"),
              "https://mtls.id.example/token");
}

}  // namespace
}  // namespace tunnus::oidc
