// SPDX-License-Identifier: MIT
#include "oidc/protocol/session_state.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

// printf 'rp https://rp.example state salt' | openssl dgst -sha256 -binary | basenc --base64url
TEST(SessionState, IsTheDigestOfItsPartsAndTheSalt) {
    EXPECT_EQ(make_session_state("rp", "https://rp.example", "state", "salt"),
              "pKx2Bjy-PlKReHH-5kd3FHKgpV1soz98_pMxj_g8DVg.salt");
}

TEST(SessionState, DiffersWithEachPart) {
    auto const base = make_session_state("rp", "https://rp.example", "state", "salt");
    EXPECT_NE(make_session_state("rq", "https://rp.example", "state", "salt"), base);
    EXPECT_NE(make_session_state("rp", "https://rq.example", "state", "salt"), base);
    EXPECT_NE(make_session_state("rp", "https://rp.example", "", "salt"), base);
    EXPECT_NE(make_session_state("rp", "https://rp.example", "state", "pepper"), base);
}

}  // namespace
}  // namespace tunnus::oidc
