// SPDX-License-Identifier: MIT
#include "oidc/endpoints/end_session.hpp"

#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/keys.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

struct EndSession : EndpointTest {
    EndSession() {
        clients.add(parse_client(
                        tests::service({{"post_logout_redirect_uris", {"https://rp.example/bye"}}}))
                        .value());
    }
    EndSessionRequest read(Fields const& fields) {
        HttpRequest request;
        request.path = "/logout";
        request.query = build_form({fields.begin(), fields.end()});
        auto result = read_end_session(provider, request);
        if (auto* page = std::get_if<HttpResponse>(&result))
            throw std::runtime_error("refused: " + page->body);
        return std::get<EndSessionRequest>(result);
    }
    std::string hint() { return text(redeem(new_code()), "id_token"); }
};

TEST_F(EndSession, ReadsAGenuineHint) {
    auto const ending = read({{"id_token_hint", hint()},
                              {"post_logout_redirect_uri", "https://rp.example/bye"},
                              {"state", "a b"},
                              {"ui_locales", "sv"}});
    EXPECT_EQ(ending.client_id, "rp");
    EXPECT_EQ(ending.hinted_subject, "alice");
    EXPECT_EQ(ending.hinted_sid, session->sid());
    EXPECT_EQ(ending.return_to, "https://rp.example/bye?state=a%20b");
    EXPECT_EQ(ending.ui_locales, std::vector<std::string>{"sv"});
}

TEST_F(EndSession, TakesAnExpiredHint_O85) {
    auto const text = hint();
    store.clock.advance(24h);
    EXPECT_EQ(read({{"id_token_hint", text}}).hinted_subject, "alice");
}

TEST_F(EndSession, ReturnsWithoutStateWhenNoneWasSent) {
    auto const ending =
        read({{"id_token_hint", hint()}, {"post_logout_redirect_uri", "https://rp.example/bye"}});
    EXPECT_EQ(ending.return_to, "https://rp.example/bye");
}

TEST_F(EndSession, ReturnsToRegisteredBytesOnly_O19) {
    auto const text = hint();
    for (std::string const uri :
         {"https://rp.example/bye/", "https://rp.example/bye?foo=bar", "https://rp.example/BYE",
          "https://rp.example@evil.example/bye", "http://rp.example/bye", "//rp.example/bye",
          "https://rp.example/bye#x", "javascript:alert(1)", "https://rp.example/cb", ""})
        EXPECT_FALSE(read({{"id_token_hint", text}, {"post_logout_redirect_uri", uri}}).return_to)
            << uri;
}

TEST_F(EndSession, BelievesNoForgedHint_O84_O85) {
    auto const genuine = hint();
    auto const payload =
        genuine.substr(genuine.find('.') + 1, genuine.rfind('.') - genuine.find('.') - 1);
    auto const none = encode_base64url(R"({"alg":"none","typ":"JWT"})") + "." + payload + ".";
    auto const strangers =
        jose::sign_jws(tests::strangers_key(), "JWT", decode_base64url(payload).value());
    for (auto const& text : {none, strangers, std::string("x")}) {
        auto const ending =
            read({{"id_token_hint", text}, {"post_logout_redirect_uri", "https://rp.example/bye"}});
        EXPECT_EQ(ending.hinted_subject, "");
        EXPECT_EQ(ending.client_id, "");
        EXPECT_FALSE(ending.return_to);
    }
    EXPECT_EQ(read({}).hinted_subject, "");
}

TEST_F(EndSession, RefusesAClientThatTheHintContradicts_O85) {
    auto const text = hint();
    EXPECT_EQ(read({{"id_token_hint", text}, {"client_id", "rp"}}).client_id, "rp");
    EXPECT_THROW((void)read({{"id_token_hint", text}, {"client_id", "other"}}), std::runtime_error);
}

TEST_F(EndSession, RefusesARepeatedParameter) {
    HttpRequest request;
    request.query = "state=a&state=b";
    EXPECT_EQ(std::get<HttpResponse>(read_end_session(provider, request)).status, 400);
}

TEST_F(EndSession, MakesALogoutToken_O87) {
    auto const token =
        make_logout_token(provider, *clients.find("rp"), "alice", "the-sid", store.now()).value();
    auto const verified =
        jose::VerifiedJwt::verify(token, ring.current()->verification, {jose::Algorithm::ES256})
            .value();
    EXPECT_EQ(verified.header().at("typ"), "logout+jwt");
    auto const& claims_of_token = verified.claims();
    EXPECT_EQ(claims_of_token.at("sub"), "alice");
    EXPECT_EQ(claims_of_token.at("sid"), "the-sid");
    EXPECT_EQ(claims_of_token.at("exp").as_int64() - claims_of_token.at("iat").as_int64(), 120);
    EXPECT_FALSE(claims_of_token.contains("nonce"));
    // It is no ID token, though the same key signed it (threats.md J-16).
    EXPECT_EQ(read({{"id_token_hint", token}}).hinted_subject, "");
}

}  // namespace
}  // namespace tunnus::oidc
