// SPDX-License-Identifier: MIT
// The vectors of suomifi.md 7.1, to the byte.
#include "plugins/mandates/checksum.hpp"

#include <gtest/gtest.h>

namespace tunnus::plugin::mandates {
namespace {

TEST(Checksum, Suomifi71AgencyVector) {
    Secret const key("3ba56df8-88b8-4805-9b04-2f8e7a61");
    auto const* path =
        "/service/hpa/user/register/ed4b7ae7/080297-915A?requestId="
        "02fd35dc-99e6-477b-b6e2-03f02cbf3666";
    EXPECT_EQ(checksum(key, path, "2017-02-09T10:29:42.090000+00:00"),
              "GeRKoGmGd0RFk33s2vNHutJf/TrEdwSM2Vb7qWXLESY=");
    EXPECT_EQ(checksum(key, path, "2017-02-09T10:29:42.09Z"),
              "z7X+xWtrvth1L7Ql6B/4xZ0iQ1VjToWX4TnHVLo8RGo=");
}

TEST(Checksum, Suomifi71OwnVectors) {
    Secret const key("test-api-key-0123456789");
    EXPECT_EQ(checksum(key,
                       "/service/ypa/user/register/abcd1234/010190-999W?requestId="
                       "11111111-2222-4333-8444-555555555555",
                       "2030-01-02T03:04:05Z"),
              "BrKrUhGVJC9YQnMC2oN7NtXBFnpMeKWo4FbxRIOB4TQ=");
    EXPECT_EQ(checksum(key,
                       "/service/hpa/api/authorization/sess-1/010203A9024?requestId=r1&issues="
                       "http%3A%2F%2Fvaltuusrekisteri.suomi.fi%2Favustushakemuksen_tekeminen",
                       "2030-01-02T05:04:05+02:00"),
              "S5xG+7I+lRbKymLfP03JHCaVfvzjZ6sklgGqndrM4vk=");
}

TEST(Checksum, TheHeaderHasTheTimeThatWasHashedBetweenSingleSpaces) {
    Secret const key("test-api-key-0123456789");
    auto const time = from_unix_ms(1'893'553'445'678);
    EXPECT_EQ(checksum_header_value("abcd1234", key, "/service/x", time),
              "abcd1234 2030-01-02T03:04:05.678Z " +
                  checksum(key, "/service/x", "2030-01-02T03:04:05.678Z"));
    EXPECT_EQ(checksum_header, "X-AsiointivaltuudetAuthorization");
}

}  // namespace
}  // namespace tunnus::plugin::mandates
