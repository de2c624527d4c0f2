// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_profile.hpp"

#include "idp/base/json.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using Object = boost::json::object;

Object with_profile(std::string_view profile, Object const& more = {}) {
    Object object{{"profile", profile}, {"redirect_uris", {"https://rp.example/cb"}}};
    for (auto const& member : more)
        object[member.key()] = member.value();
    return object;
}
Object applied(std::string_view profile, Object const& more = {}) {
    return apply_client_profile(with_profile(profile, more)).value();
}
/// The member that contradicts the profile, or "fine".
std::string contradiction(std::string_view profile, Object const& more) {
    auto const result = apply_client_profile(with_profile(profile, more));
    if (result) return "fine";
    EXPECT_EQ(result.error().code, make_error_code(MetadataErrc::invalid_client_metadata));
    return result.error().detail.substr(0, result.error().detail.find(':'));
}

Object const encryption_keys{
    {"keys", {{{"kty", "EC"}, {"use", "sig"}}, {{"kty", "RSA"}, {"use", "enc"}}}}};

TEST(ClientProfile, LeavesARegistrationWithoutProfileAsItIs) {
    Object const object{{"client_id", "rp"}, {"require_pkce", false}};
    EXPECT_EQ(apply_client_profile(object).value(), object);
}

TEST(ClientProfile, RefusesAnUnknownOne) {
    EXPECT_EQ(contradiction("fapi1", {}), "profile");
    EXPECT_FALSE(apply_client_profile({{"profile", 2}}));
}

TEST(ClientProfile, WritesOutWhatFapi2Demands) {
    auto const object = applied("fapi2");
    EXPECT_EQ(find_string(object, "token_endpoint_auth_method"), "private_key_jwt");
    EXPECT_EQ(find_string(object, "id_token_signed_response_alg"), "ES256");
    for (auto const* member : {"strict_assertion_audience", "require_pushed_authorization_requests",
                               "require_pkce", "dpop_bound_access_tokens"})
        EXPECT_EQ(object.at(member), true) << member;
    EXPECT_FALSE(object.contains("require_signed_request_object"));
}

TEST(ClientProfile, LeavesAFapi2ClientTheChoicesOfTheProfile) {
    auto const object = applied("fapi2", {{"token_endpoint_auth_method", "tls_client_auth"},
                                          {"tls_client_certificate_bound_access_tokens", true},
                                          {"id_token_signed_response_alg", "PS256"}});
    EXPECT_FALSE(object.contains("dpop_bound_access_tokens"));
    EXPECT_EQ(find_string(object, "token_endpoint_auth_method"), "tls_client_auth");
    EXPECT_EQ(find_string(object, "id_token_signed_response_alg"), "PS256");
    EXPECT_EQ(contradiction("fapi2", {{"application_type", "native"},
                                      {"redirect_uris", {"http://127.0.0.1/cb"}}}),
              "fine");
}

TEST(ClientProfile, NamesWhatContradictsFapi2) {
    for (auto const& [member, value] :
         std::initializer_list<std::pair<char const*, boost::json::value>>{
             {"token_endpoint_auth_method", "client_secret_basic"},
             {"token_endpoint_auth_method", "none"},
             {"token_endpoint_auth_signing_alg", "RS256"},
             {"request_object_signing_alg", "HS256"},
             {"id_token_signed_response_alg", "RS256"},
             {"userinfo_signed_response_alg", "RS256"},
             {"authorization_signed_response_alg", "PS512"},
             {"strict_assertion_audience", false},
             {"require_pushed_authorization_requests", false},
             {"require_pkce", false},
             {"require_pkce", "yes"},
             {"dpop_bound_access_tokens", false},
             {"response_types", {"code", "code id_token"}},
             {"grant_types", {"authorization_code", "implicit"}},
             {"redirect_uris", {"http://127.0.0.1/cb"}}})
        EXPECT_EQ(contradiction("fapi2", {{member, value}}), member) << value;
}

TEST(ClientProfile, LetsNothingFallBackToRs256InFapi) {
    auto const object = applied("fapi2");
    for (std::string const kind : {"id_token", "authorization", "introspection"})
        EXPECT_EQ(find_string(object, kind + "_signed_response_alg"), "ES256") << kind;
}

