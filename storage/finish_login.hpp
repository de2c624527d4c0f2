// SPDX-License-Identifier: MIT
// The end of a login: the one write that makes it true.
#pragma once

#include "storage/grants.hpp"
#include "storage/logins.hpp"
#include "storage/sessions.hpp"
#include "storage/users.hpp"

namespace tunnus::storage {

/// Everything a finished login makes true together: the account and its identities, what plugins
/// keep of the person, the session (new, renewed or just used), the end of a session that gives
/// way, the consent, the grant with its code, the audit events; and the login row is gone. Or
/// nothing of it.
///
/// `lost` when the login was finished by another request, an identity got an owner or the account
/// one of the same kind meanwhile (threats.md L-32, L-36), an unclaimed account was claimed, one
/// that was to be merged has changed, a session ended, the user was disabled,
/// the consent that was read has changed, or the pushed request was spent. Sessions of the person
/// beyond `sessions_per_user`, oldest first, end with it, and services hear of those as of any
/// other end.
struct FinishLogin {
    std::optional<Id> login_id;  ///< none: an SSO login that never needed a row
    std::int64_t login_version = 0;
    Id pushed_request;  ///< that this login came from, spent now (RFC 9126 §4); empty: none
    std::optional<User> new_user;
    /// Somebody who has never signed in and for whom this person acts.
    std::optional<User> new_principal = {};
    /// An account that has waited for this person (User::unclaimed) and is theirs now; empty: none.
    std::string claimed_user = {};
    /// Or accounts that become one with what the person had already.
    std::vector<UnclaimedJoined> joined = {};
    /// An account of the same person that becomes one with the login's.
    std::optional<MergedUser> merged = {};
    /// Further ways to sign in, of the new accounts or of one that is there.
    std::vector<IdentityLink> new_identities;
    std::vector<sql::Statement> plugin_writes;
    /// A session of this browser that gives way to another person's. It may have ended already.
    std::optional<EndSessions> gives_way;
    std::optional<Session> new_session;  ///< insert, or renew: see `renews_session`
    /// A further proof by the same person renews the live session of `new_session`'s id in place:
    /// the row keeps its id (and so its `sid`, what the services know) and gets a new secret, level
    /// and time (threats.md W-01).
    bool renews_session = false;
    /// Update last_used_at and idle_expires_at, where still live.
    std::optional<Session> used_session;
    std::optional<Consent> given_consent;
    /// What `given_consent` replaces, as it was read; empty: there was none. A consent that another
    /// login wrote meanwhile is neither overwritten nor narrowed.
    std::optional<Consent> replaced_consent;
    /// The grant rests on a consent given earlier, as it was read: it must still stand with these
    /// scopes, claims and text.
    std::optional<Consent> standing_consent;
    Grant grant;
    std::optional<AccessToken> access_token;  ///< of the grant, given out with the answer
    /// The grant answers this request, which must still be pending and the person's to answer
    /// (decoupled_requests.hpp); empty: none.
    Id decoupled_request;
    std::size_t sessions_per_user = 50;
    std::vector<AuditEvent> audit;
};
[[nodiscard]] std::unique_ptr<Intention> finish_login(FinishLogin const& data, Sealer const& sealer,
                                                      Random& random);

}  // namespace tunnus::storage
