// SPDX-License-Identifier: MIT
#include "plugins/host/runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tunnus::plugin {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// The plugin that this thread is in, by its runner's state; null: none.
thread_local void const* entered = nullptr;

class Entry {
  public:
    explicit Entry(void const* state) : before_(std::exchange(entered, state)) {}
    ~Entry() { entered = before_; }
    Entry(Entry const&) = delete;
    Entry& operator=(Entry const&) = delete;

  private:
    void const* before_;
};

/// Runs the body within the plugin of this state; the text of what it threw.
std::optional<std::string> contain(void const* state, std::function<void()> const& body) {
    Entry const entry(state);
    try {
        body();
        return std::nullopt;
    } catch (std::exception const& error) {
        return error.what();
    } catch (...) {
        return "something that is not a std::exception";
    }
}

}  // namespace

/// Everything below is guarded by `mutex`.
struct Runner::State {
    State(Bounds const& all_bounds, Clock const& pause_clock)
        : bounds(all_bounds), clock(pause_clock) {}

    struct Task {
        std::function<void()> body;
        std::condition_variable ended;
        bool started = false;
        bool done = false;
        bool abandoned = false;
        std::optional<std::string> thrown;
    };

    Bounds const bounds;
    Clock const& clock;
    std::mutex mutex;
    std::condition_variable work;
    std::condition_variable left;
    std::deque<std::shared_ptr<Task>> waiting;
    std::vector<Task*> awaited;  ///< those whose callers wait
    std::size_t threads = 0;
    std::size_t idle = 0;
    std::size_t abandoned = 0;  ///< threads inside a call that nobody waits for
    std::size_t inside = 0;     ///< callers' threads in a quick call
    bool quick_lost = false;
    bool stopping = false;
    bool patience_over = false;  ///< no caller waits any longer
    std::size_t misses_in_a_row = 0;
    std::optional<MonotonicPoint> circuit_open_until;

    /// The circuit is closed, or this call is the one that tries.
    bool may_call() {
        if (stopping) return false;
        if (!circuit_open_until) return true;
        auto const now = clock.monotonic();
        if (now < *circuit_open_until) return false;
        circuit_open_until = now + bounds.pause;
        return true;
    }
    void count(bool in_time) {
        misses_in_a_row = in_time ? 0 : misses_in_a_row + 1;
        if (in_time)
            circuit_open_until.reset();
        else if (misses_in_a_row >= bounds.misses)
            circuit_open_until = clock.monotonic() + bounds.pause;
    }

    void work_until_stopped() {
        std::unique_lock lock(mutex);
        while (true) {
            ++idle;
            work.wait(lock, [&] { return stopping || !waiting.empty(); });
            --idle;
            if (waiting.empty()) break;
            auto const task = std::move(waiting.front());
            waiting.pop_front();
            task->started = true;
            lock.unlock();
            auto thrown = contain(this, task->body);
            task->body = nullptr;  // what the call owned goes on this thread, late or not
            lock.lock();
            task->thrown = std::move(thrown);
            task->done = true;
            if (task->abandoned) --abandoned;
            task->ended.notify_one();
        }
        --threads;
        left.notify_all();
    }
};

Runner::Runner(Bounds const& bounds, Clock const& clock)
    : state_(std::make_shared<State>(bounds, clock)) {}

Runner::~Runner() {
    static_cast<void>(stop());
}

std::optional<Runner::Ended> Runner::perform(std::function<void()> body, Way way) {
    auto& state = *state_;
    if (entered == &state) {
        auto thrown = contain(&state, body);
        if (thrown) return Ended{Ended::Kind::exception, std::move(*thrown)};
        return std::nullopt;
    }
    {
        std::scoped_lock const lock(state.mutex);
        if (!state.may_call()) return Ended{Ended::Kind::overdrawn, {}};
        if (way == Way::quick && !state.quick_lost && state.inside < state.bounds.inline_calls)
            ++state.inside;
        else
            way = Way::own_thread;
    }
    return way == Way::quick ? perform_here(body) : perform_on_own_thread(std::move(body));
}

std::optional<Runner::Ended> Runner::perform_here(std::function<void()> const& body) {
    auto const begun = SteadyClock::now();
    auto thrown = contain(state_.get(), body);
    bool const in_time = SteadyClock::now() - begun <= state_->bounds.deadline;
    {
        std::scoped_lock const lock(state_->mutex);
        --state_->inside;
        state_->count(in_time);
        if (!in_time) state_->quick_lost = true;
        state_->left.notify_all();
    }
    if (!in_time) return Ended{Ended::Kind::deadline, {}};
    if (thrown) return Ended{Ended::Kind::exception, std::move(*thrown)};
    return std::nullopt;
}

std::optional<Runner::Ended> Runner::perform_on_own_thread(std::function<void()> body) {
    auto& state = *state_;
    auto const deadline = SteadyClock::now() + state.bounds.deadline;
    auto const task = std::make_shared<State::Task>();
    task->body = std::move(body);

    std::unique_lock lock(state.mutex);
    if (state.abandoned >= state.bounds.threads) return Ended{Ended::Kind::overdrawn, {}};
    if (state.idle <= state.waiting.size() && state.threads < state.bounds.threads) {
        try {
            std::thread([held = state_] { held->work_until_stopped(); }).detach();
            ++state.threads;
        } catch (std::system_error const&) {
            if (state.threads == 0) return Ended{Ended::Kind::overdrawn, {}};
        }
    }
    state.waiting.push_back(task);
    state.work.notify_one();
    state.awaited.push_back(task.get());
    task->ended.wait_until(lock, deadline, [&] { return task->done || state.patience_over; });
    std::erase(state.awaited, task.get());
    if (!task->done) {
        if (!task->started) {
            std::erase(state.waiting, task);
            return Ended{Ended::Kind::overdrawn, {}};
        }
        state.count(false);
        task->abandoned = true;
        ++state.abandoned;
        return Ended{Ended::Kind::deadline, {}};
    }
    state.count(true);
    if (task->thrown) return Ended{Ended::Kind::exception, std::move(*task->thrown)};
    return std::nullopt;
}

bool Runner::stop() {
    auto& state = *state_;
    std::unique_lock lock(state.mutex);
    auto const nobody_inside = [&] { return state.threads == 0 && state.inside == 0; };
    if (state.patience_over) return nobody_inside();
    state.stopping = true;
    state.work.notify_all();
    bool const left = state.left.wait_for(lock, state.bounds.patience, nobody_inside);
    state.patience_over = true;
    for (auto* task : state.awaited)
        task->ended.notify_one();
    return left;
}

}  // namespace tunnus::plugin