TEST(ClientProfile, AddsSignedMessagesToFapi2) {
    auto const object = applied("fapi2-message-signing");
    EXPECT_EQ(object.at("require_signed_request_object"), true);
    EXPECT_EQ(object.at("require_pushed_authorization_requests"), true);
    EXPECT_EQ(find_string(object, "authorization_signed_response_alg"), "ES256");
    EXPECT_EQ(find_string(object, "introspection_signed_response_alg"), "ES256");
    EXPECT_EQ(contradiction("fapi2-message-signing", {{"require_signed_request_object", false}}),
              "require_signed_request_object");
}

TEST(ClientProfile, EncryptsToTheKeyOfAFinnishTrustNetworkClient) {
    auto const object = applied("ftn", {{"jwks", encryption_keys}});
    EXPECT_EQ(find_string(object, "token_endpoint_auth_method"), "private_key_jwt");
    EXPECT_EQ(object.at("require_signed_request_object"), true);
    for (std::string const kind : {"id_token", "userinfo"}) {
        EXPECT_EQ(find_string(object, kind + "_encrypted_response_alg"), "RSA-OAEP-256");
        EXPECT_EQ(find_string(object, kind + "_encrypted_response_enc"), "A256GCM");
    }
    EXPECT_EQ(find_string(object, "userinfo_signed_response_alg"), "RS256");
    auto const by_curve = applied(
        "ftn",
        {{"jwks", {{"keys", {{{"kty", "EC"}, {"use", "enc"}, {"alg", "ECDH-ES+A128KW"}}}}}}});
    EXPECT_EQ(find_string(by_curve, "id_token_encrypted_response_alg"), "ECDH-ES+A128KW");
}

TEST(ClientProfile, TakesPushedInPlaceOfSignedRequestsInTheFinnishTrustNetwork) {
    auto const object = applied("ftn", {{"jwks", encryption_keys},
                                        {"require_pushed_authorization_requests", true},
                                        {"require_signed_request_object", false}});
    EXPECT_EQ(object.at("require_signed_request_object"), false);
}

TEST(ClientProfile, NamesWhatContradictsTheFinnishTrustNetwork) {
    EXPECT_EQ(contradiction("ftn", {}), "jwks");
    EXPECT_EQ(contradiction("ftn", {{"jwks_uri", "https://rp.example/jwks"}}), "jwks_uri");
    EXPECT_EQ(
        contradiction("ftn", {{"jwks", encryption_keys}, {"require_signed_request_object", false}}),
        "require_signed_request_object");
    EXPECT_EQ(contradiction("ftn", {{"jwks", encryption_keys},
                                    {"token_endpoint_auth_method", "tls_client_auth"}}),
              "token_endpoint_auth_method");
}

TEST(ClientProfile, LetsFapiClientsSignWithThreeAlgorithms) {
    using enum jose::Algorithm;
    EXPECT_TRUE(profile_permits("fapi2", ES256));
    EXPECT_TRUE(profile_permits("fapi2-message-signing", EdDSA));
    EXPECT_FALSE(profile_permits("fapi2", RS256));
    EXPECT_FALSE(profile_permits("fapi2-message-signing", HS256));
    EXPECT_TRUE(profile_permits("ftn", RS256));
    EXPECT_TRUE(profile_permits("", HS256));
}

TEST(ClientProfile, RotatesRefreshTokensButInFapi) {
    EXPECT_TRUE(profile_rotates_refresh_tokens(""));
    EXPECT_TRUE(profile_rotates_refresh_tokens("ftn"));
    EXPECT_FALSE(profile_rotates_refresh_tokens("fapi2"));
    EXPECT_FALSE(profile_rotates_refresh_tokens("fapi2-message-signing"));
}

TEST(ClientProfile, LetsACodeLiveAMinuteInFapi) {
    EXPECT_EQ(profile_code_lifetime("ftn", seconds(300)), seconds(300));
    EXPECT_EQ(profile_code_lifetime("fapi2", seconds(300)), seconds(60));
    EXPECT_EQ(profile_code_lifetime("fapi2", seconds(30)), seconds(30));
}

TEST(ClientProfile, DemandsAKidInTheFinnishTrustNetwork) {
    EXPECT_TRUE(profile_demands_kid("ftn"));
    EXPECT_FALSE(profile_demands_kid("fapi2"));
}

}  // namespace
}  // namespace tunnus::oidc
