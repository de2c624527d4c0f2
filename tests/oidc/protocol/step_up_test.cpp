// SPDX-License-Identifier: MIT
#include "oidc/protocol/step_up.hpp"

#include "oidc/protocol/bearer.hpp"
#include "tests/oidc/protocol/registrations.hpp"

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
    auto const challenge = [](AuthenticationDemand const& demand) {
        auto response = bearer_error(step_up_refusal());
        EXPECT_EQ(response.status, 401);
        state_demand(demand, response);
        return std::string(response.headers.find("WWW-Authenticate").value());
    };
    EXPECT_EQ(challenge({{"strong", "light"}, seconds(5)}),
              "Bearer error=\"insufficient_user_authentication\", "
              "error_description=\"a different authentication is needed\", "
              "acr_values=\"strong light\", max_age=\"5\"");
    EXPECT_EQ(challenge({{}, seconds(5)}).find("acr_values"), std::string::npos);
    EXPECT_EQ(challenge({{"strong"}, {}}).find("max_age"), std::string::npos);
}

TEST_F(StepUp, DemandsOfARegistrationWhatThisInstallationKnows) {
    auto const client = tests::client({{"default_acr_values", {"moon", "strong"}}});
    EXPECT_EQ(registered_demand(client, levels).acr_values, Words{"strong"});
    EXPECT_TRUE(registered_demand(tests::client(), levels).acr_values.empty());
}

}  // namespace
}  // namespace tunnus::oidc
