// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_connection.hpp"

#include "storage/sql/mariadb_settings.hpp"
#include "storage/sql/mariadb_text.hpp"

#include <mysql.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <stdexcept>

namespace tunnus::sql {
namespace {

/// More texts than this in one connection means that somebody builds statements instead of naming
/// them; all are forgotten then.
constexpr std::size_t prepared_statements_kept = 512;
constexpr unsigned binary_charset = 63;

void set(MYSQL* handle, mysql_option option, void const* value) {
    if (mysql_optionsv(handle, option, value) != 0)
        throw std::logic_error("the MariaDB library lacks an option");
}

unsigned whole_seconds(milliseconds time) {
    return static_cast<unsigned>(
        std::max<std::int64_t>(1, std::chrono::ceil<seconds>(time).count()));
}

bool is_integer(enum_field_types type) {
    switch (type) {
        case MYSQL_TYPE_TINY:
        case MYSQL_TYPE_SHORT:
        case MYSQL_TYPE_INT24:
        case MYSQL_TYPE_LONG:
        case MYSQL_TYPE_LONGLONG:
            return true;
        default:
            return false;
    }
}

bool is_fraction(MYSQL_FIELD const& field) {
    return field.type == MYSQL_TYPE_FLOAT || field.type == MYSQL_TYPE_DOUBLE ||
           (field.type == MYSQL_TYPE_NEWDECIMAL && field.decimals != 0);
}

/// Parameters as the library wants them: views of the values, which outlive the call.
std::vector<MYSQL_BIND> bind_parameters(std::vector<Value> const& values) {
    struct Binder {
        MYSQL_BIND& bind;
        void operator()(std::monostate) const { bind.buffer_type = MYSQL_TYPE_NULL; }
        void operator()(std::int64_t const& number) const {
            bind.buffer_type = MYSQL_TYPE_LONGLONG;
            bind.buffer = const_cast<std::int64_t*>(&number);
        }
        void operator()(std::string const& text) const { bytes(MYSQL_TYPE_STRING, text); }
        void operator()(Blob const& blob) const { bytes(MYSQL_TYPE_BLOB, blob.bytes); }
        void bytes(enum_field_types type, std::string const& data) const {
            bind.buffer_type = type;
            bind.buffer = const_cast<char*>(data.data());
            bind.buffer_length = static_cast<unsigned long>(data.size());
        }
    };
    std::vector<MYSQL_BIND> binds(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        std::visit(Binder{binds[i]}, values[i]);
    return binds;
}

/// Where the library puts a row: integers at once, everything else by its length.
class ResultColumns {
  public:
    explicit ResultColumns(MYSQL_STMT* statement);
    [[nodiscard]] MYSQL_BIND* binds() { return binds_.data(); }
    [[nodiscard]] Row read(MYSQL_STMT* statement);

  private:
    struct Column {
        bool integer;
        bool text;
        std::int64_t number = 0;
        unsigned long length = 0;
        my_bool null = 0;
    };
    std::deque<Column> columns_;  // the library keeps addresses
    std::vector<MYSQL_BIND> binds_;
};

ResultColumns::ResultColumns(MYSQL_STMT* statement) {
    struct Free {
        void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
    };
    std::unique_ptr<MYSQL_RES, Free> const described(mysql_stmt_result_metadata(statement));
    if (!described) throw std::bad_alloc();
    auto const count = mysql_num_fields(described.get());
    binds_.resize(count);
    for (unsigned i = 0; i < count; ++i) {
        auto const& field = *mysql_fetch_field_direct(described.get(), i);
        if (is_fraction(field)) throw std::logic_error("a column holds a floating-point number");
        bool const integer = is_integer(field.type) || field.type == MYSQL_TYPE_NEWDECIMAL;
        auto& column = columns_.emplace_back(Column{integer, field.charsetnr != binary_charset});
        binds_[i].buffer_type = integer ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
        binds_[i].buffer = integer ? &column.number : nullptr;
        binds_[i].buffer_length = 0;
        binds_[i].length = &column.length;
        binds_[i].is_null = &column.null;
    }
}

Row ResultColumns::read(MYSQL_STMT* statement) {
    std::vector<Value> values;
    values.reserve(columns_.size());
    for (unsigned i = 0; i < columns_.size(); ++i) {
        auto const& column = columns_[i];
        if (column.null != 0) {
            values.emplace_back();
            continue;
        }
        if (column.integer) {
            values.emplace_back(column.number);
            continue;
        }
        std::string bytes(column.length, '\0');
        MYSQL_BIND bind{};
        bind.buffer_type = MYSQL_TYPE_STRING;
        bind.buffer = bytes.data();
        bind.buffer_length = column.length;
        unsigned long length = 0;
        bind.length = &length;
        if (column.length > 0 && mysql_stmt_fetch_column(statement, &bind, i, 0) != 0)
            throw std::logic_error("a column cannot be read");
        if (column.text)
            values.emplace_back(std::move(bytes));
        else
            values.emplace_back(Blob{std::move(bytes)});
    }
    return Row(std::move(values));
}

}  // namespace

void MariadbConnection::Close::operator()(st_mysql* handle) const {
    mysql_close(handle);
}

void MariadbConnection::CloseStatement::operator()(st_mysql_stmt* statement) const {
    mysql_stmt_close(statement);
}

MariadbConnection::~MariadbConnection() = default;

Result<std::unique_ptr<MariadbConnection>> MariadbConnection::open(MariadbTarget const& target,
                                                                   std::size_t host, Role role) {
    std::unique_ptr<MariadbConnection> connection(new MariadbConnection(host));
    auto const name = target.address.hosts[host].text() + ": ";
    if (auto const connected = connection->connect(target); !connected)
        return Error(connected.error().code, name + connected.error().detail);
    if (auto const set = apply_mariadb_settings(*connection, target.limits, role); !set)
        return Error(set.error().code, name + set.error().detail);
    return connection;
}

Result<> MariadbConnection::connect(MariadbTarget const& target) {
    static std::once_flag initialized;
    std::call_once(initialized, [] {
        if (mysql_library_init(0, nullptr, nullptr) != 0) throw std::bad_alloc();
    });
    handle_.reset(mysql_init(nullptr));
    if (!handle_) throw std::bad_alloc();
    auto* const handle = handle_.get();
    auto const& host = target.address.hosts[host_];

    unsigned const connect_timeout = whole_seconds(target.limits.busy_timeout);
    unsigned const timeout = whole_seconds(target.answer_timeout());
    unsigned const no_local_infile = 0;
    my_bool const off = 0;
    my_bool const on = 1;
    unsigned const protocol = host.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    set(handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
    set(handle, MYSQL_OPT_READ_TIMEOUT, &timeout);
    set(handle, MYSQL_OPT_WRITE_TIMEOUT, &timeout);
    set(handle, MYSQL_OPT_LOCAL_INFILE, &no_local_infile);
    set(handle, MYSQL_OPT_RECONNECT, &off);
    set(handle, MYSQL_OPT_PROTOCOL, &protocol);
    set(handle, MYSQL_REPORT_DATA_TRUNCATION, &off);
    set(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!target.address.ca_file.empty()) {
        set(handle, MYSQL_OPT_SSL_ENFORCE, &on);
        set(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
        set(handle, MYSQL_OPT_SSL_CA, target.address.ca_file.c_str());
    }

    std::string password(target.password.reveal());
    auto const* const connected = mysql_real_connect(
        handle, host.socket.empty() ? host.name.c_str() : nullptr, target.address.user.c_str(),
        password.c_str(), target.address.database.c_str(), host.socket.empty() ? host.port : 0,
        host.socket.empty() ? nullptr : host.socket.c_str(),
        CLIENT_FOUND_ROWS | CLIENT_MULTI_STATEMENTS);
    wipe(password);
    if (connected == nullptr) return failure();
    if (mariadb_connection(handle) == 0) return Error(SqlErrc::misuse, "the server is not MariaDB");
    return {};
}

Error MariadbConnection::failure(unsigned number, char const* text) {
    trouble_ = trouble_of(number);
    lost_ = lost_ || is_connection_lost(number);
    return Error(sql_errc_of(number), std::to_string(number) + " " + text);
}

Error MariadbConnection::failure() {
    return failure(mysql_errno(handle_.get()), mysql_error(handle_.get()));
}

Result<st_mysql_stmt*> MariadbConnection::prepare(std::string_view sql) {
    if (auto const found = prepared_.find(sql); found != prepared_.end())
        return found->second.get();
    Prepared prepared(mysql_stmt_init(handle_.get()));
    if (!prepared) throw std::bad_alloc();
    if (mysql_stmt_prepare(prepared.get(), sql.data(), static_cast<unsigned long>(sql.size())) != 0)
        return failure(mysql_stmt_errno(prepared.get()), mysql_stmt_error(prepared.get()));
    if (prepared_.size() >= prepared_statements_kept) prepared_.clear();
    auto* const statement = prepared.get();
    prepared_.emplace(sql, std::move(prepared));
    return statement;
}

Result<Rows> MariadbConnection::query(Statement const& statement) {
    trouble_ = MariadbTrouble::none;
    auto const prepared = prepare(statement.sql);
    if (!prepared) return prepared.error();
    auto* const handle = *prepared;
    // The session is read-only besides, for what writes and answers with rows.
    if (mysql_stmt_field_count(handle) == 0)
        return Error(SqlErrc::misuse, "query() takes only statements that read");
    if (mysql_stmt_param_count(handle) != statement.parameters.size())
        return Error(SqlErrc::misuse, "the number of parameters does not fit");

    auto const failed = [&] {
        auto error = failure(mysql_stmt_errno(handle), mysql_stmt_error(handle));
        prepared_.erase(prepared_.find(statement.sql));
        return error;
    };
    auto binds = bind_parameters(statement.parameters);
    if (!binds.empty() && mysql_stmt_bind_param(handle, binds.data()) != 0) return failed();
    if (mysql_stmt_execute(handle) != 0) return failed();
    ResultColumns columns(handle);
    if (mysql_stmt_bind_result(handle, columns.binds()) != 0) return failed();
    if (mysql_stmt_store_result(handle) != 0) return failed();
    Rows rows;
    int code = mysql_stmt_fetch(handle);
    for (; code == 0 || code == MYSQL_DATA_TRUNCATED; code = mysql_stmt_fetch(handle))
        rows.push_back(columns.read(handle));
    if (code != MYSQL_NO_DATA) return failed();
    mysql_stmt_free_result(handle);
    return rows;
}

Result<std::vector<std::vector<std::string>>> MariadbConnection::ask(std::string const& sql) {
    struct Free {
        void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
    };
    auto* const handle = handle_.get();
    if (mysql_real_query(handle, sql.data(), static_cast<unsigned long>(sql.size())) != 0)
        return failure();
    std::unique_ptr<MYSQL_RES, Free> const result(mysql_store_result(handle));
    if (!result && mysql_errno(handle) != 0) return failure();
    std::vector<std::vector<std::string>> rows;
    if (!result) return rows;
    auto const count = mysql_num_fields(result.get());
    while (auto const* row = mysql_fetch_row(result.get())) {
        auto const* lengths = mysql_fetch_lengths(result.get());
        auto& columns = rows.emplace_back();
        for (unsigned i = 0; i < count; ++i)
            columns.push_back(row[i] == nullptr ? std::string() : std::string(row[i], lengths[i]));
    }
    return rows;
}

void MariadbConnection::read_result(ScriptRun& run) {
    auto* const handle = handle_.get();
    if (mysql_field_count(handle) != 0) {
        mysql_free_result(mysql_store_result(handle));
        if (run.failure) return;
        run.failure = Error(SqlErrc::misuse, "a write takes only statements that write");
        run.trouble = MariadbTrouble::statement;
    } else if (!run.failure) {
        run.affected.push_back(mysql_affected_rows(handle));
    }
}

MariadbConnection::ScriptRun MariadbConnection::run(std::string const& script) {
    auto* const handle = handle_.get();
    trouble_ = MariadbTrouble::none;
    ScriptRun run;
    int more = mysql_real_query(handle, script.data(), static_cast<unsigned long>(script.size()));
    bool const begun = more == 0;
    for (; more == 0; more = mysql_next_result(handle))
        read_result(run);
    if (begun && more < 0) return run;  // that was the last
    auto const error = failure();
    if (!run.failure || trouble_ == MariadbTrouble::host) {
        run.failure = error;
        run.trouble = trouble_;
    }
    return run;
}

}  // namespace tunnus::sql
