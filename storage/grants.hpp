// SPDX-License-Identifier: MIT
// Grants, codes, access tokens and refresh tokens. Everything that ends a permission revokes the
// grant; every use of a code or token carries `grant not revoked` as a condition of the same
// statement.
#pragma once

#include "idp/base/audit.hpp"
#include "storage/ids.hpp"
#include "storage/logins.hpp"
#include "storage/remembered_tokens.hpp"
#include "storage/sql/database.hpp"

#include <variant>

namespace tunnus::storage {

struct AccessToken {
    Id id;
    std::string secret_hash;
    std::optional<Id> grant_id;
    std::string client_id;
    std::vector<std::string> scopes;
    std::string confirmation = {};  ///< oidc's own: whose it is to use; empty: the bearer's
    TimePoint created_at{};
    TimePoint expires_at{};
    std::optional<TimePoint> revoked_at;
    /// oidc's own: what this token says beside its grant. Mostly empty.
    boost::json::object body = {};
};
struct RefreshToken {
    Id id;
    std::string secret_hash;
    Id grant_id;
    std::string confirmation = {};
    TimePoint created_at{};
    TimePoint expires_at{};
    std::optional<TimePoint> used_at;
};

/// What a rotation answered, for a while.
struct RefreshAnswer {
    Id used_id;  ///< the token that was replaced
    Id successor_id;
    std::string sealed;  ///< oidc's own
    TimePoint expires_at{};
};
struct TokenAndGrant {
    AccessToken token;
    std::optional<Grant> grant;
    std::optional<Consent> consent;  ///< of the grant's person and service, as it is now
};
struct RefreshAndGrant {
    RefreshToken token;
    Grant grant;
    std::optional<Consent> consent;
    std::optional<TimePoint> session_until;  ///< its session's end; empty: that is over, or gone
};

class Grants {
  public:
    /// `remembered`: limits.remembered_tokens.
    explicit Grants(sql::Database& database, std::size_t remembered = 4'096)
        : database_(database), remembered_(remembered) {}
    /// By the code (whose id is the grant's). Secret checked; state and expiry are the caller's to
    /// judge.
    [[nodiscard]] Result<std::optional<Grant>> find_by_code(Bearer const& code);
    /// By its id. State and expiry are the caller's to judge.
    [[nodiscard]] Result<std::optional<Grant>> find(std::string_view id);
    /// The person's grants that are live at `now` and in which they act for another then, the
    /// newest first.
    [[nodiscard]] Result<std::vector<Grant>> find_acting(std::string_view user_id, TimePoint now);
    /// Grants in which somebody acted for another, which is over: revoked, or its time has come. At
    /// most so many; end_acting() takes them from the list.
    [[nodiscard]] Result<std::vector<Grant>> find_acting_over(TimePoint now, std::size_t most);
    /// One query, or none for a token that was found before and nothing has ended since
    /// (sql::Database::endings): so an end is seen at once. Secret checked; expiry and revocation
    /// are the caller's to judge.
    [[nodiscard]] Result<std::optional<TokenAndGrant>> find_access_token(Bearer const& token);
    [[nodiscard]] Result<std::optional<RefreshAndGrant>> find_refresh_token(Bearer const& token);
    /// Whichever kind it is of, as the two above find it, by one query for both.
    using Token = std::variant<std::monostate, TokenAndGrant, RefreshAndGrant>;
    [[nodiscard]] Result<Token> find_token(Bearer const& token);
    /// What the rotation of this token answered, as long as the successor was not used; whether it
    /// has expired is the caller's to judge.
    [[nodiscard]] Result<std::optional<RefreshAnswer>> find_refresh_answer(
        std::string_view used_id);

  private:
    /// Asks what is remembered of access tokens before it runs this.
    [[nodiscard]] Result<Token> look_up(Bearer const& token, sql::Statement const& statement);

    sql::Database& database_;
    RememberedTokens remembered_;
};

/// Redeems a code once. `lost`: it was used, expired or revoked meanwhile; if it was used,
/// everything of the grant is revoked and `reuse_audit` recorded.
struct RedeemCode {
    Id grant_id;
    TimePoint now{};
    std::optional<AccessToken> access_token;  ///< none: a JWT access token that no row backs
    std::optional<RefreshToken> refresh_token;
    AuditEvent audit;
    AuditEvent reuse_audit;
    /// There is no code: the grant answers this request, which goes with it
    /// (decoupled_requests.hpp). A second try loses and revokes nothing.
    Id decoupled_request = {};
};
[[nodiscard]] std::unique_ptr<Intention> redeem_code(RedeemCode const& data, Random& random);
/// A code presented again: revokes the grant and all of its tokens. `lost` when it was revoked
/// before.
struct RevokeGrant {
    Id grant_id;
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> revoke_grant(RevokeGrant const& data, Random& random);
/// Whose acting for another is over: the grant ends, where it has not yet, and keeps nothing of it.
/// `lost` when that was done before.
struct EndActing {
    Id grant_id;
    TimePoint now{};
    boost::json::object body;         ///< what is left of the grant's
    std::optional<AuditEvent> audit;  ///< where the grant ends with it
};
[[nodiscard]] std::unique_ptr<Intention> end_acting(EndActing const& data, Random& random);
/// Rotates once. `lost`: revoked meanwhile, or already used. A use after the answer has expired, or
/// after the successor was used, is theft: the grant is revoked and `reuse_audit` recorded.
struct RotateRefreshToken {
    Id used_id;
    Id grant_id;
    TimePoint now{};
    RefreshToken successor;
    std::optional<AccessToken> access_token;
    AuditEvent audit;
    AuditEvent reuse_audit;
    std::optional<RefreshAnswer> answer = {};  ///< none: every further use is theft
};
[[nodiscard]] std::unique_ptr<Intention> rotate_refresh_token(RotateRefreshToken const& data,
                                                              Random& random);
/// Uses a token that is not rotated, and lengthens its life. `lost`: used up, expired or revoked.
struct UseRefreshToken {
    Id id;
    Id grant_id;
    TimePoint now{};
    TimePoint expires_at{};
    std::optional<AccessToken> access_token;
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> use_refresh_token(UseRefreshToken const& data,
                                                           Random& random);
/// A client's own token.
[[nodiscard]] std::unique_ptr<Intention> issue_client_token(AccessToken const& token,
                                                            AuditEvent const& audit,
                                                            Random& random);
/// The row of an access token, for an intention of this folder.
[[nodiscard]] sql::Statement access_token_statement(AccessToken const& token);
/// RFC 7009 for an access token alone (for a refresh token use revoke_grant). `lost` when it was
/// revoked before.
[[nodiscard]] std::unique_ptr<Intention> revoke_access_token(std::string_view id, TimePoint now,
                                                             AuditEvent const& audit,
                                                             Random& random);

}  // namespace tunnus::storage
