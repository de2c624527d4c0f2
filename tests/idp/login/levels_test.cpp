// SPDX-License-Identifier: MIT
#include "idp/login/levels.hpp"

#include <gtest/gtest.h>

namespace tunnus::login {
namespace {

using plugin::Assurance;
using Info = plugin::Plugins::AuthenticatorInfo;

Info method(std::string name, std::vector<std::string> levels, std::vector<Assurance> worth) {
    return {std::move(name), {}, std::move(levels),       std::move(worth),
            Lane::plugin,    {}, AuditKind::login_refused};
}

TEST(Levels, FollowTheirWorthWhateverTheOrderOfPlugins) {
    auto const strong =
        method("suomifi", {"loa2", "loa3"}, {Assurance::substantial, Assurance::high});
    auto const light = method("password", {"light"}, {Assurance::low});
    std::vector<std::string> const expected{"light", "loa2", "loa3"};
    EXPECT_EQ(order_of_levels({strong, light}), expected);
    EXPECT_EQ(order_of_levels({light, strong}), expected);
}

TEST(Levels, ALevelOfTwoMethodsCountsAsTheLesser) {
    auto const one = method("one", {"a", "b"}, {Assurance::high, Assurance::substantial});
    auto const two = method("two", {"a"}, {Assurance::low});
    EXPECT_EQ(order_of_levels({one, two}), (std::vector<std::string>{"a", "b"}));
}

TEST(Levels, EqualWorthKeepsTheOrderOfDeclaration) {
    auto const one = method("one", {"x", "y"}, {Assurance::substantial, Assurance::substantial});
    EXPECT_EQ(order_of_levels({one}), (std::vector<std::string>{"x", "y"}));
}

TEST(Levels, ThoseWorthMoreThanLowAreStrong) {
    auto const strong =
        method("suomifi", {"loa2", "loa3"}, {Assurance::substantial, Assurance::high});
    auto const light = method("password", {"light"}, {Assurance::low});
    EXPECT_EQ(strong_levels({light, strong}), (std::vector<std::string>{"loa2", "loa3"}));
    EXPECT_TRUE(strong_levels({light}).empty());
}

TEST(Levels, AreShownInWordsOfTheirWorth) {
    auto const strong =
        method("suomifi", {"loa2", "loa3"}, {Assurance::substantial, Assurance::high});
    auto const light = method("password", {"light"}, {Assurance::low});
    EXPECT_EQ(text_of_level({light, strong}, "light"), "level_low");
    EXPECT_EQ(text_of_level({light, strong}, "loa2"), "level_substantial");
    EXPECT_EQ(text_of_level({light, strong}, "loa3"), "level_high");
    EXPECT_EQ(text_of_level({light}, "loa3"), "level_low") << "nobody vouches for it now";
}

}  // namespace
}  // namespace tunnus::login
