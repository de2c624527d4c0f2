// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_text.hpp"

#include "idp/base/encoding.hpp"

#include <algorithm>

namespace tunnus::sql {
namespace {

/// Walks over SQL: next() is the place of the next character that is neither quoted nor in a
/// comment, nor white space.
class Scanner {
  public:
    explicit Scanner(std::string_view sql) : sql_(sql) {}
    [[nodiscard]] std::size_t next();

  private:
    [[nodiscard]] bool at(std::string_view text) const {
        return sql_.substr(at_).starts_with(text);
    }
    void skip_to(std::string_view end) {
        auto const found = sql_.find(end, at_);
        at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
    }
    /// Whether something that is not read began here.
    [[nodiscard]] bool skip_unread();

    std::string_view sql_;
    std::size_t at_ = 0;
    bool for_mariadb_ = false;  ///< inside `/*M! … */`
};

bool Scanner::skip_unread() {
    if (at("/*M!")) {
        for_mariadb_ = true;
        at_ += 4;
    } else if (for_mariadb_ && at("*/")) {
        for_mariadb_ = false;
        at_ += 2;
    } else if (at("/*")) {
        skip_to("*/");
    } else if (at("-- ") || at("--\n")) {
        skip_to("\n");
    } else if (std::string_view(" \t\r\n").find(sql_[at_]) != std::string_view::npos) {
        ++at_;
    } else {
        return false;
    }
    return true;
}

std::size_t Scanner::next() {
    while (at_ < sql_.size() && skip_unread()) {
    }
    if (at_ >= sql_.size()) return std::string_view::npos;
    auto const found = at_++;
    char const c = sql_[found];
    // A doubled quote inside is the end of one text and the beginning of the next.
    if (c == '\'' || c == '"' || c == '`') skip_to(sql_.substr(found, 1));
    return found;
}

void append(std::string& script, Value const& value) {
    struct Writer {
        std::string& script;
        void operator()(std::monostate) const { script += "NULL"; }
        void operator()(std::int64_t number) const {
            // In parentheses: behind a minus sign of the statement's own it would begin a comment.
            script += number < 0 ? "(" + std::to_string(number) + ")" : std::to_string(number);
        }
        void operator()(std::string const& text) const {
            script.append("_utf8mb4 X'").append(encode_hex(text)).append("'");
        }
        void operator()(Blob const& blob) const {
            script.append("X'").append(encode_hex(blob.bytes)).append("'");
        }
    };
    std::visit(Writer{script}, value);
}

}  // namespace

std::vector<std::string_view> split_statements(std::string_view script) {
    std::vector<std::string_view> statements;
    Scanner scanner(script);
    auto begin = std::string_view::npos;
    for (auto at = scanner.next(); at != std::string_view::npos; at = scanner.next()) {
        if (script[at] != ';') {
            begin = std::min(begin, at);
            continue;
        }
        if (begin != std::string_view::npos) statements.push_back(script.substr(begin, at - begin));
        begin = std::string_view::npos;
    }
    if (begin != std::string_view::npos) statements.push_back(script.substr(begin));
    return statements;
}

std::optional<MariadbTemplate> parse_template(std::string_view sql) {
    auto const statements = split_statements(sql);
    if (statements.size() != 1) return std::nullopt;
    auto const text = statements.front();
    MariadbTemplate result;
    std::size_t begin = 0;
    Scanner scanner(text);
    for (auto at = scanner.next(); at != std::string_view::npos; at = scanner.next()) {
        if (text[at] != '?') continue;
        result.pieces.push_back(text.substr(begin, at - begin));
        begin = at + 1;
    }
    result.pieces.push_back(text.substr(begin));
    return result;
}

bool append_statement(std::string& script, MariadbTemplate const& sql,
                      std::vector<Value> const& values) {
    if (sql.pieces.size() != values.size() + 1) return false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        script.append(sql.pieces[i]);
        append(script, values[i]);
    }
    script.append(sql.pieces.back());
    return true;
}

}  // namespace tunnus::sql
