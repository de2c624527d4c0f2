// SPDX-License-Identifier: MIT
#include "idp/base/random.hpp"

#include "idp/base/encoding.hpp"
#include "tests/fakes/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tunnus {
namespace {

class BrokenRandom final : public Random {
  public:
    void fill(std::span<unsigned char> /*out*/) override {
        throw std::runtime_error("the random source failed");
    }
};

TEST(RandomToken, IsBase64urlOfTheBytesAskedFor) {
    fakes::SeededRandom random;
    EXPECT_EQ(random_token(random).size(), 43U);
    EXPECT_EQ(decode_base64url(random_token(random, 16)).value().size(), 16U);
    EXPECT_NE(random_token(random), random_token(random));
}

TEST(RandomUuid, HasVersion4AndItsVariant) {
    fakes::SeededRandom random;
    std::set<char> variants;
    for (int i = 0; i < 100; ++i) {
        auto const uuid = random_uuid(random);
        ASSERT_EQ(uuid.size(), 36U);
        for (auto const at : {8U, 13U, 18U, 23U})
            EXPECT_EQ(uuid[at], '-') << uuid;
        EXPECT_EQ(uuid[14], '4') << uuid;
        variants.insert(uuid[19]);
        EXPECT_EQ(uuid.find_first_not_of("0123456789abcdef-"), std::string::npos) << uuid;
    }
    EXPECT_EQ(variants, (std::set<char>{'8', '9', 'a', 'b'}));
}

TEST(OpenSslRandom, GivesOtherBytesEachTime) {
    OpenSslRandom random;
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(seen.insert(random_token(random, 16)).second);
}

// Small amounts come from bytes fetched ahead: none may be given twice, at no size, to no thread.
TEST(OpenSslRandom, GivesNoByteTwice) {
    constexpr std::size_t each = 400;
    std::array<std::vector<std::string>, 3> given;
    std::vector<std::thread> threads;
    for (auto& mine : given)
        threads.emplace_back([&mine] {
            OpenSslRandom random;
            for (std::size_t i = 0; i < each; ++i)
                mine.push_back(random_token(random, 12 + i % 90));
        });
    for (auto& thread : threads)
        thread.join();
    std::set<std::string> beginnings;
    for (auto const& mine : given)
        for (auto const& token : mine)
            EXPECT_TRUE(beginnings.insert(token.substr(0, 16)).second);
    EXPECT_EQ(beginnings.size(), given.size() * each);
}

// threats.md F-38
TEST(RandomToken, IsNotMadeWhenTheSourceFails) {
    BrokenRandom random;
    EXPECT_THROW((void)random_token(random), std::runtime_error);
    EXPECT_THROW((void)random_uuid(random), std::runtime_error);
}

}  // namespace
}  // namespace tunnus
