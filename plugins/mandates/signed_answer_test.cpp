// SPDX-License-Identifier: MIT
// threats.md M-06: an answer for another person, of another kind or service, unsigned or late.
#include "plugins/mandates/signed_answer.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "plugins/mandates/web_api.hpp"
#include "tests/fakes/host.hpp"
#include "tests/fakes/rsa_signer.hpp"
#include "tests/fakes/valtuudet.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::plugin::mandates {
namespace {

fakes::RsaSigner const& signer() {
    static fakes::RsaSigner const made;
    return made;
}

class SignedAnswer : public testing::Test {
  protected:
    Result<boost::json::value> read(boost::json::object const& claims,
                                    std::string const& header = R"({"alg":"RS256"})") const {
        return read_text(signer().sign(claims, header));
    }
    Result<boost::json::value> read_text(std::string const& jwt) const {
        return read_signed_answer(jwt, AnswerKey::parse(signer().public_key()).value(), expected,
                                  Limits());
    }
    boost::json::object good() const {
        return {{"iss", "Suomi.fi-Valtuudet"}, {"aud", {std::string(service)}},
                {"sub", "AuthorizationList"},  {"principal", principal},
                {"end_user", end_user},        {"requestId", "r1"},
                {"response", R"(["ALL"])"},    {"reasons", "[]"},
                {"iat", to_unix_s(now)},       {"exp", to_unix_s(now) + 60}};
    }
    boost::json::object with(std::string_view name, boost::json::value value) const {
        auto claims = good();
        claims[name] = std::move(value);
        return claims;
    }
    boost::json::object without(std::string_view name) const {
        auto claims = good();
        claims.erase(name);
        return claims;
    }
    std::string why_refused(Result<boost::json::value> const& answer) const {
        return answer ? "taken" : answer.error().detail;
    }

