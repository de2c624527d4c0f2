// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_registration.hpp"

#include "idp/base/limits.hpp"
#include "oidc/protocol/sector_identifier.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using Object = boost::json::object;
using tests::client;

/// The member that keeps this client from registering itself, or "fine".
std::string refused(Object const& more, Registrant registrant = Registrant::stranger) {
    auto object = tests::metadata({{"scope", "openid email"}});
    for (auto const& member : more)
        object[member.key()] = member.value();
    auto const checked = check_registrable(parse_client(object).value(), registrant);
    if (checked) return "fine";
    EXPECT_EQ(checked.error().error, OAuthError::invalid_client_metadata);
    return checked.error().description.substr(0, checked.error().description.find(' '));
}

TEST(ClientRegistration, KeepsTheMembersOfTheSpecifications) {
    Object const asked{{"client_name", "A"},
                       {"client_name#sv-FI", "B"},
                       {"redirect_uris", {"https://rp.example/cb"}},
                       {"software_id", "s"}};
    EXPECT_EQ(registrable_members(asked, Registrant::stranger), asked);
}

TEST(ClientRegistration, PassesOverWhatItDoesNotKnowAndWhatTheOperatorDecides) {
    Object const asked{{"surely", 1},
                       {"client_id", "library"},
                       {"client_secret", {{"file", "/etc/passwd"}}},
                       {"skip_consent", true},
                       {"consent_version", "9"},
                       {"disabled", false},
                       {"allowed_origins", {"https://evil.example"}},
                       {"client_name#", "A"},
                       {"client_name#fi\"", "A"},
                       {"tos_uri", nullptr}};
    EXPECT_TRUE(registrable_members(asked, Registrant::vouched).empty());
}

TEST(ClientRegistration, LetsOnlyAVouchedClientReachOthersServices) {
    Object const asked{{"resources", {"https://api.example"}}, {"access_token_format", "jwt"}};
    EXPECT_TRUE(registrable_members(asked, Registrant::stranger).empty());
    EXPECT_EQ(registrable_members(asked, Registrant::vouched), asked);
}

TEST(ClientRegistration, NeedsASecretForItsMethodAndItsHmacs) {
    EXPECT_TRUE(needs_client_secret({}));
    EXPECT_TRUE(needs_client_secret({{"token_endpoint_auth_method", "client_secret_jwt"}}));
    EXPECT_FALSE(needs_client_secret({{"token_endpoint_auth_method", "private_key_jwt"}}));
    EXPECT_FALSE(needs_client_secret({{"token_endpoint_auth_method", "none"}}));
    EXPECT_TRUE(needs_client_secret({{"token_endpoint_auth_method", "private_key_jwt"},
                                     {"request_object_signing_alg", "HS256"}}));
}

TEST(ClientRegistration, LetsAStrangerHaveTheCodeAndOrdinaryScopes_O78) {
    EXPECT_EQ(refused({}), "fine");
    EXPECT_EQ(refused({{"scope", "openid hetu"}}), "scope");
    EXPECT_EQ(refused({{"scope", "openid hetu"}}, Registrant::vouched), "fine");
    EXPECT_EQ(refused({{"grant_types", {"client_credentials"}}}), "grant_types");
    EXPECT_EQ(refused({{"grant_types", {"client_credentials"}}}, Registrant::vouched), "fine");
}

TEST(ClientRegistration, ShowsPagesOfTheClientsOwnHostUnlessSomebodyVouches_O78) {
    EXPECT_EQ(refused({{"logo_uri", "https://rp.example/logo.png"}}), "fine");
    EXPECT_EQ(refused({{"logo_uri", "https://bank.example/logo.png"}}), "logo_uri");
    EXPECT_EQ(refused({{"tos_uri", "https://bank.example/"}}), "tos_uri");
    EXPECT_EQ(refused({{"tos_uri", "https://terms.example/"}}, Registrant::vouched), "fine");
}

