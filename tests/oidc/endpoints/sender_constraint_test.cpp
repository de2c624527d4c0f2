// SPDX-License-Identifier: MIT
// RFC 9449 and RFC 8705 §3 at the endpoints: tokens that are of use to one key or certificate only.
#include "idp/base/crypto.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/dpop_proofs.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;
namespace json = boost::json;

struct SenderConstraint : EndpointTest {
    jose::SigningKey const& own = tests::es256_key();
    jose::SigningKey const& strangers = tests::strangers_key();
    std::string const jkt = own.verification_key().thumbprint();
    int proofs = 0;

    json::object proof_claims(std::string_view method, std::string_view path) {
        return {{"jti", "jti-" + std::to_string(++proofs)},
                {"htm", method},
                {"htu", "https://id.example" + std::string(path)},
                {"iat", to_unix_s(store.now())}};
    }
    std::string proof_for(std::string_view path, json::object const& more = {}) {
        auto facts = proof_claims("POST", path);
        for (auto const& member : more)
            facts[member.key()] = member.value();
        return tests::proof(tests::proof_header(own), facts, own);
    }
    std::string proof_with(std::string const& access_token, jose::SigningKey const& key,
                           json::object const& more = {}) {
        auto facts = proof_claims("GET", "/userinfo");
        facts["ath"] = encode_base64url(sha256(access_token));
        for (auto const& member : more)
            facts[member.key()] = member.value();
        return tests::proof(tests::proof_header(key), facts, key);
    }
    HttpResponse ask_token_with(Fields const& fields, std::string const& proof,
                                std::string_view basic = "rp", std::string certificate = {}) {
        auto request = post("/token", fields, basic);
        if (!proof.empty()) request.headers.add("DPoP", proof);
        request.peer_certificate_der = std::move(certificate);
        return done(token(provider, request));
    }
    HttpResponse redeem_with(std::string const& proof, Fields const& authorization = {},
                             Fields const& redemption_more = {}, std::string_view basic = "rp") {
        return ask_token_with(redemption(new_code(authorization), redemption_more), proof, basic);
    }
    HttpResponse show(std::string const& scheme, std::string const& text,
                      std::vector<std::string> const& proofs_shown, std::string certificate = {}) {
        HttpRequest request;
        request.path = "/userinfo";
        request.headers.add("Authorization", scheme + " " + text);
        for (auto const& proof : proofs_shown)
            request.headers.add("DPoP", proof);
        request.peer_certificate_der = std::move(certificate);
        return done(userinfo(provider, request));
    }
    std::string bound_token() { return text(redeem_with(proof_for("/token")), "access_token"); }
    static std::string challenge_of(HttpResponse const& response) {
        return std::string(response.headers.find("WWW-Authenticate").value_or(""));
    }
    json::object introspected(std::string const& token_text) {
        return json(done(introspection(provider, post("/introspect", {{"token", token_text}}))));
    }
    /// The authorization request and redemption of the public client.
    static Fields for_app() {
        return {{"client_id", "app"},
                {"redirect_uri", "http://127.0.0.1/cb"},
                {"scope", "openid offline_access"},
                {"prompt", "consent"}};
    }
    static Fields of_app() {
        return {{"client_id", "app"}, {"redirect_uri", "http://127.0.0.1/cb"}};
    }
};

struct DpopTokens : SenderConstraint {};
struct DpopUserinfo : SenderConstraint {};
struct CertificateBoundTokens : SenderConstraint {};

// RFC 9449 §5, §6.2
TEST_F(DpopTokens, AreBoundToTheKeyOfTheProof) {
    auto const response = redeem_with(proof_for("/token"));
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(text(response, "token_type"), "DPoP");
    auto const seen = introspected(text(response, "access_token"));
    EXPECT_EQ(seen.at("active"), true);
    EXPECT_EQ(seen.at("token_type"), "DPoP");
    EXPECT_EQ(seen.at("cnf"), (json::object{{"jkt", jkt}}));
}

TEST_F(DpopTokens, AreBearersWithoutAProof) {
    auto const response = redeem(new_code());
    EXPECT_EQ(text(response, "token_type"), "Bearer");
    auto const seen = introspected(text(response, "access_token"));
    EXPECT_EQ(seen.at("token_type"), "Bearer");
    EXPECT_FALSE(seen.contains("cnf"));
}

// ensure-holder-of-key-required
TEST_F(DpopTokens, AreDemandedByTheRegistration) {
    clients.add(parse_client(tests::service({{"dpop_bound_access_tokens", true}})).value());
    auto const code = new_code();
    auto const refused = redeem(code);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(error(refused), "invalid_dpop_proof");
    EXPECT_EQ(ask_token_with(redemption(code), proof_for("/token")).status, 200);
}

