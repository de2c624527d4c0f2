// SPDX-License-Identifier: MIT
#include "storage/users.hpp"

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

}  // namespace
}  // namespace tunnus::tests
