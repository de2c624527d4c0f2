// SPDX-License-Identifier: MIT
// Tokens from the authorization endpoint (OpenID Connect Core §3.2, §3.3) and responses as JWTs
// (JARM).
#include "oidc/jose/hash_claim.hpp"
#include "oidc/jose/jwe.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

#include <boost/json/parse.hpp>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;

struct HybridFlow : EndpointTest {
    HybridFlow() { register_with({}); }
    void register_with(boost::json::object const& more) {
        boost::json::object members{
            {"grant_types", {"authorization_code", "implicit", "refresh_token"}},
            {"authorization_signed_response_alg", "ES256"},
            {"response_types",
             {"code", "id_token", "id_token token", "code id_token", "code token",
              "code id_token token"}}};
        for (auto const& member : more)
            members[member.key()] = member.value();
        clients.add(parse_client(tests::service(members)).value());
    }
    /// What the fragment of the answer holds.
    Form answered(std::string const& response_type, Fields more = {}) {
        more["response_type"] = response_type;
        auto const response = sign_in(more);
        std::string const location(response.headers.find("Location").value_or(""));
        EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
        EXPECT_TRUE(location.starts_with("https://rp.example/cb#")) << location;
        return parse_form(std::string_view(location).substr(location.find('#') + 1)).form;
    }
    boost::json::object verified(std::string_view jwt) {
        auto const token =
            jose::VerifiedJwt::verify(jwt, ring.current()->verification, {jose::Algorithm::ES256});
        if (!token) throw std::runtime_error(token.error().text());
        return token->claims();
    }
    static std::string hash(std::string_view of) {
        return jose::hash_claim(jose::Algorithm::ES256, of);
    }
    /// The one parameter of a JARM answer.
    static std::string response_of(HttpResponse const& response) {
        std::string const location(response.headers.find("Location").value_or(""));
        auto const form =
            parse_form(std::string_view(location).substr(location.find_first_of("?#") + 1)).form;
        EXPECT_EQ(form.fields().size(), 1U) << location;
        return std::string(form.get("response"));
    }
};

TEST_F(HybridFlow, AnIdTokenAloneHoldsWhatTheScopesRelease) {
    auto const form = answered("id_token");
    EXPECT_FALSE(form.find("code"));
    EXPECT_FALSE(form.find("access_token"));
    EXPECT_EQ(form.get("state"), "af0ifjsldkj");
    EXPECT_EQ(form.get("iss"), provider.issuer);
    auto const payload = verified(form.get("id_token"));
    EXPECT_EQ(payload.at("nonce"), "n-0S6_WzA2Mj");
    EXPECT_EQ(payload.at("name"), "Aino Virtanen");
    EXPECT_FALSE(payload.contains("at_hash"));
    EXPECT_FALSE(payload.contains("c_hash"));
}

// OpenID Connect Core §3.2.2.9.
TEST_F(HybridFlow, AnAccessTokenIsHashedIntoTheIdToken) {
    auto const form = answered("id_token token");
    EXPECT_EQ(form.get("token_type"), "Bearer");
    EXPECT_EQ(form.get("expires_in"), "300");
    EXPECT_EQ(form.get("scope"), "openid profile");
    auto const payload = verified(form.get("id_token"));
    EXPECT_EQ(payload.at("at_hash").as_string(), hash(form.get("access_token")));
    EXPECT_FALSE(payload.contains("c_hash"));
    EXPECT_FALSE(payload.contains("name"));
    EXPECT_EQ(text(ask_userinfo(form.get("access_token")), "name"), "Aino Virtanen");
}

// OpenID Connect Core §3.3.2.11: c_hash always, at_hash where there is an access token.
TEST_F(HybridFlow, ACodeIsHashedIntoTheIdToken) {
    for (std::string const type : {"code id_token", "code id_token token"}) {
        auto const form = answered(type);
        auto const payload = verified(form.get("id_token"));
        EXPECT_EQ(payload.at("c_hash").as_string(), hash(form.get("code")));
        EXPECT_EQ(payload.at("s_hash").as_string(), hash(form.get("state")));
        EXPECT_EQ(payload.contains("at_hash"), type.ends_with(" token"));
        if (payload.contains("at_hash")) {
            EXPECT_EQ(payload.at("at_hash").as_string(), hash(form.get("access_token")));
        }
        // §3.3.3.6: iss and sub of both ID tokens are the same, and so is the nonce.
        auto const later = id_token(redeem(std::string(form.get("code"))));
        for (auto const* name : {"iss", "sub", "nonce", "auth_time"})
            EXPECT_EQ(later.at(name), payload.at(name)) << name;
    }
}

TEST_F(HybridFlow, CodeTokenNeedsNoNonce) {
    auto const form = answered("code token", {{"nonce", "(absent)"}});
    EXPECT_FALSE(form.find("id_token"));
    EXPECT_EQ(ask_userinfo(form.get("access_token")).status, 200);
    auto const tokens = redeem(std::string(form.get("code")));
    EXPECT_EQ(tokens.status, 200);
    EXPECT_FALSE(id_token(tokens).contains("nonce"));
}

TEST_F(HybridFlow, AReusedCodeEndsTheTokenThatCameWithIt_O43) {
    auto const form = answered("code token");
    std::string const code(form.get("code"));
    EXPECT_EQ(redeem(code).status, 200);
    EXPECT_EQ(error(redeem(code)), "invalid_grant");
    EXPECT_EQ(ask_userinfo(form.get("access_token")).status, 401);
}