    static constexpr std::string_view service = "0c5a2f8e-service";
    std::string const principal = "010117A9128";
    std::string const end_user = "210281-9988";
    TimePoint const now = from_unix_ms(1'893'553'445'000);
    ExpectedAnswer expected{.kind = AnswerKind::authorization_list,
                            .end_user = end_user,
                            .principal = principal,
                            .request_id = "r1",
                            .audience = service,
                            .now = now};
};

TEST_F(SignedAnswer, SaysWhatTheUnsignedOneWouldHave) {
    EXPECT_EQ(boost::json::serialize(read(good()).value()), R"({"roles":["ALL"]})");
    expected.kind = AnswerKind::organisational_roles;
    expected.principal = {};
    auto claims = without("principal");
    claims["sub"] = "OrganizationalRoles";
    claims["aud"] = service;
    claims["response"] = R"([{"identifier":"0201256-6"}])";
    EXPECT_EQ(boost::json::serialize(read(claims).value()), R"([{"identifier":"0201256-6"}])");
}

TEST_F(SignedAnswer, M06_RefusesAnotherPersonServiceKindOrIssuer) {
    EXPECT_EQ(why_refused(read(with("principal", "150614A923W"))), "signed_answer_person");
    EXPECT_EQ(why_refused(read(with("principal", nullptr))), "signed_answer_person");
    EXPECT_EQ(why_refused(read(with("aud", {"another"}))), "signed_answer_aud");
    EXPECT_EQ(why_refused(read(with("aud", "another"))), "signed_answer_aud");
    EXPECT_EQ(why_refused(read(with("sub", "Authorization"))), "signed_answer_sub");
    EXPECT_EQ(why_refused(read(with("iss", "somebody"))), "signed_answer_iss");
    EXPECT_EQ(why_refused(read(with("response", "ALLOWED"))), "signed_answer_response");
    EXPECT_EQ(why_refused(read(with("response", 1))), "signed_answer_response");
}

TEST_F(SignedAnswer, M06_RefusesALateOne) {
    EXPECT_EQ(why_refused(read(with("exp", to_unix_s(now) - 59))), "taken");
    EXPECT_EQ(why_refused(read(with("exp", to_unix_s(now) - 60))), "signed_answer_time");
    EXPECT_EQ(why_refused(read(with("iat", to_unix_s(now) - 60))), "taken");
    EXPECT_EQ(why_refused(read(with("iat", to_unix_s(now) - 61))), "signed_answer_time");
    EXPECT_EQ(why_refused(read(with("iat", to_unix_s(now) + 61))), "signed_answer_time");
}

// An answer that says no time could have been given at any, and one that names nobody to anybody.
TEST_F(SignedAnswer, M06_RefusesOneThatDoesNotSayWhenAndForWhom) {
    for (auto const* name : {"iat", "exp"}) {
        EXPECT_EQ(why_refused(read(without(name))), "signed_answer_time") << name;
        EXPECT_EQ(why_refused(read(with(name, nullptr))), "signed_answer_time") << name;
        EXPECT_EQ(why_refused(read(with(name, "1893553445"))), "signed_answer_time") << name;
    }
    EXPECT_EQ(why_refused(read(without("end_user"))), "signed_answer_person");
    EXPECT_EQ(why_refused(read(without("principal"))), "signed_answer_person");
    EXPECT_EQ(why_refused(read(with("end_user", "020250-934X"))), "signed_answer_person");
    EXPECT_EQ(why_refused(read(with("requestId", "r2"))), "signed_answer_person");
    EXPECT_EQ(why_refused(read(without("requestId"))), "taken") << "nobody has seen one with it";
}

TEST_F(SignedAnswer, M06_WhatTheConfigurationLetsItLackMustStillBeRightWhereItIsThere) {
    expected.may_lack = {.end_user = true, .iat = true, .exp = true};
    for (auto const* name : {"iat", "exp", "end_user"})
        EXPECT_EQ(why_refused(read(without(name))), "taken") << name;
    EXPECT_EQ(why_refused(read(with("end_user", "020250-934X"))), "signed_answer_person");
    EXPECT_EQ(why_refused(read(with("exp", to_unix_s(now) - 60))), "signed_answer_time");
    EXPECT_EQ(why_refused(read(with("iat", to_unix_s(now) - 61))), "signed_answer_time");
    EXPECT_EQ(why_refused(read(without("principal"))), "signed_answer_person");
    // An organisation's roles are nobody's but the person's who asked.
    expected.kind = AnswerKind::organisational_roles;
    auto claims = without("end_user");
    claims["sub"] = "OrganizationalRoles";
    EXPECT_EQ(why_refused(read(claims)), "signed_answer_person");
}

TEST_F(SignedAnswer, M06_RefusesOneThatIsUnsignedOrSignedByAnother) {
    auto const jwt = signer().sign(good(), R"({"alg":"RS256"})");
    EXPECT_EQ(why_refused(read_text(jwt)), "taken");
    EXPECT_EQ(why_refused(read_text(jwt.substr(0, jwt.rfind('.') + 1))), "signed_answer_signature");
    EXPECT_EQ(why_refused(read_text(fakes::RsaSigner().sign(good(), R"({"alg":"RS256"})"))),
              "signed_answer_signature");
    EXPECT_EQ(why_refused(read(good(), R"({"alg":"none"})")), "signed_answer_form");
    EXPECT_EQ(why_refused(read(good(), R"({"alg":"HS256"})")), "signed_answer_form");
    EXPECT_EQ(why_refused(read(good(), R"({"alg":"RS256","crit":["x"]})")), "signed_answer_form");
    for (auto const* text : {"", ".", "..", "a.b", R"({"roles":["ALL"]})"})
        EXPECT_EQ(why_refused(read_text(text)), "signed_answer_form") << text;
    // The signature is over the bytes, not over what they mean.
    auto const other = signer().sign(with("principal", "150614A923W"), R"({"alg":"RS256"})");
    EXPECT_EQ(
        why_refused(read_text(jwt.substr(0, jwt.find('.')) +
                              other.substr(other.find('.'), other.rfind('.') - other.find('.')) +
                              jwt.substr(jwt.rfind('.')))),
        "signed_answer_signature");
}

TEST(AnswerKeyTest, TakesAnRsaKeyWithOrWithoutTheLinesOfPem) {
    auto const text = signer().public_key();
    EXPECT_TRUE(AnswerKey::parse(text));
    EXPECT_TRUE(AnswerKey::parse("-----BEGIN PUBLIC KEY-----\n" + text.substr(0, 64) + "\n" +
                                 text.substr(64) + "\n-----END PUBLIC KEY-----\n"));
    EXPECT_FALSE(AnswerKey::parse(fakes::RsaSigner(1'024).public_key()));
    EXPECT_FALSE(AnswerKey::parse("no key"));
    EXPECT_FALSE(AnswerKey::parse(""));
}

/// Where the key is configured the calls ask for the signed form, and take no other.
TEST_F(SignedAnswer, M06_WhoHasTheKeyTakesNoUnsignedAnswer) {
    fakes::FakeHost host("mandates");
    Settings settings;
    settings.base_url = fakes::Valtuudet::base_url;
    settings.client_id = "abcd1234";
    settings.api_key = Secret("key");
    settings.signed_answers = {
        AnswerKey::parse(signer().public_key()).value(), std::string(service), {}};
    WebApi api(host, settings);
    WebSession session;
    session.session_id = "sess-1";
    session.access_token = "token";
    session.delegate = end_user;
    session.request_id = "r1";
    auto const code = PersonalIdentityCode::parse(principal).value();
    bool is_signed = true;
    auto claims = good();
    claims["iat"] = to_unix_s(host.manual_clock.now());
    claims["exp"] = to_unix_s(host.manual_clock.now()) + 60;
    host.fake_http.set_server([&](OutboundRequest const& request) {
        EXPECT_NE(request.url.find("/service/hpa/api/authorizationlist/jwt/sess-1/"),
                  std::string::npos);
        return OutboundResponse{
            200,
            {},
            is_signed ? signer().sign(claims, R"({"alg":"RS256"})") : R"({"roles":["ALL"]})"};
    });
    EXPECT_EQ(api.authorization_list(session, code, {}).value(), std::vector<std::string>{"ALL"});
    is_signed = false;
    auto const unsigned_answer = api.authorization_list(session, code, {});
    ASSERT_FALSE(unsigned_answer);
    EXPECT_EQ(unsigned_answer.error().reason, "signed_answer_form");
}

}  // namespace
}  // namespace tunnus::plugin::mandates
