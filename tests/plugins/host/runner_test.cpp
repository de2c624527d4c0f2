// SPDX-License-Identifier: MIT
#include "plugins/host/runner.hpp"

#include "tests/fakes/clock.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

namespace tunnus::plugin {
namespace {

using Kind = Runner::Ended::Kind;

/// A place where calls hang until the test lets them go, which it does at the latest at its end.
class Gate {
  public:
    ~Gate() { open(); }
    void wait() const { opened_.wait(); }
    void open() {
        if (std::exchange(is_open_, true)) return;
        promise_.set_value();
    }

  private:
    std::promise<void> promise_;
    std::shared_future<void> opened_ = promise_.get_future().share();
    bool is_open_ = false;
};

class RunnerTest : public ::testing::Test {
  protected:
    /// A call that comes back with 7 once `gate` is open.
    auto hanging(std::shared_ptr<Gate> gate) {
        return [gate = std::move(gate)] {
            gate->wait();
            return 7;
        };
    }
    /// The same, and says when it has begun.
    static auto entering(std::promise<void>& inside, std::shared_ptr<Gate> gate) {
        return [&inside, gate = std::move(gate)] {
            inside.set_value();
            gate->wait();
            return 7;
        };
    }
    static auto answering() {
        return [] { return 7; };
    }
    template <class T>
    static std::optional<Kind> ended(Runner::Ran<T> const& ran) {
        auto const* ended = std::get_if<Runner::Ended>(&ran);
        return ended ? std::optional(ended->kind) : std::nullopt;
    }

