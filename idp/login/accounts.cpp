// SPDX-License-Identifier: MIT
#include "idp/login/accounts.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/localized_text.hpp"
#include "idp/base/url.hpp"
#include "oidc/protocol/scope.hpp"
#include "storage/account_data.hpp"
#include "storage/audit_log.hpp"
#include "storage/outbox.hpp"
#include "storage/users.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

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
    Owner owner;

    [[nodiscard]] bool has_owner() const { return !owner.user_id.empty(); }
    [[nodiscard]] bool waits() const { return owner.unclaimed_since.has_value(); }
    [[nodiscard]] bool is_used() const { return has_owner() && !waits(); }
};

using Refused = std::variant<Refusal, StorageFailed>;

/// The proofs with their owners now; all that people have used are one.
std::variant<std::vector<Proven>, Refused> look_up_owners(Parts const& parts,
                                                          LoginTransaction const& transaction) {
    std::vector<Proven> all;
    for (auto const* proof : {&transaction.proof, &transaction.also}) {
        if (!*proof) continue;
        Owner owner{.user_id = (*proof)->user_id};
        if (owner.user_id.empty()) {
            auto found = owner_of(parts, (*proof)->authenticator, (*proof)->subject);
            if (!found) return Refused(StorageFailed());
            if (found->disabled) return Refused(refusal("the account cannot be used", "disabled"));
            owner = std::move(*found);
        }
        all.push_back({**proof, std::move(owner)});
    }
    bool const merges = transaction.merge && transaction.merge->confirmed;
    if (!merges && all.size() == 2 && all[0].is_used() && all[1].is_used() &&
        all[0].owner.user_id != all[1].owner.user_id)
        return Refused(refusal("the two identities belong to different accounts",
                               "a merge was not asked for"));
    return all;
}

/// One identity of a kind per account: two people's strong identities never share one (threats.md
/// L-36). The table's unique index says the same to whoever comes between.
std::optional<Refused> find_conflict(Parts const& parts, SettledAccount const& account) {
    std::vector<std::string> coming;
    for (auto const& identity : account.new_identities)
        coming.push_back(identity.authenticator);
    for (auto const& joined : account.joined)
        coming.push_back(joined.identity.authenticator);
    if (account.created || coming.empty()) return std::nullopt;
    auto const present = parts.provider.users.identities_of(account.user_id);
    if (!present) return StorageFailed();
    for (auto const& one : *present)
        if (oidc::contains(coming, one.authenticator))
            return refusal("the account belongs to another person", "has an identity of this kind");
    return std::nullopt;
}

AuditEvent event_of(AuditKind kind, std::string_view user_id, boost::json::object fields,
                    TimePoint now) {
    return {.kind = kind,
            .at = now,
            .event_id = {},
            .request_id = {},
            .user_id = std::string(user_id),
            .client_id = {},
            .fields = std::move(fields)};
}

/// Whose login it is: of an account that people have used, or of one that has waited, or a new one.
void choose_account(Parts const& parts, std::vector<Proven> const& proofs,
                    SettledAccount& account) {
    for (auto const& proven : proofs)
        if (proven.is_used()) account.user_id = proven.owner.user_id;
    if (!account.user_id.empty()) return;
    for (auto const& proven : proofs)
        if (proven.waits()) account.user_id = proven.owner.user_id;
    account.claimed = !account.user_id.empty();
    account.created = account.user_id.empty();
    if (account.created) account.user_id = random_uuid(parts.provider.random);
}

