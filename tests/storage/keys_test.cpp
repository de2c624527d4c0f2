// SPDX-License-Identifier: MIT
#include "storage/keys.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class KeysTest : public StorageTest {
  protected:
    storage::SigningKey key(std::string const& kid) {
        return {kid,
                "ES256",
                Secret(R"({"kty":"EC","d":")" + kid + "\"}"),
                store.now(),
                store.now() + std::chrono::hours(24),
                {},
                {}};
    }
    storage::ChangeKeys change() { return {{}, {}, {}, store.event(AuditKind::key_rotated)}; }
    Verdict commit(storage::ChangeKeys const& change) {
        return store.commit(storage::change_keys(change, store.sealer, store.random));
    }
    static std::vector<std::string> kids(std::vector<storage::SigningKey> const& keys) {
        std::vector<std::string> names;
        for (auto const& key : keys)
            names.push_back(key.kid);
        return names;
    }
    storage::Keys keys{*store.database, store.sealer};
};

TEST_P(KeysTest, AreFoundAsTheyWereAdded) {
    auto added = change();
    added.added = {key("one")};
    EXPECT_EQ(commit(added), Verdict::won);
    auto const found = keys.all().value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].alg, "ES256");
    EXPECT_TRUE(found[0].private_jwk.equals(R"({"kty":"EC","d":"one"})"));
    EXPECT_EQ(found[0].sign_from, store.now() + std::chrono::hours(24));
    EXPECT_EQ(commit(added), Verdict::lost) << "the kid is taken";
}

TEST_P(KeysTest, AreSealed) {
    auto added = change();
    added.added = {key("one")};
    commit(added);
    auto const sealed =
        store.database->find({"SELECT sealed FROM signing_keys WHERE kid = 'one'", {}, {}})
            .value()
            ->bytes(0);
    EXPECT_THAT(sealed, testing::Not(testing::HasSubstr("kty")));
    Sealer const other(Secret("another sealing key of at least 32 bytes"));
    auto const refused = storage::Keys(*store.database, other).all();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("signing key one"));
}

TEST_P(KeysTest, ComeAndGoTogetherOldestFirst) {
    auto added = change();
    added.added = {key("one")};
    commit(added);
    store.clock.advance(std::chrono::hours(1));
    added.added = {key("a younger one")};
    commit(added);
    EXPECT_EQ(kids(keys.all().value()), (std::vector<std::string>{"one", "a younger one"}));

    auto rotation = change();
    rotation.added = {key("third")};
    rotation.retired = {{"one", store.now()}};
    EXPECT_EQ(commit(rotation), Verdict::won);
    EXPECT_EQ(kids(keys.all().value()), (std::vector<std::string>{"a younger one", "third"}));
    EXPECT_EQ(keys.all_with_retired().value().at(0).retired_at, store.now());

    auto twice = change();
    twice.added = {key("fourth")};
    twice.retired = {{"one", store.now()}};
    EXPECT_EQ(commit(twice), Verdict::lost) << "somebody else has rotated";
    EXPECT_EQ(keys.all().value().size(), 2U);

    auto revocation = change();
    revocation.revoked = {{"third", store.now()}};
    EXPECT_EQ(commit(revocation), Verdict::won);
    EXPECT_EQ(kids(keys.all().value()), std::vector<std::string>{"a younger one"});
}

INSTANTIATE_TEST_SUITE_P(Engines, KeysTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