    fakes::ManualClock clock_;
    Runner::Bounds bounds_{.deadline = milliseconds(400),
                           .threads = 2,
                           .inline_calls = 1,
                           .misses = 3,
                           .pause = milliseconds(10'000),
                           .patience = milliseconds(400)};
};

TEST_F(RunnerTest, GivesTheAnswer) {
    bounds_.deadline = milliseconds(10'000);
    Runner runner(bounds_, clock_);
    EXPECT_EQ(std::get<int>(runner.run(answering())), 7);
    EXPECT_EQ(std::get<int>(runner.run_quick(answering())), 7);
}

TEST_F(RunnerTest, GoesOnWhereACallComesBackIntoThePlugin) {
    bounds_.threads = 1;
    Runner runner(bounds_, clock_);
    for (int i = 0; i < 5; ++i) {
        auto const ran = runner.run([&runner] {
            auto inner = runner.run([] { return std::this_thread::get_id(); });
            return std::get<std::thread::id>(inner) == std::this_thread::get_id();
        });
        EXPECT_TRUE(std::get<bool>(ran));
    }
    auto const thrown = runner.run([&runner] {
        auto const inner = runner.run([]() -> int { throw std::runtime_error("within"); });
        return ended(inner) == Kind::exception;
    });
    EXPECT_TRUE(std::get<bool>(thrown));
    EXPECT_EQ(std::get<int>(runner.run(answering())), 7) << "and another's call is another's";
}

TEST_F(RunnerTest, RunsAQuickCallOnTheCallersThread) {
    bounds_.deadline = milliseconds(10'000);
    Runner runner(bounds_, clock_);
    auto const who = [] { return std::this_thread::get_id(); };
    EXPECT_EQ(std::get<std::thread::id>(runner.run_quick(who)), std::this_thread::get_id());
    EXPECT_NE(std::get<std::thread::id>(runner.run(who)), std::this_thread::get_id());
}

// threats.md X-07
TEST_F(RunnerTest, ContainsWhateverIsThrown) {
    bounds_.deadline = milliseconds(10'000);
    Runner runner(bounds_, clock_);
    auto const throws = []() -> int { throw std::runtime_error("broken"); };
    auto const ran = runner.run(throws);
    EXPECT_EQ(ended(ran), Kind::exception);
    EXPECT_EQ(std::get<Runner::Ended>(ran).what, "broken");
    EXPECT_EQ(ended(runner.run([]() -> int { throw 5; })), Kind::exception);
    EXPECT_EQ(ended(runner.run_quick([]() -> int { throw 5; })), Kind::exception);
    EXPECT_EQ(std::get<int>(runner.run(answering())), 7);
}

// threats.md X-08
TEST_F(RunnerTest, AbandonsACallAtTheDeadlineAndDropsItsLateAnswer) {
    auto const gate = std::make_shared<Gate>();
    Runner runner(bounds_, clock_);
    EXPECT_EQ(ended(runner.run(hanging(gate))), Kind::deadline);
    EXPECT_EQ(std::get<int>(runner.run(answering())), 7) << "another thread serves the next call";
    gate->open();
    EXPECT_TRUE(runner.stop());
}

// threats.md X-08: threads do not pile up
TEST_F(RunnerTest, FailsAtOnceWhileEveryThreadHangs) {
    bounds_.misses = 1'000;
    auto const gate = std::make_shared<Gate>();
    Runner runner(bounds_, clock_);
    EXPECT_EQ(ended(runner.run(hanging(gate))), Kind::deadline);
    EXPECT_EQ(ended(runner.run(hanging(gate))), Kind::deadline);
    for (int i = 0; i < 1'000; ++i)
        ASSERT_EQ(ended(runner.run(answering())), Kind::overdrawn);
    EXPECT_FALSE(runner.stop()) << "both threads are still inside";
    gate->open();
}

// threats.md X-08: the circuit
TEST_F(RunnerTest, OpensTheCircuitAfterLateCallsInARowAndTriesAgainAfterThePause) {
    bounds_.threads = 8;
    auto const gate = std::make_shared<Gate>();
    Runner runner(bounds_, clock_);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(ended(runner.run(hanging(gate))), Kind::deadline);
    EXPECT_EQ(ended(runner.run(answering())), Kind::overdrawn);
    clock_.advance(milliseconds(9'999));
    EXPECT_EQ(ended(runner.run(answering())), Kind::overdrawn);
    clock_.advance(milliseconds(1));
    EXPECT_EQ(ended(runner.run(hanging(gate))), Kind::deadline) << "one call tries";
    EXPECT_EQ(ended(runner.run(answering())), Kind::overdrawn) << "and failed: open again";
    clock_.advance(milliseconds(10'000));
    EXPECT_EQ(ended(runner.run(answering())), std::nullopt);
    EXPECT_EQ(ended(runner.run(answering())), std::nullopt) << "closed";
    gate->open();
}

TEST_F(RunnerTest, KeepsTheCircuitClosedWhenLateCallsAreNotInARow) {
    bounds_.threads = 8;
    auto const gate = std::make_shared<Gate>();
    Runner runner(bounds_, clock_);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(ended(runner.run(hanging(gate))), Kind::deadline);
        EXPECT_EQ(ended(runner.run(answering())), std::nullopt);
    }
    gate->open();
}

// A full house is no sign of a slow plugin: of these four calls one was late, the others never
// began.
TEST_F(RunnerTest, CountsNoCallThatNeverStarted) {
    bounds_.threads = 1;
    auto const gate = std::make_shared<Gate>();
    Runner runner(bounds_, clock_);
    std::promise<void> inside;
    std::vector<std::thread> callers;
    callers.emplace_back(
        [&] { EXPECT_EQ(ended(runner.run(entering(inside, gate))), Kind::deadline); });
    inside.get_future().wait();
    for (int i = 0; i < 3; ++i)
        callers.emplace_back([&] { EXPECT_EQ(ended(runner.run(answering())), Kind::overdrawn); });
    for (auto& caller : callers)
        caller.join();
    gate->open();
    // The thread comes back in its own time; an open circuit would never let a call through, since
    // the pause is measured by a clock that stands still.
    auto ran = runner.run(answering());
    for (int tries = 0; ended(ran) && tries < 1'000'000; ++tries) {
        std::this_thread::yield();
        ran = runner.run(answering());
    }
    EXPECT_EQ(ended(ran), std::nullopt);
}

// A deadline of minutes must not keep the end of the process waiting.
TEST_F(RunnerTest, LetsCallersGoWhenItStops) {
    bounds_.deadline = milliseconds(3'600'000);
    auto const gate = std::make_shared<Gate>();
    Runner runner(bounds_, clock_);
    std::promise<void> inside;
    std::thread caller(
        [&] { EXPECT_EQ(ended(runner.run(entering(inside, gate))), Kind::deadline); });
    inside.get_future().wait();
    EXPECT_FALSE(runner.stop()) << "the call is still inside";
    caller.join();
    gate->open();
}

TEST_F(RunnerTest, SendsAQuickCallToAThreadWhileAnotherIsInside) {
    bounds_.deadline = milliseconds(10'000);
    auto const gate = std::make_shared<Gate>();
    Runner runner(bounds_, clock_);
    std::promise<void> inside;
    std::thread first([&] {
        static_cast<void>(runner.run_quick([&inside, gate] {
            inside.set_value();
            gate->wait();
            return 0;
        }));
    });
    inside.get_future().wait();
    auto const who = runner.run_quick([] { return std::this_thread::get_id(); });
    EXPECT_NE(std::get<std::thread::id>(who), std::this_thread::get_id());
    gate->open();
    first.join();
}

TEST_F(RunnerTest, TakesTheRightToBeQuickFromASourceThatIsLate) {
    Runner runner(bounds_, clock_);
    auto const late = [] {
        // Lateness itself is what is tested: more real time than the deadline must pass.
        std::this_thread::sleep_for(milliseconds(600));
        return 7;
    };
    EXPECT_EQ(ended(runner.run_quick(late)), Kind::deadline);
    auto const who = runner.run_quick([] { return std::this_thread::get_id(); });
    EXPECT_NE(std::get<std::thread::id>(who), std::this_thread::get_id());
}

TEST_F(RunnerTest, StartsNothingOnceStopped) {
    Runner runner(bounds_, clock_);
    EXPECT_TRUE(runner.stop());
    EXPECT_EQ(ended(runner.run(answering())), Kind::overdrawn);
}

}  // namespace
}  // namespace tunnus::plugin
