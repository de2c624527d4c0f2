// SPDX-License-Identifier: MIT
#include "storage/clients.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class ClientsTest : public StorageTest {
  protected:
    storage::ClientRecord record(std::string const& client_id) {
        return {client_id,
                {{"client_name", "Palvelu"}, {"client_secret", "s3cr3t-of-the-client"}},
                store.now(),
                0};
    }
    Verdict add(storage::ClientRecord const& record) {
        return store.commit(storage::add_client(record, store.event(), store.sealer, store.random));
    }
    Verdict replace(storage::ClientRecord const& record) {
        return store.commit(
            storage::replace_client(record, store.event(), store.sealer, store.random));
    }
    Verdict remove(std::string_view client_id) {
        return store.commit(
            storage::remove_client(client_id, store.now(), store.event(), store.random));
    }
    storage::Clients clients{*store.database, store.sealer};
};

TEST_P(ClientsTest, AreFoundAsTheyWereAdded) {
    EXPECT_EQ(add(record("a")), Verdict::won);
    auto const found = clients.find("a").value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->metadata, record("a").metadata);
    EXPECT_EQ(found->created_at, store.now());
    EXPECT_FALSE(clients.find("A").value());
    EXPECT_EQ(add(record("a")), Verdict::lost);
}

TEST_P(ClientsTest, RegisterThemselvesUpToANumber) {
    auto const registers = [&](std::string const& client_id) {
        auto own = record(client_id);
        own.registration_hash = "hash of " + client_id;
        own.vouched = client_id == "dcr-b";
        return store.commit(
            storage::register_client(own, 2, store.event(), store.sealer, store.random));
    };
    add(record("dcr"));
    EXPECT_EQ(registers("dcr-a"), Verdict::won);
    EXPECT_EQ(registers("dcr-a"), Verdict::lost);
    EXPECT_EQ(registers("dcr-b"), Verdict::won);
    EXPECT_EQ(registers("dcr-c"), Verdict::lost);
    EXPECT_EQ(clients.find("dcr-b").value()->registration_hash, "hash of dcr-b");
    EXPECT_EQ(clients.find("dcr").value()->registration_hash, "");
    EXPECT_TRUE(clients.find("dcr-b").value()->vouched);
    EXPECT_FALSE(clients.find("dcr").value()->vouched);
    remove("dcr-a");
    EXPECT_EQ(registers("dcr-c"), Verdict::won);
}

TEST_P(ClientsTest, KeepTheirSecretSealed) {
    add(record("a"));
    auto const stored =
        store.database->find({"SELECT metadata FROM clients WHERE client_id = 'a'", {}, {}})
            .value()
            ->text(0);
    EXPECT_THAT(stored, testing::HasSubstr("Palvelu"));
    EXPECT_THAT(stored, testing::Not(testing::HasSubstr("s3cr3t")));
}

TEST_P(ClientsTest, AreReplacedOnlyFromTheVersionThatWasRead) {
    add(record("a"));
    auto changed = record("a");
    changed.metadata["client_name"] = "Tjänst";
    EXPECT_EQ(replace(changed), Verdict::won);
    EXPECT_EQ(replace(changed), Verdict::lost);
    auto const found = clients.find("a").value();
    EXPECT_EQ(found->version, 1);
    EXPECT_EQ(found->metadata, changed.metadata);
    EXPECT_EQ(replace(record("unknown")), Verdict::lost);
}

TEST_P(ClientsTest, AreListedInParts) {
    for (auto const* id : {"c", "a", "b"})
        add(record(id));
    auto const first = clients.list("", 2).value();
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[1].client_id, "b");
    auto const rest = clients.list("b", 2).value();
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].client_id, "c");
}

// O-58, I10
TEST_P(ClientsTest, TakeTheirGrantsWithThem) {
    store.add_person("matti");
    add(record("a"));
    auto const login = store.log_in("matti", "a");
    auto const other = store.log_in("matti", "b");
    EXPECT_EQ(remove("a"), Verdict::won);
    EXPECT_FALSE(clients.find("a").value());
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, store.bearer(), store.bearer())),
              Verdict::lost);
    EXPECT_EQ(store.commit(store.redemption(other.grant.id, store.bearer(), store.bearer())),
              Verdict::won);
    EXPECT_EQ(remove("a"), Verdict::lost);
}

INSTANTIATE_TEST_SUITE_P(Engines, ClientsTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
