// SPDX-License-Identifier: MIT
// Authorization requests that were pushed (RFC 9126) and wait for their browser. finish_login and
// drop_login spend them (storage/finish_login.hpp): a page may be loaded again before the login
// ends.
#pragma once

#include "idp/base/crypto.hpp"
#include "storage/ids.hpp"
#include "storage/sql/database.hpp"

#include <boost/json/object.hpp>

namespace tunnus::storage {

struct PushedRequest {
    Id id;
    std::string secret_hash;
    std::string client_id;
    boost::json::object body;  ///< oidc's own, sealed at rest: it may name a person
    TimePoint created_at{};
    TimePoint valid_until{};  ///< the browser has to come before
    TimePoint expires_at{};   ///< and the login that it began ends before: then the row goes
};

class PushedRequests {
  public:
    PushedRequests(sql::Database& database, Sealer const& sealer)
        : database_(database), sealer_(sealer) {}
    /// One query. Secret checked; client and validity are the caller's to judge. Empty when it is
    /// unknown or spent.
    [[nodiscard]] Result<std::optional<PushedRequest>> find(Bearer const& reference);

  private:
    sql::Database& database_;
    Sealer const& sealer_;
};

/// `lost` when so many (`most`) of the client's wait for their browser already.
[[nodiscard]] std::unique_ptr<Intention> push_request(PushedRequest const& request,
                                                      std::size_t most, Sealer const& sealer,
                                                      Random& random);

}  // namespace tunnus::storage
