// SPDX-License-Identifier: MIT
// How the calls into one plugin are kept within bounds (threats.md ).
//
// A call runs on one of the plugin's own few threads while the caller waits, at most for the
// deadline. A call that is late is abandoned: the caller goes on with a failure, the late answer is
// dropped, and the thread comes back when the plugin does. Threads are never replaced, so a plugin
// that hangs for ever takes its own few threads and nobody else's. After `misses` late calls in a
// row the circuit opens: calls fail at once for `pause`, then one is let through to try. A call
// that found no thread before its deadline says nothing of the plugin and is not counted.
//
// A call that comes back into the plugin from a thread that is in it (a route of the plugin erases
// an account, whose listener the plugin is) goes on there, as a part of the call that it is within:
// it would else wait for a thread that waits for it.
//
// A quick call (ClaimsSource::quick) saves the two thread switches, which cost more than the look
// into a table it does: it runs on the caller's thread. A caller's thread cannot be taken back, so
// only `inline_calls` of them may be inside the plugin at once and every further call goes the
// long way; a plugin that hangs for ever can thus hold that many lane workers, once, and the login
// of each. A quick call that comes back late is dropped like any other, and from then on no call of
// this plugin is quick.
#pragma once

#include "idp/base/clock.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace tunnus::plugin {

/// Any thread may call.
class Runner {
  public:
    struct Bounds {
        milliseconds deadline{2'000};
        std::size_t threads = 4;  ///< started when first needed
        std::size_t inline_calls = 2;
        std::size_t misses = 5;
        milliseconds pause{10'000};
        milliseconds patience{2'000};  ///< how long stop() waits
    };
    /// `clock` measures the pause alone; deadlines are real time. It outlives the runner.
    Runner(Bounds const& bounds, Clock const& clock);
    /// As stop().
    ~Runner();
    Runner(Runner const&) = delete;
    Runner& operator=(Runner const&) = delete;

    /// Why a call has no answer. `what` is the exception's text, for the log.
    struct Ended {
        enum class Kind { exception, deadline, overdrawn } kind{};
        std::string what;
    };
    template <class T>
    using Ran = std::variant<T, Ended>;

    /// Runs `call` on a thread of the plugin. It must own what it uses: it may outlive the caller.
    template <class Call>
    [[nodiscard]] Ran<std::invoke_result_t<Call&>> run(Call call) {
        return finish(std::move(call), Way::own_thread);
    }
    /// Runs a quick `call` on this thread when that is allowed, as run() otherwise.
    template <class Call>
    [[nodiscard]] Ran<std::invoke_result_t<Call&>> run_quick(Call call) {
        return finish(std::move(call), Way::quick);
    }

    /// No further call starts. Waits for those that run, once and no longer than `patience`; then
    /// every caller goes on without its answer. False: somebody is still inside the plugin.
    [[nodiscard]] bool stop();

  private:
    struct State;
    enum class Way { own_thread, quick };

    template <class Call>
    [[nodiscard]] Ran<std::invoke_result_t<Call&>> finish(Call call, Way way) {
        struct Shared {
            Call call;
            std::optional<std::invoke_result_t<Call&>> result;
        };
        auto shared = std::make_shared<Shared>(Shared{std::move(call), std::nullopt});
        auto ended = perform([shared] { shared->result.emplace(shared->call()); }, way);
        if (ended) return std::move(*ended);
        return std::move(*shared->result);
    }
    [[nodiscard]] std::optional<Ended> perform(std::function<void()> body, Way way);
    [[nodiscard]] std::optional<Ended> perform_here(std::function<void()> const& body);
    [[nodiscard]] std::optional<Ended> perform_on_own_thread(std::function<void()> body);

    std::shared_ptr<State> state_;  ///< shared with threads that may be inside for ever
};

}  // namespace tunnus::plugin
