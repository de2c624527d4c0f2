// SPDX-License-Identifier: MIT
// Signing keys: announced → signing → retired. The private JWK is sealed at rest.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "storage/ids.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::storage {

struct SigningKey {
    std::string kid;
    std::string alg;
    Secret private_jwk;
    TimePoint announced_at{};
    TimePoint sign_from{};
    std::optional<TimePoint> retired_at;
    std::optional<TimePoint> revoked_at;
};

class Keys {
  public:
    Keys(sql::Database& database, Sealer const& sealer) : database_(database), sealer_(sealer) {}
    /// Every key that is neither retired nor revoked, oldest first.
    [[nodiscard]] Result<std::vector<SigningKey>> all();
    [[nodiscard]] Result<std::vector<SigningKey>> all_with_retired();

  private:
    sql::Database& database_;
    Sealer const& sealer_;
};

/// Adds keys and sets `retired_at` or `revoked_at` of others, as one.
struct ChangeKeys {
    std::vector<SigningKey> added;
    std::vector<std::pair<std::string, TimePoint>> retired;
    std::vector<std::pair<std::string, TimePoint>> revoked;
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> change_keys(ChangeKeys const& data, Sealer const& sealer,
                                                     Random& random);

}  // namespace tunnus::storage
