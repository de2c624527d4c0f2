// SPDX-License-Identifier: MIT
#include "oidc/protocol/assertion_grant.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/oidc/protocol/keys.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

/// One issuer with the key es256_key(), which the client `rp` may bring assertions of.
struct AssertionGrantTest : testing::Test {
    Limits limits;
    TimePoint now = from_unix_s(1'900'000'000);
    Client client = tests::client();
    std::vector<AssertionIssuer> trusted{
        parse_assertion_issuer(issuer(), limits).value(),
        parse_assertion_issuer(
            issuer({{"issuer", "https://elsewhere.example"}, {"jwks", {{"keys", json::array()}}}}),
            limits)
            .value()};

    static json::object issuer(json::object const& more = {}) {
        json::object object{{"issuer", "https://batch.example"},
                            {"jwks", tests::our_keys().to_json()},
                            {"clients", {"rp"}}};
        for (auto const& member : more)
            object[member.key()] = member.value();
        return object;
    }
    /// What is accepted, with `more` on top; null removes.
    [[nodiscard]] std::string assertion(json::object const& more = {},
                                        jose::SigningKey const& key = tests::es256_key(),
                                        std::string_view typ = "JWT") const {
        json::object claims{{"iss", "https://batch.example"}, {"sub", "alice"},
                            {"aud", "https://id.example"},    {"iat", to_unix_s(now)},
                            {"exp", to_unix_s(now) + 300},    {"jti", "one"}};
        return jose::sign_jwt(key, typ, tests::changed(std::move(claims), more));
    }
    Checked<AssertionGrant> check(std::string_view text) {
        return check_assertion_grant(
            text, client, {"https://id.example", "https://id.example/token", trusted, limits, now});
    }
    bool refuses(std::string_view text) {
        auto const checked = check(text);
        if (checked) return false;
        EXPECT_EQ(checked.error().error, OAuthError::invalid_grant);
        EXPECT_EQ(checked.error().description, "the grant is not valid") << "alike for all (I7)";
        return true;
    }
    bool refuses_with(json::object const& more) { return refuses(assertion(more)); }
};

TEST_F(AssertionGrantTest, TakesATrustedIssuersWord_Rfc7523_3) {
    auto const taken = check(assertion());
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ(taken->issuer, "https://batch.example");
    EXPECT_EQ(taken->subject, "alice");
    EXPECT_EQ(taken->jti, "one");
    EXPECT_EQ(taken->expires_at, now + seconds(360)) << "as long as it could be taken again";
    EXPECT_TRUE(check(assertion({{"aud", "https://id.example/token"}})));
    EXPECT_TRUE(check(assertion({{"aud", {"https://other.example", "https://id.example"}}})));
    EXPECT_TRUE(check(assertion({{"iat", nullptr}})));
}

TEST_F(AssertionGrantTest, RefusesAnotherIssuersAndADisabledOnes_O83) {
    EXPECT_TRUE(refuses_with({{"iss", "https://stranger.example"}}));
    EXPECT_TRUE(refuses_with({{"iss", "https://batch.example/"}}));
    EXPECT_TRUE(refuses_with({{"iss", nullptr}}));
    EXPECT_TRUE(refuses_with({{"iss", "https://elsewhere.example"}})) << "not with its own key";
    trusted.front().disabled = true;
    EXPECT_TRUE(refuses(assertion()));
}

TEST_F(AssertionGrantTest, IsForTheServicesThatTheOperatorNamed) {
    trusted.front().clients = {"other"};
    EXPECT_TRUE(refuses(assertion()));
}

TEST_F(AssertionGrantTest, RefusesWhatTheIssuerDidNotSign_J01_J05) {
    EXPECT_TRUE(refuses(assertion({}, tests::strangers_key())));
    auto const text = assertion();
    EXPECT_TRUE(refuses(text.substr(0, text.rfind('.') + 1)));
    EXPECT_TRUE(refuses("x"));
    EXPECT_TRUE(refuses(""));
}

TEST_F(AssertionGrantTest, RefusesAnotherKindOfToken_J16) {
    for (auto const* typ : {"at+jwt", "logout+jwt", "dpop+jwt"})
        EXPECT_TRUE(refuses(assertion({}, tests::es256_key(), typ))) << typ;
}

TEST_F(AssertionGrantTest, RefusesWhatIsNotAimedAtUs_Rfc7523_3) {
    for (json::value const& aud : {json::value("https://other.example"), json::value("rp"),
                                   json::value(json::array()), json::value(nullptr)})
        EXPECT_TRUE(refuses_with({{"aud", aud}})) << aud;
}

TEST_F(AssertionGrantTest, RefusesWhatIsAboutNobodyOrCannotBeUsedUp_Rfc7523_3) {
    for (auto const* name : {"sub", "jti", "exp"})
        EXPECT_TRUE(refuses_with({{name, nullptr}})) << name;
    EXPECT_TRUE(refuses_with({{"sub", ""}}));
    EXPECT_TRUE(refuses_with({{"jti", 7}}));
}

TEST_F(AssertionGrantTest, LivesShortly_J14) {
    auto const t = to_unix_s(now);
    EXPECT_TRUE(refuses_with({{"exp", t - 61}}));
    EXPECT_TRUE(check(assertion({{"iat", t - 60}, {"exp", t - 1}}))) << "clocks differ a little";
    EXPECT_TRUE(refuses_with({{"exp", t + 3'600}}));
    EXPECT_TRUE(refuses_with({{"iat", t - 3'600}}));
    EXPECT_TRUE(refuses_with({{"iat", t + 120}}));
    EXPECT_TRUE(refuses_with({{"nbf", t + 120}}));
    EXPECT_TRUE(refuses_with({{"exp", "soon"}}));
}

TEST(AssertionIssuer, IsReadStrictly) {
    Limits const limits;
    auto const error = [&](json::object const& more) {
        auto const read = parse_assertion_issuer(AssertionGrantTest::issuer(more), limits);
        return read ? std::string("read") : read.error().detail;
    };
    EXPECT_EQ(error({}), "read");
    EXPECT_EQ(error({{"disabled", true}}), "read");
    EXPECT_EQ(error({{"issuer", ""}}), "issuer: is missing");
    EXPECT_EQ(error({{"jwks", "x"}}).substr(0, 5), "jwks:");
    EXPECT_EQ(error({{"trust", "blind"}}), "trust: unknown member");
}

}  // namespace
}  // namespace tunnus::oidc
