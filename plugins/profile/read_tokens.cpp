// SPDX-License-Identifier: MIT
#include "plugins/profile/read_tokens.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/limits.hpp"

namespace tunnus::plugin::profile {

std::string ReadTokens::digest(std::string_view token) {
    return host_.blind_index("read_token", to_lower(token));
}

Result<ReadTokens::Made> ReadTokens::make(std::string_view user_id) {
    Made made{random_uuid(host_.random()),
              host_.clock().now() + host_.limits().profile_read_token_lifetime};
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"DELETE FROM profile_read_tokens WHERE user_id = ?", {sql::value(user_id)}, {}});
    steps.push_back(
        {"INSERT INTO profile_read_tokens (user_id, digest, expires_at) VALUES (?, ?, ?)",
         {sql::value(user_id), sql::blob(digest(made.token)), sql::value(made.expires_at)},
         {}});
    auto const written =
        host_.database().commit(sql::Write::adding("profile.read_token", std::move(steps)));
    if (!written) return written.error();
    return made;
}

Result<std::optional<ReadTokens::Found>> ReadTokens::find(std::string_view token) {
    auto const row = host_.database().find(
        {"SELECT user_id, expires_at FROM profile_read_tokens WHERE digest = ?",
         {sql::blob(digest(token))},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<Found>();
    return std::optional(Found{(*row)->text(0), (*row)->time(1) <= host_.clock().now()});
}

}  // namespace tunnus::plugin::profile
