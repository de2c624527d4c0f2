// SPDX-License-Identifier: MIT
#include "storage/sql/write_queue.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace tunnus::sql {
namespace {

constexpr std::chrono::microseconds for_ever = std::chrono::hours(1);
constexpr std::size_t most = 100;

class WriteQueueTest : public testing::Test {
  protected:
    bool push() {
        auto write = std::make_unique<Write>("test", std::vector<Statement>{});
        auto const* seen = write.get();
        PendingWrite pending{std::move(write), seen, [](CommitResult const&) {}};
        return queue_.push(pending);
    }
    WriteQueue queue_{4};
};

TEST_F(WriteQueueTest, GivesWhatIsThereInOrderAndAtMostSoMuch) {
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(push());
    EXPECT_FALSE(push()) << "full";
    EXPECT_EQ(queue_.take(3).size(), 3U);
    EXPECT_EQ(queue_.take(3).size(), 1U);
}

TEST_F(WriteQueueTest, WaitsForEnoughWhileItHasPatience) {
    // Many rounds, so that the taker is asleep before the last push in some of them.
    for (int round = 0; round < 500; ++round) {
        std::size_t taken = 0;
        std::latch started(1);
        std::jthread taker([&] {
            started.count_down();
            taken = queue_.take(most, 3, for_ever).size();
        });
        started.wait();
        for (int i = 0; i < 3; ++i) {
            push();
            std::this_thread::yield();
        }
        taker.join();
        ASSERT_EQ(taken, 3U);
    }
}

TEST_F(WriteQueueTest, GivesFewerWhenItsPatienceEnds) {
    push();
    EXPECT_EQ(queue_.take(most, 3, std::chrono::microseconds(1)).size(), 1U);
}

TEST_F(WriteQueueTest, WaitsForNobodyOnceClosed) {
    push();
    queue_.close();
    EXPECT_FALSE(push());
    EXPECT_EQ(queue_.take(most, 3, for_ever).size(), 1U);
    EXPECT_TRUE(queue_.take(most, 3, for_ever).empty());
}

}  // namespace
}  // namespace tunnus::sql
