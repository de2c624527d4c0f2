// SPDX-License-Identifier: MIT
#include "idp/base/ip_address.hpp"

#include <gtest/gtest.h>

namespace tunnus {
namespace {

TEST(IpAddress, HasOneTextForOneAddress) {
    EXPECT_EQ(IpAddress::parse("192.0.2.1")->to_string(), "192.0.2.1");
    EXPECT_EQ(IpAddress::parse("2001:DB8:0:0:0:0:0:1")->to_string(), "2001:db8::1");
    EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1"), IpAddress::parse("192.0.2.1"));
    EXPECT_TRUE(IpAddress::parse("::ffff:192.0.2.1")->is_v4());
    EXPECT_FALSE(IpAddress::parse("::192.0.2.1")->is_v4());
    EXPECT_EQ(IpAddress::from_v4({10, 0, 0, 1}), IpAddress::parse("10.0.0.1"));
}

TEST(IpAddress, RefusesOtherSpellings) {
    EXPECT_TRUE(IpAddress::parse("127.0.0.1"));
    for (auto const* text : {"", "localhost", "127.1", "127.0.0.01", "0x7f.0.0.1", "2130706433",
                             "1.2.3.4.5", "256.0.0.1", " 127.0.0.1", "127.0.0.1 ", "127.0.0.1:80",
                             "[::1]", "::1%lo", "fe80::1%1", ":::", "1::2::3"})
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    EXPECT_FALSE(IpAddress::parse(std::string_view("127.0.0.1\0", 10)));
}

// threats.md O-79
TEST(IpAddress, IsPublicOnlyOutsideTheSpecialBlocks) {
    for (auto const* text : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1",
                             "172.32.0.0", "193.166.0.1", "223.255.255.255", "2a00:1450::1",
                             "2600::1", "2001:200::1", "::ffff:8.8.8.8"})
        EXPECT_TRUE(IpAddress::parse(text)->is_public()) << text;
    for (auto const* text : {"0.0.0.0",
                             "0.1.2.3",
                             "10.255.0.1",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.8",
                             "192.0.2.1",
                             "192.168.1.1",
                             "198.18.0.1",
                             "198.51.100.7",
                             "203.0.113.9",
                             "224.0.0.1",
                             "239.1.1.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::127.0.0.1",
                             "64:ff9b::7f00:1",
                             "fe80::1",
                             "febf::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "2001::1",
                             "2001:db8::1",
                             "2002:7f00:1::",
                             "3fff::1",
                             "100::1"})
        EXPECT_FALSE(IpAddress::parse(text)->is_public()) << text;
}

TEST(IpAddress, OfOneSubscriberIsOneClient) {
    EXPECT_EQ(client_block("192.0.2.1"), "192.0.2.1");
    EXPECT_NE(client_block("192.0.2.1"), client_block("192.0.2.2"));
    EXPECT_EQ(client_block("2001:db8:0:1::5"), client_block("2001:db8:0:1:ffff::1"));
    EXPECT_NE(client_block("2001:db8:0:1::5"), client_block("2001:db8:0:2::5"));
    EXPECT_EQ(client_block("no address"), "no address");
}

TEST(IpNetwork, ContainsWhatSharesItsPrefix) {
    auto const contains = [](char const* block, char const* address) {
        return IpNetwork::parse(block).value().contains(*IpAddress::parse(address));
    };
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.128"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(contains("::/0", "192.0.2.1"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::"));
}

TEST(IpNetwork, RefusesSloppyBlocks) {
    EXPECT_TRUE(IpNetwork::parse("10.0.0.0/8"));
    for (auto const* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/+8",
          "10.0.0.0/8 ", "10.0.0.1/8", "::/129", "2001:db8::1/32", "10/8", "10.0.0.0/255.0.0.0"})
        EXPECT_FALSE(IpNetwork::parse(text)) << text;
}

}  // namespace
}  // namespace tunnus
