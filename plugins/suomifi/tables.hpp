// SPDX-License-Identifier: MIT
// The tables of a plugin of this family, and what is said to them. Each plugin has its own, by its
// name, and a statement's text must live as long as the process: it is put together when compiled.
#pragma once

#include "plugins/api/plugin.hpp"

#include <array>
#include <string_view>

namespace tunnus::plugin::suomifi {

struct Tables {
    std::string_view migration;
    // Requests and assertions that were used.
    std::string_view use;
    // Proofs: what assertions have proven.
    std::string_view add_proof, join_proof, find_proofs, end_proof, session_of_proof;
    // Logout requests of ours that wait for their answers.
    std::string_view await_logout, find_logout, finish_logout;
    // The identity provider's metadata as it was last fetched and verified, one row, and what was
    // believed before it.
    std::string_view find_metadata, drop_metadata, store_metadata, renew_metadata;
    std::string_view add_past_metadata, find_past_metadata;
    /// The table's first row to keep, and the deletion of those before it.
    struct Expiry {
        std::string_view find_beyond, remove;
    };
    std::array<Expiry, 4> expiries;
};

/// Deletes what has expired in all of them, limits.expiry_batch rows of each in a write of their
/// own, until nothing is left or half of limits.plugin_job_deadline has passed.
[[nodiscard]] Result<> forget_expired(Host& host, Tables const& tables);

namespace detail {

constexpr std::string_view migration_pattern = R"(
CREATE TABLE @_seen (
    digest     VARBINARY(32) NOT NULL PRIMARY KEY,  -- SHA-256 of the kind and the identifier
    expires_at BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX @_seen_by_expiry ON @_seen (expires_at);

-- By the identity provider's names for them, never by the person's.
CREATE TABLE @_proofs (
    id            VARBINARY(32) NOT NULL PRIMARY KEY,  -- SHA-256 of the assertion's identifier
    name_index    VARBINARY(32) NOT NULL,              -- keyed digest of the NameID
    session_index VARBINARY(32) NOT NULL,              -- and of the SessionIndex
    session_id    VARCHAR(64),                         -- ours; NULL until the login is finished
    ended_at      BIGINT,                              -- logged out: no login may finish with it
    expires_at    BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX @_proofs_by_name ON @_proofs (name_index);
CREATE INDEX @_proofs_by_expiry ON @_proofs (expires_at);

CREATE TABLE @_logouts (
    digest     VARBINARY(32) NOT NULL PRIMARY KEY,  -- SHA-256 of the request's identifier
    return_to  MEDIUMBLOB    NOT NULL,              -- sealed URL
    expires_at BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX @_logouts_by_expiry ON @_logouts (expires_at);

CREATE TABLE @_idp_metadata (
    id         BIGINT     NOT NULL PRIMARY KEY,
    document   MEDIUMBLOB NOT NULL,
    digest     VARBINARY(32) NOT NULL,  -- SHA-256 of what was signed
    fetched_at BIGINT     NOT NULL
) /*sqlite WITHOUT ROWID */;
-- Documents that another one has followed: none of them comes back.
CREATE TABLE @_past_metadata (
    digest     VARBINARY(32) NOT NULL PRIMARY KEY,
    expires_at BIGINT        NOT NULL  -- the document's own end, if it has one
) /*sqlite WITHOUT ROWID */;
CREATE INDEX @_past_metadata_by_expiry ON @_past_metadata (expires_at);
)";
constexpr std::string_view use = "INSERT INTO @_seen (digest, expires_at) VALUES (?, ?)";
constexpr std::string_view add_proof =
    "INSERT INTO @_proofs (id, name_index, session_index, expires_at) VALUES (?, ?, ?, ?)";
constexpr std::string_view join_proof =
    "UPDATE @_proofs SET session_id = ? WHERE id = ? AND ended_at IS NULL";
constexpr std::string_view find_proofs =
    "SELECT id, session_index FROM @_proofs WHERE name_index = ? ORDER BY id";
constexpr std::string_view end_proof =
    "UPDATE @_proofs SET ended_at = ? WHERE id = ? AND ended_at IS NULL";
constexpr std::string_view session_of_proof = "SELECT session_id FROM @_proofs WHERE id = ?";
constexpr std::string_view await_logout =
    "INSERT INTO @_logouts (digest, return_to, expires_at) VALUES (?, ?, ?)";
constexpr std::string_view find_logout =
    "SELECT return_to FROM @_logouts WHERE digest = ? AND expires_at > ?";
constexpr std::string_view finish_logout = "DELETE FROM @_logouts WHERE digest = ?";
constexpr std::string_view find_metadata =
    "SELECT document, digest, fetched_at FROM @_idp_metadata WHERE id = 1";
constexpr std::string_view drop_metadata = "DELETE FROM @_idp_metadata WHERE id = 1 AND digest = ?";
constexpr std::string_view store_metadata =
    "INSERT INTO @_idp_metadata (id, document, digest, fetched_at) VALUES (1, ?, ?, ?)";
constexpr std::string_view renew_metadata =
    "UPDATE @_idp_metadata SET fetched_at = ? WHERE id = 1 AND digest = ?";
constexpr std::string_view add_past_metadata =
    "INSERT INTO @_past_metadata (digest, expires_at) VALUES (?, ?)";
constexpr std::string_view find_past_metadata =
    "SELECT expires_at FROM @_past_metadata WHERE digest = ?";
// Of the tables that expire, and of what is said to each; there `@` is the table's name.
constexpr std::string_view seen_table = "@_seen";
constexpr std::string_view proofs_table = "@_proofs";
constexpr std::string_view logouts_table = "@_logouts";
constexpr std::string_view past_metadata_table = "@_past_metadata";
constexpr std::string_view find_beyond =
    "SELECT expires_at FROM @ WHERE expires_at < ? ORDER BY expires_at LIMIT 1 OFFSET ?";
constexpr std::string_view remove = "DELETE FROM @ WHERE expires_at < ?";

/// `pattern` with `name` for every `@`.
template <std::string_view const& pattern, std::string_view const& name>
struct Filled {
    static constexpr std::size_t size() {
        std::size_t bytes = 0;
        for (char const c : pattern)
            bytes += c == '@' ? name.size() : 1;
        return bytes;
    }
    static constexpr std::array<char, size()> characters = [] {
        std::array<char, size()> filled{};
        std::size_t at = 0;
        for (char const c : pattern)
            if (c != '@')
                filled[at++] = c;
            else
                for (char const letter : name)
                    filled[at++] = letter;
        return filled;
    }();
    static constexpr std::string_view text{characters.data(), characters.size()};
};

}  // namespace detail

/// `plugin`: its name.
template <std::string_view const& plugin>
[[nodiscard]] constexpr Tables tables_of() {
    constexpr auto fill = []<std::string_view const & pattern>() {
        return detail::Filled<pattern, plugin>::text;
    };
    constexpr auto expiry = []<std::string_view const & table>() -> Tables::Expiry {
        using Name = detail::Filled<table, plugin>;
        return {detail::Filled<detail::find_beyond, Name::text>::text,
                detail::Filled<detail::remove, Name::text>::text};
    };
    using namespace detail;
    return {.migration = fill.template operator()<migration_pattern>(),
            .use = fill.template operator()<use>(),
            .add_proof = fill.template operator()<add_proof>(),
            .join_proof = fill.template operator()<join_proof>(),
            .find_proofs = fill.template operator()<find_proofs>(),
            .end_proof = fill.template operator()<end_proof>(),
            .session_of_proof = fill.template operator()<session_of_proof>(),
            .await_logout = fill.template operator()<await_logout>(),
            .find_logout = fill.template operator()<find_logout>(),
            .finish_logout = fill.template operator()<finish_logout>(),
            .find_metadata = fill.template operator()<find_metadata>(),
            .drop_metadata = fill.template operator()<drop_metadata>(),
            .store_metadata = fill.template operator()<store_metadata>(),
            .renew_metadata = fill.template operator()<renew_metadata>(),
            .add_past_metadata = fill.template operator()<add_past_metadata>(),
            .find_past_metadata = fill.template operator()<find_past_metadata>(),
            .expiries = {{expiry.template operator()<seen_table>(),
                          expiry.template operator()<proofs_table>(),
                          expiry.template operator()<logouts_table>(),
                          expiry.template operator()<past_metadata_table>()}}};
}

}  // namespace tunnus::plugin::suomifi
