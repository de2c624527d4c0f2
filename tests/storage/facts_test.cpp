// SPDX-License-Identifier: MIT
#include "storage/facts.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class FactsTest : public StorageTest {};

TEST_P(FactsTest, AreSettledByTheFirst) {
    EXPECT_FALSE(storage::find_fact(*store.database, "pairwise_salt").value());
    EXPECT_EQ(storage::settle_fact(*store.database, "pairwise_salt", "first").value(), "first");
    EXPECT_EQ(storage::settle_fact(*store.database, "pairwise_salt", "second").value(), "first");
    EXPECT_EQ(storage::find_fact(*store.database, "pairwise_salt").value(), "first");
}

INSTANTIATE_TEST_SUITE_P(Engines, FactsTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
