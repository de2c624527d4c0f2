// SPDX-License-Identifier: MIT
// What a handler answers: a response, or one write intention with the answer for either end of it.
#pragma once

#include "idp/base/http.hpp"
#include "idp/base/result.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

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
/// the session is gone). An error means that nothing may be acknowledged; whether it happened is
/// unknown, so one-time things count as consumed.
enum class Verdict { won, lost };
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

/// An intention and both answers, made before the commit: read, check, sign, then write. The edge
/// sends `if_won` or `if_lost` after the commit, or 503 with Retry-After when the commit failed.
struct PendingCommit {
    std::unique_ptr<Intention> intention;
    HttpResponse if_won;
    HttpResponse if_lost;
};

using Outcome = std::variant<HttpResponse, PendingCommit>;

/// A handler is a function of values (design.md 1.1). It runs on a lane's worker, may block within
/// the lane's purpose, and may throw for bugs: the edge then answers a plain 500.
using Handler = std::function<Outcome(HttpRequest const&)>;

/// Commits an outcome at once and returns the response that a client would get. For plugins' own
/// routes, tests and tools.
[[nodiscard]] HttpResponse settle(Outcome outcome, Committer& committer);

}  // namespace tunnus
