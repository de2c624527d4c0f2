// SPDX-License-Identifier: MIT
#include "idp/base/outcome.hpp"

#include <future>
#include <stdexcept>

namespace tunnus {

CommitResult Committer::commit(std::unique_ptr<Intention> intention) {
    std::promise<CommitResult> promise;
    auto future = promise.get_future();
    submit(std::move(intention),
           [&promise](CommitResult result) { promise.set_value(std::move(result)); });
    return future.get();
}

HttpResponse PendingCommit::answer_to(Verdict verdict) && {
    switch (verdict) {
        case Verdict::won:
            return std::move(if_won);
        case Verdict::lost:
            return std::move(if_lost);
        case Verdict::first_replayed:
            return std::move(if_replayed.at(0));
        case Verdict::second_replayed:
            return std::move(if_replayed.at(1));
    }
    throw std::logic_error("a verdict that is none");
}

Outcome finish_here(Outcome outcome) {
    while (auto* more = std::get_if<Continuation>(&outcome)) {
        auto const rest = std::move(more->rest);
        outcome = rest();
    }
    return outcome;
}

HttpResponse settle(Outcome outcome, Committer& committer) {
    outcome = finish_here(std::move(outcome));
    if (auto* response = std::get_if<HttpResponse>(&outcome)) return std::move(*response);
    auto& pending = std::get<PendingCommit>(outcome);
    auto const result = committer.commit(std::move(pending.intention));
    if (!result) {
        auto response = text_response(503, "The service is busy. Please try again.\n");
        response.headers.set("Retry-After", "1");
        return response;
    }
    return std::move(pending).answer_to(*result);
}

}  // namespace tunnus
