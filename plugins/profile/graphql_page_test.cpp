// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_page.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::plugin::profile {
namespace {

using boost::json::array;
using boost::json::object;

/// Which of the nodes 0 to 4 come, and whether there are others before and after.
std::string page(object const& arguments) {
    auto const made = make_page(array{0, 1, 2, 3, 4}, arguments);
    if (!made) return made.error().code;
    auto const& whole = made->value().as_object();
    auto const& info = whole.at("pageInfo").as_object();
    std::string text = info.at("hasPreviousPage").as_bool() ? "<" : "";
    for (auto const& edge : whole.at("edges").as_array())
        text += std::to_string(edge.at("node").as_int64());
    return text + (info.at("hasNextPage").as_bool() ? ">" : "");
}
std::string cursor(int index) {
    return global_id("arrayconnection", std::to_string(index));
}

TEST(GraphqlPage, GivesWhatIsAskedFor) {
    EXPECT_EQ(page({}), "01234");
    EXPECT_EQ(page({{"first", 2}}), "01>");
    EXPECT_EQ(page({{"last", 2}}), "<34");
    EXPECT_EQ(page({{"first", 3}, {"last", 1}}), "<2>");
    EXPECT_EQ(page({{"offset", 1}, {"first", 2}}), "<12>");
    EXPECT_EQ(page({{"after", cursor(1)}}), "<234");
    EXPECT_EQ(page({{"before", cursor(1)}}), "0>");
    EXPECT_EQ(page({{"after", cursor(0)}, {"before", cursor(4)}, {"last", 2}}), "<23>");
    EXPECT_EQ(page({{"first", 0}}), ">");
    EXPECT_EQ(page({{"first", nullptr}, {"offset", nullptr}}), "01234");
}

TEST(GraphqlPage, StandsWhateverIsAskedFor) {
    EXPECT_EQ(page({{"offset", 9}}), "<");
    EXPECT_EQ(page({{"after", cursor(9)}}), "<");
    EXPECT_EQ(page({{"before", cursor(9)}}), "01234");
    EXPECT_EQ(page({{"after", cursor(3)}, {"before", cursor(1)}}), "<>");
    EXPECT_EQ(page({{"after", "nonsense"}, {"before", global_id("arrayconnection", "-1")}}),
              "01234");
    EXPECT_EQ(page({{"after", global_id("arrayconnection", "18446744073709551615")}}), "<");
    EXPECT_EQ(page({{"first", 2'147'483'647}}), "01234");
    for (auto const* const name : {"offset", "first", "last"})
        EXPECT_EQ(page({{name, -1}}), "VALIDATION_ERROR");
}

TEST(GlobalIds, AreOfOneTypeAlone) {
    EXPECT_EQ(global_id("EmailNode", "1"), "RW1haWxOb2RlOjE=");
    EXPECT_EQ(id_within("EmailNode", "RW1haWxOb2RlOjE="), "1");
    EXPECT_EQ(id_within("EmailNode", global_id("EmailNode", "a:b")), "a:b");
    for (auto const& other : {global_id("PhoneNode", "1"), global_id("EmailNodes", "1"),
                              std::string("EmailNode:1"), std::string("?"), std::string()})
        EXPECT_EQ(id_within("EmailNode", other), "") << other;
}

}  // namespace
}  // namespace tunnus::plugin::profile