TEST_F(HybridFlow, IsRefusedWhenTheIdTokenCannotBeMade) {
    auto const begun = begin({{"response_type", "id_token"}});
    claims.fails = true;
    Authenticated who;
    who.user_id = "alice";
    who.granted_scopes = begun.request.scope;
    auto const finished =
        finish_authorization(provider, *begun.client, begun.request, who, store.now());
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().error, OAuthError::server_error);
    EXPECT_EQ(finished.error().delivery, Delivery::redirect);
}

TEST_F(HybridFlow, ErrorsAreInTheFragmentToo) {
    auto const response =
        refused(authorize({{"response_type", "id_token"}, {"nonce", "(absent)"}}));
    std::string const location(response.headers.find("Location").value_or(""));
    EXPECT_TRUE(location.starts_with("https://rp.example/cb#error=invalid_request")) << location;
}

// JARM §2.1: iss, aud, exp and the parameters of the response.
TEST_F(HybridFlow, JarmSection21) {
    auto const response = sign_in({{"response_mode", "jwt"}});
    EXPECT_TRUE(response.headers.find("Location")->starts_with("https://rp.example/cb?response="));
    auto const payload = verified(response_of(response));
    EXPECT_EQ(payload.at("iss").as_string(), provider.issuer);
    EXPECT_EQ(payload.at("aud"), "rp");
    EXPECT_EQ(payload.at("state"), "af0ifjsldkj");
    EXPECT_EQ(payload.at("exp").as_int64(), to_unix_s(store.now()) + 600);
    EXPECT_EQ(redeem(std::string(payload.at("code").as_string())).status, 200);
}

TEST_F(HybridFlow, JarmTravelsByEveryWay) {
    auto const by = [&](std::string const& mode, std::string const& type) {
        return sign_in({{"response_mode", mode}, {"response_type", type}});
    };
    EXPECT_TRUE(by("jwt", "code id_token")
                    .headers.find("Location")
                    ->starts_with("https://rp.example/cb#response="));
    EXPECT_TRUE(by("fragment.jwt", "code")
                    .headers.find("Location")
                    ->starts_with("https://rp.example/cb#response="));
    auto const page = by("form_post.jwt", "code").body;
    ASSERT_TRUE(page.starts_with("form_post\n")) << page;
    auto const model = boost::json::parse(page.substr(page.find('\n'))).as_object();
    ASSERT_EQ(model.at("fields").as_array().size(), 1U);
    EXPECT_EQ(model.at("fields").at(0).at("name"), "response");
}

TEST_F(HybridFlow, JarmWrapsErrors) {
    auto const payload = verified(
        response_of(refused(authorize({{"response_mode", "jwt"}, {"prompt", "none login"}}))));
    EXPECT_EQ(payload.at("error"), "invalid_request");
    EXPECT_EQ(payload.at("state"), "af0ifjsldkj");
}

// JARM §2.2: signed and then encrypted.
TEST_F(HybridFlow, JarmIsEncryptedWhereRegistered) {
    auto jwk =
        boost::json::parse(std::string(jose::generate_private_jwk(jose::Algorithm::ES256).reveal()))
            .as_object();
    jwk["use"] = "enc";
    jwk["alg"] = "ECDH-ES";
    auto public_jwk = jwk;
    public_jwk.erase("d");
    register_with({{"jwks", {{"keys", {public_jwk}}}},
                   {"authorization_encrypted_response_alg", "ECDH-ES"},
                   {"authorization_encrypted_response_enc", "A256GCM"}});
    auto const key = jose::DecryptionKey::parse(Secret(boost::json::serialize(jwk))).value();
    auto const response = response_of(sign_in({{"response_mode", "jwt"}}));
    auto const plain = key.decrypt(response, jose::ContentEncryption::A256GCM);
    ASSERT_TRUE(plain) << plain.error().text();
    EXPECT_TRUE(verified(*plain).contains("code"));
}

TEST_F(HybridFlow, JarmIsNeverReplacedByAnswersInClear) {
    auto const begun = begin({{"response_mode", "jwt"}});
    register_with({{"authorization_signed_response_alg", "RS256"}});  // no such key here
    Authenticated who;
    who.user_id = "alice";
    who.granted_scopes = begun.request.scope;
    auto const response =
        finish_authorization(provider, *begun.client, begun.request, who, store.now())
            .value()
            .response;
    EXPECT_EQ(response.status, 503);
    EXPECT_FALSE(response.headers.find("Location"));
}

// RS256 is what a client gets that registered nothing (JARM §3).
TEST_F(HybridFlow, JarmThatNobodyCanSignIsRefusedBeforeAPersonIsAsked) {
    clients.add(parse_client(tests::service()).value());
    EXPECT_EQ(begin().request.response_way.jwt, false) << "who does not ask for it is fine";
    for (auto const* mode : {"jwt", "query.jwt", "form_post.jwt"}) {
        auto const response = refused(authorize({{"response_mode", mode}}));
        EXPECT_EQ(field(response, "error"), "invalid_request") << mode;
        EXPECT_EQ(field(response, "error_description"),
                  "response_mode: no key here signs by RS256");
        EXPECT_EQ(field(response, "state"), "af0ifjsldkj");
    }
    auto fields = request_fields({{"response_mode", "jwt"}});
    fields.erase("client_id");
    EXPECT_EQ(error(done(pushed_authorization_request(provider, post("/par", fields)))),
              "invalid_request");
}

}  // namespace
}  // namespace tunnus::oidc
