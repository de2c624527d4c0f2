// SPDX-License-Identifier: MIT
// ID tokens, userinfo and introspection responses as a client registered them: signed, and
// encrypted to its key.
#include "oidc/response_protection.hpp"

#include "oidc/endpoints/end_session.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/jose/tokens.hpp"

namespace tunnus::oidc {
namespace {

using jose::tests::encryption_jwk;
using jose::tests::public_part;
using tests::EndpointTest;
using Object = boost::json::object;

constexpr std::string_view introspection_type = "application/token-introspection+jwt";

struct ResponseProtectionTest : EndpointTest {
    Object const private_key = encryption_jwk(jose::KeyManagement::ECDH_ES);

    /// rp registers these, and its key.
    void registers(Object more) {
        more["jwks"] = Object{{"keys", {public_part(private_key)}}};
        clients.add(parse_client(tests::service(more)).value());
    }
    /// The token in the JWE.
    std::string decrypted(std::string_view token, jose::ContentEncryption enc) {
        auto const plain = jose::tests::decryption_key(private_key).decrypt(token, enc);
        return plain ? *plain : "(" + plain.error().text() + ")";
    }
    jose::VerifiedJwt verified(std::string_view token) {
        return jose::VerifiedJwt::verify(token, ring.current()->verification,
                                         {jose::Algorithm::ES256})
            .value();
    }
    HttpResponse introspect(std::string const& token, std::string_view accept) {
        auto request = post("/introspect", {{"token", token}});
        if (!accept.empty()) request.headers.add("Accept", accept);
        return done(introspection(provider, request));
    }
};

TEST_F(ResponseProtectionTest, EncryptsTheIdTokenAroundTheSignature) {
    registers({{"id_token_encrypted_response_alg", "ECDH-ES"}});
    auto const token = text(redeem(new_code()), "id_token");
    auto const said = verified(decrypted(token, jose::ContentEncryption::A128CBC_HS256)).claims();
    EXPECT_EQ(said.at("sub"), "alice");
    EXPECT_EQ(said.at("aud"), "rp");
}

// OpenID Connect Back-Channel Logout §2.6: who registered that refuses a logout token in clear.
TEST_F(ResponseProtectionTest, EncryptsTheLogoutTokenLikeTheIdToken) {
    registers({{"id_token_encrypted_response_alg", "ECDH-ES"}});
    auto const token =
        make_logout_token(provider, *clients.find("rp"), "alice", "sid", store.now()).value();
    auto const inside = verified(decrypted(token, jose::ContentEncryption::A128CBC_HS256));
    EXPECT_EQ(inside.header().at("typ"), "logout+jwt");
    EXPECT_EQ(inside.claims().at("sub"), "alice");
}

TEST_F(ResponseProtectionTest, SignsUserinfoWithIssuerAndAudience) {
    registers({{"userinfo_signed_response_alg", "ES256"}});
    auto const response = ask_userinfo(text(redeem(new_code()), "access_token"));
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.find("Content-Type"), "application/jwt");
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(verified(response.body).claims(), (Object{{"sub", "alice"},
                                                        {"name", "Aino Virtanen"},
                                                        {"iss", "https://id.example"},
                                                        {"aud", "rp"}}));
}

TEST_F(ResponseProtectionTest, EncryptsUserinfo) {
    registers({{"userinfo_encrypted_response_alg", "ECDH-ES"},
               {"userinfo_encrypted_response_enc", "A256GCM"}});
    auto const response = ask_userinfo(text(redeem(new_code()), "access_token"));
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.find("Content-Type"), "application/jwt");
    auto const inner = decrypted(response.body, jose::ContentEncryption::A256GCM);
    EXPECT_EQ(verified(inner).claims().at("name"), "Aino Virtanen");
}