/// The account's identities that come with this login, the first of a new account's being what
/// makes it.
void add_identities(Parts const& parts, std::vector<Proven> const& proofs, SettledAccount& account,
                    TimePoint now) {
    bool makes_account = account.created;
    auto& audit = account.writes.audit;
    for (auto const& proven : proofs) {
        auto const& method = proven.proof.authenticator;
        auto const& owner = proven.owner.user_id;
        storage::IdentityLink link{
            .authenticator = method,
            .subject_index = subject_index(parts.sealer, method, proven.proof.subject),
            .user_id = account.user_id,
            .linked_at = now};
        if (!proven.has_owner()) {
            account.new_identities.push_back(std::move(link));
            audit.push_back(
                event_of(makes_account ? AuditKind::account_created : AuditKind::account_linked,
                         account.user_id, {{"method", method}}, now));
            makes_account = false;
        } else if (proven.waits() && owner == account.user_id) {
            audit.push_back(event_of(AuditKind::account_linked, owner,
                                     {{"method", method}, {"claimed", true}}, now));
        } else if (proven.waits()) {
            account.joined.push_back({owner, std::move(link)});
            audit.push_back(event_of(AuditKind::account_linked, account.user_id,
                                     {{"method", method}, {"joined", owner}}, now));
            // In the trail of the account that is gone, too.
            audit.push_back(event_of(AuditKind::account_linked, owner,
                                     {{"method", method}, {"into", account.user_id}}, now));
        }
    }
}

/// The merge that was confirmed, as it would be now: nothing may have changed since it was shown.
std::optional<Refused> add_merge(Parts const& parts, LoginTransaction const& transaction,
                                 SettledAccount& account, TimePoint now) {
    auto planned = plan_merge(parts, transaction, now);
    if (auto* refusal = std::get_if<Refusal>(&planned)) return std::move(*refusal);
    if (std::holds_alternative<StorageFailed>(planned)) return StorageFailed();
    auto& plan = std::get<MergePlan>(planned);
    if (!plan.question().is_same_question(*transaction.merge))
        return refusal("the accounts have changed meanwhile", "not what was confirmed");
    auto& merged = account.merged.emplace(std::move(plan.merged));
    account.user_id = merged.into;
    auto& audit = account.writes.audit;
    audit.push_back(
        event_of(AuditKind::account_linked, merged.into, {{"merged", merged.user_id}}, now));
    // In the trail of the account that is gone, too.
    audit.push_back(
        event_of(AuditKind::account_linked, merged.user_id, {{"into", merged.into}}, now));
    return std::nullopt;
}

/// The person hears of what was joined to their account, also where it is not them who did it.
std::optional<StorageFailed> add_notices(Parts const& parts, LoginTransaction const& transaction,
                                         SettledAccount& account, TimePoint now) {
    auto const tell = [&](std::string const& user_id, std::string_view what,
                          std::string_view method) {
        auto mails = notices(parts, user_id, what, label_of(parts, method, transaction.locale),
                             transaction.locale, now);
        if (mails) std::ranges::move(*mails, std::back_inserter(account.writes.steps));
        return mails.has_value();
    };
    if (account.merged) {
        if (!tell(account.user_id, "merged", {}) || !tell(account.merged->user_id, "merged", {}))
            return StorageFailed();
    } else if (is_link(transaction.request) && !account.created && !account.claimed) {
        for (auto const& identity : account.new_identities)
            if (!tell(account.user_id, "linked", identity.authenticator)) return StorageFailed();
    }
    return std::nullopt;
}

}  // namespace

std::string label_of(Parts const& parts, std::string_view authenticator, std::string_view locale) {
    for (auto const& info : parts.plugins.authenticators())
        if (info.name == authenticator) return info.label.in(locale);
    return std::string(authenticator);
}

MergeAsked MergePlan::question() const {
    MergeAsked asked{.from = merged.user_id, .into = merged.into, .moved = {}, .dropped = {}};
    for (auto const& one : merged.moved)
        asked.moved.push_back(one.authenticator);
    for (auto const& one : merged.dropped)
        asked.dropped.push_back(one.authenticator);
    return asked;
}

