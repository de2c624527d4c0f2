// SPDX-License-Identifier: MIT
#include "idp/web/exchange.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace tunnus::web {

void Exchange::run() noexcept {
    try {
        auto outcome = do_next();
        if (auto* pending = std::get_if<PendingCommit>(&outcome)) {
            commit(std::move(*pending));
            return;
        }
        if (auto* continuation = std::get_if<Continuation>(&outcome)) {
            move_on(std::move(*continuation));
            return;
        }
        response = std::move(std::get<HttpResponse>(outcome));
    } catch (std::exception const& exception) {
        fail(exception.what());
    } catch (...) {
        fail("something that is no std::exception");
    }
    seams_.returns->put(shared_from_this());
}

Outcome Exchange::do_next() {
    if (!rest_) return (*handler)(request);
    auto const rest = std::exchange(rest_, nullptr);
    return rest();
}

void Exchange::move_on(Continuation continuation) {
    rest_ = std::move(continuation.rest);
    std::shared_ptr<Job> self = shared_from_this();
    // From here on another worker may have it.
    if (seams_.lanes[continuation.lane].push({&self, 1}) == 1) return;
    response = busy_response();
    seams_.returns->put(shared_from_this());
}

void Exchange::commit(PendingCommit pending) {
    if (!pending.intention) throw std::logic_error("a pending commit without intention");
    pending_ = std::move(pending);
    seams_.committer.submit(
        std::move(pending_.intention),
        [self = shared_from_this()](CommitResult const& result) { self->settle(result); });
}

void Exchange::settle(CommitResult const& result) {
    if (!result) {
        seams_.log.error("http.commit_failed",
                         {{"request_id", request.request_id}, {"error", result.error().text()}});
        response = busy_response();
    } else {
        response = std::move(pending_).answer_to(*result);
    }
    seams_.returns->put(shared_from_this());
}

HttpResponse Exchange::busy_response() const {
    auto busy = text_response(503, "The service is busy. Please try again.\n");
    auto const wait_s = std::chrono::ceil<seconds>(seams_.retry_after).count();
    busy.headers.set("Retry-After", std::to_string(wait_s));
    return busy;
}

void Exchange::fail(char const* what) noexcept {
    try {
        seams_.log.error("http.handler_failed",
                         {{"request_id", request.request_id}, {"what", what}});
        response =
            text_response(500, "Something went wrong. Reference: " + request.request_id + "\n");
    } catch (...) {  // there is no memory even for that (threats.md F-34)
        response = HttpResponse();
        response.status = 500;
    }
}

}  // namespace tunnus::web
