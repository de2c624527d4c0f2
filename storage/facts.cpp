// SPDX-License-Identifier: MIT
#include "storage/facts.hpp"

namespace tunnus::storage {

Result<std::optional<std::string>> find_fact(sql::Database& database, std::string_view name) {
    auto const row =
        database.find({"SELECT value FROM facts WHERE name = ?", {sql::value(name)}, {}});
    if (!row) return row.error();
    if (!*row) return std::optional<std::string>();
    return std::optional<std::string>((*row)->bytes(0));
}

Result<std::string> settle_fact(sql::Database& database, std::string_view name,
                                std::string_view value) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"INSERT INTO facts (name, value) VALUES (?, ?)", {sql::value(name), sql::blob(value)}, 1});
    auto const verdict = database.commit(sql::Write::adding("settle_fact", std::move(steps)));
    if (!verdict) return verdict.error();
    if (*verdict == Verdict::won) return std::string(value);
    auto const standing = find_fact(database, name);
    if (!standing) return standing.error();
    return **standing;
}

}  // namespace tunnus::storage
