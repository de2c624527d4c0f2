// SPDX-License-Identifier: MIT
#include "idp/audit_keeping.hpp"

#include "idp/base/encoding.hpp"
#include "storage/audit_chain.hpp"

namespace tunnus {

Result<> seal_audit(Clock const& clock, sql::Database& database, Sealer const& sealer, Log& log,
                    std::size_t most) {
    while (true) {
        auto const seal = storage::seal_audit_events(database, sealer, clock.now(), most);
        if (!seal) return seal.error();
        if (!*seal) return {};
        log.info("audit.sealed", {{"seal", (*seal)->number},
                                  {"events", (*seal)->events},
                                  {"digest", encode_hex((*seal)->digest)}});
        if (static_cast<std::size_t>((*seal)->events) < most) return {};
    }
}

}  // namespace tunnus
