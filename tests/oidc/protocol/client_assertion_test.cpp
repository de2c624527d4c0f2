// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_assertion.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/oidc/protocol/keys.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::string_view issuer = "https://id.example";
constexpr std::string_view secret = "a secret that is long enough for an HMAC with SHA-256";
constexpr std::int64_t now_s = 1'700'000'000;

Client signer(json::object const& more = {}) {
    auto object = tests::metadata(
        {{"token_endpoint_auth_method", "private_key_jwt"}, {"jwks", tests::our_keys().to_json()}});
    object.erase("client_secret");
    for (auto const& member : more)
        object[member.key()] = member.value();
    return parse_client(object).value();
}

Client secret_signer(json::object const& more = {}) {
    auto object = tests::metadata(
        {{"token_endpoint_auth_method", "client_secret_jwt"}, {"client_secret", secret}});
    for (auto const& member : more)
        object[member.key()] = member.value();
    return parse_client(object).value();
}

struct ClientAssertions : testing::Test {
    json::object claims{{"iss", "rp"},       {"sub", "rp"},  {"aud", issuer},
                        {"jti", "bWJq09fP"}, {"iat", now_s}, {"exp", now_s + 60}};
    Limits limits;
    std::vector<std::string> endpoints{"https://id.example/token", "https://id.example/par"};
    Client client = signer();

    Checked<ClientAssertion> check(std::string_view assertion) {
        return check_client_assertion(
            assertion, client, {issuer, endpoints, client.jwks.get(), limits, from_unix_s(now_s)});
    }
    std::string sign(std::string_view typ = "JWT") {
        return jose::sign_jwt(tests::es256_key(), typ, claims);
    }
    bool accepts(std::string_view assertion) {
        auto const checked = check(assertion);
        if (!checked) {
            EXPECT_EQ(checked.error().error, OAuthError::invalid_client);
            EXPECT_EQ(checked.error().description, "client authentication failed");
        }
        return checked.has_value();
    }
    /// With this claim changed, or absent for null.
    bool accepts_with(std::string_view name, json::value_ref const& given) {
        json::value value = given;
        auto const kept = claims;
        if (value.is_null())
            claims.erase(name);
        else
            claims[name] = std::move(value);
        bool const accepted = accepts(sign());
        claims = kept;
        return accepted;
    }
    /// HMAC with the client's secret, whatever the header says.
    std::string hmac(std::string_view alg, std::string_view key = secret) {
        json::object const jwk{
            {"kty", "oct"}, {"kid", "s"}, {"alg", alg}, {"k", encode_base64url(key)}};
        auto const signing = jose::SigningKey::parse(Secret(json::serialize(jwk))).value();
        auto text = encode_base64url(json::serialize(json::object{{"alg", alg}})) + "." +
                    encode_base64url(json::serialize(claims));
        return text + "." + encode_base64url(signing.sign(text));
    }
};

TEST_F(ClientAssertions, SayWhatIsUsedUpAndUntilWhen) {
    auto const checked = check(sign());
    ASSERT_TRUE(checked) << checked.error().detail;
    EXPECT_EQ(checked->jti, "bWJq09fP");
    // As long as the leeway lets it be taken.
    EXPECT_EQ(checked->expires_at, from_unix_s(now_s + 120));
}

TEST_F(ClientAssertions, AreOfTheClientAndNoOther_O54) {
    ASSERT_TRUE(accepts(sign()));
    EXPECT_FALSE(accepts_with("iss", "other"));
    EXPECT_FALSE(accepts_with("sub", "other"));
    EXPECT_FALSE(accepts_with("iss", nullptr));
    EXPECT_FALSE(accepts_with("sub", nullptr));
    EXPECT_FALSE(accepts(jose::sign_jwt(tests::strangers_key(), "JWT", claims)));
}

// O-53, J-15, oidc-conformance.md 4.5
TEST_F(ClientAssertions, NameTheIssuerOrTheEndpointAsOneText) {
    EXPECT_TRUE(accepts_with("aud", issuer));
    EXPECT_TRUE(accepts_with("aud", "https://id.example/token"));
    EXPECT_TRUE(accepts_with("aud", "https://id.example/par"));
    EXPECT_FALSE(accepts_with("aud", "https://id.example/"));
    EXPECT_FALSE(accepts_with("aud", "https://id.example/introspect"));
    EXPECT_FALSE(accepts_with("aud", "https://other.example"));
    EXPECT_FALSE(accepts_with("aud", json::array{issuer}));
    EXPECT_FALSE(accepts_with("aud", json::array{issuer, "https://other.example"}));
    EXPECT_FALSE(accepts_with("aud", json::object{}));
    EXPECT_FALSE(accepts_with("aud", nullptr));
}

