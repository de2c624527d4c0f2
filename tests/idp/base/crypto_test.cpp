// SPDX-License-Identifier: MIT
#include "idp/base/crypto.hpp"

#include "idp/base/encoding.hpp"
#include "tests/fakes/random.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tunnus {
namespace {

// FIPS 180-4 and the empty message.
TEST(Crypto, Sha256) {
    EXPECT_EQ(encode_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(encode_hex(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Crypto, HmacSha256Rfc4231Section4_2And4_3And4_7) {
    EXPECT_EQ(encode_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(encode_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(encode_hex(hmac_sha256(std::string(131, '\xaa'),
                                     "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Crypto, HmacSha256TakesAnEmptyKey) {
    EXPECT_EQ(encode_hex(hmac_sha256("", "")),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    EXPECT_EQ(hmac_sha256({}, "a"), hmac_sha256(std::string(64, '\0'), "a"));
}

TEST(Crypto, DigestsAreTheSameOnManyThreads) {
    auto const expected = sha256("token");
    auto const expected_mac = hmac_sha256("key", "token");
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i)
                if (sha256("token") != expected || hmac_sha256("key", "token") != expected_mac)
                    ++wrong;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

class Sealing : public testing::Test {
  protected:
    fakes::SeededRandom random;
    Sealer const sealer{Secret(std::string(32, 'k'))};
    std::string const sealed = sealer.seal("users.email", "matti@example.fi", random);
};

TEST_F(Sealing, OpensWhatItSealed) {
    EXPECT_EQ(sealer.open("users.email", sealed).value(), "matti@example.fi");
    EXPECT_EQ(sealer.open("a", sealer.seal("a", "", random)).value(), "");
}

TEST_F(Sealing, IsNeverTwiceTheSame) {
    EXPECT_NE(sealer.seal("users.email", "matti@example.fi", random), sealed);
}

TEST_F(Sealing, RefusesAnotherContextOrKey) {
    EXPECT_FALSE(sealer.open("users.phone", sealed));
    EXPECT_FALSE(Sealer(Secret(std::string(32, 'x'))).open("users.email", sealed));
}

TEST_F(Sealing, RefusesAnyOneBitChangedAndAnythingShorter) {
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto changed = sealed;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(sealer.open("users.email", changed)) << bit;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_FALSE(sealer.open("users.email", sealed.substr(0, size))) << size;
}

TEST_F(Sealing, IndexesBlindlyByContextAndValue) {
    auto const index = sealer.blind_index("identity_code", "010190-123A");
    EXPECT_EQ(index.size(), 32U);
    EXPECT_EQ(index, sealer.blind_index("identity_code", "010190-123A"));
    EXPECT_NE(index, sealer.blind_index("email", "010190-123A"));
    EXPECT_NE(index, sealer.blind_index("identity_code", "010190-123B"));
    EXPECT_NE(sealer.blind_index("a", "bc"), sealer.blind_index("ab", "c"));
}

TEST(Crypto, ASealingKeyHasAtLeast32Bytes) {
    EXPECT_THROW(Sealer(Secret(std::string(31, 'k'))), std::invalid_argument);
}

}  // namespace
}  // namespace tunnus
