// SPDX-License-Identifier: MIT
#include "storage/sql/migration_plan.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

#include <stdexcept>

namespace tunnus::sql {

std::string migration_checksum(Migration const& migration) {
    return encode_hex(sha256(migration.text));
}

Result<std::span<Migration const>> plan_migrations(std::string_view schema,
                                                   std::span<Migration const> known,
                                                   std::span<AppliedMigration const> applied) {
    for (std::size_t i = 0; i < known.size(); ++i)
        if (known[i].number != static_cast<int>(i) + 1)
            throw std::logic_error("migrations are numbered 1, 2, 3, …");

    std::string const subject = "schema `" + std::string(schema) + "`";
    if (applied.size() > known.size())
        return Error(SqlErrc::schema, subject + " of the database is at " +
                                          std::to_string(applied.back().number) +
                                          ", this program knows " + std::to_string(known.size()) +
                                          ": run a newer program");
    for (std::size_t i = 0; i < applied.size(); ++i) {
        if (applied[i].number != known[i].number)
            return Error(SqlErrc::schema,
                         subject + " lacks migration " + std::to_string(known[i].number));
        if (applied[i].name != known[i].name || applied[i].checksum != migration_checksum(known[i]))
            return Error(SqlErrc::schema, subject + ": migration " + std::string(known[i].name) +
                                              " is not the one that was applied");
    }
    return known.subspan(applied.size());
}

}  // namespace tunnus::sql
