// SPDX-License-Identifier: MIT
#include "oidc/protocol/front_channel_logout.hpp"

#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

std::string location(std::string_view uri) {
    return front_channel_logout_location(tests::client({{"frontchannel_logout_uri", uri}}),
                                         "https://id.example", "a-b_c");
}

TEST(FrontChannelLogout, AddsIssuerAndSidToTheRegisteredUri) {
    EXPECT_EQ(location("https://rp.example/out"),
              "https://rp.example/out?iss=https%3A%2F%2Fid.example&sid=a-b_c");
    EXPECT_EQ(location("https://rp.example/out?x=1"),
              "https://rp.example/out?x=1&iss=https%3A%2F%2Fid.example&sid=a-b_c");
}

}  // namespace
}  // namespace tunnus::oidc
