// SPDX-License-Identifier: MIT
#include "storage/users.hpp"

#include "storage/account_steps.hpp"
#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class UsersTest : public StorageTest {
  protected:
    storage::IdentityLink identity(std::string const& authenticator, std::string const& subject,
                                   std::string const& user_id) {
        return {authenticator, store.sealer.blind_index("identity." + authenticator, subject),
                user_id, store.now()};
    }
    storage::Users users{*store.database};
};

TEST_P(UsersTest, AreFoundByIdAndByIdentity) {
    store.add_person("matti");
    auto const by_id = users.find("matti").value();
    ASSERT_TRUE(by_id);
    EXPECT_EQ(by_id->created_at, store.now());
    EXPECT_EQ(by_id->disabled_at, std::nullopt);
    auto const index = store.sealer.blind_index("identity.password", "matti");
    EXPECT_EQ(users.find_by_identity("password", index).value()->id, "matti");
    EXPECT_FALSE(users.find_by_identity("suomifi", index).value());
    EXPECT_FALSE(users.find("maija").value());
}

TEST_P(UsersTest, AreNotMadeTwiceForOneIdentity) {
    store.add_person("matti");
    EXPECT_EQ(store.commit(storage::create_user({{"other", store.now(), {}},
                                                 identity("password", "matti", "other"),
                                                 {},
                                                 {store.event(AuditKind::account_created)}},
                                                store.random)),
              Verdict::lost);
    EXPECT_FALSE(users.find("other").value());
    EXPECT_EQ(store.audited(AuditKind::account_created), 1);
}

TEST_P(UsersTest, LoseAWayToSignInButNeverTheLast) {
    store.add_person("matti");
    auto const remove = [&](std::string const& name) {
        return store.commit(storage::remove_identity(
            {"matti", name, {}, {}, {store.event(AuditKind::account_changed)}}, store.random));
    };
    EXPECT_EQ(remove("password"), Verdict::lost) << "the only one";
    std::vector<sql::Statement> link;
    storage::add_identity(link, identity("suomifi", "matti", "matti"));
    EXPECT_EQ(store.commit(std::make_unique<sql::Write>("link", std::move(link))), Verdict::won);
    EXPECT_EQ(remove("other"), Verdict::lost);
    EXPECT_EQ(remove("password"), Verdict::won);
    EXPECT_EQ(users.identities_of("matti").value().size(), 1u);
    EXPECT_EQ(remove("suomifi"), Verdict::lost);
    EXPECT_EQ(store.audited(AuditKind::account_changed), 1);
}

class MergeTest : public UsersTest {
  protected:
    MergeTest() {
        store.add_person("matti");
        store.add_person("maija");
    }
    Verdict merge(storage::MergedUser const& merged) {
        std::vector<sql::Statement> steps;
        storage::merge_user(steps, merged, store.now(), store.random);
        return store.commit(sql::Write::adding("merge", std::move(steps)));
    }
    std::int64_t count(std::string_view select) {
        return store.database->find({select, {}, {}}).value()->integer(0);
    }
    std::vector<storage::IdentityLink> links_of(std::string const& user) {
        return users.identities_of(user).value();
    }
};

TEST_P(MergeTest, LeavesNothingOfTheOneThatGoesAndTellsItsServices) {
    auto const session = store.log_in("matti", "a");
    EXPECT_EQ(merge({"matti", "maija", {}, links_of("matti")}), Verdict::won);
    EXPECT_FALSE(users.find("matti").value());
    EXPECT_TRUE(links_of("matti").empty());
    EXPECT_EQ(links_of("maija").size(), 1u) << "its own of the same kind stays";
    EXPECT_EQ(count("SELECT COUNT(*) FROM sessions WHERE user_id = 'matti'"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM grants WHERE user_id = 'matti'"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM logout_deliveries WHERE user_id = 'matti'"), 1);
}

TEST_P(MergeTest, IsLostWhenTheOneThatGoesHasAnotherWayInByNow) {
    auto const read = links_of("matti");
    std::vector<sql::Statement> link;
    storage::add_identity(link, identity("suomifi", "matti", "matti"));
    EXPECT_EQ(store.commit(std::make_unique<sql::Write>("link", std::move(link))), Verdict::won);
    EXPECT_EQ(merge({"matti", "maija", {}, read}), Verdict::lost);
    EXPECT_EQ(links_of("matti").size(), 2u);
}

TEST_P(MergeTest, MovesAWayInOnlyAsItWasRead) {
    std::vector<sql::Statement> link;
    storage::add_identity(link, identity("suomifi", "matti", "matti"));
    EXPECT_EQ(store.commit(std::make_unique<sql::Write>("link", std::move(link))), Verdict::won);
    storage::MergedUser merged{"matti", "maija", {}, {}};
    for (auto& one : links_of("matti"))
        (one.authenticator == "suomifi" ? merged.moved : merged.dropped).push_back(one);
    auto stale = merged;
    stale.moved[0].subject_index = std::string(32, 'x');
    EXPECT_EQ(merge(stale), Verdict::lost);
    EXPECT_EQ(merge(merged), Verdict::won);
    EXPECT_EQ(links_of("maija").size(), 2u);
}

TEST_P(UsersTest, AreDisabledOnce) {
    store.add_person("matti");
    auto const disable = [&] {
        return store.commit(storage::disable_user(
            {"matti", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    };
    EXPECT_EQ(disable(), Verdict::won);
    EXPECT_EQ(users.find("matti").value()->disabled_at, store.now());
    EXPECT_EQ(disable(), Verdict::lost);
    EXPECT_EQ(store.audited(AuditKind::account_disabled), 1);
}

TEST_P(UsersTest, LeaveTheirServicesToBeToldWhenDisabled) {
    store.add_person("matti");
    store.add_person("maija");
    auto const first = store.log_in("matti", "a");
    store.log_in_again(first, "b");
    auto const second = store.log_in("matti", "a");
    auto const ended = store.log_in("matti", "a");
    ASSERT_EQ(store.commit(store.logout(ended)), Verdict::won);
    store.log_in("maija", "a");
    store.commit(storage::disable_user(
        {"matti", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    EXPECT_THAT(store.to_be_told(), testing::UnorderedElementsAre(std::pair(first.session.id, "a"),
                                                                  std::pair(first.session.id, "b"),
                                                                  std::pair(second.session.id, "a"),
                                                                  std::pair(ended.session.id, "a")))
        << "each session's services, once each";
}

INSTANTIATE_TEST_SUITE_P(Engines, UsersTest, every_engine_and_a_cluster, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, MergeTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
