// SPDX-License-Identifier: MIT
// What a handler answers: a response, or one write intention with the answer for either end of it,
// or the rest of its work for another lane.
#pragma once

#include "idp/base/http.hpp"
#include "idp/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tunnus {

/// The whole of what must become true together (design.md 1.3): plain data made by storage/,
/// applied by its one writer as a whole or not at all. Everyone in between only passes it on.
class Intention {
  public:
    virtual ~Intention() = default;
    /// For logs and metrics: `redeem_code`, `finish_login`, …
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

/// How a commit ended. `lost` is a normal result: the condition no longer held (the code was used,
/// the session is gone). So are the last two: the first or second guard of the intention, a thing
/// that may happen once in whatever request, had happened before. An error means that nothing may
/// be acknowledged; whether it happened is unknown, so one-time things count as consumed.
enum class Verdict : std::uint8_t { won, lost, first_replayed, second_replayed };
using CommitResult = Result<Verdict>;

/// Where intentions go. Any thread may call.
class Committer {
  public:
    virtual ~Committer() = default;
    /// Queues the intention; `done` is called once, on the writer's thread, after COMMIT has
    /// returned, and must not block. When the queue is full `done` is called at once, on the
    /// caller's thread, with an error.
    virtual void submit(std::unique_ptr<Intention> intention,
                        std::function<void(CommitResult)> done) = 0;
    /// The blocking form, for rare flows, plugins and commands.
    [[nodiscard]] CommitResult commit(std::unique_ptr<Intention> intention);
};

/// An intention and its answers, made before the commit: read, check, sign, then write. The edge
/// sends the verdict's after the commit, or 503 with Retry-After when the commit failed.
struct PendingCommit {
    std::unique_ptr<Intention> intention;
    HttpResponse if_won;
    HttpResponse if_lost;
    std::vector<HttpResponse> if_replayed = {};  ///< one for each guard of the intention

    [[nodiscard]] HttpResponse answer_to(Verdict verdict) &&;
};

/// The bounded pools of workers (design.md 1.1 and the measured figures after its part 5). A full
/// lane answers 503.
enum class Lane : std::uint8_t {
    fast,      ///< protocol work that neither hashes passwords nor leaves the process
    password,  ///< Argon2id: a few at a time, bounded by memory
    plugin,    ///< plugin code that may block
    outbound,  ///< calls to other servers
};

struct Continuation;
using Outcome = std::variant<HttpResponse, PendingCommit, Continuation>;

/// What is left to do would block the lane that it was begun on: the edge runs `rest` on this one.
/// The request outlives it.
struct Continuation {
    Lane lane;
    std::function<Outcome()> rest;
};

/// A handler is a function of values (design.md 1.1). It runs on a lane's worker, may block within
/// the lane's purpose, and may throw for bugs: the edge then answers a plain 500.
using Handler = std::function<Outcome(HttpRequest const&)>;

/// Does what is left of an outcome on this thread, whatever lane it asks for.
[[nodiscard]] Outcome finish_here(Outcome outcome);

/// Does what is left, commits at once, and returns the response that a client would get. For
/// plugins' own routes, tests and tools.
[[nodiscard]] HttpResponse settle(Outcome outcome, Committer& committer);

}  // namespace tunnus
