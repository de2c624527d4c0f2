// SPDX-License-Identifier: MIT
#include "oidc/protocol/backchannel_authentication.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/oidc/protocol/keys.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr auto ciba_grant = "urn:openid:params:grant-type:ciba";

struct BackchannelAuthenticationTest : testing::Test {
    Limits limits;
    TimePoint now = from_unix_s(1'900'000'000);
    ClientKeys keys{tests::our_keys(), {}};
    Client plain = client();
    Client pinged = client({{"backchannel_token_delivery_mode", "ping"},
                            {"backchannel_client_notification_endpoint", "https://rp.example/p"}});
    Client signing = client({{"backchannel_authentication_request_signing_alg", "ES256"}});

    static Client client(json::object const& more = {}) {
        json::object members{{"grant_types", {"authorization_code", ciba_grant}},
                             {"jwks", tests::our_keys().to_json()}};
        for (auto const& member : more)
            members[member.key()] = member.value();
        return tests::client(members);
    }
    Checked<BackchannelAuthentication> parse(Client const& by, std::string_view form) {
        return parse_backchannel_authentication(by, parse_form(form).form, limits);
    }
    /// `accepted`, or the error.
    std::string answer(Client const& by, std::string_view form) {
        auto const parsed = parse(by, form);
        return parsed ? "accepted" : std::string(to_string(parsed.error().error));
    }
    std::string plainly(std::string const& more) { return answer(plain, "login_hint=a" + more); }

    /// What is accepted, with `more` on top; null removes.
    [[nodiscard]] std::string object(json::object const& more = {},
                                     jose::SigningKey const& key = tests::es256_key(),
                                     std::string_view typ = "JWT") const {
        auto const t = to_unix_s(now);
        json::object claims{{"iss", "rp"},
                            {"aud", "https://id.example"},
                            {"exp", t + 300},
                            {"iat", t},
                            {"nbf", t},
                            {"jti", "one"},
                            {"scope", "openid"},
                            {"login_hint", "a"},
                            {"requested_expiry", 30}};
        return jose::sign_jwt(key, typ, tests::changed(std::move(claims), more));
    }
    Checked<AuthenticationParameters> read(Client const& by, std::string const& form) {
        return read_authentication_parameters(parse_form(form).form, by,
                                              {"https://id.example", &keys, limits, now});
    }
    bool refuses(std::string const& text) {
        auto const parameters = read(signing, "client_id=rp&request=" + text);
        if (parameters) return false;
        EXPECT_EQ(parameters.error().error, OAuthError::invalid_request);
        return true;
    }
};

TEST_F(BackchannelAuthenticationTest, SaysWhoIsAskedAndHow_Ciba7_1) {
    auto const asked = parse(plain,
                             "login_hint=a%40b.fi&binding_message=W4SCT&"
                             "requested_expiry=60&client_notification_token=unused");
    ASSERT_TRUE(asked) << asked.error().description;
    EXPECT_EQ(asked->login_hint, "a@b.fi");
    EXPECT_EQ(asked->binding_message, "W4SCT");
    EXPECT_EQ(asked->lifetime, seconds(60));
    EXPECT_EQ(asked->client_notification_token, "") << "a service that polls is not told";
}

TEST_F(BackchannelAuthenticationTest, HasExactlyOneHint_Ciba7_1) {
    EXPECT_EQ(answer(plain, "id_token_hint=x"), "accepted");
    EXPECT_EQ(answer(plain, ""), "invalid_request");
    EXPECT_EQ(plainly("&id_token_hint=x"), "invalid_request");
    EXPECT_EQ(plainly("&login_hint_token=x"), "invalid_request");
    EXPECT_EQ(answer(plain, "login_hint=" + std::string(512, 'a')), "accepted");
    EXPECT_EQ(answer(plain, "login_hint=" + std::string(513, 'a')), "invalid_request");
    EXPECT_EQ(answer(plain, "login_hint_token=x"), "invalid_request");
}

TEST_F(BackchannelAuthenticationTest, BringsAPingedServicesToken_Ciba7_1) {
    auto const with = [&](std::string const& token) {
        return answer(pinged, "login_hint=a&client_notification_token=" + token);
    };
    EXPECT_EQ(with("8d67dc78-7faa-4d41-aabd-67707b374255"), "accepted");
    EXPECT_EQ(with("abc%3D%3D"), "accepted");
    EXPECT_EQ(answer(pinged, "login_hint=a"), "invalid_request");
    EXPECT_EQ(with("a%0D%0AHost%3A+x"), "invalid_request");
    EXPECT_EQ(with("a+b"), "invalid_request");
    EXPECT_EQ(with(std::string(limits.notification_token_bytes, 'a')), "accepted");
    EXPECT_EQ(with(std::string(limits.notification_token_bytes + 1, 'a')), "invalid_request");
}

TEST_F(BackchannelAuthenticationTest, ShowsAMessageOrRefusesIt_Ciba7_1) {
    EXPECT_EQ(plainly("&binding_message=Maksu+%C3%A4+1234"), "accepted");
    EXPECT_EQ(plainly("&binding_message=" + std::string(64, 'x')), "accepted");
    EXPECT_EQ(plainly("&binding_message=" + std::string(65, 'x')), "invalid_binding_message");
    for (auto const* odd : {"a%0Ab", "%E2%80%AEabc", "%E2%80%8B", "%7F"})
        EXPECT_EQ(plainly(std::string("&binding_message=") + odd), "invalid_binding_message");
}

TEST_F(BackchannelAuthenticationTest, HasSomethingOfThisOneRequestInAProfileOfFapi_FapiCiba5_2_2) {
    auto fapi = signing;
    fapi.profile = "fapi2";
    EXPECT_EQ(answer(fapi, "login_hint=a"), "invalid_request");
    EXPECT_EQ(answer(fapi, "login_hint=a&binding_message=1234"), "accepted");
    EXPECT_EQ(answer(fapi, "login_hint=a&authorization_details=%5B%5D"), "accepted");
}

TEST_F(BackchannelAuthenticationTest, LivesAsLongAsAskedWithinBounds_Ciba7_1) {
    EXPECT_EQ(parse(plain, "login_hint=a")->lifetime, limits.ciba_request_lifetime);
    EXPECT_EQ(parse(plain, "login_hint=a&requested_expiry=99999999")->lifetime,
              limits.ciba_longest_request_lifetime);
    for (auto const* odd : {"0", "-1", "1.5", "x", "1e9", "+5", "99999999999999999999", "5+"})
        EXPECT_EQ(plainly(std::string("&requested_expiry=") + odd), "invalid_request") << odd;
}

TEST_F(BackchannelAuthenticationTest, BringsAPersonsCodeWhereThatIsRegistered_Ciba7_1) {
    EXPECT_EQ(plainly("&user_code=1234"), "invalid_request");
    auto const knows = client({{"backchannel_user_code_parameter", true}});
    EXPECT_EQ(parse(knows, "login_hint=a&user_code=1234")->user_code, "1234");
    EXPECT_EQ(answer(knows, "login_hint=a&user_code=" + std::string(65, 'x')), "invalid_request");
}

TEST_F(BackchannelAuthenticationTest, IsSignedWhereThatIsRegistered_Ciba7_1_1) {
    auto const parameters = read(signing, "client_id=rp&request=" + object());
    ASSERT_TRUE(parameters) << parameters.error().detail;
    EXPECT_EQ(parameters->form.get("scope"), "openid");
    EXPECT_EQ(parameters->form.get("requested_expiry"), "30") << "a number or a text";
    EXPECT_FALSE(parameters->form.find("iss"));
    EXPECT_EQ(parameters->signed_as->jti, "one");
    EXPECT_EQ(read(plain, "login_hint=a")->form.get("login_hint"), "a");
    EXPECT_FALSE(read(signing, "login_hint=a"));
    EXPECT_FALSE(read(plain, "request=" + object()));
    EXPECT_FALSE(read(signing, "request=" + object() + "&scope=openid")) << "inside alone";
    EXPECT_FALSE(read(plain, "login_hint=a&request_uri=https%3A%2F%2Frp.example%2Fr"));
}

TEST_F(BackchannelAuthenticationTest, SaysForWhomByWhomAndForHowLong_Ciba7_1_1) {
    for (auto const* name : {"iss", "aud", "exp", "iat", "nbf", "jti"})
        EXPECT_TRUE(refuses(object({{name, nullptr}}))) << name;
    EXPECT_TRUE(refuses(object({{"iss", "other"}})));
    EXPECT_TRUE(refuses(object({{"aud", "https://other.example"}})));
    EXPECT_FALSE(refuses(object({{"aud", {"https://id.example", "https://other.example"}}})));
    auto const t = to_unix_s(now);
    EXPECT_TRUE(refuses(object({{"exp", t - 61}})));
    EXPECT_TRUE(refuses(object({{"exp", t + 4'000}}))) << "an hour and more (FAPI-CIBA 5.2.2)";
    EXPECT_TRUE(refuses(object({{"nbf", t + 120}})));
    EXPECT_TRUE(refuses(object({{"nbf", t - 4'000}})));
    EXPECT_TRUE(refuses(object({{"nbf", t - 100}, {"exp", t + 3'550}})));
}

TEST_F(BackchannelAuthenticationTest, IsSignedByTheClientAndItsAlgorithm_J01_J04_J16) {
    EXPECT_FALSE(refuses(object()));
    EXPECT_TRUE(refuses(object({}, tests::strangers_key())));
    EXPECT_TRUE(refuses(object({}, tests::es256_key(), "at+jwt")));
    EXPECT_TRUE(refuses("x"));
    signing.backchannel_authentication_request_signing_alg = jose::Algorithm::PS256;
    EXPECT_TRUE(refuses(object()));
}

TEST(CibaRegistration, HasWhatItNeeds) {
    auto const error = [](json::object const& more) {
        json::object members{{"grant_types", {"authorization_code", ciba_grant}}};
        for (auto const& member : more)
            members[member.key()] = member.value();
        auto const parsed = parse_client(tests::metadata(members));
        auto const detail = parsed ? std::string("registered") : parsed.error().detail;
        return detail.substr(0, detail.find(':'));
    };
    EXPECT_EQ(error({}), "registered");
    EXPECT_EQ(error({{"backchannel_token_delivery_mode", "ping"}}),
              "backchannel_client_notification_endpoint");
    EXPECT_EQ(error({{"backchannel_token_delivery_mode", "push"}}),
              "backchannel_token_delivery_mode");
    constexpr auto alg = "backchannel_authentication_request_signing_alg";
    EXPECT_EQ(error({{alg, "ES256"}}), alg) << "no keys";
    EXPECT_EQ(error({{alg, "HS256"}, {"jwks", tests::our_keys().to_json()}}), alg);
    EXPECT_EQ(error({{alg, "ES256"}, {"jwks", tests::our_keys().to_json()}}), "registered");
}

}  // namespace
}  // namespace tunnus::oidc