std::variant<MergePlan, Refusal, StorageFailed> plan_merge(Parts const& parts,
                                                           LoginTransaction const& transaction,
                                                           TimePoint now) {
    auto const& session_user = transaction.session_user_id;
    auto const& other = transaction.proof->user_id == session_user ? transaction.also->user_id
                                                                   : transaction.proof->user_id;
    auto first = parts.provider.users.identities_of(session_user);
    auto second = parts.provider.users.identities_of(other);
    if (!first || !second) return StorageFailed();
    auto const is_strong = [&](std::vector<storage::IdentityLink> const& links) {
        return std::ranges::any_of(links, [&](auto const& link) {
            return parts.policy.is_strong_method(link.authenticator);
        });
    };
    if (is_strong(*first) && is_strong(*second))
        return refusal("the accounts belong to different persons", "both are strong");
    bool const stays = !is_strong(*second);
    MergePlan plan;
    plan.merged.user_id = stays ? other : session_user;
    plan.merged.into = stays ? session_user : other;
    plan.kept = stays ? std::move(*first) : std::move(*second);
    for (auto& link : stays ? *second : *first) {
        bool const has_own = std::ranges::any_of(
            plan.kept, [&](auto const& own) { return own.authenticator == link.authenticator; });
        if (!has_own) {
            link.user_id = plan.merged.into;
            link.linked_at = now;
        }
        (has_own ? plan.merged.dropped : plan.merged.moved).push_back(std::move(link));
    }
    return plan;
}

Result<std::vector<sql::Statement>> notices(Parts const& parts, std::string_view user_id,
                                            std::string_view what, std::string_view method,
                                            std::string_view locale, TimePoint now) {
    auto known = parts.plugins.notice_addresses(user_id);
    if (!known) return known.error();
    auto const issuer = parse_http_url(parts.provider.issuer);
    if (!issuer) return issuer.error();
    auto const text = [&](std::string_view part) {
        auto const key = "mail_" + std::string(what) + std::string(part);
        return filled(filled(parts.provider.pages.text(locale, key), "{method}", method), "{host}",
                      issuer->host);
    };
    std::set<std::string> addresses;
    for (auto& [plugin, address] : *known)
        addresses.insert(std::move(address));
    std::vector<sql::Statement> mails;
    mails.reserve(addresses.size());
    for (auto const& address : addresses)
        mails.push_back(storage::mail_statement({address, text("_subject"), text("_text")},
                                                parts.sealer, parts.provider.random, now));
    return mails;
}

std::string subject_index(Sealer const& sealer, std::string_view authenticator,
                          Secret const& subject) {
    return sealer.blind_index("identity." + std::string(authenticator), subject.reveal());
}

Result<Owner> owner_of(Parts const& parts, std::string_view authenticator, Secret const& subject) {
    auto const user = parts.provider.users.find_by_identity(
        authenticator, subject_index(parts.sealer, authenticator, subject));
    if (!user) return user.error();
    if (!*user) return Owner();
    Owner owner{.user_id = (*user)->id, .disabled = (*user)->disabled_at.has_value()};
    if ((*user)->unclaimed) owner.unclaimed_since = (*user)->created_at;
    return owner;
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
    choose_account(parts, proofs, account);
    if (transaction.merge && transaction.merge->confirmed)
        if (auto refused = add_merge(parts, transaction, account, now))
            return std::visit(as_settled, *refused);
    add_identities(parts, proofs, account, now);
    if (auto conflict = find_conflict(parts, account)) return std::visit(as_settled, *conflict);

    plugin::SignedIn login{.user_id = account.user_id,
                           .created = account.created || account.claimed,
                           .session_id = encode_base64url(session.id_for(account.user_id)),
                           .proofs = {},
                           .merged_user_id = account.merged ? account.merged->user_id : ""};
    for (auto const& proven : proofs)
        login.proofs.push_back(
            {.method = proven.proof.authenticator, .identity = identity_of(proven.proof)});
    auto writes = parts.plugins.signed_in(login);
    if (!writes) return StorageFailed();
    account.writes.steps = std::move(writes->steps);
    std::move(writes->audit.begin(), writes->audit.end(), std::back_inserter(account.writes.audit));
    if (auto failed = add_notices(parts, transaction, account, now)) return *failed;
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

Result<> AccountSessions::end_other_sessions(std::string_view user_id,
                                             std::string_view kept_session_id,
                                             std::string_view reason) {
    auto const now = clock_.now();
    auto kept = decode_base64url(kept_session_id);
    if (!kept) return Error(BaseErrc::malformed, "not the name of a session");
    auto sessions = sessions_.find_by_user(user_id, now);
    if (!sessions) return sessions.error();
    std::erase_if(*sessions, [&](storage::Session const& one) { return one.id == *kept; });
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
                                                  .fields = {{"reason", reason}}},
                                        .kept_session = std::move(*kept)},
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

