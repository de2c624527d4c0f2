// SPDX-License-Identifier: MIT
#include "plugins/mandates/unclaimed.hpp"

namespace tunnus::plugin::mandates {

Result<std::optional<TimePoint>> Unclaimed::find(std::string_view user_id) const {
    auto const row = host_.database().find(
        {"SELECT since FROM mandates_unclaimed WHERE user_id = ?", {sql::value(user_id)}, {}});
    if (!row) return row.error();
    if (!*row) return std::optional<TimePoint>();
    return std::optional((*row)->time(0));
}

sql::Statement Unclaimed::mark(std::string_view user_id) const {
    return {"INSERT INTO mandates_unclaimed (user_id, since) VALUES (?, ?)",
            {sql::value(user_id), sql::value(host_.clock().now())},
            {}};
}

sql::Statement Unclaimed::claim(std::string_view user_id) {
    return {"DELETE FROM mandates_unclaimed WHERE user_id = ?", {sql::value(user_id)}, {}};
}

Result<> Unclaimed::erase(std::string_view user_id) const {
    auto const erased = host_.database().commit(std::make_unique<sql::Write>(
        "mandates.erase", std::vector<sql::Statement>{claim(user_id)}));
    if (!erased) return erased.error();
    return {};
}

}  // namespace tunnus::plugin::mandates
