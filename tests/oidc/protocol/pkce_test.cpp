// SPDX-License-Identifier: MIT
#include "oidc/protocol/pkce.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

Form form(std::vector<std::pair<std::string, std::string>> const& fields) {
    Form result;
    for (auto const& [name, value] : fields)
        result.add(name, value);
    return result;
}

Form request(std::string_view code_challenge, std::string_view method = "S256") {
    return form({{"code_challenge", std::string(code_challenge)},
                 {"code_challenge_method", std::string(method)}});
}

OAuthError refusal(Checked<std::optional<std::string>> const& checked) {
    EXPECT_FALSE(checked);
    if (checked) return OAuthError::server_error;
    EXPECT_EQ(checked.error().delivery, Delivery::redirect);
    return checked.error().error;
}

bool proves(std::optional<std::string> const& code_challenge,
            std::optional<std::string_view> code_verifier) {
    auto const checked = check_code_verifier(code_challenge, code_verifier);
    if (!checked) {
        EXPECT_EQ(checked.error().error, OAuthError::invalid_grant);
    }
    return checked.has_value();
}

TEST(Pkce, Rfc7636AppendixB) {
    auto const stored = check_code_challenge(tests::client(), request(challenge));
    ASSERT_TRUE(stored);
    EXPECT_EQ(**stored, challenge);
    EXPECT_TRUE(proves(*stored, verifier));
}

TEST(Pkce, DemandsAChallengeUnlessTheRegistrationSaysOtherwise_O23) {
    EXPECT_EQ(refusal(check_code_challenge(tests::client(), Form())), OAuthError::invalid_request);
    auto const relaxed = check_code_challenge(tests::client({{"require_pkce", false}}), Form());
    ASSERT_TRUE(relaxed);
    EXPECT_FALSE(*relaxed);
}

TEST(Pkce, RefusesEveryMethodButS256_O23) {
    for (auto const* method : {"plain", "", "s256", "S512"})
        EXPECT_EQ(refusal(check_code_challenge(tests::client(), request(challenge, method))),
                  OAuthError::invalid_request)
            << method;
    auto const relaxed = tests::client({{"require_pkce", false}});
    EXPECT_EQ(refusal(check_code_challenge(relaxed, request("", "S256"))),
              OAuthError::invalid_request);
}

TEST(Pkce, RefusesAChallengeThatIsNoDigest_O23) {
    std::string const text(challenge);
    for (auto const& bad : {text.substr(1), text + "=", std::string(129, 'a'), std::string(42, 'a'),
                            text + "A", std::string(43, '+'), text.substr(0, 42) + "N"})
        EXPECT_EQ(refusal(check_code_challenge(tests::client(), request(bad))),
                  OAuthError::invalid_request)
            << bad;
}

TEST(Pkce, RefusesEveryOtherVerifier_O46) {
    std::string const stored(challenge);
    ASSERT_TRUE(proves(stored, verifier));
    EXPECT_FALSE(proves(stored, std::nullopt));
    EXPECT_FALSE(proves(stored, ""));
    EXPECT_FALSE(proves(stored, challenge));
    EXPECT_FALSE(proves(stored, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
}

/// The verifier is checked by its form too: its digest would fit.
TEST(Pkce, RefusesAVerifierOfTheWrongForm_O46) {
    auto const fits = [](std::string const& text) {
        auto const digest = encode_base64url(sha256(text));
        return proves(digest, text);
    };
    EXPECT_TRUE(fits(std::string(43, 'a')));
    EXPECT_TRUE(fits(std::string(128, '~')));
    EXPECT_FALSE(fits(std::string(42, 'a')));
    EXPECT_FALSE(fits(std::string(129, 'a')));
    EXPECT_FALSE(fits(std::string(43, ' ')));
    EXPECT_FALSE(fits(std::string(43, '+')));
}

TEST(Pkce, RefusesAVerifierForACodeWithoutChallenge_O47) {
    EXPECT_TRUE(proves(std::nullopt, std::nullopt));
    EXPECT_FALSE(proves(std::nullopt, verifier));
    EXPECT_FALSE(proves(std::nullopt, ""));
}

}  // namespace
}  // namespace tunnus::oidc
