// SPDX-License-Identifier: MIT
// Single sign-on sessions.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "storage/ids.hpp"
#include "storage/sql/database.hpp"

#include <boost/json/array.hpp>

namespace tunnus::storage {

/// So much is kept of what a browser calls itself.
inline constexpr std::size_t user_agent_characters = 255;

struct Session {
    Id id;
    std::string secret_hash;
    std::string user_id;
    std::string acr;
    std::vector<std::string> amr;
    TimePoint auth_time{};
    TimePoint created_at{};
    TimePoint last_used_at{};
    TimePoint idle_expires_at{};
    TimePoint expires_at{};
    std::optional<TimePoint> ended_at;
    std::string client_address;
    std::string user_agent;
    boost::json::array logout;  ///< one object per proof: `{"method": …, …}`; sealed at rest

    [[nodiscard]] bool is_live(TimePoint now) const {
        return !ended_at && now < idle_expires_at && now < expires_at;
    }
    /// The OIDC `sid`.
    [[nodiscard]] std::string sid() const;
};

/// Reads. Any thread may call.
class Sessions {
  public:
    Sessions(sql::Database& database, Sealer const& sealer)
        : database_(database), sealer_(sealer) {}
    /// The session of this cookie, live or not; empty when unknown or the secret differs, or when
    /// its user is disabled.
    [[nodiscard]] Result<std::optional<Session>> find(Bearer const& cookie);
    [[nodiscard]] Result<std::optional<Session>> find_by_id(std::string_view id);
    /// Live sessions of a user, newest first.
    [[nodiscard]] Result<std::vector<Session>> find_by_user(std::string_view user_id,
                                                            TimePoint now);
    /// Client ids that got a grant in this session, to show.
    [[nodiscard]] Result<std::vector<std::string>> clients_of(std::string_view session_id);

  private:
    sql::Database& database_;
    Sealer const& sealer_;
};

/// Ends sessions: marks them, revokes their grants that are not offline, and queues a back-channel
/// logout for every client that got a grant in one. `lost` when none of them was live any more.
struct EndSessions {
    std::vector<Id> session_ids;
    std::string user_id;
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> end_sessions(EndSessions const& data, Random& random);

}  // namespace tunnus::storage
