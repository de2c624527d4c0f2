// SPDX-License-Identifier: MIT
// One request in hand: made by the connection, run by a worker, returned with its answer.
#pragma once

#include "idp/base/log.hpp"
#include "idp/base/outcome.hpp"
#include "idp/web/lanes.hpp"

#include <memory>

namespace tunnus::web {

class Exchange;

/// The way back to the thread that owns the connection. Any thread may call; after the owner has
/// closed it, what comes is dropped.
class Returns {
  public:
    virtual ~Returns() = default;
    virtual void put(std::shared_ptr<Exchange> exchange) = 0;
};

/// What waits for the answer on the connection's thread.
class Waiter {
  public:
    virtual ~Waiter() = default;
    virtual void resume() = 0;
};

/// The connection fills `request`, `handler` and `keep_alive`, hands it over and may not touch it
/// until its waiter is resumed; then `response` is the answer.
class Exchange final : public Job, public std::enable_shared_from_this<Exchange> {
  public:
    struct Seams {
        Committer& committer;
        Lanes& lanes;
        Log& log;
        std::shared_ptr<Returns> returns;
        milliseconds retry_after;
    };
    explicit Exchange(Seams seams) : seams_(std::move(seams)) {}

    HttpRequest request;
    Handler const* handler = nullptr;
    std::shared_ptr<void const> keep_alive;  ///< owns the handler, over a reload too
    HttpResponse response;
    std::unique_ptr<Waiter> waiter;  ///< belongs to the connection's thread throughout

    /// On a worker: calls the handler. An intention goes to the committer, and the worker is free
    /// before it is durable; the answer returns from the writer's thread (design.md 1.1). What is
    /// left for another lane is queued there.
    void run() noexcept override;
    /// The answer of a full lane or a failed commit: 503 with Retry-After.
    [[nodiscard]] HttpResponse busy_response() const;

  private:
    [[nodiscard]] Outcome do_next();
    void commit(PendingCommit pending);
    void settle(CommitResult const& result);
    void move_on(Continuation continuation);
    void fail(char const* what) noexcept;

    Seams seams_;
    PendingCommit pending_;
    std::function<Outcome()> rest_;
};

}  // namespace tunnus::web
