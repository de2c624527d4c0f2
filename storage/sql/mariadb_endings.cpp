// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_endings.hpp"

#include "storage/sql/mariadb_text.hpp"

namespace tunnus::sql {

std::string MariadbEndings::count_statement(std::string_view node) {
    std::string text;
    auto const cut = parse_template(
        "INSERT INTO endings (node, ended) VALUES (?, 1) "
        "ON DUPLICATE KEY UPDATE ended = ended + 1");
    (void)append_statement(text, *cut, {blob(node)});
    return text;
}

Result<std::optional<std::uint64_t>> MariadbEndings::now(MariadbPool& pool) {
    static std::string const sum = "SELECT CAST(COALESCE(SUM(ended), 0) AS SIGNED) FROM endings";
    std::unique_lock lock(mutex_);
    auto const wanted = begun_ + 1;
    while (finished_ < wanted) {
        if (begun_ > finished_) {
            finished_one_.wait(lock);
            continue;
        }
        ++begun_;
        lock.unlock();
        auto const rows = pool.query({sum, {}, {}});
        lock.lock();
        if (rows)
            last_ = std::optional(static_cast<std::uint64_t>(rows->front().integer(0)));
        else
            last_ = rows.error();
        ++finished_;
        finished_one_.notify_all();
    }
    return last_;
}

}  // namespace tunnus::sql