Result<std::shared_ptr<plugin::Plugins>> AccountSessions::plugins() const {
    auto plugins = plugins_.lock();
    if (!plugins) return Error(BaseErrc::unavailable, "another configuration has taken over");
    return plugins;
}

Result<std::vector<plugin::Accounts::SignInMethod>> AccountSessions::sign_in_methods(
    std::string_view user_id) {
    auto const known = plugins();
    if (!known) return known.error();
    auto const links = storage::Users(database_).identities_of(user_id);
    if (!links) return links.error();
    std::vector<SignInMethod> methods;
    for (auto const& link : *links) {
        auto const& name = link.authenticator;
        plugin::Text label{name, name, name};
        for (auto const& info : (*known)->authenticators())
            if (info.name == name) label = info.label;
        methods.push_back({name, std::move(label), link.linked_at});
    }
    return methods;
}

Result<boost::json::object> AccountSessions::export_data(std::string_view user_id) {
    auto const known = plugins();
    if (!known) return known.error();
    auto account = storage::export_user(database_, user_id);
    if (!account || account->empty()) return account;
    auto stored = (*known)->export_data(user_id);
    if (!stored) return stored.error();
    return boost::json::object{{"account", std::move(*account)}, {"plugins", std::move(*stored)}};
}

Result<> AccountSessions::erase(std::string_view user_id, std::string_view request_id) {
    auto const known = plugins();
    if (!known) return known.error();
    auto const event = [&](AuditKind kind) {
        return AuditEvent{.kind = kind,
                          .at = clock_.now(),
                          .event_id = std::string(request_id),
                          .request_id = std::string(request_id),
                          .user_id = std::string(user_id),
                          .client_id = {},
                          .fields = {{"part", "account"}}};
    };
    // First nobody signs in any more, and services hear of the sessions' end. An account that is
    // disabled already is one whose erasing stopped half-way, or nobody's.
    auto const disabled =
        committer_.commit(storage::disable_user({.user_id = std::string(user_id),
                                                 .now = clock_.now(),
                                                 .audit = event(AuditKind::account_disabled)},
                                                random_));
    if (!disabled) return disabled.error();
    if (auto erased = (*known)->erase(user_id); !erased) return erased;
    auto const gone = committer_.commit(storage::erase_user(
        {.user_id = std::string(user_id), .audit = event(AuditKind::data_erased)}, random_));
    if (!gone) return gone.error();
    return {};
}

namespace {

std::string to_text(storage::AuditPlace const& place) {
    return std::to_string(to_unix_ms(place.at)) + "." + encode_hex(place.id);
}

/// Empty for what is none: it came with a request.
std::optional<storage::AuditPlace> place_of(std::string_view text) {
    auto const dot = std::min(text.find('.'), text.size());
    std::int64_t at = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + dot, at);
    if (error != std::errc() || end != text.data() + dot || dot == text.size()) return std::nullopt;
    auto id = decode_hex(text.substr(dot + 1));
    if (!id) return std::nullopt;
    return storage::AuditPlace{from_unix_ms(at), std::move(*id)};
}

}  // namespace

Result<plugin::AuditTrail::Piece> AccountTrail::about(std::string_view user_id,
                                                      std::string_view from, std::size_t most) {
    auto found = storage::find_audit_events(database_, user_id, place_of(from), most);
    if (!found) return found.error();
    return Piece{std::move(found->events), found->behind ? to_text(*found->behind) : ""};
}

}  // namespace tunnus::login
