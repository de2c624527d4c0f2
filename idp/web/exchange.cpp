// SPDX-License-Identifier: MIT
#include "idp/web/exchange.hpp"

#include <exception>
#include <stdexcept>

namespace tunnus::web {

void Exchange::run() noexcept {
    try {
        auto outcome = (*handler)(request);
        if (auto* pending = std::get_if<PendingCommit>(&outcome)) {
            commit(std::move(*pending));
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

void Exchange::commit(PendingCommit pending) {
    if (!pending.intention) throw std::logic_error("a pending commit without intention");
    response = std::move(pending.if_won);
    if_lost_ = std::move(pending.if_lost);
    seams_.committer.submit(
        std::move(pending.intention),
        [self = shared_from_this()](CommitResult const& result) { self->settle(result); });
}

void Exchange::settle(CommitResult const& result) {
    if (!result) {
        seams_.log.error("http.commit_failed",
                         {{"request_id", request.request_id}, {"error", result.error().text()}});
        response = busy_response();
    } else if (*result == Verdict::lost) {
        response = std::move(if_lost_);
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
