// SPDX-License-Identifier: MIT
#include "storage/audit_chain.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/time_text.hpp"
#include "storage/audit_log.hpp"
#include "storage/columns.hpp"
#include "storage/facts.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::storage {
namespace {

constexpr std::string_view tail_name = "audit.tail";

void put(std::string& bytes, std::int64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> shift));
}

void put(std::string& bytes, std::string_view field) {
    put(bytes, static_cast<std::int64_t>(field.size()));
    bytes.append(field);
}

/// Digest of rows of id, at and the six texts of an event, in the order of their ids.
std::string digest_of(sql::Rows const& rows) {
    std::string bytes;
    for (auto const& row : rows) {
        put(bytes, row.bytes(0));
        put(bytes, row.integer(1));
        for (std::size_t column = 2; column < 8; ++column)
            put(bytes, row.text(column));
    }
    return sha256(bytes);
}

std::string chained(Sealer const& sealer, std::string_view previous, AuditSeal const& seal,
                    std::string_view rows) {
    std::string bytes(previous);
    put(bytes, seal.number);
    put(bytes, to_unix_ms(seal.at));
    put(bytes, seal.events);
    return sealer.blind_index("audit_seals.digest", bytes.append(rows));
}

std::string tail_of(Sealer const& sealer, std::string_view digest) {
    return sealer.blind_index("facts.audit.tail", digest);
}

AuditSeal seal_in(sql::Row const& row) {
    return {row.integer(0), row.time(1), row.integer(2), row.bytes(3)};
}

/// The last seal and what says that it is the last, as of one moment.
struct End {
    AuditSeal last;  ///< number 0: there is none
    std::string tail;
};

Result<End> find_end(sql::Database& database, Sealer const& sealer) {
    sql::Statement const statement{
        "SELECT s.number, s.at, s.events, s.digest, f.value FROM facts f LEFT JOIN audit_seals s "
        "ON s.number = (SELECT MAX(number) FROM audit_seals) WHERE f.name = ?",
        {sql::value(tail_name)},
        {}};
    auto row = database.find(statement);
    if (row && !*row) {
        if (auto const settled = settle_fact(database, tail_name, tail_of(sealer, "")); !settled)
            return settled.error();
        row = database.find(statement);
    }
    if (!row) return row.error();
    return End{(*row)->is_null(0) ? AuditSeal() : seal_in(**row), (*row)->bytes(4)};
}

Error cut() {
    return {sql::SqlErrc::corrupt,
            "audit trail: it does not end where it ended; see tunnus audit verify"};
}

Result<sql::Rows> events_of(sql::Database& database, std::int64_t seal) {
    return database.query(
        {"SELECT id, at, kind, event_id, request_id, user_id, client_id, fields FROM audit_events "
         "WHERE seal = ? ORDER BY id",
         {sql::value(seal)},
         {}});
}

/// Calls `with` for each seal after `after` with its events, until it says false. Seal by seal, so
/// that little of a long trail is in memory.
Result<> each_seal(sql::Database& database, std::int64_t after,
                   std::function<bool(AuditSeal const&, sql::Rows const&)> const& with) {
    while (true) {
        auto const row =
            database.find({"SELECT number, at, events, digest FROM audit_seals WHERE number > ? "
                           "ORDER BY number LIMIT 1",
                           {sql::value(after)},
                           {}});
        if (!row) return row.error();
        if (!*row) return {};
        auto const seal = seal_in(**row);
        auto const events = events_of(database, seal.number);
        if (!events) return events.error();
        if (!with(seal, *events)) return {};
        after = seal.number;
    }
}

Result<std::int64_t> count(sql::Database& database, std::string_view statement) {
    auto const row = database.find({statement, {}, {}});
    if (!row) return row.error();
    return (*row)->integer(0);
}

}  // namespace

