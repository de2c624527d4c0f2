// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_errors.hpp"

// The library's headers define many macros, hence in .cpp files alone.
#include <errmsg.h>
#include <mysqld_error.h>

namespace tunnus::sql {
bool is_connection_lost(unsigned error_number) {
    switch (error_number) {
        case CR_CONNECTION_ERROR:
        case CR_CONN_HOST_ERROR:
        case CR_UNKNOWN_HOST:
        case CR_SERVER_GONE_ERROR:
        case CR_SERVER_HANDSHAKE_ERR:
        case CR_SERVER_LOST:
        case CR_SERVER_LOST_EXTENDED:
        case CR_MALFORMED_PACKET:
        case CR_SSL_CONNECTION_ERROR:
        case CR_COMMANDS_OUT_OF_SYNC:
        case ER_SERVER_SHUTDOWN:
        case ER_NORMAL_SHUTDOWN:
        case ER_NET_PACKET_TOO_LARGE:  // the server closes it behind this
        case ER_CONNECTION_KILLED:
            return true;
        default:
            return false;
    }
}

MariadbTrouble trouble_of(unsigned error_number) {
    if (error_number == 0) return MariadbTrouble::none;
    if (error_number == ER_NET_PACKET_TOO_LARGE) return MariadbTrouble::statement;
    if (is_connection_lost(error_number)) return MariadbTrouble::host;
    switch (error_number) {
        case ER_DUP_ENTRY:
        case ER_DUP_ENTRY_WITH_KEY_NAME:
            return MariadbTrouble::unique;
        case ER_LOCK_DEADLOCK:      // 1213; on Galera also a lost certification
        case ER_LOCK_WAIT_TIMEOUT:  // 1205 undoes the statement alone: the rest is ours to undo
        case ER_QUERY_INTERRUPTED:  // 1317: Galera aborts a local transaction that is in its way
        case ER_SP_DOES_NOT_EXIST:  // 1305: a savepoint that went with its transaction
        case ER_CHECKREAD:          // 1020, with innodb_snapshot_isolation
            return MariadbTrouble::conflict;
        case ER_UNKNOWN_COM_ERROR:          // 1047: Galera without quorum, or not yet in step
        case ER_ERROR_DURING_COMMIT:        // 1180: the same, met at COMMIT
        case ER_OPTION_PREVENTS_STATEMENT:  // 1290: --read-only
        case ER_CON_COUNT_ERROR:
        case ER_TOO_MANY_USER_CONNECTIONS:
            return MariadbTrouble::host;
        default:
            return MariadbTrouble::statement;
    }
}

SqlErrc sql_errc_of(unsigned error_number) {
    switch (trouble_of(error_number)) {
        case MariadbTrouble::conflict:
            return SqlErrc::conflict;
        case MariadbTrouble::host:
            return SqlErrc::busy;
        case MariadbTrouble::unique:
            return SqlErrc::constraint;
        case MariadbTrouble::none:
        case MariadbTrouble::statement:
            break;
    }
    switch (error_number) {
        case ER_STATEMENT_TIMEOUT:
        case ER_OUTOFMEMORY:
        case ER_OUT_OF_RESOURCES:
        case ER_NEED_REPREPARE:
            return SqlErrc::busy;
        case ER_DISK_FULL:
        case ER_RECORD_FILE_FULL:
        case ER_ERROR_ON_WRITE:
        case ER_CANT_LOCK:
        case ER_READ_ONLY_MODE:
            return SqlErrc::full;
        case ER_NOT_KEYFILE:
        case ER_OLD_KEYFILE:
        case ER_CRASHED_ON_USAGE:
        case ER_CRASHED_ON_REPAIR:
        case ER_INDEX_CORRUPT:
        case ER_GET_ERRNO:  // 1030: what the engine could not do otherwise
            return SqlErrc::corrupt;
        case ER_CONSTRAINT_FAILED:
        case ER_BAD_NULL_ERROR:
        case ER_NO_DEFAULT_FOR_FIELD:
        case ER_DATA_TOO_LONG:
        case ER_WARN_DATA_OUT_OF_RANGE:
        case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
        case ER_INVALID_CHARACTER_STRING:
        case ER_ROW_IS_REFERENCED_2:
        case ER_NO_REFERENCED_ROW_2:
        case ER_NET_PACKET_TOO_LARGE:
            return SqlErrc::constraint;
        default:
            return SqlErrc::misuse;
    }
}

}  // namespace tunnus::sql