TEST_F(DpopTokens, AreRefusedForABadProofAndNothingIsConsumed) {
    auto const code = new_code();
    EXPECT_EQ(error(ask_token_with(redemption(code), "nonsense")), "invalid_dpop_proof");
    EXPECT_EQ(error(ask_token_with(redemption(code), proof_for("/userinfo"))),
              "invalid_dpop_proof");
    EXPECT_EQ(ask_token_with(redemption(code), proof_for("/token")).status, 200);
}

// RFC 9449 §11.1, I2
TEST_F(DpopTokens, TakeAProofOnce) {
    auto const proof = proof_for("/token");
    ASSERT_EQ(redeem_with(proof).status, 200);
    auto const code = new_code();
    auto const again = ask_token_with(redemption(code), proof);
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(error(again), "invalid_dpop_proof");
    // The code was not consumed with it.
    EXPECT_EQ(ask_token_with(redemption(code), proof_for("/token")).status, 200);
}

// RFC 9449 §10; ensure-token-endpoint-fails-with-mismatched-dpop-jkt
TEST_F(DpopTokens, OfACodeForAKeyNeedThatKey) {
    auto const code = new_code({{"dpop_jkt", jkt}});
    EXPECT_EQ(error(redeem(code)), "invalid_grant");
    auto facts = proof_claims("POST", "/token");
    auto const others = tests::proof(tests::proof_header(strangers), facts, strangers);
    EXPECT_EQ(error(ask_token_with(redemption(code), others)), "invalid_grant");
    EXPECT_EQ(ask_token_with(redemption(code), proof_for("/token")).status, 200);
    EXPECT_EQ(field(refused(authorize({{"dpop_jkt", "short"}})), "error"), "invalid_request");
}

// RFC 9449 §5, O-66
TEST_F(DpopTokens, OfPublicClientsAreRefreshedByTheirKeyOnly) {
    auto const first = redeem_with(proof_for("/token"), for_app(), of_app(), "");
    ASSERT_EQ(first.status, 200) << first.body;
    auto const refresh_token = text(first, "refresh_token");
    Fields const fields{
        {"grant_type", "refresh_token"}, {"refresh_token", refresh_token}, {"client_id", "app"}};
    EXPECT_EQ(error(ask_token_with(fields, "", "")), "invalid_grant");
    auto const others =
        tests::proof(tests::proof_header(strangers), proof_claims("POST", "/token"), strangers);
    EXPECT_EQ(error(ask_token_with(fields, others, "")), "invalid_grant");
    auto const second = ask_token_with(fields, proof_for("/token"), "");
    ASSERT_EQ(second.status, 200) << second.body;
    EXPECT_EQ(text(second, "token_type"), "DPoP");
    Fields const next{{"grant_type", "refresh_token"},
                      {"refresh_token", text(second, "refresh_token")},
                      {"client_id", "app"}};
    EXPECT_EQ(error(ask_token_with(next, "", "")), "invalid_grant");
    EXPECT_EQ(ask_token_with(next, proof_for("/token"), "").status, 200);
}

TEST_F(DpopTokens, OfConfidentialClientsMayChangeTheirKey) {
    auto const first = redeem_with(proof_for("/token"));
    Fields const fields{{"grant_type", "refresh_token"},
                        {"refresh_token", text(first, "refresh_token")}};
    auto const others =
        tests::proof(tests::proof_header(strangers), proof_claims("POST", "/token"), strangers);
    auto const second = ask_token_with(fields, others);
    ASSERT_EQ(second.status, 200) << second.body;
    EXPECT_EQ(introspected(text(second, "access_token")).at("cnf"),
              (json::object{{"jkt", strangers.verification_key().thumbprint()}}));
}

// RFC 9449 §8
TEST_F(DpopTokens, AreOfferedANonceWhereOneIsNeeded) {
    dpop_nonces = DpopNonces(Secret("k"), 300s, DpopNonces::Demand::required);
    auto const code = new_code();
    auto const refused = ask_token_with(redemption(code), proof_for("/token"));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(error(refused), "use_dpop_nonce");
    auto const nonce = std::string(refused.headers.find("DPoP-Nonce").value_or(""));
    ASSERT_FALSE(nonce.empty());
    auto const taken = ask_token_with(redemption(code), proof_for("/token", {{"nonce", nonce}}));
    EXPECT_EQ(taken.status, 200) << taken.body;
    EXPECT_TRUE(taken.headers.find("DPoP-Nonce"));
}

