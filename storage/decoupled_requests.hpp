// SPDX-License-Identifier: MIT
// Requests that a person answers elsewhere than where they were made: with a code that another
// device shows (RFC 8628), or unasked (OpenID CIBA).
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/mailer.hpp"
#include "storage/ids.hpp"
#include "storage/one_time.hpp"
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
    bool pings = false;                      ///< the service is told of the answer
    seconds interval{};                      ///< that the service must wait between two questions
    std::optional<TimePoint> asked_at = {};  ///< when the service last asked
    TimePoint created_at{};
    TimePoint expires_at{};
};

/// A service that is to be told that the person has answered.
struct Ping {
    Id request_id;
    std::string client_id;
    boost::json::object body;  ///< the request's
    std::int64_t attempts = 0;
};

/// Reads, but for the pings. Any thread may call. What has ended stays to be found for a while, so
/// that a service learns why; expiry and state are the caller's to judge.
class DecoupledRequests {
  public:
    DecoupledRequests(sql::Database& database, Sealer const& sealer)
        : database_(database), sealer_(sealer) {}
    /// By the device_code or auth_req_id; secret checked.
    [[nodiscard]] Result<std::optional<DecoupledRequest>> find(Bearer const& bearer);
    [[nodiscard]] Result<std::optional<DecoupledRequest>> find_by_id(std::string_view id);
    [[nodiscard]] Result<std::optional<DecoupledRequest>> find_by_user_code(std::string_view index);
    /// What waits for this person's answer, oldest first.
    [[nodiscard]] Result<std::vector<DecoupledRequest>> pending_of(std::string_view user_id,
                                                                   TimePoint now);

    [[nodiscard]] Result<std::vector<Ping>> due_pings(TimePoint now, std::size_t most);
    /// Counts one more attempt and sets when the next may follow (none: this is the last). False:
    /// another node was first, or the service has fetched its answer.
    [[nodiscard]] Result<bool> claim_ping(Ping const& ping, std::optional<TimePoint> next_at);
    [[nodiscard]] Result<> end_pings(std::string_view request_id);

  private:
    Result<std::optional<DecoupledRequest>> read(sql::Row const& row);
    sql::Database& database_;
    Sealer const& sealer_;
};

/// A new request. `lost` when its user code is taken, the attempt has none left, or `once` has
/// happened before.
struct AddDecoupledRequest {
    DecoupledRequest request;
    AuditEvent audit;
    std::optional<Attempt> attempt = {};
    std::optional<OneTimeUse> once = {};
    std::optional<Mail> mail = {};  ///< to the person who is asked
};
[[nodiscard]] std::unique_ptr<Intention> add_decoupled_request(AddDecoupledRequest const& data,
                                                               Sealer const& sealer,
                                                               Random& random);
/// The service asked and there is no answer yet. `interval` is how long it waits from now on.
[[nodiscard]] std::unique_ptr<Intention> note_decoupled_question(std::string_view id,
                                                                 seconds interval, TimePoint now);
/// The person said no. The login that led there, when it has a row (version > 0), goes with it.
/// `lost` when the request was answered or ended before.
struct DenyDecoupledRequest {
    Id id;
    std::string user_id;  ///< who says it; empty: somebody without an account
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
