// SPDX-License-Identifier: MIT
#include "storage/schema.hpp"

namespace tunnus::storage {

Result<> migrate_core(sql::Database& database) {
    return database.migrate("core", core_migrations());
}

}  // namespace tunnus::storage