TEST_F(DpopTokens, TellScriptsOfTheNonce_O76) {
    auto request = post("/token", redemption(new_code()));
    request.headers.add("Origin", "https://rp.example");
    request.headers.add("DPoP", proof_for("/token", {{"nonce", "old"}}));
    auto const response = done(token(provider, request));
    EXPECT_EQ(error(response), "use_dpop_nonce");
    EXPECT_TRUE(response.headers.find("DPoP-Nonce"));
    EXPECT_EQ(response.headers.find("Access-Control-Expose-Headers"),
              "WWW-Authenticate, DPoP-Nonce");
}

// The matrix of dpop-negative-tests (oidc-conformance.md 4.2); what is wrong with a proof in itself
// is in dpop_test.cpp.
TEST_F(DpopUserinfo, TakesTheTokenWithItsProof) {
    auto const access = bound_token();
    EXPECT_EQ(show("DPoP", access, {proof_with(access, own)}).status, 200);
    EXPECT_EQ(show("dPoP", access, {proof_with(access, own)}).status, 200);
}

TEST_F(DpopUserinfo, RefusesTheTokenAsABearers) {
    auto const access = bound_token();
    // RFC 9449 §7.1, §7.2: it is told what the token wants.
    for (auto const& response :
         {show("Bearer", access, {}), show("Bearer", access, {proof_with(access, own)})}) {
        EXPECT_EQ(response.status, 401);
        EXPECT_TRUE(challenge_of(response).starts_with(R"(DPoP error="invalid_token")"))
            << challenge_of(response);
        EXPECT_NE(challenge_of(response).find("algs=\"ES256"), std::string::npos);
    }
    EXPECT_EQ(done(userinfo(provider, post("/userinfo", {{"access_token", access}}, ""))).status,
              401);
    auto const bearers = text(redeem(new_code()), "access_token");
    EXPECT_EQ(show("DPoP", bearers, {proof_with(bearers, own)}).status, 401);
    EXPECT_EQ(show("Bearer", bearers, {}).status, 200);
}

TEST_F(DpopUserinfo, RefusesWithoutAProofOfTheTokensKey) {
    auto const access = bound_token();
    auto const none = show("DPoP", access, {});
    EXPECT_EQ(none.status, 401);
    EXPECT_TRUE(challenge_of(none).starts_with(R"(DPoP error="invalid_dpop_proof")"));
    auto const others = show("DPoP", access, {proof_with(access, strangers)});
    EXPECT_EQ(others.status, 401);
    EXPECT_TRUE(challenge_of(others).starts_with(R"(DPoP error="invalid_token")"));
    EXPECT_NE(challenge_of(others).find("algs=\"ES256"), std::string::npos);
}