TEST(ClientRegistration, TakesNoAddressThatIsNotOutside_O79) {
    EXPECT_EQ(refused({{"backchannel_logout_uri", "https://rp.example/logout"}}), "fine");
    EXPECT_EQ(refused({{"backchannel_logout_uri", "https://8.8.8.8/logout"}}), "fine");
    for (auto const* uri :
         {"http://127.0.0.1/x", "https://127.0.0.1/x", "https://169.254.169.254/latest",
          "https://[::1]/x", "https://10.1.2.3/x", "https://localhost/x", "http://localhost/x",
          "https://[fd00::1]/x", "https://deep.localhost/x"}) {
        EXPECT_EQ(refused({{"backchannel_logout_uri", uri}}, Registrant::vouched),
                  "backchannel_logout_uri")
            << uri;
        EXPECT_EQ(refused({{"sector_identifier_uri", uri}}), "sector_identifier_uri") << uri;
        EXPECT_EQ(refused({{"logo_uri", uri}}), "logo_uri") << uri;
    }
}

TEST(ClientRegistration, TakesAnAddressInsideThatTheOperatorLetsCallsGoTo) {
    std::array const inside{IpNetwork::parse("127.0.0.0/8").value()};
    auto const checked = [&](std::string_view uri) {
        auto const registered = parse_client(tests::metadata({{"logo_uri", uri}}));
        return check_registrable(registered.value(), Registrant::vouched, inside).has_value();
    };
    EXPECT_TRUE(checked("https://127.0.0.1/x"));
    for (auto const* uri : {"http://127.0.0.1/x", "https://10.0.0.1/x", "https://localhost/"})
        EXPECT_FALSE(checked(uri)) << uri;
}

TEST(ClientRegistration, WritesOutTheDefaultsThatApply) {
    Object metadata{{"redirect_uris", {"https://rp.example/cb"}}, {"subject_type", "pairwise"}};
    write_defaults(client(), metadata);
    EXPECT_EQ(metadata.at("grant_types"), boost::json::array{"authorization_code"});
    EXPECT_EQ(metadata.at("response_types"), boost::json::array{"code"});
    EXPECT_EQ(metadata.at("token_endpoint_auth_method"), "client_secret_basic");
    EXPECT_EQ(metadata.at("id_token_signed_response_alg"), "RS256");
    EXPECT_EQ(metadata.at("application_type"), "web");
    EXPECT_EQ(metadata.at("subject_type"), "pairwise");
    EXPECT_EQ(metadata.at("scope"), "openid profile email offline_access api");
}

TEST(ClientRegistration, AnswersWithTheWordAndTheMemberAlone) {
    auto const bad_uri = metadata_refusal(
        parse_client(tests::metadata({{"redirect_uris", {"https://rp.example/cb#f"}}})).error());
    EXPECT_EQ(bad_uri.error, OAuthError::invalid_redirect_uri);
    EXPECT_EQ(bad_uri.description, "redirect_uris does not do");
    auto const bad_alg = metadata_refusal(
        parse_client(tests::metadata({{"id_token_signed_response_alg", "none"}})).error());
    EXPECT_EQ(bad_alg.error, OAuthError::invalid_client_metadata);
}

TEST(SectorIdentifier, ListsEveryRedirectUri) {
    auto const two = client({{"redirect_uris", {"https://a.example/cb", "https://b.example/cb"}},
                             {"sector_identifier_uri", "https://a.example/sector"}});
    Limits const limits;
    EXPECT_TRUE(check_sector_identifier(
        two, R"(["https://b.example/cb","https://c.example/cb","https://a.example/cb"])", limits));
    for (auto const* document :
         {R"(["https://a.example/cb"])", R"(["https://a.example/cb","https://b.example/cb/"])",
          R"({"https://a.example/cb":1})", "", "[", R"([["https://a.example/cb"]])"}) {
        auto const checked = check_sector_identifier(two, document, limits);
        ASSERT_FALSE(checked) << document;
        EXPECT_EQ(checked.error().error, OAuthError::invalid_client_metadata);
    }
}

}  // namespace
}  // namespace tunnus::oidc