// O-53, oidc-conformance.md 4.5 par-test-{array-as,par-endpoint-url-as,token-endpoint-url-as}-…
TEST_F(ClientAssertions, NameTheIssuerAloneWhereTheAudienceIsStrict) {
    client = signer({{"strict_assertion_audience", true}});
    EXPECT_TRUE(accepts_with("aud", issuer));
    EXPECT_FALSE(accepts_with("aud", "https://id.example/"));
    EXPECT_FALSE(accepts_with("aud", "https://id.example/token"));
    EXPECT_FALSE(accepts_with("aud", "https://id.example/par"));
    EXPECT_FALSE(accepts_with("aud", json::array{issuer}));
}

// O-54, J-14, oidc-conformance.md 4.4 and 4.5
TEST_F(ClientAssertions, LiveShortAndNow) {
    EXPECT_TRUE(accepts_with("nbf", now_s + 8));
    EXPECT_FALSE(accepts_with("nbf", now_s + 61));
    EXPECT_TRUE(accepts_with("iat", now_s + 10));
    EXPECT_FALSE(accepts_with("iat", now_s + 600));
    EXPECT_TRUE(accepts_with("iat", nullptr));
    EXPECT_TRUE(accepts_with("exp", now_s + 3'600));
    EXPECT_FALSE(accepts_with("exp", now_s + 365 * 24 * 3'600));
    claims["iat"] = now_s - 900;
    EXPECT_FALSE(accepts_with("exp", now_s - 300));
    EXPECT_FALSE(accepts_with("exp", nullptr));
    for (json::value const& bad :
         {json::value("60"), json::value(1.5), json::value(-1), json::value(true)})
        EXPECT_FALSE(accepts_with("exp", bad));
}

TEST_F(ClientAssertions, HaveAnIdentifier_O54) {
    EXPECT_FALSE(accepts_with("jti", nullptr));
    EXPECT_FALSE(accepts_with("jti", ""));
    EXPECT_FALSE(accepts_with("jti", 7));
}

TEST_F(ClientAssertions, AreOfNoOtherType_J16) {
    EXPECT_TRUE(accepts(sign("JWT")));
    EXPECT_TRUE(accepts(sign("client-authentication+jwt")));
    for (auto const* typ : {"logout+jwt", "at+jwt", "dpop+jwt", "oauth-authz-req+jwt"})
        EXPECT_FALSE(accepts(sign(typ))) << typ;
}

TEST_F(ClientAssertions, AreSignedByAKeyOfTheClientOnly_J05_J07) {
    auto const with_header = [&](json::object const& header) {
        auto text = encode_base64url(json::serialize(header)) + "." +
                    encode_base64url(json::serialize(claims));
        return text + "." + encode_base64url(tests::strangers_key().sign(text));
    };
    auto const stranger = tests::strangers_key().verification_key();
    EXPECT_FALSE(accepts(with_header({{"alg", "ES256"}, {"jwk", stranger.public_jwk()}})));
    EXPECT_FALSE(accepts(with_header({{"alg", "ES256"}, {"kid", tests::es256_key().kid()}})));
    EXPECT_FALSE(accepts(with_header({{"alg", "ES256"}, {"kid", "' OR 1=1--"}})));
    client = signer();
    client.jwks = nullptr;
    EXPECT_FALSE(accepts(sign()));
}

// O-54, J-01, J-02
TEST_F(ClientAssertions, AreSignedByTheRegisteredAlgorithmOnly) {
    EXPECT_FALSE(accepts(hmac("HS256")));
    EXPECT_FALSE(accepts(hmac("HS256", json::serialize(tests::our_keys().to_json()))));
    auto const unsigned_token = encode_base64url(R"({"alg":"none"})") + "." +
                                encode_base64url(json::serialize(claims)) + ".";
    EXPECT_FALSE(accepts(unsigned_token));
    client = signer({{"token_endpoint_auth_signing_alg", "ES256"}});
    EXPECT_TRUE(accepts(sign()));
    client = signer({{"token_endpoint_auth_signing_alg", "PS256"}});
    EXPECT_FALSE(accepts(sign()));
}

// FAPI 2.0 Security Profile §5.4; ensure-signed-client-assertion-with-RS256-fails
TEST_F(ClientAssertions, OfFapiClientsAreNotSignedWithRs256) {
    auto const allowed = assertion_algorithms(client);
    EXPECT_TRUE(allowed.contains(jose::Algorithm::RS256));
    client.profile = "fapi2";
    auto const fapi = assertion_algorithms(client);
    EXPECT_FALSE(fapi.contains(jose::Algorithm::RS256));
    for (auto algorithm : {jose::Algorithm::PS256, jose::Algorithm::ES256, jose::Algorithm::EdDSA})
        EXPECT_TRUE(fapi.contains(algorithm));
}

TEST_F(ClientAssertions, AreMadeWithTheSecretWhereThatIsTheMethod) {
    client = secret_signer();
    EXPECT_TRUE(accepts(hmac("HS256")));
    EXPECT_TRUE(accepts(hmac("HS384")));
    EXPECT_FALSE(accepts(hmac("HS256", "another secret that is long enough for SHA-256 too")));
    EXPECT_FALSE(accepts(sign()));
    client = secret_signer({{"token_endpoint_auth_signing_alg", "HS384"}});
    EXPECT_TRUE(accepts(hmac("HS384")));
    EXPECT_FALSE(accepts(hmac("HS256")));
}

TEST_F(ClientAssertions, NeedASecretAsLongAsTheDigest) {
    auto const metadata = tests::metadata(
        {{"token_endpoint_auth_method", "client_secret_jwt"}, {"client_secret", "too short"}});
    EXPECT_FALSE(parse_client(metadata));
    client = secret_signer({{"client_secret", std::string(32, 'x')}});
    EXPECT_TRUE(accepts(hmac("HS256", std::string(32, 'x'))));
    // A longer HMAC with a shorter secret: RFC 7518 §3.2. Our own key would not make it.
    auto const mac_of = [&](std::string_view alg, EVP_MD const* digest) {
        auto const signed_text = encode_base64url(json::serialize(json::object{{"alg", alg}})) +
                                 "." + encode_base64url(json::serialize(claims));
        std::string const short_secret(32, 'x');
        std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
        unsigned int size = 0;
        HMAC(digest, short_secret.data(), static_cast<int>(short_secret.size()),
             reinterpret_cast<unsigned char const*>(signed_text.data()), signed_text.size(),
             mac.data(), &size);
        return signed_text + "." +
               encode_base64url({reinterpret_cast<char const*>(mac.data()), size});
    };
    EXPECT_TRUE(accepts(mac_of("HS256", EVP_sha256())));
    EXPECT_FALSE(accepts(mac_of("HS512", EVP_sha512())));
}

TEST_F(ClientAssertions, SayTheirKeyInTheFinnishTrustNetwork) {
    auto const without_kid = [&] {
        auto const header = encode_base64url(json::serialize(json::object{{"alg", "ES256"}}));
        auto const text = header + "." + encode_base64url(json::serialize(claims));
        return text + "." + encode_base64url(tests::es256_key().sign(text));
    };
    EXPECT_TRUE(accepts(without_kid()));
    client.profile = "ftn";
    EXPECT_TRUE(accepts(sign()));
    EXPECT_FALSE(accepts(without_kid()));
}

// RFC 7523 §4, with the claims of its example and a key and clock of ours.
TEST_F(ClientAssertions, Rfc7523Section4) {
    claims = {{"iss", "rp"},
              {"sub", "rp"},
              {"aud", "https://id.example/token"},
              {"nbf", 1300815780},
              {"exp", 1300819380},
              {"jti", "id-of-the-example"},
              {"http://claims.example.com/member", true}};
    auto const at = [&](std::int64_t when) {
        return check_client_assertion(
            sign(), client, {issuer, endpoints, client.jwks.get(), limits, from_unix_s(when)});
    };
    EXPECT_TRUE(at(1300815780));
    EXPECT_TRUE(at(1300819379));
    EXPECT_FALSE(at(1300819380 + 60));
}

TEST(ClaimedAssertion, IsWhatTheAssertionSays) {
    auto const token =
        jose::sign_jwt(tests::es256_key(), "JWT", {{"sub", "somebody"}, {"iss", "x"}});
    auto const claimed = read_claimed_assertion(token, Limits());
    ASSERT_TRUE(claimed);
    EXPECT_EQ(claimed->client_id, "somebody");
    EXPECT_EQ(claimed->kid, tests::es256_key().kid());
    EXPECT_FALSE(read_claimed_assertion("x.y.z", Limits()));
    EXPECT_FALSE(read_claimed_assertion(jose::sign_jwt(tests::es256_key(), "JWT", {}), Limits()));
}

}  // namespace
}  // namespace tunnus::oidc
