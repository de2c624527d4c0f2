// SPDX-License-Identifier: MIT
#include "idp/base/outcome.hpp"

#include <future>

namespace tunnus {

CommitResult Committer::commit(std::unique_ptr<Intention> intention) {
    std::promise<CommitResult> promise;
    auto future = promise.get_future();
    submit(std::move(intention),
           [&promise](CommitResult result) { promise.set_value(std::move(result)); });
    return future.get();
}

HttpResponse settle(Outcome outcome, Committer& committer) {
    if (auto* response = std::get_if<HttpResponse>(&outcome)) return std::move(*response);
    auto& pending = std::get<PendingCommit>(outcome);
    auto const result = committer.commit(std::move(pending.intention));
    if (!result) {
        auto response = text_response(503, "The service is busy. Please try again.\n");
        response.headers.set("Retry-After", "1");
        return response;
    }
    return std::move(*result == Verdict::won ? pending.if_won : pending.if_lost);
}

}  // namespace tunnus
