// SPDX-License-Identifier: MIT
#include "idp/jobs.hpp"

#include "tests/fakes/log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>

namespace tunnus {
namespace {

constexpr milliseconds soon{1};
constexpr std::chrono::seconds long_enough{10};

TEST(JobRunner, RunsAJobAgainAndAgain) {
    fakes::RecordingLog log;
    std::latch third(3);
    std::vector<PeriodicJob> const jobs{{"count", soon, [&]() -> Result<> {
                                             if (!third.try_wait()) third.count_down();
                                             return {};
                                         }}};
    JobRunner const runner(jobs, log);
    third.wait();
    EXPECT_TRUE(log.lines().empty());
}

TEST(JobRunner, GoesOnAfterAnErrorAndAnExceptionAndSaysSo) {
    fakes::RecordingLog log;
    std::promise<void> third_run;
    int runs = 0;
    std::vector<PeriodicJob> const jobs{{"odd", soon, [&]() -> Result<> {
                                             ++runs;
                                             if (runs == 1)
                                                 return Error(BaseErrc::unavailable, "down");
                                             if (runs == 2) throw std::runtime_error("a bug");
                                             if (runs == 3) third_run.set_value();
                                             return {};
                                         }}};
    {
        JobRunner const runner(jobs, log);
        ASSERT_EQ(third_run.get_future().wait_for(long_enough), std::future_status::ready);
    }
    ASSERT_EQ(log.lines().size(), 2U);
    EXPECT_EQ(log.lines()[0].event, "job.failed");
    EXPECT_EQ(log.lines()[1].event, "job.threw");
    EXPECT_EQ(log.lines()[1].fields.at("job"), "odd");
}

TEST(JobRunner, AJobThatIsSlowKeepsNoOtherWaiting) {
    fakes::RecordingLog log;
    std::latch inside(1);
    std::latch open(1);
    std::promise<void> other_ran;
    bool told = false;
    std::vector<PeriodicJob> const jobs{{"slow", soon,
                                         [&]() -> Result<> {
                                             if (!inside.try_wait()) inside.count_down();
                                             open.wait();
                                             return {};
                                         }},
                                        {"other", soon, [&]() -> Result<> {
                                             inside.wait();
                                             if (!told) other_ran.set_value();
                                             told = true;
                                             return {};
                                         }}};
    JobRunner const runner(jobs, log);
    EXPECT_EQ(other_ran.get_future().wait_for(long_enough), std::future_status::ready);
    open.count_down();
}

TEST(JobRunner, WaitsAtItsEndForARunUnderWay) {
    fakes::RecordingLog log;
    std::latch inside(1);
    std::promise<void> gate;
    std::atomic<bool> finished = false;
    std::vector<PeriodicJob> const jobs{{"long", soon,
                                         [&]() -> Result<> {
                                             if (!inside.try_wait()) inside.count_down();
                                             gate.get_future().wait();
                                             finished = true;
                                             return {};
                                         },
                                         // Where a run may hang, `stop` ends it.
                                         [&] { gate.set_value(); }}};
    {
        JobRunner const runner(jobs, log);
        inside.wait();
    }
    EXPECT_TRUE(finished);
}

TEST(JobRunner, RunsNothingBeforeTheFirstInterval) {
    fakes::RecordingLog log;
    std::atomic<int> runs = 0;
    std::vector<PeriodicJob> const jobs{{"hourly", std::chrono::hours(1), [&]() -> Result<> {
                                             ++runs;
                                             return {};
                                         }}};
    { JobRunner const runner(jobs, log); }
    EXPECT_EQ(runs, 0);
}

}  // namespace
}  // namespace tunnus
