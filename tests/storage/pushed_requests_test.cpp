// SPDX-License-Identifier: MIT
#include "storage/pushed_requests.hpp"

#include "storage/grants.hpp"
#include "storage/one_time.hpp"
#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class PushedRequestsTest : public StorageTest {
  protected:
    storage::Bearer push() {
        auto const reference = store.bearer();
        storage::PushedRequest request;
        request.id = reference.id;
        request.secret_hash = reference.secret_hash();
        request.client_id = "service";
        request.body = {{"login_hint", "matti@example.org"}};
        request.created_at = store.now();
        request.valid_until = store.now() + std::chrono::minutes(1);
        request.expires_at = store.now() + std::chrono::minutes(31);
        EXPECT_EQ(store.commit(storage::push_request(request, 10, store.sealer, store.random)),
                  Verdict::won);
        return reference;
    }
    std::optional<storage::PushedRequest> find(storage::Bearer const& reference) {
        return storage::PushedRequests(*store.database, store.sealer).find(reference).value();
    }
    /// A login that came from it ends.
    Verdict finish(storage::Bearer const& reference) {
        auto const code = store.bearer();
        storage::FinishLogin login;
        login.pushed_request = reference.id;
        login.new_session = store.session_of("matti", store.bearer());
        login.grant = store.grant_of(*login.new_session, code);
        login.access_token = store.access_token(access = store.bearer(), code.id);
        return store.commit(storage::finish_login(login, store.sealer, store.random));
    }
    storage::Bearer access;
};

TEST_P(PushedRequestsTest, IsFoundByItsWholeReference) {
    auto const reference = push();
    auto const found = find(reference);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->client_id, "service");
    EXPECT_EQ(found->body.at("login_hint"), "matti@example.org");
    EXPECT_EQ(found->valid_until, store.now() + std::chrono::minutes(1));
    auto guessed = reference;
    guessed.secret[0] = static_cast<char>(guessed.secret[0] ^ 1);
    EXPECT_FALSE(find(guessed));
    EXPECT_FALSE(find(store.bearer()));
}

TEST_P(PushedRequestsTest, NamesNobodyAtRest) {
    push();
    auto const rows = store.database->query({"SELECT body FROM pushed_requests", {}, {}}).value();
    EXPECT_EQ(rows[0].bytes(0).find("matti"), std::string::npos);
}

TEST_P(PushedRequestsTest, IsSpentByTheFirstLoginThatEnds_O40) {
    store.add_person("matti");
    auto const reference = push();
    EXPECT_EQ(finish(reference), Verdict::won);
    EXPECT_FALSE(find(reference));
    // A token that left with the answer is there with it, and none with one that lost.
    EXPECT_TRUE(storage::Grants(*store.database).find_access_token(access).value());
    EXPECT_EQ(finish(reference), Verdict::lost);
    EXPECT_FALSE(storage::Grants(*store.database).find_access_token(access).value());
}

TEST_P(PushedRequestsTest, GoesWithARefusedLogin) {
    auto const reference = push();
    storage::LoginRecord login;
    login.id = store.bearer().id;
    login.version = 1;
    login.expires_at = store.now() + std::chrono::minutes(30);
    store.commit(
        storage::begin_login(login, {.per_browser = 5, .in_all = 100}, store.sealer, store.random));
    EXPECT_EQ(
        store.commit(storage::drop_login(login.id, 1, store.event(), store.random, reference.id)),
        Verdict::won);
    EXPECT_FALSE(find(reference));
}

TEST_P(PushedRequestsTest, StaysUntilALoginFromItMustHaveEnded) {
    auto const reference = push();
    auto const clean = [&] {
        return storage::delete_expired(*store.database, store.now(), 100).value();
    };
    store.clock.advance(std::chrono::minutes(30));
    EXPECT_EQ(clean(), 0U);
    EXPECT_TRUE(find(reference));
    store.clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(clean(), 1U);
    EXPECT_FALSE(find(reference));
}

INSTANTIATE_TEST_SUITE_P(Engines, PushedRequestsTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
