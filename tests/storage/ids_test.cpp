// SPDX-License-Identifier: MIT
#include "storage/ids.hpp"

#include "tests/fakes/random.hpp"

#include <gtest/gtest.h>

namespace tunnus::tests {
namespace {

using namespace storage;

constexpr TimePoint noon = from_unix_ms(1'893'553'445'678);

// threats.md F-27: no counters.
TEST(Id, GrowsWithTime) {
    fakes::SeededRandom random;
    auto const earlier = make_id(random, noon);
    auto const later = make_id(random, noon + milliseconds(1));
    EXPECT_EQ(earlier.size(), 16U);
    EXPECT_LT(earlier, later);
    EXPECT_NE(make_id(random, noon), make_id(random, noon));
}

TEST(Id, TellsItsTime) {
    fakes::SeededRandom random;
    EXPECT_EQ(time_of(make_id(random, noon)), noon);
}

TEST(Bearer, IsReadBackFromItsText) {
    fakes::SeededRandom random;
    auto const bearer = make_bearer(random, noon);
    EXPECT_EQ(bearer.text().size(), 64U);
    auto const read = parse_bearer(bearer.text());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, bearer.id);
    EXPECT_EQ(read->secret, bearer.secret);
    EXPECT_TRUE(matches(*read, bearer.secret_hash()));
}

// O-45
TEST(Bearer, IsNothingElse) {
    fakes::SeededRandom random;
    auto const text = make_bearer(random, noon).text();
    ASSERT_TRUE(parse_bearer(text));
    EXPECT_FALSE(parse_bearer(""));
    EXPECT_FALSE(parse_bearer(text.substr(1)));
    EXPECT_FALSE(parse_bearer(text + "A"));
    EXPECT_FALSE(parse_bearer(text.substr(0, 63) + "="));
    EXPECT_FALSE(parse_bearer(text.substr(0, 63) + "+"));
    EXPECT_FALSE(parse_bearer(std::string(text.substr(0, 63)) + '\0'));
    EXPECT_FALSE(parse_bearer(std::string(10'240, 'A')));
}

TEST(Bearer, DoesNotMatchAnotherSecret) {
    fakes::SeededRandom random;
    auto const bearer = make_bearer(random, noon);
    auto changed = bearer;
    changed.secret.back() = static_cast<char>(changed.secret.back() ^ 1);
    EXPECT_FALSE(matches(changed, bearer.secret_hash()));
    EXPECT_FALSE(matches(bearer, ""));
}

}  // namespace
}  // namespace tunnus::tests
