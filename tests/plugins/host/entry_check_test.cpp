// SPDX-License-Identifier: MIT
#include "plugins/host/entry_check.hpp"

#include "tests/plugins/host/house.hpp"

namespace tunnus::plugin {
namespace {

class EntryCheckTest : public ::testing::Test {
  protected:
    EntryCheckTest() { testing::Slot<0>::fill("first", {}); }
    std::string refusal(std::string_view name = "first") {
        auto const checked = check_entry(&entry_, name);
        return checked ? "" : checked.error().detail;
    }
    TunnusPluginV1& entry_ = testing::Slot<0>::entry;
};

TEST_F(EntryCheckTest, AcceptsAnEntryOfThisBuild) {
    EXPECT_EQ(refusal(), "");
}

// threats.md X-02
TEST_F(EntryCheckTest, NamesTheApiThatDiffers) {
    entry_.api = 2;
    EXPECT_EQ(refusal(), "api is 2, but must be 1");
}

// threats.md X-02
TEST_F(EntryCheckTest, NamesTheSizeThatDiffers) {
    auto const size = std::to_string(sizeof(TunnusPluginV1));
    entry_.size = 40;
    EXPECT_EQ(refusal(), "size is 40, but must be " + size);
    entry_.size = 4'096;
    EXPECT_EQ(refusal(), "size is 4096, but must be " + size);
}

// threats.md X-03
TEST_F(EntryCheckTest, NamesBothStampsWhenTheyDiffer) {
    entry_.stamp = "gcc9 c++17";
    EXPECT_EQ(refusal(), "stamp is \"gcc9 c++17\", but must be \"" TUNNUS_BUILD_STAMP "\"");
}

TEST_F(EntryCheckTest, RefusesWhatIsMissing) {
    EXPECT_FALSE(check_entry(nullptr, "first"));
    auto const whole = entry_;
    entry_.stamp = nullptr;
    EXPECT_NE(refusal(), "");
    entry_ = whole;
    entry_.name = nullptr;
    EXPECT_NE(refusal(), "");
    entry_ = whole;
    entry_.version = nullptr;
    EXPECT_NE(refusal(), "");
    entry_ = whole;
    entry_.config_schema = nullptr;
    EXPECT_NE(refusal(), "");
    entry_ = whole;
    entry_.create = nullptr;
    EXPECT_NE(refusal(), "");
    entry_ = whole;
    entry_.migration_count = 1;
    EXPECT_NE(refusal(), "");
}

TEST_F(EntryCheckTest, RefusesAnotherPluginsName) {
    EXPECT_EQ(refusal("second"), "name is \"first\", but must be \"second\"");
}

TEST(PluginName, IsALetterThenLettersDigitsAndUnderscores) {
    EXPECT_TRUE(is_plugin_name("tax_office2"));
    for (auto const* bad :
         {"", "a", "2a", "_a", "Tax", "ta-x", "tax/..", "abcdefghijklmnopqrstuvwxyz0123456"})
        EXPECT_FALSE(is_plugin_name(bad)) << bad;
}

// threats.md X-16
TEST(PluginName, ClashesWithItselfAndWithAnotherOnesTables) {
    EXPECT_TRUE(check_name_clash("tax", "taxi"));
    EXPECT_FALSE(check_name_clash("tax", "tax"));
    EXPECT_FALSE(check_name_clash("tax", "tax_office"));
    EXPECT_FALSE(check_name_clash("tax_office", "tax"));
}

bool names_own_tables(std::string_view sql) {
    return check_table_names("tax", {1, "initial", sql}).has_value();
}

TEST(PluginTables, AreNamedAfterThePlugin) {
    EXPECT_TRUE(names_own_tables(
        "-- tables of users\n"
        "CREATE TABLE tax_rows (id BIGINT PRIMARY KEY, other BIGINT REFERENCES tax_others (id)\n"
        "    ON DELETE CASCADE ON UPDATE SET NULL);\n"
        "CREATE UNIQUE INDEX IF NOT EXISTS tax_rows_by_other ON tax_rows (other);\n"
        "INSERT INTO tax_rows VALUES (1, 'from users');\n"
        "UPDATE tax_rows SET other = 1; DELETE FROM tax_rows;"));
}

TEST(PluginTables, OfOthersAreRefused) {
    EXPECT_FALSE(names_own_tables("CREATE TABLE users (id BIGINT)"));
    EXPECT_FALSE(names_own_tables("CREATE TABLE IF NOT EXISTS taxi (id BIGINT)"));
    EXPECT_FALSE(names_own_tables("create index tax_x on users (id)"));
    EXPECT_FALSE(names_own_tables("DROP TABLE sessions"));
    EXPECT_FALSE(names_own_tables("INSERT INTO tax_a SELECT * FROM users"));
    EXPECT_FALSE(names_own_tables("UPDATE users SET disabled_at = NULL"));
    EXPECT_FALSE(names_own_tables("CREATE TABLE tax_a (id BIGINT REFERENCES users (id))"));
}

TEST(ReservedClaims, AreTheProvidersOwn) {
    for (auto const* name :
         {"iss",    "sub",    "aud",       "exp",       "iat", "nbf", "jti",
          "nonce",  "acr",    "amr",       "auth_time", "azp", "sid", "at_hash",
          "c_hash", "s_hash", "client_id", "scope",     "cnf", "act", "verified_claims"})
        EXPECT_TRUE(is_reserved_claim(name)) << name;
    EXPECT_FALSE(is_reserved_claim("email"));
}

}  // namespace
}  // namespace tunnus::plugin
