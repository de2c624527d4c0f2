// SPDX-License-Identifier: MIT
// threats.md H-17: one decode, and nothing that could be read in two ways.
#include "idp/web/target.hpp"

#include <gtest/gtest.h>

namespace tunnus::web {
namespace {

TEST(Target, SplitsPathAndQuery) {
    auto const target = decode_target("/a/b?c=%64&e?f");
    EXPECT_EQ(target.refusal, 0);
    EXPECT_EQ(target.path, "/a/b");
    EXPECT_EQ(target.query, "c=%64&e?f");
}

TEST(Target, DecodesThePathOnce) {
    EXPECT_EQ(decode_target("/a%62c").path, "/abc");
    EXPECT_EQ(decode_target("/%c3%a4").path, "/\xc3\xa4");
    EXPECT_EQ(decode_target("/%2561").path, "/%61");
    EXPECT_EQ(decode_target("/a+b").path, "/a+b");
}

TEST(Target, RefusesNulControlsAndBadUtf8) {
    for (auto const* target :
         {"/%00", "/a%00b", "/%0d%0a", "/%7f", "/%c0%ae", "/%ff", "/%c3", "/%ed%a0%80"})
        EXPECT_EQ(decode_target(target).refusal, 400) << target;
}

TEST(Target, FindsNothingBehindOtherEscapesAndUnusualSegments) {
    for (auto const* target :
         {"/%", "/%z", "/%zz", "/%u002e", "/a%2", "/../a", "/a/%2e%2e/b", "/%2e%2e%2fa", "/a/.",
          "/./a", "//", "//evil.example", "/a//b", "/a%2f%2fb", "/a%5cb", "/.."})
        EXPECT_EQ(decode_target(target).refusal, 404) << target;
}

TEST(Target, KeepsDotsThatAreNames) {
    for (auto const* target : {"/.well-known/openid-configuration", "/a..b", "/...", "/a.css"})
        EXPECT_EQ(decode_target(target).path, target);
}

}  // namespace
}  // namespace tunnus::web
