// SPDX-License-Identifier: MIT
#include "idp/base/crypto.hpp"

#include "idp/base/encoding.hpp"
#include "tests/fakes/random.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tunnus {
namespace {

// FIPS 180-2 appendix B.1
TEST(Sha256, DigestsTheStandardsExample) {
    EXPECT_EQ(encode_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(encode_hex(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// RFC 4231 §4.3
TEST(HmacSha256, Rfc4231TestCase2) {
    EXPECT_EQ(encode_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

class SealerTest : public testing::Test {
  protected:
    Sealer const sealer_{Secret(std::string(32, 'k'))};
    fakes::SeededRandom random_;
};

TEST_F(SealerTest, OpensWhatItSealed) {
    for (auto const& plain :
         {std::string(), std::string("131052-308T"), std::string(100'000, 'x')}) {
        auto const sealed = sealer_.seal("users.identity_code", plain, random_);
        EXPECT_EQ(sealed.find("131052"), std::string::npos);
        EXPECT_EQ(sealer_.open("users.identity_code", sealed).value(), plain);
    }
}

TEST_F(SealerTest, NeverSealsTwiceAlike) {
    EXPECT_NE(sealer_.seal("c", "same", random_), sealer_.seal("c", "same", random_));
}

TEST_F(SealerTest, RefusesEveryChangedByteAnotherContextAndAnotherKey) {
    auto const sealed = sealer_.seal("c", "secret", random_);
    ASSERT_TRUE(sealer_.open("c", sealed).has_value());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_EQ(sealer_.open("c", changed).error().code, BaseErrc::denied) << i;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_FALSE(sealer_.open("c", sealed.substr(0, size)).has_value()) << size;
    EXPECT_FALSE(sealer_.open("d", sealed).has_value());
    EXPECT_FALSE(Sealer(Secret(std::string(32, 'l'))).open("c", sealed).has_value());
}

TEST_F(SealerTest, IndexesTheSameValueAlikeInOneContextAlone) {
    auto const index = sealer_.blind_index("users.identity_code", "131052-308T");
    EXPECT_EQ(index.size(), 32U);
    EXPECT_EQ(index, sealer_.blind_index("users.identity_code", "131052-308T"));
    EXPECT_NE(index, sealer_.blind_index("users.identity_code", "131052+308T"));
    EXPECT_NE(index, sealer_.blind_index("other", "131052-308T"));
    EXPECT_NE(
        index,
        Sealer(Secret(std::string(32, 'l'))).blind_index("users.identity_code", "131052-308T"));
    EXPECT_NE(sealer_.blind_index("ab", "c"), sealer_.blind_index("a", "bc"));
}

TEST(Sealer, RefusesAShortKey) {
    EXPECT_NO_THROW(Sealer(Secret(std::string(32, 'k'))));
    EXPECT_THROW(Sealer(Secret(std::string(31, 'k'))), std::invalid_argument);
}

}  // namespace
}  // namespace tunnus
