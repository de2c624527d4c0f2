// SPDX-License-Identifier: MIT
#include "idp/login/accounts.hpp"

#include "idp/base/encoding.hpp"

namespace tunnus::login {
namespace {

using oidc::OAuthError;
using oidc::Refusal;

storage::IdentityLink link_of(Parts const& parts, Proof const& proof, std::string_view user_id,
                              TimePoint now) {
    return {.authenticator = proof.authenticator,
            .subject_index = subject_index(parts.sealer, proof.authenticator, proof.subject),
            .user_id = std::string(user_id),
            .linked_at = now};
}

Refusal refusal(std::string description, std::string detail) {
    return {.error = OAuthError::access_denied,
            .description = std::move(description),
            .detail = std::move(detail),
            .delivery = oidc::Delivery::redirect};
}

AuditEvent event_of(AuditKind kind, HttpRequest const& request, LoginTransaction const& transaction,
                    std::string_view user_id, std::string_view method, TimePoint now) {
    return {.kind = kind,
            .at = now,
            .event_id = transaction.event_id,
            .request_id = request.request_id,
            .user_id = std::string(user_id),
            .client_id = transaction.request.client_id,
            .fields = {{"method", method}}};
}

plugin::Identity identity_of(Proof const& proof) {
    return {.subject = proof.subject,
            .acr = proof.acr,
            .amr = proof.amr,
            .attributes = proof.attributes,
            .logout = proof.logout,
            .authenticated_at = proof.auth_time};
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
    Parts const& parts, HttpRequest const& request, LoginTransaction const& transaction,
    TimePoint now) {
    auto const& proof = *transaction.proof;
    auto& provider = parts.provider;
    std::string user_id = proof.user_id;
    if (transaction.also && !transaction.also->user_id.empty()) {
        if (!user_id.empty() && user_id != transaction.also->user_id)
            return refusal("the two identities belong to different accounts",
                           "a merge was not asked for");
        user_id = transaction.also->user_id;
    }

    SettledAccount account{.user_id = user_id, .created = user_id.empty()};
    if (account.created) {
        account.user_id = random_uuid(provider.random);
        auto const made = provider.committer.commit(storage::create_user(
            {.user = {.id = account.user_id, .created_at = now, .disabled_at = {}},
             .identity = link_of(parts, proof, account.user_id, now),
             .audit = event_of(AuditKind::account_created, request, transaction, account.user_id,
                               proof.authenticator, now)},
            provider.random));
        if (!made) return StorageFailed();
        if (*made == Verdict::lost) {
            // Another login of the same person was first; theirs is the account.
            auto const owner = owner_of(parts, proof.authenticator, proof.subject);
            if (!owner) return StorageFailed();
            if (owner->user_id.empty() || owner->disabled)
                return refusal("the account cannot be used", "identity taken, owner not usable");
            account = {.user_id = owner->user_id, .created = false};
        }
    }

    auto const link = [&](Proof const& what)
        -> std::optional<std::variant<SettledAccount, Refusal, StorageFailed>> {
        auto const linked = provider.committer.commit(storage::link_identity(
            {.identity = link_of(parts, what, account.user_id, now),
             .audit = event_of(AuditKind::account_linked, request, transaction, account.user_id,
                               what.authenticator, now)},
            provider.random));
        if (!linked) return StorageFailed();
        if (*linked == Verdict::won) return std::nullopt;
        auto const owner = owner_of(parts, what.authenticator, what.subject);
        if (!owner) return StorageFailed();
        if (owner->user_id == account.user_id && !owner->disabled) return std::nullopt;
        return refusal("the identity belongs to another account", "linking lost");
    };
    // One identity of a kind per account: two people's strong identities never share one.
    if (!account.created && proof.user_id.empty()) {
        auto const present = provider.users.identities_of(account.user_id);
        if (!present) return StorageFailed();
        for (auto const& one : *present)
            if (one.authenticator == proof.authenticator)
                return refusal("the account belongs to another person",
                               "has an identity of this kind");
    }
    if (!account.created && proof.user_id.empty())
        if (auto failed = link(proof)) return std::move(*failed);
    if (transaction.also && transaction.also->user_id.empty())
        if (auto failed = link(*transaction.also)) return std::move(*failed);

    if (!parts.plugins.signed_in(account.user_id, proof.authenticator, identity_of(proof),
                                 account.created))
        return StorageFailed();
    if (transaction.also &&
        !parts.plugins.signed_in(account.user_id, transaction.also->authenticator,
                                 identity_of(*transaction.also), account.created))
        return StorageFailed();
    return account;
}

Result<std::unique_ptr<Intention>> ending_of(storage::Sessions& store,
                                             std::vector<storage::Session> const& sessions,
                                             std::string_view reason, std::string_view request_id,
                                             Random& random, TimePoint now) {
    storage::EndSessions ending;
    ending.now = now;
    for (auto const& session : sessions) {
        ending.user_id = session.user_id;
        ending.session_ids.push_back(session.id);
        auto clients = store.clients_of(session.id);
        if (!clients) return clients.error();
        for (auto& client_id : *clients)
            ending.deliveries.push_back({.id = storage::make_id(random, now),
                                         .session_id = session.id,
                                         .client_id = std::move(client_id)});
    }
    ending.audit = {.kind = AuditKind::session_ended,
                    .at = now,
                    .event_id = std::string(request_id),
                    .request_id = std::string(request_id),
                    .user_id = ending.user_id,
                    .client_id = {},
                    .fields = {{"reason", reason}, {"sessions", sessions.size()}}};
    return storage::end_sessions(ending, random);
}

bool end_session(Parts const& parts, HttpRequest const& request, storage::Session const& session,
                 std::string_view reason, TimePoint now) {
    auto ending = ending_of(parts.provider.sessions, {session}, reason, request.request_id,
                            parts.provider.random, now);
    return ending && parts.provider.committer.commit(std::move(*ending)).has_value();
}

Result<> AccountSessions::end_sessions(std::string_view user_id, std::string_view reason) {
    auto const now = clock_.now();
    auto const sessions = sessions_.find_by_user(user_id, now);
    if (!sessions) return sessions.error();
    if (!sessions->empty()) {
        auto ending = ending_of(sessions_, *sessions, reason, {}, random_, now);
        if (!ending) return ending.error();
        if (auto ended = committer_.commit(std::move(*ending)); !ended) return ended.error();
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

}  // namespace tunnus::login
