// SPDX-License-Identifier: MIT
// The audit trail as a chain (threats.md M-16). A seal covers the events that no earlier seal does,
// and the seal before it, by a digest under the key of the configuration: who can write to the
// database and has not the key can change, add or remove nothing that is sealed without being
// found. A second digest says where the chain ends, so that it cannot be cut either; putting back
// an older copy of the whole is found by a seal that was kept elsewhere: each is logged.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "storage/sql/database.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tunnus::storage {

struct AuditSeal {
    std::int64_t number = 0;  ///< from 1
    TimePoint at{};
    std::int64_t events = 0;
    std::string digest;  ///< 32 bytes
};

/// Seals at most `most` of the events that no seal covers. Empty: there were none, or another node
/// was sealing. Any node may call at any time. SqlErrc::corrupt, and nothing more is sealed, when
/// the chain was cut: going on would hide it.
[[nodiscard]] Result<std::optional<AuditSeal>> seal_audit_events(sql::Database& database,
                                                                 Sealer const& sealer,
                                                                 TimePoint now, std::size_t most);

struct AuditVerdict {
    std::vector<std::string> faults;  ///< in words; empty: the trail is whole
    std::int64_t sealed = 0;          ///< events
    std::int64_t unsealed = 0;        ///< events that are too new
    std::optional<AuditSeal> last;
};
/// Reads all of it. `kept` is a seal as it was told elsewhere, of which number and digest count.
[[nodiscard]] Result<AuditVerdict> verify_audit_chain(
    sql::Database& database, Sealer const& sealer,
    std::optional<AuditSeal> const& kept = std::nullopt);

/// Lets a chain that was cut go on from where it ends now; the act is an event of it.
[[nodiscard]] Result<> accept_audit_end(sql::Database& database, Sealer const& sealer,
                                        AuditEvent const& audit, Random& random);

/// Gives each line of JSON to `line`: the sealed events after seal `after`, each seal behind its
/// own.
[[nodiscard]] Result<> export_audit_events(sql::Database& database, std::int64_t after,
                                           std::function<void(std::string const&)> const& line);

}  // namespace tunnus::storage
