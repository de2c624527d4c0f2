// SPDX-License-Identifier: MIT
#include "idp/base/outcome.hpp"

#include "tests/fakes/committer.hpp"

#include <gtest/gtest.h>

namespace tunnus {
namespace {

class Nothing final : public Intention {
  public:
    [[nodiscard]] std::string_view name() const noexcept override { return "nothing"; }
};

Outcome pending() {
    return PendingCommit{std::make_unique<Nothing>(), text_response(200, "won"),
                         text_response(409, "lost")};
}

TEST(Settle, ReturnsAResponseAsItIs) {
    fakes::ScriptedCommitter committer;
    EXPECT_EQ(settle(text_response(204, ""), committer).status, 204);
    EXPECT_TRUE(committer.intentions().empty());
}

TEST(Settle, AnswersByTheVerdict) {
    fakes::ScriptedCommitter committer;
    EXPECT_EQ(settle(pending(), committer).body, "won");
    committer.end_with(Verdict::lost);
    EXPECT_EQ(settle(pending(), committer).body, "lost");
    EXPECT_EQ(committer.intentions().size(), 2U);
    EXPECT_EQ(committer.intentions().front()->name(), "nothing");
}

TEST(Settle, AnswersByTheGuardThatHadHappened) {
    fakes::ScriptedCommitter committer;
    auto const guarded = [] {
        auto outcome = pending();
        std::get<PendingCommit>(outcome).if_replayed = {text_response(401, "assertion"),
                                                        text_response(400, "proof")};
        return outcome;
    };
    EXPECT_EQ(settle(guarded(), committer).body, "won");
    committer.end_with(Verdict::first_replayed);
    EXPECT_EQ(settle(guarded(), committer).body, "assertion");
    committer.end_with(Verdict::second_replayed);
    EXPECT_EQ(settle(guarded(), committer).body, "proof");
}

TEST(Settle, DoesWhatIsLeftForAnotherLane) {
    fakes::ScriptedCommitter committer;
    auto const more = [] { return Outcome(Continuation{Lane::fast, [] { return pending(); }}); };
    EXPECT_EQ(settle(Continuation{Lane::outbound, more}, committer).body, "won");
}

// Answer class 503: nothing of either answer leaves.
TEST(Settle, Answers503WhenTheCommitFailed) {
    fakes::ScriptedCommitter committer;
    committer.end_with(Error(BaseErrc::unavailable, "the disk is full"));
    auto const response = settle(pending(), committer);
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.find("Retry-After"), "1");
    EXPECT_EQ(response.body.find("disk"), std::string::npos);
}

TEST(Result, ThrowsTheErrorsTextWhenItsValueIsTaken) {
    Result<int> const result = Error(BaseErrc::not_found, "x.json");
    try {
        (void)result.value();
        FAIL();
    } catch (std::runtime_error const& error) {
        EXPECT_EQ(std::string(error.what()).substr(0, 17), "not found: x.json");
    }
}

}  // namespace
}  // namespace tunnus
