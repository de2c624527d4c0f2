// SPDX-License-Identifier: MIT
// Services that were registered at run time by `tunnus services add`. Those of the configuration
// are not here.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/random.hpp"
#include "storage/sql/database.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace tunnus::storage {

struct ServiceRecord {
    std::string name;
    boost::json::object members;  ///< as in the configuration
    TimePoint created_at{};
};

class Services {
  public:
    explicit Services(sql::Database& database) : database_(database) {}
    /// All of them, by name: an operator's list, of hundreds.
    [[nodiscard]] Result<std::vector<ServiceRecord>> list();

  private:
    sql::Database& database_;
};

/// `lost` when the name is taken.
[[nodiscard]] std::unique_ptr<Intention> add_service(ServiceRecord const& record,
                                                     AuditEvent const& audit, Random& random);
/// Its clients stay, and so do the permissions that people gave them. `lost` when there is none.
[[nodiscard]] std::unique_ptr<Intention> remove_service(std::string_view name,
                                                        AuditEvent const& audit, Random& random);

}  // namespace tunnus::storage
