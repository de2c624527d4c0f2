// SPDX-License-Identifier: MIT
#include "oidc/protocol/client.hpp"

#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tunnus::oidc {
namespace {

using tests::metadata;
using tests::public_client;
using Object = boost::json::object;

/// The complaint about a registration, `invalid_…: member: why`, or "fine".
std::string complaint(Object const& object) {
    auto const client = parse_client(object);
    return client ? "fine" : client.error().text();
}
std::string complaint_with(Object const& more) {
    return complaint(metadata(more));
}

TEST(Client, TakesAnOrdinaryRegistrationWithTheDefaultsOfRfc7591) {
    auto const client = parse_client(metadata()).value();
    EXPECT_EQ(client.client_id, "rp");
    EXPECT_EQ(client.name("sv"), "Library");
    EXPECT_TRUE(client.allows_grant("authorization_code"));
    EXPECT_FALSE(client.allows_grant("refresh_token"));
    EXPECT_EQ(client.response_types, std::vector<std::string>{"code"});
    EXPECT_EQ(client.token_endpoint_auth_method, TokenEndpointAuthMethod::client_secret_basic);
    EXPECT_TRUE(client.client_secret->equals("correct horse battery staple"));
    EXPECT_EQ(client.id_token.signed_alg, jose::Algorithm::RS256);
    EXPECT_TRUE(client.require_pkce);
    EXPECT_EQ(client.allowed_origins, std::vector<std::string>{"https://rp.example"});
    EXPECT_EQ(complaint(public_client()), "fine");
}

// Never by a shared secret, never unsigned.
TEST(Client, IsSignedForByAKeyPair) {
    EXPECT_EQ(complaint_with({{"id_token_signed_response_alg", "EdDSA"}}), "fine");
    EXPECT_NE(complaint_with({{"profile", "fapi3"}}), "fine");
    EXPECT_EQ(complaint_with({{"authorization_signed_response_alg", "ES256"}}), "fine");
    EXPECT_EQ(complaint_with({{"authorization_signed_response_alg", "PS512"}}), "fine");
    EXPECT_NE(complaint_with({{"authorization_signed_response_alg", "HS256"}}), "fine");
    EXPECT_NE(complaint_with({{"id_token_signed_response_alg", "none"}}), "fine");
    EXPECT_NE(complaint_with({{"id_token_signed_response_alg", "Ed25519"}}), "fine")
        << "our header says EdDSA";
    EXPECT_EQ(complaint_with({{"request_object_signing_alg", "Ed25519"}}), "fine");
}

// RFC 7591 §2, RFC 8705 §2, RFC 9449 §5.2
TEST(Client, RegistersHowItProvesItselfAndWhatItsTokensAreBoundTo) {
    boost::json::object const jwks{{"keys", boost::json::array()}};
    auto const by = [&](std::string_view method, boost::json::object const& more) {
        auto object = metadata({{"token_endpoint_auth_method", method}});
        object.erase("client_secret");
        for (auto const& member : more)
            object[member.key()] = member.value();
        return complaint(object);
    };
    std::string const long_secret(32, 's');
    EXPECT_EQ(by("client_secret_jwt", {{"client_secret", long_secret}}), "fine");
    EXPECT_NE(by("client_secret_jwt", {{"client_secret", long_secret.substr(1)}}), "fine");
    EXPECT_EQ(by("private_key_jwt", {{"jwks", jwks}}), "fine");
    EXPECT_EQ(by("private_key_jwt", {{"jwks_uri", "https://rp.example/jwks"}}), "fine");
    EXPECT_NE(by("private_key_jwt", {{"jwks_uri", "http://rp.example/jwks"}}), "fine");
    EXPECT_NE(by("private_key_jwt", {}), "fine");
    EXPECT_EQ(by("tls_client_auth", {{"tls_client_auth_san_dns", "rp.example"}}), "fine");
    EXPECT_NE(by("tls_client_auth", {}), "fine");
    EXPECT_EQ(by("self_signed_tls_client_auth", {{"jwks", jwks}}), "fine");
    for (std::string const bound :
         {"dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens"}) {
        EXPECT_EQ(complaint_with({{bound, true}}), "fine");
        EXPECT_EQ(complaint_with({{bound, true},
                                  {"grant_types", {"authorization_code", "implicit"}},
                                  {"response_types", {"code", "code token"}}}),
                  "invalid_client_metadata: response_types: an access token by the browser "
                  "cannot be bound");
    }
    EXPECT_EQ(complaint_with({{"dpop_bound_access_tokens", true},
                              {"tls_client_certificate_bound_access_tokens", true}}),
              "fine");
}

// Front-Channel Logout 1.0 §2.
TEST(Client, HearsOfLogoutsByTheBrowserWhereItHasARedirectUri) {
    EXPECT_EQ(complaint_with({{"frontchannel_logout_uri", "https://rp.example/out?x=1"}}), "fine");
    for (auto const* uri : {"https://other.example/out", "https://rp.example:8443/out",
                            "http://rp.example/out", "https://rp.example/out#x", "/out"})
        EXPECT_NE(complaint_with({{"frontchannel_logout_uri", uri}}), "fine") << uri;
}

TEST(Client, SaysWithWhatItEncryptsItsRequestObjects) {
    auto const client =
        parse_client(metadata({{"request_object_encryption_alg", "ECDH-ES+A256KW"}})).value();
    EXPECT_EQ(client.request_object_encryption.alg, jose::KeyManagement::ECDH_ES_A256KW);
    EXPECT_EQ(client.request_object_encryption.enc, jose::ContentEncryption::A128CBC_HS256);
    EXPECT_NE(complaint_with({{"request_object_encryption_alg", "RSA1_5"}}), "fine");
    EXPECT_NE(complaint_with({{"request_object_encryption_enc", "A256GCM"}}), "fine");
}

TEST(Client, NamesTheMemberThatIsUnknown) {
    EXPECT_EQ(complaint_with({{"id_token_signed_reponse_alg", "ES256"}}),
              "invalid_client_metadata: id_token_signed_reponse_alg: unknown member");
}

TEST(Client, ReadsNamesByLanguageAndFallsBack) {
    auto const client = parse_client(metadata({{"client_name#fi", "Kirjasto"}})).value();
    EXPECT_EQ(client.name("fi"), "Kirjasto");
    EXPECT_EQ(client.name("en"), "Library");
}

TEST(Client, ReadsTheSecretBehindAReference) {
    ::setenv("TUNNUS_TEST_CLIENT_SECRET", "from outside", 1);
    auto const client =
        parse_client(metadata({{"client_secret", {{"env", "TUNNUS_TEST_CLIENT_SECRET"}}}}));
    ASSERT_TRUE(client) << client.error().text();
    EXPECT_TRUE(client->client_secret->equals("from outside"));
    EXPECT_NE(complaint_with({{"client_secret", {{"env", "TUNNUS_TEST_UNSET"}}}}), "fine");
    EXPECT_NE(complaint_with({{"client_secret", ""}}), "fine");
}

TEST(Client, MayAskForTheStandardScopesWhenItRegistersNone) {
    auto object = metadata();
    object.erase("scope");
    auto const scope = parse_client(object)->scope;
    EXPECT_EQ(scope, (std::vector<std::string>{"openid", "profile", "email", "address", "phone",
                                               "offline_access"}));
}

TEST(Client, NamesAMemberThatItDoesNotKnow) {
    EXPECT_EQ(complaint_with({{"redirect_uri", "https://rp.example/cb"}}),
              "invalid_client_metadata: redirect_uri: unknown member");
    EXPECT_EQ(complaint_with({{"contacts", {"a@rp.example"}}, {"software_id", "x"}}), "fine");
}

TEST(Client, NamesAMemberOfTheWrongType) {
    EXPECT_EQ(complaint_with({{"redirect_uris", "https://rp.example/cb"}}),
              "invalid_client_metadata: redirect_uris: must be a list of texts");
    EXPECT_EQ(complaint_with({{"skip_consent", "yes"}}),
              "invalid_client_metadata: skip_consent: must be true or false");
    EXPECT_EQ(complaint_with({{"default_max_age", -1}}),
              "invalid_client_metadata: default_max_age: must be a whole number of seconds");
    EXPECT_EQ(complaint_with({{"client_id", 7}}),
              "invalid_client_metadata: client_id: must be a text");
}

TEST(Client, RefusesAnIdThatIsNotVisibleAscii) {
    for (auto const* id : {"", "a b", "a\nb", "\xc3\xa4"})
        EXPECT_NE(complaint_with({{"client_id", id}}), "fine") << id;
    EXPECT_NE(complaint_with({{"client_id", std::string(256, 'a')}}), "fine");
}

TEST(Client, RefusesANameThatCannotBeShown) {
    for (auto const* name : {"", "a\nb", "abc\u202edcba", "\xff"})
        EXPECT_NE(complaint_with({{"client_name", name}}), "fine") << name;
    EXPECT_EQ(complaint_with({{"client_name", "<b>Kirjasto</b>"}}), "fine");  // escaped when shown
}

TEST(Client, TakesRedirectUrisThatCanBeRegistered) {
    for (auto const* uri : {"https://rp.example/cb?x=1", "https://rp.example:8443/cb",
                            "http://localhost:7001/cb", "http://127.0.0.1/cb", "http://[::1]:5/cb"})
        EXPECT_EQ(complaint_with({{"redirect_uris", {uri}}}), "fine") << uri;
}

TEST(Client, RefusesRedirectUrisThatCannotBeRegistered_O04_O12) {
    for (std::string const uri : {"https://rp.example/cb#frag",
                                  "https://rp.example/cb#",
                                  "javascript:alert(1)",
                                  "data:text/html,x",
                                  "file:///etc/passwd",
                                  "vbscript:x",
                                  "about:blank",
                                  "https:rp.example/cb",
                                  "https:///rp.example/cb",
                                  "//rp.example/cb",
                                  "/cb",
                                  "",
                                  "cb",
                                  "http://rp.example/cb",
                                  "https://rp.example@evil.example/cb",
                                  "https://*.rp.example/cb",
                                  "https://rp.example/cb ",
                                  "https://rp.example\\cb",
                                  "https://r\xc3\xa4.example/cb",
                                  "com.example.app:/cb"})
        EXPECT_EQ(complaint_with({{"redirect_uris", {uri}}}).substr(0, 20), "invalid_redirect_uri")
            << uri;
    EXPECT_NE(
        complaint_with({{"redirect_uris", {"https://rp.example/" + std::string(3'000, 'a')}}}),
        "fine");
}

TEST(Client, TakesAPrivateUseSchemeOfANativeClientWithADotInIt_O13) {
    auto native = public_client();
    native["redirect_uris"] = {"com.example.app:/cb"};
    EXPECT_EQ(complaint(native), "fine");
    for (auto const* uri : {"app:/cb", "javascript:/x", "1.a:/cb", "com.example.app:", "a.b:cb"}) {
        native["redirect_uris"] = {uri};
        EXPECT_NE(complaint(native), "fine") << uri;
    }
}

TEST(Client, BoundsTheNumberOfRedirectUris) {
    boost::json::array many;
    for (int i = 0; i < 65; ++i)
        many.push_back(boost::json::string("https://rp.example/" + std::to_string(i)));
    EXPECT_NE(complaint_with({{"redirect_uris", many}}), "fine");
    many.pop_back();
    EXPECT_EQ(complaint_with({{"redirect_uris", many}}), "fine");
}

TEST(Client, RefusesCombinationsThatCannotWork) {
    Object const no_uris{{"redirect_uris", boost::json::array()}};
    EXPECT_NE(complaint_with(no_uris), "fine");
    EXPECT_NE(complaint_with({{"grant_types", {"implicit"}}}), "fine");
    EXPECT_NE(complaint_with({{"grant_types", {"password"}}}), "fine");
    EXPECT_NE(complaint_with({{"grant_types", {"client_credentials", "refresh_token"}}}), "fine");
    EXPECT_NE(complaint_with({{"response_types", {"token"}}}), "fine");
    EXPECT_NE(complaint_with({{"token_endpoint_auth_method", "none"}}), "fine");  // has a secret
    EXPECT_NE(complaint_with({{"id_token_signed_response_alg", "none"}}), "fine");
    EXPECT_NE(complaint_with({{"id_token_signed_response_alg", "HS256"}}), "fine");
    EXPECT_NE(complaint_with({{"scope", "a\"b"}}), "fine");

    auto object = metadata();
    object.erase("client_secret");
    EXPECT_NE(complaint(object), "fine");
    object = public_client();
    object["require_pkce"] = false;
    EXPECT_NE(complaint(object), "fine");
    object = public_client();
    object["grant_types"] = {"client_credentials"};
    EXPECT_NE(complaint(object), "fine");
}

TEST(Client, TakesAServiceAccountWithoutRedirectUris) {
    auto object = metadata({{"grant_types", {"client_credentials"}}});
    object.erase("redirect_uris");
    auto const client = parse_client(object).value();
    EXPECT_TRUE(client.response_types.empty());
    EXPECT_TRUE(client.allows_grant("client_credentials"));
}

TEST(Client, TakesThePairwiseSectorFromTheOneHost) {
    auto const one = parse_client(metadata({{"subject_type", "pairwise"}})).value();
    EXPECT_EQ(one.sector_identifier, "rp.example");
    Object const two{{"subject_type", "pairwise"},
                     {"redirect_uris", {"https://a.example/", "https://b.example/"}}};
    EXPECT_NE(complaint_with(two), "fine");
    auto with_sector = two;
    with_sector["sector_identifier_uri"] = "https://sector.example/uris.json";
    EXPECT_EQ(parse_client(metadata(with_sector))->sector_identifier, "sector.example");
}

TEST(Client, RefusesAddressesThatAreNotForPages_O79) {
    for (auto const* member :
         {"logo_uri", "policy_uri", "tos_uri", "client_uri", "backchannel_logout_uri"})
        for (auto const* uri :
             {"http://rp.example/", "javascript:alert(1)", "https://u:p@rp.example/"})
            EXPECT_NE(complaint_with({{member, uri}}), "fine") << member << uri;
    EXPECT_EQ(complaint_with({{"logo_uri", "https://rp.example/logo.png"}}), "fine");
}

TEST(Client, TakesOriginsThatAreNothingElse_O76) {
    EXPECT_EQ(complaint_with({{"allowed_origins", {"https://spa.example"}}}), "fine");
    for (auto const* origin : {"*", "null", "https://spa.example/", "HTTPS://spa.example", ""})
        EXPECT_NE(complaint_with({{"allowed_origins", {origin}}}), "fine") << origin;
}

}  // namespace
}  // namespace tunnus::oidc
