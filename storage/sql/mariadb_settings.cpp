// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_settings.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace tunnus::sql {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

/// The largest write that the limits allow, as hexadecimal digits, with much room.
constexpr std::uint64_t packet_bytes = 16'777'216;

Result<Variables> read_variables(MariadbConnection& connection, std::string const& sql) {
    auto const rows = connection.ask(sql);
    if (!rows) return rows.error();
    Variables variables;
    for (auto const& row : *rows)
        variables.emplace(row.at(0), row.at(1));
    return variables;
}

std::string_view find(Variables const& variables, std::string_view name) {
    auto const found = variables.find(name);
    return found == variables.end() ? std::string_view() : found->second;
}

Error wrong(std::string_view name, std::string_view found, std::string_view wanted) {
    return Error(SqlErrc::misuse, "MariaDB setting " + std::string(name) + " is " +
                                      (found.empty() ? "missing" : std::string(found)) +
                                      ", must be " + std::string(wanted));
}

/// A node that is not part of the primary component, or still catching up, answers 1047 to all
/// else.
Result<> check_node(MariadbConnection& connection) {
    auto const status = read_variables(connection,
                                       "SHOW GLOBAL STATUS WHERE Variable_name IN "
                                       "('wsrep_ready', 'wsrep_cluster_status')");
    if (!status) return status.error();
    auto const cluster = find(*status, "wsrep_cluster_status");
    if (cluster.empty() || cluster == "Disconnected") return {};  // no Galera: wsrep_on tells
    if (cluster != "Primary" || find(*status, "wsrep_ready") != "ON")
        return Error(SqlErrc::busy, "the Galera node is not ready (wsrep_cluster_status is " +
                                        std::string(cluster) + ")");
    return {};
}

std::string session_settings(Limits const& limits, MariadbConnection::Role role, bool galera) {
    auto const lock_wait =
        std::max<std::int64_t>(1, std::chrono::floor<seconds>(limits.busy_timeout).count());
    std::string text =
        "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin;"
        "SET SESSION autocommit = 1, "
        "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO', "
        "default_storage_engine = InnoDB, tx_isolation = 'REPEATABLE-READ', "
        "innodb_snapshot_isolation = ON, innodb_lock_wait_timeout = " +
        std::to_string(lock_wait);
    if (role == MariadbConnection::Role::reader) text += ", tx_read_only = ON";
    // Reads, and the beginning of a transaction, wait until what others committed is here.
    if (galera) text += ", wsrep_sync_wait = 1, wsrep_trx_fragment_size = 0";
    return text;
}

struct Wanted {
    std::string_view name;
    std::string_view value;
};

Result<> check(Variables const& variables, std::initializer_list<Wanted> wanted) {
    for (auto const& [name, value] : wanted)
        if (find(variables, name) != value) return wrong(name, find(variables, name), value);
    return {};
}

Result<> check_all(Variables const& variables, bool galera) {
    auto held =
        check(variables,
              {{"innodb_flush_log_at_trx_commit", "1"},  // 0 and 2 lose acknowledged commits (F-21)
               {"innodb_doublewrite", "ON"},             // half-written pages are mended
               {"innodb_snapshot_isolation", "ON"},  // no update rests on what was overtaken (F-26)
               {"tx_isolation", "REPEATABLE-READ"},  // INSERT … SELECT locks what it reads
               {"default_storage_engine", "InnoDB"},
               {"character_set_connection", "utf8mb4"},
               // 'abc' is neither 'ABC' nor 'abc ' (F-28); tables take it from their database.
               {"collation_database", "utf8mb4_nopad_bin"}});
    if (!held) return held;
    if (find(variables, "sql_mode").find("STRICT_ALL_TABLES") == std::string_view::npos)
        return wrong("sql_mode", find(variables, "sql_mode"), "STRICT_ALL_TABLES");
    auto const packet = find(variables, "max_allowed_packet");
    std::uint64_t bytes = 0;
    std::from_chars(packet.data(), packet.data() + packet.size(), bytes);
    if (bytes < packet_bytes)
        return wrong("max_allowed_packet", packet, std::to_string(packet_bytes) + " at least");
    if (find(variables, "log_bin") == "ON")
        if (auto kept = check(variables, {{"sync_binlog", "1"}, {"binlog_format", "ROW"}}); !kept)
            return kept;
    if (galera)
        if (auto kept = check(variables, {{"binlog_format", "ROW"},
                                          {"wsrep_sync_wait", "1"},
                                          {"wsrep_trx_fragment_size", "0"}});
            !kept)
            return kept;
    if (find(variables, "read_only") != "OFF")
        return Error(SqlErrc::busy, "the server is read_only");
    return {};
}

}  // namespace

Result<> apply_mariadb_settings(MariadbConnection& connection, Limits const& limits,
                                MariadbConnection::Role role) {
    if (auto ready = check_node(connection); !ready) return ready;
    auto const before =
        read_variables(connection, "SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on'");
    if (!before) return before.error();
    bool const galera = find(*before, "wsrep_on") == "ON";
    if (auto const set = connection.run(session_settings(limits, role, galera)); set.failure)
        return *set.failure;
    auto const variables = read_variables(
        connection,
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', "
        "'innodb_doublewrite', 'innodb_snapshot_isolation', 'tx_isolation', "
        "'default_storage_engine', 'character_set_connection', 'collation_database', 'sql_mode', "
        "'max_allowed_packet', 'log_bin', 'sync_binlog', 'binlog_format', 'wsrep_sync_wait', "
        "'wsrep_trx_fragment_size', 'read_only')");
    if (!variables) return variables.error();
    return check_all(*variables, galera);
}

}  // namespace tunnus::sql
