// SPDX-License-Identifier: MIT
// `storage.url` for MariaDB.
#include "storage/sql/mariadb_address.hpp"

#include "storage/sql/database.hpp"

#include <gmock/gmock.h>

namespace tunnus::tests {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view url) {
    auto const address = sql::parse_mariadb_url(url);
    if (address) return "";
    EXPECT_EQ(address.error().code, sql::SqlErrc::misuse);
    return address.error().detail;
}

TEST(MariadbAddress, NamesUserHostsAndDatabase) {
    auto const address =
        sql::parse_mariadb_url("mariadb://tunnus@db1,db2:3307,[::1]:3308/city?ca=/etc/ca.pem")
            .value();
    EXPECT_EQ(address.user, "tunnus");
    EXPECT_EQ(address.database, "city");
    EXPECT_EQ(address.ca_file, "/etc/ca.pem");
    ASSERT_EQ(address.hosts.size(), 3U);
    EXPECT_EQ(address.hosts[0].text(), "db1:3306");
    EXPECT_EQ(address.hosts[1].text(), "db2:3307");
    EXPECT_EQ(address.hosts[2].text(), "[::1]:3308");
}

TEST(MariadbAddress, NamesASocketOnThisMachine) {
    auto const address = sql::parse_mariadb_url("mariadb://t@localhost/city?socket=/run/s").value();
    EXPECT_EQ(address.hosts.front().text(), "/run/s");
    EXPECT_NE(refusal("mariadb://t@db1/city?socket=/run/s&tls=off"), "");
}

// F-30: over a network without TLS only when the administrator says so.
TEST(MariadbAddress, F30_NeedsTlsOverANetwork) {
    EXPECT_THAT(refusal("mariadb://t@db1/city"), HasSubstr("?ca=FILE"));
    EXPECT_THAT(refusal("mariadb://t@127.0.0.1,db1/city"), HasSubstr("?ca=FILE"));
    EXPECT_EQ(refusal("mariadb://t@127.0.0.1,localhost,[::1]/city"), "");
    EXPECT_EQ(refusal("mariadb://t@db1/city?tls=off"), "");
    EXPECT_EQ(refusal("mariadb://t@db1/city?ca=x"), "");
}

TEST(MariadbAddress, IsRefusedWhereItIsUnclear) {
    for (auto const* url :
         {"mysql://t@h/d", "mariadb://", "mariadb://h/d", "mariadb://@h/d", "mariadb://t@/d",
          "mariadb://t@h", "mariadb://t@h/", "mariadb://t@h/a/b", "mariadb://t@h:/d?tls=off",
          "mariadb://t@h:0/d?tls=off", "mariadb://t@h:70000/d?tls=off", "mariadb://t@h:1x/d",
          "mariadb://t@h,,g/d?tls=off", "mariadb://t@[::1/d", "mariadb://t@[::1]x/d",
          "mariadb://t@h/d?tls=on", "mariadb://t@h/d?ca=", "mariadb://t@h/d?x=y"})
        EXPECT_NE(refusal(url), "") << url;
    EXPECT_THAT(refusal("mariadb://t:secret@h/d"), HasSubstr("storage.password"));
}

}  // namespace
}  // namespace tunnus::tests
