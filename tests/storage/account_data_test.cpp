// SPDX-License-Identifier: MIT
#include "storage/account_data.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class AccountDataTest : public StorageTest {
  protected:
    Verdict erase(std::string const& user_id) {
        return store.commit(storage::erase_user({user_id, store.event()}, store.random));
    }
    std::int64_t identities_of(std::string const& user_id) {
        return store.count("SELECT COUNT(*) FROM identities WHERE user_id = ?",
                           {sql::value(user_id)});
    }
};

TEST_P(AccountDataTest, ExportsTheAccountWithItsWaysToSignIn) {
    store.add_person("matti");
    auto const account = storage::export_user(*store.database, "matti").value();
    EXPECT_EQ(account.at("id").as_string(), "matti");
    auto const& identities = account.at("identities").as_array();
    ASSERT_EQ(identities.size(), 1U);
    EXPECT_EQ(identities[0].at("authenticator").as_string(), "password");
    EXPECT_FALSE(identities[0].as_object().contains("subject_index"));
    for (auto const* part : {"sessions", "consents", "grants", "events"})
        EXPECT_TRUE(account.at(part).is_array()) << part;
    EXPECT_TRUE(storage::export_user(*store.database, "nobody").value().empty());
}

TEST_P(AccountDataTest, ErasesTheAccountAndNobodyElses) {
    store.add_person("matti");
    store.add_person("maija");
    EXPECT_EQ(erase("matti"), Verdict::won);
    EXPECT_TRUE(storage::export_user(*store.database, "matti").value().empty());
    EXPECT_EQ(identities_of("matti"), 0);
    EXPECT_EQ(identities_of("maija"), 1);
    EXPECT_EQ(erase("matti"), Verdict::lost);
}

INSTANTIATE_TEST_SUITE_P(Engines, AccountDataTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
