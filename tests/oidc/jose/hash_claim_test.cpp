// SPDX-License-Identifier: MIT
#include "oidc/jose/hash_claim.hpp"

#include <gtest/gtest.h>

namespace tunnus::jose {
namespace {

// OIDC Core appendix A.3 and A.4.
TEST(HashClaim, OidcCoreAppendixA) {
    EXPECT_EQ(hash_claim(Algorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
              "77QmUPtjPfzWtF2AnpK9RQ");
    EXPECT_EQ(
        hash_claim(Algorithm::RS256, "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
        "LDktKdoQak3Pk0cnXxCltA");
}

TEST(HashClaim, IsTheLeftHalfOfTheHashOfTheAlgorithm) {
    // SHA-256, SHA-384 and SHA-512 of "abc" (FIPS 180-4).
    EXPECT_EQ(hash_claim(Algorithm::ES256, "abc"), "ungWv48Bz-pBQUDeXa4iIw");
    EXPECT_EQ(hash_claim(Algorithm::PS384, "abc"), "ywB1P0WjXou1oD1pmsZQBycsMqsO3tFj");
    EXPECT_EQ(hash_claim(Algorithm::EdDSA, "abc"), "3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o");
    EXPECT_EQ(hash_claim(Algorithm::ES512, "abc"), hash_claim(Algorithm::EdDSA, "abc"));
}

}  // namespace
}  // namespace tunnus::jose