Result<std::optional<AuditSeal>> seal_audit_events(sql::Database& database, Sealer const& sealer,
                                                   TimePoint now, std::size_t most) {
    auto const rows = database.query(
        {"SELECT id, at, kind, event_id, request_id, user_id, client_id, fields FROM audit_events "
         "WHERE seal IS NULL ORDER BY id LIMIT ?",
         {sql::value(static_cast<std::int64_t>(most))},
         {}});
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<AuditSeal>();
    auto const end = find_end(database, sealer);
    if (!end) return end.error();
    auto const& last = end->last;
    if (end->tail != tail_of(sealer, last.digest)) return cut();

    AuditSeal seal{last.number + 1, now, static_cast<std::int64_t>(rows->size()), {}};
    seal.digest = chained(sealer, last.digest, seal, digest_of(*rows));

    // Another node's seal has the same number; an event that came in between makes another count.
    std::vector<sql::Statement> steps;
    steps.push_back({"INSERT INTO audit_seals (number, at, events, digest) VALUES (?, ?, ?, ?)",
                     {sql::value(seal.number), sql::value(seal.at), sql::value(seal.events),
                      sql::blob(seal.digest)},
                     1});
    steps.push_back({"UPDATE audit_events SET seal = ? WHERE seal IS NULL AND id <= ?",
                     {sql::value(seal.number), sql::blob(rows->back().bytes(0))},
                     rows->size()});
    steps.push_back({"UPDATE facts SET value = ? WHERE name = ?",
                     {sql::blob(tail_of(sealer, seal.digest)), sql::value(tail_name)},
                     1});
    auto const verdict = database.commit(sql::Write::adding("seal_audit", std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won ? std::optional(seal) : std::nullopt;
}

Result<AuditVerdict> verify_audit_chain(sql::Database& database, Sealer const& sealer,
                                        std::optional<AuditSeal> const& kept) {
    AuditVerdict verdict;
    auto const fault = [&verdict](std::int64_t number, std::string const& what) {
        verdict.faults.push_back("seal " + std::to_string(number) + ": " + what);
    };
    std::string previous;
    bool kept_found = false;
    auto const read = each_seal(database, 0, [&](AuditSeal const& seal, sql::Rows const& events) {
        if (auto const expected = verdict.last ? verdict.last->number + 1 : 1;
            seal.number != expected)
            fault(expected, "is missing");
        if (static_cast<std::int64_t>(events.size()) != seal.events)
            fault(seal.number, "covers " + std::to_string(seal.events) + " events, " +
                                   std::to_string(events.size()) + " are there");
        else if (chained(sealer, previous, seal, digest_of(events)) != seal.digest)
            fault(seal.number, "an event, the seal or the one before it was changed");
        if (kept && kept->number == seal.number) {
            kept_found = true;
            if (kept->digest != seal.digest) fault(seal.number, "is not the one that was kept");
        }
        verdict.sealed += static_cast<std::int64_t>(events.size());
        previous = seal.digest;
        verdict.last = seal;
        return true;
    });
    if (!read) return read.error();

    auto const end = find_end(database, sealer);
    if (!end) return end.error();
    // A seal may have come while this read; then its own end is right, and the rest is unread.
    if (end->tail != tail_of(sealer, end->last.digest))
        verdict.faults.emplace_back("the trail does not end where it ended: later seals are gone");
    if (kept && !kept_found) fault(kept->number, "was kept, and is gone");

    auto const stray = count(database,
                             "SELECT COUNT(*) FROM audit_events WHERE seal IS NOT NULL AND "
                             "seal NOT IN (SELECT number FROM audit_seals)");
    if (!stray) return stray.error();
    if (*stray != 0)
        verdict.faults.push_back(std::to_string(*stray) + " events name a seal that is gone");
    auto const unsealed = count(database, "SELECT COUNT(*) FROM audit_events WHERE seal IS NULL");
    if (!unsealed) return unsealed.error();
    verdict.unsealed = *unsealed;
    return verdict;
}

Result<> accept_audit_end(sql::Database& database, Sealer const& sealer, AuditEvent const& audit,
                          Random& random) {
    auto const end = find_end(database, sealer);
    if (!end) return end.error();
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE facts SET value = ? WHERE name = ?",
                     {sql::blob(tail_of(sealer, end->last.digest)), sql::value(tail_name)},
                     {}});
    steps.push_back(audit_statement(audit, random));
    auto const accepted = database.commit(sql::Write::adding("accept_audit", std::move(steps)));
    if (!accepted) return accepted.error();
    return {};
}

Result<> export_audit_events(sql::Database& database, std::int64_t after,
                             std::function<void(std::string const&)> const& line) {
    Result<> written;
    auto const read =
        each_seal(database, after, [&](AuditSeal const& seal, sql::Rows const& events) {
            for (auto const& row : events) {
                auto fields = read_object(row.text(7));
                if (!fields) {
                    written = fields.error();
                    return false;
                }
                line(boost::json::serialize(
                    boost::json::object{{"id", encode_base64url(row.bytes(0))},
                                        {"at", rfc3339(row.time(1))},
                                        {"kind", row.text(2)},
                                        {"event_id", row.text(3)},
                                        {"request_id", row.text(4)},
                                        {"user_id", row.text(5)},
                                        {"client_id", row.text(6)},
                                        {"fields", std::move(*fields)},
                                        {"seal", seal.number}}));
            }
            line(boost::json::serialize(boost::json::object{{"seal", seal.number},
                                                            {"at", rfc3339(seal.at)},
                                                            {"events", seal.events},
                                                            {"digest", encode_hex(seal.digest)}}));
            return true;
        });
    return read ? written : read;
}

}  // namespace tunnus::storage
