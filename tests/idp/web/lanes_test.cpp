// SPDX-License-Identifier: MIT
#include "idp/web/lanes.hpp"

#include "idp/base/limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>

namespace tunnus::web {
namespace {

class Task final : public Job {
  public:
    explicit Task(std::function<void()> body) : body_(std::move(body)) {}
    void run() noexcept override { body_(); }

  private:
    std::function<void()> body_;
};

std::vector<std::shared_ptr<Job>> tasks(std::size_t count, std::function<void()> const& body) {
    std::vector<std::shared_ptr<Job>> jobs;
    for (std::size_t i = 0; i < count; ++i)
        jobs.push_back(std::make_shared<Task>(body));
    return jobs;
}

/// Holds every worker of a pool until release().
class Occupied {
  public:
    Occupied(WorkerPool& pool, std::size_t workers) : held_(static_cast<std::ptrdiff_t>(workers)) {
        auto const jobs = tasks(workers, [this] {
            held_.count_down();
            released_.wait();
        });
        EXPECT_EQ(pool.push(jobs), workers);
        held_.wait();
    }
    void release() { released_.count_down(); }

  private:
    std::latch held_;
    std::latch released_{1};
};

TEST(WorkerPool, RunsEverythingThatItTook) {
    std::atomic<int> ran = 0;
    {
        WorkerPool pool("test", 3, 1'000);
        for (int turn = 0; turn < 10; ++turn)
            EXPECT_EQ(pool.push(tasks(50, [&] { ++ran; })), 50U);
    }
    EXPECT_EQ(ran, 500);
}

TEST(WorkerPool, WakesAsManyWorkersAsThereIsWork) {
    WorkerPool pool("test", 4, 16);
    std::latch all_at_once(4);  // passes only when four workers stand in it
    std::latch done(4);
    EXPECT_EQ(pool.push(tasks(4,
                              [&] {
                                  all_at_once.arrive_and_wait();
                                  done.count_down();
                              })),
              4U);
    done.wait();
}

TEST(WorkerPool, TakesNoMoreThanItsQueueHolds) {
    WorkerPool pool("test", 2, 5);
    Occupied occupied(pool, 2);
    std::latch ran(5);
    EXPECT_EQ(pool.push(tasks(3, [&] { ran.count_down(); })), 3U);
    EXPECT_EQ(pool.push(tasks(3, [&] { ran.count_down(); })), 2U);
    EXPECT_EQ(pool.push(tasks(1, [] {})), 0U);
    EXPECT_EQ(pool.waiting(), 5U);
    occupied.release();
    ran.wait();
}

TEST(WorkerPool, RunsJobsInTheirOrder) {
    WorkerPool pool("test", 1, 100);
    Occupied occupied(pool, 1);
    std::vector<int> order;
    std::latch done(3);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(pool.push(tasks(1,
                                  [&, i] {
                                      order.push_back(i);
                                      done.count_down();
                                  })),
                  1U);
    occupied.release();
    done.wait();
    EXPECT_EQ(order, (std::vector{0, 1, 2}));
}

TEST(Lanes, DoNotWaitForEachOther) {
    Limits limits;
    limits.password_workers = 1;
    Lanes lanes(limits);
    Occupied occupied(lanes[Lane::password], 1);
    std::latch done(1);
    EXPECT_EQ(lanes[Lane::fast].push(tasks(1, [&] { done.count_down(); })), 1U);
    done.wait();
    occupied.release();
}

}  // namespace
}  // namespace tunnus::web
