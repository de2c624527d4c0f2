// SPDX-License-Identifier: MIT
// threats.md M-06: an answer for another person, of another kind or service, unsigned or late.
#include "plugins/mandates/signed_answer.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "plugins/mandates/web_api.hpp"
#include "tests/fakes/host.hpp"
#include "tests/fakes/valtuudet.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace tunnus::plugin::mandates {
namespace {

/// The register's key pair.
class Signer {
  public:
    explicit Signer(int bits = 2'048) : key_(EVP_RSA_gen(static_cast<unsigned>(bits))) {}
    Signer(Signer const&) = delete;
    Signer& operator=(Signer const&) = delete;
    ~Signer() { EVP_PKEY_free(key_); }

    std::string public_key() const {
        unsigned char* der = nullptr;
        auto const size = i2d_PUBKEY(key_, &der);
        auto text = encode_base64({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
        OPENSSL_free(der);
        return text;
    }
    std::string sign(boost::json::object const& claims, std::string const& header) const {
        auto const text =
            encode_base64url(header) + "." + encode_base64url(boost::json::serialize(claims));
        auto* const context = EVP_MD_CTX_new();
        std::string signature(1'024, '\0');
        std::size_t size = signature.size();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<unsigned char const*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        return text + "." + encode_base64url(signature.substr(0, size));
    }

  private:
    EVP_PKEY* key_;
};

Signer const& signer() {
    static Signer const made;
    return made;
}

class SignedAnswer : public testing::Test {
  protected:
    Result<boost::json::value> read(boost::json::object const& claims,
                                    std::string const& header = R"({"alg":"RS256"})") const {
        return read_text(signer().sign(claims, header));
    }
    Result<boost::json::value> read_text(std::string const& jwt) const {
        return read_signed_answer(jwt, AnswerKey::parse(signer().public_key()).value(),
                                  {AnswerKind::authorization_list, principal, service, now},
                                  Limits());
    }
    boost::json::object good() const {
        return {{"iss", "Suomi.fi-Valtuudet"}, {"aud", {std::string(service)}},
                {"sub", "AuthorizationList"},  {"principal", principal},
                {"response", R"(["ALL"])"},    {"reasons", "[]"},
                {"iat", to_unix_s(now)},       {"exp", to_unix_s(now) + 60}};
    }
    boost::json::object with(std::string_view name, boost::json::value value) const {
        auto claims = good();
        claims[name] = std::move(value);
        return claims;
    }
    std::string why_refused(Result<boost::json::value> const& answer) const {
        return answer ? "taken" : answer.error().detail;
    }

    static constexpr std::string_view service = "0c5a2f8e-service";
    std::string principal = "010117A9128";
    TimePoint now = from_unix_ms(1'893'553'445'000);
};

TEST_F(SignedAnswer, SaysWhatTheUnsignedOneWouldHave) {
    EXPECT_EQ(boost::json::serialize(read(good()).value()), R"({"roles":["ALL"]})");
    auto claims = with("sub", "Authorization");
    claims["response"] = "ALLOWED";
    claims["aud"] = service;
    auto const key = AnswerKey::parse(signer().public_key()).value();
    auto const decision =
        read_signed_answer(signer().sign(claims, R"({"alg":"RS256"})"), key,
                           {AnswerKind::authorization, principal, service, now}, Limits());
    EXPECT_EQ(boost::json::serialize(decision.value()), R"({"result":"ALLOWED"})");
    claims = {{"iss", "Suomi.fi-Valtuudet"},
              {"aud", service},
              {"sub", "OrganizationalRoles"},
              {"end_user", principal},
              {"response", R"([{"identifier":"0201256-6"}])"}};
    auto const roles =
        read_signed_answer(signer().sign(claims, R"({"alg":"RS256"})"), key,
                           {AnswerKind::organisational_roles, principal, service, now}, Limits());
    EXPECT_EQ(boost::json::serialize(roles.value()), R"([{"identifier":"0201256-6"}])");
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
    EXPECT_EQ(why_refused(read(with("exp", to_unix_s(now) - 299))), "taken");
    EXPECT_EQ(why_refused(read(with("exp", to_unix_s(now) - 300))), "signed_answer_time");
    EXPECT_EQ(why_refused(read(with("iat", to_unix_s(now) - 301))), "signed_answer_time");
    EXPECT_EQ(why_refused(read(with("iat", to_unix_s(now) + 301))), "signed_answer_time");
}

TEST_F(SignedAnswer, M06_RefusesOneThatIsUnsignedOrSignedByAnother) {
    auto const jwt = signer().sign(good(), R"({"alg":"RS256"})");
    EXPECT_EQ(why_refused(read_text(jwt)), "taken");
    EXPECT_EQ(why_refused(read_text(jwt.substr(0, jwt.rfind('.') + 1))), "signed_answer_signature");
    EXPECT_EQ(why_refused(read_text(Signer().sign(good(), R"({"alg":"RS256"})"))),
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
    EXPECT_FALSE(AnswerKey::parse(Signer(1'024).public_key()));
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
    settings.signed_answers = {AnswerKey::parse(signer().public_key()).value(),
                               std::string(service)};
    WebApi api(host, settings);
    WebSession session;
    session.session_id = "sess-1";
    session.access_token = "token";
    auto const code = PersonalIdentityCode::parse(principal).value();
    bool is_signed = true;
    host.fake_http.set_server([&](OutboundRequest const& request) {
        EXPECT_NE(request.url.find("/service/hpa/api/authorizationlist/jwt/sess-1/"),
                  std::string::npos);
        return OutboundResponse{
            200,
            {},
            is_signed ? signer().sign(good(), R"({"alg":"RS256"})") : R"({"roles":["ALL"]})"};
    });
    EXPECT_EQ(api.authorization_list(session, code, {}).value(), std::vector<std::string>{"ALL"});
    is_signed = false;
    auto const unsigned_answer = api.authorization_list(session, code, {});
    ASSERT_FALSE(unsigned_answer);
    EXPECT_EQ(unsigned_answer.error().reason, "signed_answer_form");
}

}  // namespace
}  // namespace tunnus::plugin::mandates
