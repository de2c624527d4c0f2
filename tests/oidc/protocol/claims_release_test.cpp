// SPDX-License-Identifier: MIT
#include "oidc/protocol/claims_release.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using Words = std::vector<std::string>;

Words const levels{"light", "substantial", "high"};
std::vector<ScopeInfo> const scopes{
    {.name = "profile", .claims = {"name"}, .ask_consent = true, .minimum_acr = {}},
    {.name = "register",
     .claims = {"municipality", "address"},
     .ask_consent = true,
     .minimum_acr = "substantial"},
    {.name = "home", .claims = {"address"}, .ask_consent = true, .minimum_acr = "light"},
};

ClaimsQuery released(std::string acr, Words scope, Words names) {
    ClaimsQuery query;
    query.user_id = "user-1";
    query.acr = std::move(acr);
    query.scopes = std::move(scope);
    query.claim_names = std::move(names);
    return release_at_level(std::move(query), scopes, levels);
}

TEST(ClaimsRelease, GivesAllAtTheLevelAndAbove) {
    for (auto const* acr : {"substantial", "high"}) {
        auto const query = released(acr, {"openid", "register"}, {"municipality", "name"});
        EXPECT_EQ(query.scopes, (Words{"openid", "register"})) << acr;
        EXPECT_EQ(query.claim_names, (Words{"municipality", "name"})) << acr;
        EXPECT_EQ(query.user_id, "user-1");
    }
}

TEST(ClaimsRelease, DropsWhatIsVerifiedBelowItsLevelToo) {
    ClaimsQuery query;
    query.acr = "light";
    query.verified_names = {"name", "municipality"};
    EXPECT_EQ(release_at_level(query, scopes, levels).verified_names, (Words{"name"}));
}

TEST(ClaimsRelease, DropsTheScopeBelowItsLevel) {
    EXPECT_EQ(released("light", {"openid", "profile", "register"}, {}).scopes,
              (Words{"openid", "profile"}));
}

// threats.md O-30
TEST(ClaimsRelease, DropsAClaimAskedByNameBelowTheLevelOfItsScope) {
    EXPECT_EQ(
        released("light", {}, {"municipality", "municipality#sv", "name", "no_scope"}).claim_names,
        (Words{"name", "no_scope"}));
}

TEST(ClaimsRelease, HoldsAClaimOfSeveralScopesToTheHighestLevel) {
    EXPECT_EQ(released("light", {"home"}, {"address"}).scopes, Words{"home"});
    EXPECT_EQ(released("light", {"home"}, {"address"}).claim_names, Words());
    EXPECT_EQ(released("substantial", {"home"}, {"address"}).claim_names, Words{"address"});
}

TEST(ClaimsRelease, TakesAnUnknownOrMissingLevelForTooLow) {
    for (auto const* acr : {"", "somebody's"})
        EXPECT_EQ(released(acr, {"register"}, {"municipality"}).claim_names, Words()) << acr;
}

}  // namespace
}  // namespace tunnus::oidc
