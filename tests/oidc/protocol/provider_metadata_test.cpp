// SPDX-License-Identifier: MIT
#include "oidc/protocol/provider_metadata.hpp"

#include "idp/base/json.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

ProviderMetadata example() {
    ProviderMetadata metadata;
    metadata.issuer = "https://server.example.com";
    metadata.scopes = {"profile"};
    metadata.claims = {"name"};
    metadata.acr_values = {"light", "strong"};
    metadata.signing_algorithms = {"RS256", "ES256"};
    return metadata;
}
json::object stated(ProviderMetadata const& metadata) {
    return parse_json_object(provider_metadata(metadata)).value();
}

// Every address of the example in RFC 8414 §3.2 that this provider has, below the issuer.
TEST(ProviderMetadata, Rfc8414Section3_2) {
    auto const document = stated(example());
    EXPECT_EQ(document.at("issuer"), "https://server.example.com");
    for (auto const* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"})
        EXPECT_TRUE(document.at(name).as_string().starts_with("https://server.example.com/"))
            << name;
    EXPECT_EQ(document.at("response_types_supported").as_array().front(), "code");
}

// What OpenID Connect Discovery §3 demands, and that what it calls a default is stated too.
TEST(ProviderMetadata, HasWhatOpenIdConnectDiscoveryDemands) {
    auto const document = stated(example());
    for (auto const* name :
         {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri",
          "scopes_supported", "response_types_supported", "response_modes_supported",
          "grant_types_supported", "subject_types_supported",
          "id_token_signing_alg_values_supported", "claims_supported",
          "token_endpoint_auth_methods_supported", "end_session_endpoint", "check_session_iframe"})
        EXPECT_TRUE(document.contains(name)) << name;
    for (auto const* name :
         {"frontchannel_logout_supported", "frontchannel_logout_session_supported",
          "backchannel_logout_supported", "backchannel_logout_session_supported"})
        EXPECT_EQ(document.at(name), true) << name;
}

// OpenID Connect for Identity Assurance §8.
TEST(ProviderMetadata, StatesWhatIsVerified) {
    auto metadata = example();
    for (auto const* name :
         {"verified_claims_supported", "trust_frameworks_supported", "evidence_supported",
          "claims_in_verified_claims_supported", "electronic_records_supported"})
        EXPECT_FALSE(stated(metadata).contains(name)) << name;
    metadata.verified_claims = {{"name"}, {"eidas"}, {"electronic_record"}, {}, {"tax_register"}};
    auto const document = stated(metadata);
    EXPECT_EQ(document.at("verified_claims_supported"), true);
    EXPECT_EQ(document.at("trust_frameworks_supported"), (json::array{"eidas"}));
    EXPECT_EQ(document.at("claims_in_verified_claims_supported"), (json::array{"name"}));
    EXPECT_EQ(document.at("evidence_supported"), (json::array{"electronic_record"}));
    EXPECT_EQ(document.at("electronic_records_supported"), (json::array{"tax_register"}));
    EXPECT_FALSE(document.contains("documents_supported"));
}

TEST(ProviderMetadata, StatesOnlyWhatIsThere_O77) {
    auto metadata = example();
    EXPECT_FALSE(stated(metadata).contains("registration_endpoint"));
    EXPECT_FALSE(stated(metadata).contains("request_object_encryption_alg_values_supported"));
    metadata.registers_clients = true;
    metadata.decryption_algorithms = {"ECDH-ES"};
    auto const document = stated(metadata);
    EXPECT_EQ(document.at("registration_endpoint"), "https://server.example.com/register");
    EXPECT_EQ(document.at("request_object_encryption_alg_values_supported"),
              json::array{"ECDH-ES"});
}

TEST(ProviderMetadata, NamesNoAlgorithmThatIsRefused_J01) {
    auto const text = provider_metadata(example());
    for (auto const* name : {"RSA1_5", "\"RSA-OAEP\"", "\"dir\"", "PBES2", "\"plain\""})
        EXPECT_EQ(text.find(name), std::string::npos) << name;
    auto const document = stated(example());
    for (auto const& member : document) {
        if (member.key().find("_alg_") == json::string_view::npos) continue;
        for (auto const& alg : member.value().as_array())
            EXPECT_NE(alg, "none") << member.key();
    }
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
