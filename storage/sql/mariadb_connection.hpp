// SPDX-License-Identifier: MIT
// One connection to MariaDB with its prepared statements.
#pragma once

#include "idp/base/limits.hpp"
#include "idp/base/secret.hpp"
#include "storage/sql/mariadb_address.hpp"
#include "storage/sql/mariadb_errors.hpp"

#include <memory>
#include <unordered_map>

struct st_mysql;
struct st_mysql_stmt;

namespace tunnus::sql {

/// What every connection of one database has in common.
struct MariadbTarget {
    MariadbAddress address;
    Secret password;
    Limits limits;
    /// An answer may take so much longer than rows that others hold are waited for.
    milliseconds room{1'000};

    [[nodiscard]] milliseconds answer_timeout() const { return limits.busy_timeout + room; }
};

/// Used by one thread at a time. A connection takes at most `limits.busy_timeout`, an answer at
/// most `answer_timeout()`, both in whole seconds: then the connection counts as lost.
class MariadbConnection {
  public:
    enum class Role { reader, writer };
    /// Connects, and sets and verifies every setting (mariadb_settings.hpp). SqlErrc::busy: this
    /// host does not serve now; SqlErrc::misuse: it must not be used, and the detail names the
    /// setting.
    [[nodiscard]] static Result<std::unique_ptr<MariadbConnection>> open(
        MariadbTarget const& target, std::size_t host, Role role);
    ~MariadbConnection();
    MariadbConnection(MariadbConnection const&) = delete;
    MariadbConnection& operator=(MariadbConnection const&) = delete;

    /// Which of the address's hosts this is.
    [[nodiscard]] std::size_t host() const { return host_; }

    /// One statement that reads; SqlErrc::misuse when it would write.
    [[nodiscard]] Result<Rows> query(Statement const& statement);
    /// Statements of ours without parameters; their rows, all as text.
    [[nodiscard]] Result<std::vector<std::vector<std::string>>> ask(std::string const& sql);

    /// How far a script came: the rows that each statement affected, up to the first that failed.
    struct ScriptRun {
        std::vector<std::uint64_t> affected;
        std::optional<Error> failure;
        MariadbTrouble trouble = MariadbTrouble::none;  ///< of the failure
    };
    /// Statements with their values in them, in one round trip. The server stops at the first that
    /// fails; one that answers with rows has failed with SqlErrc::misuse, and the rest have run.
    [[nodiscard]] ScriptRun run(std::string const& script);

    /// What the last failure was.
    [[nodiscard]] MariadbTrouble trouble() const { return trouble_; }
    /// Whether the last failure has cut the connection.
    [[nodiscard]] bool is_lost() const { return lost_; }

  private:
    struct Close {
        void operator()(st_mysql* handle) const;
    };
    struct CloseStatement {
        void operator()(st_mysql_stmt* statement) const;
    };
    using Prepared = std::unique_ptr<st_mysql_stmt, CloseStatement>;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };

    explicit MariadbConnection(std::size_t host) : host_(host) {}
    [[nodiscard]] Result<> connect(MariadbTarget const& target);
    [[nodiscard]] Result<st_mysql_stmt*> prepare(std::string_view sql);
    [[nodiscard]] Error failure(unsigned number, char const* text);
    [[nodiscard]] Error failure();
    void read_result(ScriptRun& run);

    std::size_t host_;
    std::unique_ptr<st_mysql, Close> handle_;
    // Behind the handle: a statement is closed through its connection.
    std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> prepared_;
    MariadbTrouble trouble_ = MariadbTrouble::none;
    bool lost_ = false;
};

}  // namespace tunnus::sql
