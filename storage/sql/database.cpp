// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb.hpp"
#include "storage/sql/open.hpp"
#include "storage/sql/sqlite.hpp"

namespace tunnus::sql {
namespace {

class SqlCategory final : public ErrorCategory {
  public:
    [[nodiscard]] char const* name() const noexcept override { return "tunnus.sql"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<SqlErrc>(value)) {
            case SqlErrc::busy:
                return "the database is busy";
            case SqlErrc::conflict:
                return "the write conflicts with another";
            case SqlErrc::unknown_outcome:
                return "whether the write happened is unknown";
            case SqlErrc::constraint:
                return "a constraint failed";
            case SqlErrc::full:
                return "the database cannot be written";
            case SqlErrc::corrupt:
                return "not a sound Tunnus database";
            case SqlErrc::schema:
                return "the database schema does not fit this program";
            case SqlErrc::misuse:
                return "a statement does not fit the schema";
        }
        return "unknown";
    }
};

}  // namespace

boost::system::error_code make_error_code(SqlErrc code) {
    static SqlCategory const category;
    return {static_cast<int>(code), category};
}

Result<std::optional<Row>> Database::find(Statement const& statement) {
    auto rows = query(statement);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<Row>();
    if (rows->size() > 1) return Error(SqlErrc::misuse, "find() met several rows");
    return std::optional<Row>(std::move(rows->front()));
}

Result<std::unique_ptr<Database>> open_database(DatabaseSettings const& settings, Log& log) {
    constexpr std::string_view sqlite_scheme = "sqlite:";
    if (settings.url.starts_with(sqlite_scheme))
        return open_sqlite(settings.url.substr(sqlite_scheme.size()), settings, log);
    if (settings.url.starts_with("mariadb:")) return open_mariadb(settings, log);
    return Error(SqlErrc::misuse, "storage.url is neither sqlite:PATH nor mariadb://…");
}

}  // namespace tunnus::sql
