// SPDX-License-Identifier: MIT
// SQL as it is sent to MariaDB (threats.md P-17).
#include "storage/sql/mariadb_text.hpp"

#include <gmock/gmock.h>

namespace tunnus::tests {
namespace {

using sql::value;
using testing::ElementsAre;

std::optional<std::string> filled_in(std::string_view sql, std::vector<sql::Value> const& values) {
    std::string script;
    auto const cut = sql::parse_template(sql);
    if (!cut || !sql::append_statement(script, *cut, values)) return std::nullopt;
    return script;
}

TEST(MariadbText, HasEveryKindOfValueInIt) {
    EXPECT_EQ(filled_in("INSERT INTO t VALUES (?, ?, ?, ?)",
                        {value(std::int64_t{7}), value("ab"), sql::blob("\x01\xFF"), sql::Value()}),
              "INSERT INTO t VALUES (7, _utf8mb4 X'6162', X'01ff', NULL)");
    EXPECT_EQ(filled_in("x = -?", {value(std::int64_t{-5})}), "x = -(-5)");
}

// P-17: whatever a value holds, nothing of it is SQL.
TEST(MariadbText, P17_HasNoCharacterOfATextInIt) {
    EXPECT_EQ(filled_in("x = ?", {value("'; DROP TABLE users; -- \\?")}),
              "x = _utf8mb4 X'273b2044524f50205441424c452075736572733b202d2d205c3f'");
}

TEST(MariadbText, KnowsAPlaceholderFromAQuestion) {
    EXPECT_EQ(filled_in("a = '?' AND b = `?` -- ?\n AND c = ? /* ? */", {value(std::int64_t{1})}),
              "a = '?' AND b = `?` -- ?\n AND c = 1 /* ? */");
    EXPECT_EQ(filled_in("a = 'it''s ?' AND c = ?", {value(std::int64_t{1})}),
              "a = 'it''s ?' AND c = 1");
}

TEST(MariadbText, ReadsWhatIsMeantForMariadbAlone) {
    EXPECT_EQ(filled_in("a /*sqlite ? */ /*M! FROM DUAL WHERE ? */", {value(std::int64_t{1})}),
              "a /*sqlite ? */ /*M! FROM DUAL WHERE 1 */");
}

TEST(MariadbText, IsOneStatementWithAsManyValues) {
    EXPECT_FALSE(filled_in("DELETE FROM a; DELETE FROM b", {}));
    EXPECT_FALSE(filled_in("", {}));
    EXPECT_FALSE(filled_in("x = ?", {}));
    EXPECT_FALSE(filled_in("x = ?", {value(std::int64_t{1}), value(std::int64_t{2})}));
    EXPECT_EQ(filled_in("DELETE FROM a;", {}), "DELETE FROM a");
}

TEST(MariadbText, OfAScriptIsSplitIntoStatements) {
    EXPECT_THAT(sql::split_statements("-- one; two\nCREATE a; /* ; */\n;\nCREATE b (';')\n"),
                ElementsAre("CREATE a", "CREATE b (';')\n"));
    EXPECT_THAT(sql::split_statements(" -- nothing\n;;"), ElementsAre());
}

}  // namespace
}  // namespace tunnus::tests