TEST_F(DpopUserinfo, RefusesAProofForSomethingElse) {
    auto const access = bound_token();
    auto const refused = [&](json::object const& more) {
        auto const response = show("DPoP", access, {proof_with(access, own, more)});
        EXPECT_TRUE(challenge_of(response).starts_with(R"(DPoP error="invalid_dpop_proof")"));
        return response.status == 401;
    };
    EXPECT_TRUE(refused({{"htm", "POST"}}));
    EXPECT_TRUE(refused({{"htu", "https://id.example/token"}}));
    EXPECT_TRUE(refused({{"ath", encode_base64url(sha256("another"))}}));
    EXPECT_TRUE(refused({{"iat", to_unix_s(store.now()) - 3'600}}));
    auto const good = proof_with(access, own);
    EXPECT_EQ(show("DPoP", access, {good, proof_with(access, own)}).status, 401);
    EXPECT_EQ(show("DPoP", access, {good}).status, 200);
}

TEST_F(DpopUserinfo, TakesAProofOnce) {
    auto const access = bound_token();
    auto const proof = proof_with(access, own);
    ASSERT_EQ(show("DPoP", access, {proof}).status, 200);
    auto const again = show("DPoP", access, {proof});
    EXPECT_EQ(again.status, 401);
    EXPECT_TRUE(challenge_of(again).starts_with(R"(DPoP error="invalid_dpop_proof")"));
    EXPECT_EQ(again.body.find("alice"), std::string::npos);
}

TEST_F(DpopUserinfo, OffersANonceWhereOneIsNeeded) {
    auto const access = bound_token();
    dpop_nonces = DpopNonces(Secret("k"), 300s, DpopNonces::Demand::required);
    auto const refused = show("DPoP", access, {proof_with(access, own)});
    EXPECT_EQ(refused.status, 401);
    EXPECT_TRUE(challenge_of(refused).starts_with(R"(DPoP error="use_dpop_nonce")"));
    auto const nonce = std::string(refused.headers.find("DPoP-Nonce").value_or(""));
    EXPECT_EQ(show("DPoP", access, {proof_with(access, own, {{"nonce", nonce}})}).status, 200);
}

// RFC 8705 §3
TEST_F(CertificateBoundTokens, AreOfUseOverThatCertificateOnly) {
    clients.add(parse_client(tests::service({{"tls_client_certificate_bound_access_tokens", true}}))
                    .value());
    auto const code = new_code();
    EXPECT_EQ(error(ask_token_with(redemption(code), "")), "invalid_request");
    auto const response = ask_token_with(redemption(code), "", "rp", "certificate 1");
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(text(response, "token_type"), "Bearer");
    auto const access = text(response, "access_token");
    EXPECT_EQ(introspected(access).at("cnf"),
              (json::object{{"x5t#S256", certificate_thumbprint("certificate 1")}}));
    EXPECT_EQ(show("Bearer", access, {}, "certificate 1").status, 200);
    EXPECT_EQ(show("Bearer", access, {}, "certificate 2").status, 401);
    EXPECT_EQ(show("Bearer", access, {}).status, 401);
}

TEST_F(CertificateBoundTokens, AreNotMadeOfACertificateThatNobodyAskedFor) {
    auto const response = ask_token_with(redemption(new_code()), "", "rp", "certificate 1");
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(show("Bearer", text(response, "access_token"), {}).status, 200);
}

// RFC 9449 §6.1, RFC 8705 §3.1: an API that reads the JWT alone knows whose it is.
TEST_F(SenderConstraint, StandsInAJwtAccessToken) {
    clients.add(parse_client(tests::service({{"access_token_format", "jwt"},
                                             {"id_token_signed_response_alg", "ES256"},
                                             {"tls_client_certificate_bound_access_tokens", true}}))
                    .value());
    auto const response =
        ask_token_with(redemption(new_code()), proof_for("/token"), "rp", "certificate 1");
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(text(response, "token_type"), "DPoP");
    auto const access = text(response, "access_token");
    auto const verified =
        jose::VerifiedJwt::verify(access, ring.current()->verification, {jose::Algorithm::ES256});
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_EQ(verified->claims().at("cnf"),
              (json::object{{"jkt", jkt}, {"x5t#S256", certificate_thumbprint("certificate 1")}}));
    EXPECT_EQ(show("DPoP", access, {proof_with(access, own)}).status, 401);
    EXPECT_EQ(show("DPoP", access, {proof_with(access, own)}, "certificate 1").status, 200);
}

// O-66: what an exchange makes of a bound token is not of use to a thief either.
TEST_F(SenderConstraint, IsNotLostByAnExchange) {
    constexpr auto exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    constexpr auto ticket = "urn:ietf:params:oauth:grant-type:uma-ticket";
    clients.add(
        parse_client(tests::service({{"grant_types", {"authorization_code", exchange, ticket}},
                                     {"resources", {"profile-api"}}}))
            .value());
    auto const access = bound_token();
    Fields const fields{{"grant_type", exchange},
                        {"subject_token", access},
                        {"subject_token_type", "urn:ietf:params:oauth:token-type:access_token"},
                        {"audience", "profile-api"}};
    EXPECT_EQ(error(ask_token_with(fields, "")), "invalid_request");
    auto const exchanged = ask_token_with(fields, proof_for("/token"));
    ASSERT_EQ(exchanged.status, 200) << exchanged.body;
    EXPECT_EQ(introspected(text(exchanged, "access_token")).at("cnf"),
              (json::object{{"jkt", jkt}}));

    auto const ask_ticket = [&](std::string const& scheme, std::string const& proof) {
        auto request = post("/token", {{"grant_type", ticket}, {"audience", "profile-api"}}, "");
        request.headers.add("Authorization", scheme + access);
        if (!proof.empty()) request.headers.add("DPoP", proof);
        return done(token(provider, request));
    };
    auto const proof = proof_for("/token", {{"ath", encode_base64url(sha256(access))}});
    EXPECT_EQ(ask_ticket("Bearer ", "").status, 401);
    EXPECT_EQ(ask_ticket("DPoP ", proof_for("/token")).status, 401);
    auto const given = ask_ticket("DPoP ", proof);
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(text(given, "token_type"), "DPoP");
    EXPECT_EQ(introspected(text(given, "access_token")).at("cnf"), (json::object{{"jkt", jkt}}));
    EXPECT_EQ(ask_ticket("DPoP ", proof).status, 401);
}

}  // namespace
}  // namespace tunnus::oidc
