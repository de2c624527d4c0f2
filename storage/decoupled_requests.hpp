// SPDX-License-Identifier: MIT
// Requests that a person answers elsewhere than where they were made: with a code that another
// device shows (RFC 8628), or unasked (OpenID CIBA).
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "storage/ids.hpp"
#include "storage/sql/database.hpp"

#include <boost/json/object.hpp>

namespace tunnus::storage {

struct DecoupledRequest {
    enum class State { pending, allowed, denied };
    Id id;
    std::string secret_hash;  ///< of the device_code or auth_req_id
    std::string client_id;
    std::string user_code_index = {};  ///< keyed digest, 32 bytes; empty: none
    std::string user_id = {};          ///< the only one who may answer; empty: who has the code
    State state = State::pending;
    Id grant_id = {};                        ///< once allowed
    boost::json::object body;                ///< oidc's own; sealed at rest
    seconds interval{};                      ///< that the service must wait between two questions
    std::optional<TimePoint> asked_at = {};  ///< when the service last asked
    TimePoint created_at{};
    TimePoint expires_at{};
};

/// Reads. Any thread may call. What has ended stays to be found for a while, so that a service
/// learns why; expiry and state are the caller's to judge.
class DecoupledRequests {
  public:
    DecoupledRequests(sql::Database& database, Sealer const& sealer)
        : database_(database), sealer_(sealer) {}
    /// By the device_code or auth_req_id; secret checked.
    [[nodiscard]] Result<std::optional<DecoupledRequest>> find(Bearer const& bearer);
    [[nodiscard]] Result<std::optional<DecoupledRequest>> find_by_id(std::string_view id);
    [[nodiscard]] Result<std::optional<DecoupledRequest>> find_by_user_code(std::string_view index);

  private:
    Result<std::optional<DecoupledRequest>> read(sql::Row const& row);
    sql::Database& database_;
    Sealer const& sealer_;
};

/// A new request. `lost` when its user code is taken.
[[nodiscard]] std::unique_ptr<Intention> add_decoupled_request(DecoupledRequest const& request,
                                                               AuditEvent const& audit,
                                                               Sealer const& sealer,
                                                               Random& random);
/// The service asked and there is no answer yet. `interval` is how long it waits from now on.
[[nodiscard]] std::unique_ptr<Intention> note_decoupled_question(std::string_view id,
                                                                 seconds interval, TimePoint now);
/// The person said no. The login that led there, when it has a row (version > 0), goes with it.
/// `lost` when the request was answered or ended before.
struct DenyDecoupledRequest {
    Id id;
    Id login_id;
    std::int64_t login_version = 0;
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> deny_decoupled_request(DenyDecoupledRequest const& data,
                                                                Random& random);

/// Part of finish_login: the person said yes. It must still be pending, and theirs to answer.
[[nodiscard]] sql::Statement allow_decoupled_request(std::string_view id, std::string_view user_id,
                                                     std::string_view grant_id, TimePoint now);
/// Part of redeem_code: it must be allowed with this grant, and goes.
[[nodiscard]] sql::Statement take_decoupled_request(std::string_view id, std::string_view grant_id);

}  // namespace tunnus::storage
