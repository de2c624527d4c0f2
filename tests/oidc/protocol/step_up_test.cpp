// SPDX-License-Identifier: MIT
#include "oidc/protocol/step_up.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using Words = std::vector<std::string>;

struct StepUp : testing::Test {
    Words const levels{"light", "strong"};
    TimePoint now = from_unix_s(1'900'000'000);
    bool enough(AuthenticationDemand const& demand, std::string_view acr, seconds age) {
        return satisfies(demand, acr, now - age, levels, now);
    }
};

TEST_F(StepUp, ComparesLevels) {
    EXPECT_TRUE(enough({}, "light", seconds(9'999)));
    EXPECT_TRUE(enough({{"light"}, {}}, "strong", seconds(0)));
    EXPECT_TRUE(enough({{"strong", "light"}, {}}, "light", seconds(0)));
    EXPECT_FALSE(enough({{"strong"}, {}}, "light", seconds(0)));
    EXPECT_FALSE(enough({{"strong"}, {}}, "", seconds(0)));
    EXPECT_FALSE(enough({{"moon"}, {}}, "strong", seconds(0)));
}

TEST_F(StepUp, ComparesTimes) {
    EXPECT_TRUE(enough({{}, seconds(300)}, "light", seconds(300)));
    EXPECT_FALSE(enough({{}, seconds(300)}, "light", seconds(301)));
    EXPECT_FALSE(enough({{}, seconds(300)}, "light", seconds(-1)));
    EXPECT_FALSE(enough({{"strong"}, seconds(300)}, "light", seconds(1)));
}

// RFC 9470 §3.
TEST_F(StepUp, Rfc9470Section3) {
    EXPECT_EQ(step_up_challenge({{"strong", "light"}, seconds(5)}),
              "Bearer error=\"insufficient_user_authentication\", "
              "error_description=\"a different authentication is needed\", "
              "acr_values=\"strong light\", max_age=\"5\"");
    EXPECT_EQ(step_up_challenge({{}, seconds(5)}).find("acr_values"), std::string::npos);
    EXPECT_EQ(step_up_challenge({{"strong"}, {}}).find("max_age"), std::string::npos);
}

}  // namespace
}  // namespace tunnus::oidc
