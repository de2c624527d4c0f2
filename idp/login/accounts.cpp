// SPDX-License-Identifier: MIT
#include "idp/login/accounts.hpp"

#include "idp/base/encoding.hpp"

#include <iterator>

namespace tunnus::login {
namespace {

using oidc::OAuthError;
using oidc::Refusal;

Refusal refusal(std::string description, std::string detail) {
    return {.error = OAuthError::access_denied,
            .description = std::move(description),
            .detail = std::move(detail),
            .delivery = oidc::Delivery::redirect};
}

plugin::Identity identity_of(Proof const& proof) {
    return {.subject = proof.subject,
            .acr = proof.acr,
            .amr = proof.amr,
            .attributes = proof.attributes,
            .logout = proof.logout,
            .authenticated_at = proof.auth_time};
}

/// What the login has proven, each with its owner as far as it has one.
struct Proven {
    Proof const& proof;
    std::string owner;
};

using Refused = std::variant<Refusal, StorageFailed>;

/// The proofs with their owners now; all of one owner.
std::variant<std::vector<Proven>, Refused> look_up_owners(Parts const& parts,
                                                          LoginTransaction const& transaction) {
    std::vector<Proven> all;
    for (auto const* proof : {&transaction.proof, &transaction.also}) {
        if (!*proof) continue;
        std::string owner_id = (*proof)->user_id;
        if (owner_id.empty()) {
            auto const owner = owner_of(parts, (*proof)->authenticator, (*proof)->subject);
            if (!owner) return Refused(StorageFailed());
            if (owner->disabled) return Refused(refusal("the account cannot be used", "disabled"));
            owner_id = owner->user_id;
        }
        all.push_back({**proof, std::move(owner_id)});
    }
    if (all.size() == 2 && !all[0].owner.empty() && !all[1].owner.empty() &&
        all[0].owner != all[1].owner)
        return Refused(refusal("the two identities belong to different accounts",
                               "a merge was not asked for"));
    return all;
}

/// One identity of a kind per account: two people's strong identities never share one (threats.md
/// L-36). The table's unique index says the same to whoever comes between.
std::optional<Refused> find_conflict(Parts const& parts, SettledAccount const& account) {
    if (account.created || account.new_identities.empty()) return std::nullopt;
    auto const present = parts.provider.users.identities_of(account.user_id);
    if (!present) return StorageFailed();
    for (auto const& one : *present)
        for (auto const& other : account.new_identities)
            if (one.authenticator == other.authenticator)
                return refusal("the account belongs to another person",
                               "has an identity of this kind");
    return std::nullopt;
}

AuditEvent event_of(AuditKind kind, std::string_view user_id, std::string_view method,
                    TimePoint now) {
    return {.kind = kind,
            .at = now,
            .event_id = {},
            .request_id = {},
            .user_id = std::string(user_id),
            .client_id = {},
            .fields = {{"method", method}}};
}

/// The account's new identities, the first of a new account's being what makes it.
void add_identities(Parts const& parts, std::vector<Proven> const& proofs, SettledAccount& account,
                    TimePoint now) {
    bool makes_account = account.created;
    for (auto const& [proof, owner] : proofs) {
        if (!owner.empty()) continue;
        account.new_identities.push_back(
            {.authenticator = proof.authenticator,
             .subject_index = subject_index(parts.sealer, proof.authenticator, proof.subject),
             .user_id = account.user_id,
             .linked_at = now});
        account.writes.audit.push_back(
            event_of(makes_account ? AuditKind::account_created : AuditKind::account_linked,
                     account.user_id, proof.authenticator, now));
        makes_account = false;
    }
}

}  // namespace

std::string subject_index(Sealer const& sealer, std::string_view authenticator,
                          Secret const& subject) {
    return sealer.blind_index("identity." + std::string(authenticator), subject.reveal());
}

Result<Owner> owner_of(Parts const& parts, std::string_view authenticator, Secret const& subject) {
    auto const user = parts.provider.users.find_by_identity(
        authenticator, subject_index(parts.sealer, authenticator, subject));
    if (!user) return user.error();
    if (!*user) return Owner();
    return Owner{.user_id = (*user)->id, .disabled = (*user)->disabled_at.has_value()};
}

std::variant<SettledAccount, Refusal, StorageFailed> settle_account(
    Parts const& parts, LoginTransaction const& transaction, SessionToCome const& session,
    TimePoint now) {
    using Settled = std::variant<SettledAccount, Refusal, StorageFailed>;
    auto const as_settled = [](auto&& why) -> Settled { return std::forward<decltype(why)>(why); };
    auto looked_up = look_up_owners(parts, transaction);
    if (auto* refused = std::get_if<Refused>(&looked_up)) return std::visit(as_settled, *refused);
    auto const& proofs = std::get<std::vector<Proven>>(looked_up);

    SettledAccount account;
    for (auto const& proven : proofs)
        if (account.user_id.empty()) account.user_id = proven.owner;
    account.created = account.user_id.empty();
    if (account.created) account.user_id = random_uuid(parts.provider.random);
    add_identities(parts, proofs, account, now);
    if (auto conflict = find_conflict(parts, account)) return std::visit(as_settled, *conflict);

    plugin::SignedIn login{.user_id = account.user_id,
                           .created = account.created,
                           .session_id = encode_base64url(session.id_for(account.user_id)),
                           .proofs = {}};
    for (auto const& proven : proofs)
        login.proofs.push_back(
            {.method = proven.proof.authenticator, .identity = identity_of(proven.proof)});
    auto writes = parts.plugins.signed_in(login);
    if (!writes) return StorageFailed();
    account.writes.steps = std::move(writes->steps);
    std::move(writes->audit.begin(), writes->audit.end(), std::back_inserter(account.writes.audit));
    return account;
}

storage::EndSessions ending_of(std::vector<storage::Session> const& sessions,
                               std::string_view reason, std::string_view request_id,
                               TimePoint now) {
    storage::EndSessions ending;
    ending.now = now;
    for (auto const& session : sessions) {
        ending.user_id = session.user_id;
        ending.session_ids.push_back(session.id);
    }
    ending.audit = {.kind = AuditKind::session_ended,
                    .at = now,
                    .event_id = std::string(request_id),
                    .request_id = std::string(request_id),
                    .user_id = ending.user_id,
                    .client_id = {},
                    .fields = {{"reason", reason}, {"sessions", sessions.size()}}};
    return ending;
}

Result<> AccountSessions::end_sessions(std::string_view user_id, std::string_view reason) {
    auto const now = clock_.now();
    auto const sessions = sessions_.find_by_user(user_id, now);
    if (!sessions) return sessions.error();
    if (!sessions->empty()) {
        auto ending = storage::end_sessions(ending_of(*sessions, reason, {}, now), random_);
        if (auto ended = committer_.commit(std::move(ending)); !ended) return ended.error();
    }
    auto const revoked = committer_.commit(
        storage::revoke_grants_of_user({.user_id = std::string(user_id),
                                        .now = now,
                                        .audit = {.kind = AuditKind::token_revoked,
                                                  .at = now,
                                                  .event_id = {},
                                                  .request_id = {},
                                                  .user_id = std::string(user_id),
                                                  .client_id = {},
                                                  .fields = {{"reason", reason}}}},
                                       random_));
    if (!revoked) return revoked.error();
    return {};
}

Result<std::size_t> AccountSessions::end_named_sessions(std::span<std::string const> session_ids,
                                                        std::string_view reason) {
    auto const now = clock_.now();
    std::size_t ended = 0;
    for (auto const& name : session_ids) {
        auto const id = decode_base64url(name);
        if (!id) return Error(BaseErrc::malformed, "not the name of a session");
        auto const session = sessions_.find_by_id(*id);
        if (!session) return session.error();
        if (!*session || (*session)->ended_at) continue;
        auto const verdict = committer_.commit(
            storage::end_sessions(ending_of({**session}, reason, {}, now), random_));
        if (!verdict) return verdict.error();
        if (*verdict == Verdict::won) ++ended;
    }
    return ended;
}

Result<std::size_t> AccountSessions::untold_services(std::span<std::string const> session_ids) {
    std::size_t untold = 0;
    for (auto const& name : session_ids) {
        auto const id = decode_base64url(name);
        if (!id) return Error(BaseErrc::malformed, "not the name of a session");
        auto const waiting = deliveries_.waiting_for(*id);
        if (!waiting) return waiting.error();
        untold += *waiting;
    }
    return untold;
}

}  // namespace tunnus::login