TEST_F(ResponseProtectionTest, SignsAnIntrospectionForWhoAsksByAccept) {
    registers({{"introspection_signed_response_alg", "ES256"}});
    auto const token = text(redeem(new_code()), "access_token");
    for (auto const& accept : {std::string(introspection_type),
                               "application/json;q=0.1, " + std::string(introspection_type)}) {
        auto const response = introspect(token, accept);
        ASSERT_EQ(response.status, 200) << response.body;
        EXPECT_EQ(response.headers.find("Content-Type"), introspection_type);
        auto const jwt = verified(response.body);
        EXPECT_EQ(jwt.header().at("typ"), "token-introspection+jwt");
        EXPECT_EQ(jwt.claims().at("iss"), "https://id.example");
        EXPECT_EQ(jwt.claims().at("aud"), "rp");
        EXPECT_FALSE(jwt.claims().contains("sub"));
        EXPECT_TRUE(jwt.claims().at("token_introspection").at("active").as_bool());
        EXPECT_EQ(jwt.claims().at("token_introspection").at("sub"), "alice");
    }
    for (auto const* accept : {"", "application/json", "*/*"})
        EXPECT_EQ(introspect(token, accept).headers.find("Content-Type"), "application/json");
}

// RFC 9701 §6: RS256 for who registered nothing, and there is no such key here.
TEST_F(ResponseProtectionTest, TellsWhatToRegisterWhereTheUsualAlgorithmIsNotToBeHad) {
    auto const token = text(redeem(new_code()), "access_token");
    EXPECT_EQ(error(introspect(token, introspection_type)), "invalid_request");
    EXPECT_EQ(error(introspect("unknown", introspection_type)), "invalid_request");
    EXPECT_EQ(introspect(token, "").status, 200);
}

TEST_F(ResponseProtectionTest, SignsThatATokenIsNotActiveToo_O73) {
    registers({{"introspection_signed_response_alg", "ES256"}});
    auto const jwt = verified(introspect("unknown", introspection_type).body);
    EXPECT_EQ(jwt.claims().at("token_introspection"), (Object{{"active", false}}));
}

TEST_F(ResponseProtectionTest, EncryptsAnIntrospection) {
    registers({{"introspection_signed_response_alg", "ES256"},
               {"introspection_encrypted_response_alg", "ECDH-ES"}});
    auto const response = introspect(text(redeem(new_code()), "access_token"), introspection_type);
    auto const inner = decrypted(response.body, jose::ContentEncryption::A128CBC_HS256);
    EXPECT_TRUE(verified(inner).claims().at("token_introspection").at("active").as_bool());
}

TEST_F(ResponseProtectionTest, GivesNothingWhereNoKeyOfOursSigns) {
    registers({{"userinfo_signed_response_alg", "EdDSA"},
               {"introspection_signed_response_alg", "EdDSA"}});
    EXPECT_EQ(ask_userinfo(text(redeem(new_code()), "access_token")).status, 503);
    EXPECT_EQ(introspect("unknown", introspection_type).status, 503);
}

// The tokens of ours that come back are of their own kind (J-16).
TEST_F(ResponseProtectionTest, AUserinfoResponseIsNoAccessTokenAndNoIdTokenHint_J16) {
    registers({{"userinfo_signed_response_alg", "ES256"}});
    auto const response = redeem(new_code());
    auto const signed_userinfo = ask_userinfo(text(response, "access_token")).body;
    EXPECT_EQ(ask_userinfo(signed_userinfo).status, 401);
    auto const with_hint = [&](std::string const& hint) {
        return begin_authorization(provider, authorize({{"id_token_hint", hint}}));
    };
    EXPECT_TRUE(std::holds_alternative<BegunAuthorization>(with_hint(text(response, "id_token"))));
    EXPECT_TRUE(std::holds_alternative<HttpResponse>(with_hint(signed_userinfo)));
}

TEST(ResponseProtection, NeedsAKeyOfTheClientsToEncryptTo) {
    auto const key = public_part(encryption_jwk(jose::KeyManagement::ECDH_ES));
    auto const registered = [&](std::string_view alg) {
        auto const client = parse_client(tests::metadata(
            {{"userinfo_encrypted_response_alg", alg}, {"jwks", {{"keys", {key}}}}}));
        return client ? "fine" : client.error().detail;
    };
    EXPECT_EQ(registered("ECDH-ES"), "fine");
    EXPECT_EQ(registered("RSA-OAEP-256"),
              "userinfo_encrypted_response_alg: jwks has no key for it");
    EXPECT_EQ(registered("RSA1_5"), "userinfo_encrypted_response_alg: unknown algorithm");
}

}  // namespace
}  // namespace tunnus::oidc
