// SPDX-License-Identifier: MIT
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "storage/clock_mark.hpp"

namespace tunnus::cli {

int clock_accept(std::string const& config_file) {
    return with_storage(config_file, [](Opened& opened) {
        auto& process = opened.process;
        auto const now = process.clock.now();
        auto const done = opened.database->commit(
            storage::accept_clock({.now = now,
                                   .audit = {.kind = AuditKind::administration,
                                             .at = now,
                                             .event_id = random_uuid(process.random),
                                             .request_id = {},
                                             .user_id = {},
                                             .client_id = {},
                                             .fields = {{"command", "clock accept"}}}},
                                  process.random));
        if (!done) return complain(done.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
