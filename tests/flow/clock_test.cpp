// SPDX-License-Identifier: MIT
// What becomes of validity when somebody sets the machine's clock (threats.md F-31, O-69).
#include "storage/clock_mark.hpp"
#include "tests/flow/story.hpp"

namespace tunnus::flow {
namespace {

using std::chrono::hours;

class ClockStory : public Story {
  protected:
    /// Whether this session still gives codes, and none of its tokens ends before it begins.
    bool signs_in_silently() {
        auto const page = browser.get_from_elsewhere(library.authorize({{"prompt", "none"}}));
        auto const code = page.parameter("code");
        if (code.empty()) return false;
        auto const tokens = json_of(library.redeem(code));
        auto const claims = payload_of(tokens.at("id_token").as_string());
        EXPECT_LT(claims.at("iat").as_int64(), claims.at("exp").as_int64());
        EXPECT_LE(claims.at("auth_time").as_int64(), claims.at("iat").as_int64());
        return true;
    }
    bool redeems(std::string const& code) { return library.redeem(code).status == 200; }
};

TEST_F(ClockStory, F31_NoSessionDiesAndNoCodeRevivesWhileTheServerRuns) {
    auto const expired = code_of_a_login(library);
    product.clock.advance(seconds(61));
    ASSERT_FALSE(redeems(expired)) << "in its own time";
    ASSERT_TRUE(signs_in_silently());
    for (auto const step : {hours(1), hours(-2), hours(-365 * 24), hours(20 * 365 * 24)}) {
        product.clock.step_wall_clock(step);
        EXPECT_FALSE(redeems(expired)) << step.count();
        EXPECT_TRUE(signs_in_silently()) << step.count();
    }
    product.clock.advance(hours(12));
    EXPECT_FALSE(signs_in_silently()) << "the session ends after its own twelve hours";
}

TEST_F(ClockStory, F31_StepsEverySecondChangeNothing) {
    ASSERT_FALSE(code_of_a_login(library).empty());
    for (int i = 0; i < 100; ++i) {
        product.clock.advance(seconds(1));
        product.clock.step_wall_clock(hours(i % 2 == 0 ? 3 : -3));
        ASSERT_TRUE(signs_in_silently()) << i;
    }
}

TEST_F(ClockStory, F31_AStopDoesNotHelpTheDeadEither) {
    auto const expired = code_of_a_login(library);
    product.clock.advance(seconds(61));
    ASSERT_FALSE(redeems(expired));
    product.run_job("clock");
    product.clock.step_wall_clock(-hours(1));
    product.restart();
    EXPECT_FALSE(redeems(expired));
    EXPECT_TRUE(product.log.has("clock.set_back"));
    EXPECT_TRUE(signs_in_silently());
}

TEST_F(ClockStory, F31_AnAbsurdTimeIsNotStartedWithUntilSomebodySaysThatItIsRight) {
    ASSERT_FALSE(code_of_a_login(library).empty());
    product.run_job("clock");
    product.clock.step_wall_clock(-hours(25));
    try {
        product.restart();
        ADD_FAILURE() << "it started";
    } catch (std::runtime_error const& refused) {
        EXPECT_NE(std::string(refused.what()).find("tunnus clock accept"), std::string::npos)
            << refused.what();
    }
    auto accepted =
        storage::accept_clock({.now = product.clock.now(), .audit = {}}, product.random);
    ASSERT_EQ(product.database->commit(std::move(accepted)).value(), Verdict::won);
    product.restart();
    EXPECT_FALSE(signs_in_silently()) << "what was given out in that future is over";
    EXPECT_FALSE(code_of_a_login(library).empty());
}

TEST_F(ClockStory, F31_TheLogAndTheReadinessTellOfAStep) {
    auto const ready = [this] { return json_of(get("/readyz")); };
    ASSERT_EQ(ready().at("status"), "ready");
    product.clock.step_wall_clock(hours(1));
    product.run_job("clock");
    EXPECT_TRUE(product.log.has("clock.step"));
    EXPECT_EQ(ready().at("status"), "degraded");
    EXPECT_FALSE(ready().at("clock").as_bool());
}

TEST_F(ClockStory, O69_ARefreshTokenLivesNoLongerWhenTheClockGoesBack) {
    auto const first = json_of(library.redeem(code_of_a_login(library, offline)));
    auto const token = std::string(first.at("refresh_token").as_string());
    product.clock.step_wall_clock(-hours(365 * 24));
    product.clock.advance(hours(7 * 24) + seconds(1));
    auto const answer = library.token({{"grant_type", "refresh_token"}, {"refresh_token", token}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(json_of(answer).at("error"), "invalid_grant");
}

}  // namespace
}  // namespace tunnus::flow
