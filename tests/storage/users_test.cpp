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
    Verdict link(storage::IdentityLink const& identity) {
        return store.commit(storage::link_identity(
            {identity, store.event(AuditKind::account_linked)}, store.random));
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
                                                 store.event(AuditKind::account_created)},
                                                store.random)),
              Verdict::lost);
    EXPECT_FALSE(users.find("other").value());
    EXPECT_EQ(store.audited(AuditKind::account_created), 1);
}

// L-32
TEST_P(UsersTest, GetAFurtherMethodUnlessItHasAnOwner) {
    store.add_person("matti");
    store.add_person("maija");
    EXPECT_EQ(link(identity("suomifi", "hetu", "matti")), Verdict::won);
    EXPECT_EQ(link(identity("suomifi", "hetu", "maija")), Verdict::lost);
    auto const methods = users.identities_of("matti").value();
    ASSERT_EQ(methods.size(), 2U);
    EXPECT_EQ(methods[0].authenticator, "password");
    EXPECT_EQ(methods[1].authenticator, "suomifi");
    EXPECT_EQ(users.identities_of("maija").value().size(), 1U);
}

TEST_P(UsersTest, GetNoMethodWhenDisabledOrUnknown) {
    store.add_person("matti");
    store.commit(storage::disable_user({"matti", store.now(), store.event()}, store.random));
    EXPECT_EQ(link(identity("suomifi", "hetu", "matti")), Verdict::lost);
    EXPECT_EQ(link(identity("suomifi", "hetu", "nobody")), Verdict::lost);
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

INSTANTIATE_TEST_SUITE_P(Engines, UsersTest, every_engine, engine_name);

}  // namespace
}  // namespace tunnus::tests
