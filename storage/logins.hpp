// SPDX-License-Identifier: MIT
// Logins under way: one row each, its body opaque to storage and sealed.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "storage/ids.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::storage {

struct LoginRecord {
    Id id;
    std::string browser_hash;  ///< SHA-256 of the login cookie's value
    std::int64_t version = 0;
    boost::json::object body;
    TimePoint created_at{};
    TimePoint expires_at{};
};

class Logins {
  public:
    Logins(sql::Database& database, Sealer const& sealer) : database_(database), sealer_(sealer) {}
    /// Empty when unknown, expired, or of another browser.
    [[nodiscard]] Result<std::optional<LoginRecord>> find(std::string_view id,
                                                          std::string_view browser_hash,
                                                          TimePoint now);

  private:
    sql::Database& database_;
    Sealer const& sealer_;
};

/// How many logins may be open. Where there are more, the oldest give way: a browser's own at once,
/// those of all browsers together within a sixteenth of their number (threats.md S-125), so that a
/// client without cookies that begins logins for ever takes this much of the disk and no more.
struct LoginBounds {
    std::size_t per_browser = 5;
    std::size_t in_all = 100'000;
};
[[nodiscard]] std::unique_ptr<Intention> begin_login(LoginRecord const& record,
                                                     LoginBounds const& bounds,
                                                     Sealer const& sealer, Random& random);
/// The next step of a login: replaces the body where the version is still `record.version`, and
/// increments it. `lost` when another request of the same login was first.
[[nodiscard]] std::unique_ptr<Intention> update_login(LoginRecord const& record,
                                                      Sealer const& sealer, Random& random,
                                                      std::vector<AuditEvent> const& audit = {});

/// A login that was refused or given up: its row goes, so that no later request can finish it, and
/// with it the pushed request (empty: none) that it came from. `lost` when another request of the
/// same login was first.
[[nodiscard]] std::unique_ptr<Intention> drop_login(std::string_view id, std::int64_t version,
                                                    AuditEvent const& audit, Random& random,
                                                    Id const& pushed_request = {});

struct Consent {
    std::string user_id;
    std::string client_id;
    std::vector<std::string> scopes;  ///< sorted
    std::vector<std::string> claims;  ///< sorted
    std::string text_version;
    std::string locale;
    TimePoint given_at{};
    std::optional<TimePoint> withdrawn_at;
};
class Consents {
  public:
    explicit Consents(sql::Database& database) : database_(database) {}
    [[nodiscard]] Result<std::optional<Consent>> find(std::string_view user_id,
                                                      std::string_view client_id);
    [[nodiscard]] Result<std::vector<Consent>> find_by_user(std::string_view user_id);

  private:
    sql::Database& database_;
};
/// Marks the consent withdrawn and revokes every grant of that person and service.
struct WithdrawConsent {
    std::string user_id;
    std::string client_id;
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> withdraw_consent(WithdrawConsent const& data,
                                                          Random& random);

/// The row of storage/grants.hpp that a finished login leaves.
struct Grant {
    Id id;
    std::string client_id;
    std::string user_id;
    Id session_id;
    std::string code_secret_hash;
    TimePoint code_expires_at{};
    std::optional<TimePoint> redeemed_at;
    std::optional<TimePoint> revoked_at;
    TimePoint created_at{};
    TimePoint expires_at{};
    bool offline = false;
    boost::json::object body;  ///< oidc's own; storage does not look inside
    /// The person acts for another in it, no longer than then; by this such grants are found.
    std::optional<TimePoint> acting_until = {};
};

}  // namespace tunnus::storage
