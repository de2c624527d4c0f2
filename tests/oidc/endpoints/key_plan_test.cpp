// SPDX-License-Identifier: MIT
#include "oidc/key_plan.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using namespace std::chrono_literals;
using Retired = std::vector<std::pair<std::string, TimePoint>>;

constexpr TimePoint now{1'800'000'000s};
constexpr KeyRotation rotation{90 * 24h, 24h, 2h};

storage::SigningKey key(std::string kid, TimePoint sign_from, std::string alg = "ES256") {
    storage::SigningKey record;
    record.kid = std::move(kid);
    record.alg = std::move(alg);
    record.announced_at = sign_from - 24h;
    record.sign_from = sign_from;
    return record;
}
storage::SigningKey retiring(storage::SigningKey record, TimePoint at) {
    record.retired_at = at;
    return record;
}
storage::SigningKey revoked(storage::SigningKey record) {
    record.revoked_at = now - 1h;
    return record;
}
std::vector<std::string> made(KeyPlan const& plan) {
    std::vector<std::string> algorithms;
    for (auto const& one : plan.made)
        algorithms.push_back(one.alg);
    return algorithms;
}

TEST(KeyPlan, MakesWhatIsMissingAtOnce) {
    KeyRecords const records{key("a", now - 1h), retiring(key("b", now - 1h, "RS256"), now + 1h),
                             revoked(key("c", now - 1h, "EdDSA"))};
    auto const plan = plan_missing(records, {"ES256", "RS256", "EdDSA", "ES384"}, now);
    EXPECT_EQ(made(plan), (std::vector<std::string>{"RS256", "EdDSA", "ES384"}));
    for (auto const& one : plan.made)
        EXPECT_EQ(one.sign_from, now);
    EXPECT_TRUE(plan.retired.empty()) << "what retires already does so when it was to";
}

TEST(KeyPlan, AnnouncesASuccessorBeforeItsTime) {
    KeyRecords const records{key("a", now - rotation.every + rotation.announce)};
    EXPECT_TRUE(plan_successors(records, {"ES256"}, rotation, now - 1ms).made.empty());
    auto const plan = plan_successors(records, {"ES256"}, rotation, now);
    ASSERT_EQ(made(plan), (std::vector<std::string>{"ES256"}));
    EXPECT_EQ(plan.made[0].sign_from, now + 24h);
    EXPECT_EQ(plan.retired, (Retired{{"a", now + 24h + 2h}}));
}

TEST(KeyPlan, AnnouncesForAsLongWhereTheTimeWasMissed) {
    KeyRecords const records{key("a", now - 400 * 24h)};
    EXPECT_EQ(plan_successors(records, {"ES256"}, rotation, now).made.at(0).sign_from, now + 24h);
}

TEST(KeyPlan, WaitsForTheSuccessorThatIsAnnounced) {
    KeyRecords const records{retiring(key("a", now - 90 * 24h), now + 26h), key("b", now + 24h)};
    EXPECT_TRUE(plan_successors(records, {"ES256"}, rotation, now).made.empty());
}

TEST(KeyPlan, MakesNoSuccessorWithoutAScheduleButByCommand) {
    KeyRecords const records{key("a", now - 10'000 * 24h)};
    KeyRotation const by_command{0s, 24h, 2h};
    EXPECT_TRUE(plan_successors(records, {"ES256"}, by_command, now).made.empty());
    auto const plan = plan_rotation(records, {"ES256", "RS256"}, by_command, now);
    EXPECT_EQ(made(plan), (std::vector<std::string>{"ES256", "RS256"}));
    EXPECT_EQ(plan.retired, (Retired{{"a", now + 26h}}));
}

TEST(KeyPlan, TakesUpAKeyOfATokenAtOnceWhereNothingElseSigns) {
    EXPECT_EQ(plan_taking_up({}, "ES256", rotation, now).made.at(0).sign_from, now);
    KeyRecords const records{key("a", now - 1h), key("b", now - 1h, "RS256")};
    auto const plan = plan_taking_up(records, "ES256", rotation, now);
    EXPECT_EQ(plan.made.at(0).sign_from, now + 24h);
    EXPECT_EQ(plan.retired, (Retired{{"a", now + 26h}}));
}

TEST(KeyPlan, KnowsTheKeyThatSignsLast) {
    KeyRecords const records{key("a", now - 2h), key("b", now - 1h),
                             retiring(key("c", now), now + 1h), revoked(key("d", now)),
                             key("e", now, "RS256")};
    ASSERT_NE(find_newest(records, "ES256", now), nullptr);
    EXPECT_EQ(find_newest(records, "ES256", now)->kid, "b");
    EXPECT_EQ(find_newest(records, "EdDSA", now), nullptr);
    EXPECT_TRUE(is_in_force(records[2], now));
    EXPECT_FALSE(is_in_force(records[2], now + 1h));
    EXPECT_FALSE(is_in_force(records[3], now));
}

}  // namespace
}  // namespace tunnus::oidc
