// SPDX-License-Identifier: MIT
// Logins under way: one row each, its body opaque to storage and sealed.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/crypto.hpp"
#include "storage/ids.hpp"
#include "storage/sessions.hpp"
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

/// A new login; the oldest logins of the same browser beyond `keep` are dropped.
[[nodiscard]] std::unique_ptr<Intention> begin_login(LoginRecord const& record, std::size_t keep,
                                                     Sealer const& sealer, Random& random);
/// The next step of a login: replaces the body where the version is still `record.version`, and
/// increments it. `lost` when another request of the same login was first.
[[nodiscard]] std::unique_ptr<Intention> update_login(LoginRecord const& record,
                                                      Sealer const& sealer, Random& random,
                                                      std::vector<AuditEvent> const& audit = {});

/// A login that was refused or given up: its row goes, so that no later request can finish it.
/// `lost` when another request of the same login was first.
[[nodiscard]] std::unique_ptr<Intention> drop_login(std::string_view id, std::int64_t version,
                                                    AuditEvent const& audit, Random& random);

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
};

/// A session that rises to a higher level keeps its id and gets a new secret: `new_session` with
/// the id that `replaces` names is renewed in place, and `sid` stays what the services know. With
/// another id the old session ends, and what the same person gave in it goes on in the new one.
///
/// Everything a finished login makes true together: the session (new, raised or just used), the
/// consent, the grant with its code, the audit events; and the login row is gone. `lost` when the
/// login was finished by another request, the session ended meanwhile, the user was disabled, or a
/// remembered consent was withdrawn meanwhile.
struct FinishLogin {
    std::optional<Id> login_id;  ///< none: an SSO login that never needed a row
    std::int64_t login_version = 0;
    std::optional<Session> new_session;  ///< insert, or renew: see `replaces`
    /// With the id of `new_session`: a further proof by the same person renews that live session;
    /// the row keeps its id (and so its `sid`) and gets a new secret, level and time (threats.md
    /// W-01). With another id: that session of the same person ends and its grants move over.
    std::optional<Id> replaces;
    std::optional<Session>
        used_session;  ///< update last_used_at and idle_expires_at, where still live
    std::optional<Consent> given_consent;  ///< insert or replace
    bool needs_standing_consent =
        false;  ///< the grant rests on a consent given earlier: it must still stand
    Grant grant;
    std::size_t sessions_per_user = 50;  ///< older live ones beyond this end
    std::vector<AuditEvent> audit;
};
[[nodiscard]] std::unique_ptr<Intention> finish_login(FinishLogin const& data, Sealer const& sealer,
                                                      Random& random);

}  // namespace tunnus::storage
