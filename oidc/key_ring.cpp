// SPDX-License-Identifier: MIT
#include "oidc/key_ring.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::oidc {
namespace {

/// A new key of this algorithm, which signs from then on.
Result<storage::SigningKey> make_key(std::string const& alg, TimePoint now, TimePoint sign_from) {
    storage::SigningKey record;
    if (auto const management = jose::find_key_management(alg)) {
        record.private_jwk = jose::generate_encryption_jwk(*management);
        auto const key = jose::DecryptionKey::parse(record.private_jwk);
        if (!key) return key.error();
        record.kid = key->kid();
    } else {
        auto const algorithm = jose::find_algorithm(alg);
        if (!algorithm) return Error(jose::JoseErrc::refused_algorithm, alg);
        record.private_jwk = jose::generate_private_jwk(*algorithm);
        auto const key = jose::SigningKey::parse(record.private_jwk);
        if (!key) return key.error();
        record.kid = key->kid();
    }
    record.alg = alg;
    record.announced_at = now;
    record.sign_from = sign_from;
    return record;
}

bool is_in_force(storage::SigningKey const& record, TimePoint now) {
    return !record.revoked_at && (!record.retired_at || now < *record.retired_at);
}

/// The key of the present set, so that a look at unchanged records prepares nothing anew.
std::shared_ptr<jose::SigningKey const> find_prepared(KeySet const* present, std::string_view kid) {
    if (present == nullptr) return nullptr;
    for (auto const& entry : present->keys)
        if (entry.key->kid() == kid) return entry.key;
    return nullptr;
}

Result<jose::DecryptionKey> prepare_decryption(storage::SigningKey const& record,
                                               KeySet const* present) {
    if (present != nullptr)
        for (auto const& key : present->decryption)
            if (key.kid() == record.kid) return key;
    return jose::DecryptionKey::parse(record.private_jwk);
}

bool has_key(KeySet const& set, std::string_view kid) {
    return find_prepared(&set, kid) != nullptr ||
           std::ranges::find(set.decryption, kid, &jose::DecryptionKey::kid) !=
               set.decryption.end();
}

std::string published(KeySet const& set, boost::json::array encryption_keys) {
    auto document = set.verification.to_json();
    for (auto& key : encryption_keys)
        document.at("keys").as_array().push_back(std::move(key));
    return boost::json::serialize(document);
}

Result<std::shared_ptr<KeySet const>> build_set(std::vector<storage::SigningKey> const& records,
                                                KeySet const* present, TimePoint now) {
    auto set = std::make_shared<KeySet>();
    std::vector<jose::VerificationKey> verification;
    boost::json::array encryption_keys;
    for (auto const& record : records) {
        if (!is_in_force(record, now)) continue;
        if (jose::find_key_management(record.alg)) {
            auto key = prepare_decryption(record, present);
            if (!key) return key.error();
            // One that has a successor still opens what was sent, but nobody is to take it anew
            // (OpenID Connect Core §10.2.1).
            if (!record.retired_at) encryption_keys.push_back(key->public_jwk());
            set->decryption.push_back(std::move(*key));
            continue;
        }
        auto key = find_prepared(present, record.kid);
        if (!key) {
            auto parsed = jose::SigningKey::parse(record.private_jwk);
            if (!parsed) return parsed.error();
            key = std::make_shared<jose::SigningKey const>(std::move(*parsed));
        }
        verification.push_back(key->verification_key());
        set->keys.push_back({std::move(key), record.alg, record.sign_from});
    }
    set->verification = jose::JwkSet(std::move(verification));
    set->jwks_json = published(*set, std::move(encryption_keys));
    set->etag = '"' + encode_base64url(sha256(set->jwks_json).substr(0, 16)) + '"';
    return std::shared_ptr<KeySet const>(std::move(set));
}

/// The key of this algorithm that signs last; null without one that is not on its way out.
storage::SigningKey const* find_newest(std::vector<storage::SigningKey> const& records,
                                       std::string_view alg, TimePoint now) {
    storage::SigningKey const* newest = nullptr;
    for (auto const& record : records)
        if (record.alg == alg && is_in_force(record, now) && !record.retired_at &&
            (newest == nullptr || record.sign_from >= newest->sign_from))
            newest = &record;
    return newest;
}

/// A key that signs from then on, and the end of those before it. That a key retires once makes one
/// of two nodes lose that do this at a time (storage::change_keys).
Result<> add_successor(std::string const& alg, TimePoint sign_from, KeyRotation const& rotation,
                       std::vector<storage::SigningKey> const& records,
                       storage::ChangeKeys& changes) {
    auto const now = changes.audit.at;
    auto made = make_key(alg, now, sign_from);
    if (!made) return made.error();
    changes.added.push_back(std::move(*made));
    for (auto const& record : records)
        if (record.alg == alg && is_in_force(record, now) && !record.retired_at)
            changes.retired.emplace_back(record.kid, sign_from + rotation.retire);
    return {};
}

AuditEvent key_event(TimePoint now, std::string_view what) {
    AuditEvent event;
    event.kind = AuditKind::key_rotated;
    event.at = now;
    event.fields["what"] = what;
    return event;
}

}  // namespace

KeyRing::KeyRing(storage::Keys& keys, sql::Database& database, Sealer const& sealer,
                 Clock const& clock, Random& random, Log& log, std::vector<std::string> algorithms)
    : keys_(keys),
      database_(database),
      sealer_(sealer),
      clock_(clock),
      random_(random),
      log_(log),
      algorithms_(std::move(algorithms)),
      current_(std::make_shared<KeySet const>()) {}

Result<> KeyRing::load_or_create() {
    if (auto const loaded = refresh(); !loaded) return loaded.error();
    return make_missing();
}

Result<> KeyRing::make_missing() {
    auto const now = clock_.now();
    storage::ChangeKeys change_keys{{}, {}, {}, key_event(now, "made")};
    for (auto const& alg : algorithms_) {
        if (signing_key(alg) || decrypts(alg)) continue;
        auto made = make_key(alg, now, now);
        if (!made) return made.error();
        change_keys.added.push_back(std::move(*made));
    }
    return change_keys.added.empty() ? Result<>() : change(change_keys);
}

Result<> KeyRing::change(storage::ChangeKeys const& change_keys) {
    auto const committed = database_.commit(storage::change_keys(change_keys, sealer_, random_));
    if (!committed) return committed.error();
    for (auto const& key : change_keys.added)
        if (*committed == Verdict::won)
            log_.info("key.added", {{"kid", key.kid}, {"alg", key.alg}});
    return refresh();
}

Result<> KeyRing::refresh() {
    auto const records = keys_.all_with_retired();
    if (!records) return records.error();
    auto const present = current();
    auto set = build_set(*records, present.get(), clock_.now());
    if (!set) return set.error();
    std::scoped_lock const lock(mutex_);
    current_ = std::move(*set);
    return {};
}

std::shared_ptr<KeySet const> KeyRing::current() const {
    std::scoped_lock const lock(mutex_);
    return current_;
}

std::shared_ptr<jose::SigningKey const> KeyRing::signing_key(std::string_view alg) const {
    auto const set = current();
    auto const now = clock_.now();
    KeySet::Key const* newest = nullptr;
    for (auto const& entry : set->keys)
        if (entry.alg == alg && entry.sign_from <= now &&
            (newest == nullptr || entry.sign_from >= newest->sign_from))
            newest = &entry;
    return newest == nullptr ? nullptr : newest->key;
}

bool KeyRing::decrypts(std::string_view alg) const {
    auto const management = jose::find_key_management(alg);
    return management && std::ranges::any_of(current()->decryption, [&](auto const& key) {
               return key.takes(*management);
           });
}

Result<> KeyRing::rotate(KeyRotation const& rotation) {
    auto const now = clock_.now();
    auto const records = keys_.all_with_retired();
    if (!records) return records.error();
    storage::ChangeKeys changes{{}, {}, {}, key_event(now, "rotated")};
    for (auto const& alg : algorithms_)
        if (auto added = add_successor(alg, now + rotation.announce, rotation, *records, changes);
            !added)
            return added;
    return change(changes);
}

Result<> KeyRing::keep(KeyRotation const& rotation) {
    if (auto const looked = refresh(); !looked || rotation.every == seconds(0)) return looked;
    auto const now = clock_.now();
    auto const records = keys_.all_with_retired();
    if (!records) return records.error();
    storage::ChangeKeys changes{{}, {}, {}, key_event(now, "rotated")};
    for (auto const& alg : algorithms_) {
        auto const* const newest = find_newest(*records, alg, now);
        if (newest == nullptr || now < newest->sign_from + rotation.every - rotation.announce)
            continue;
        // A service that keeps our keys for a while sees the new one before it is used, also where
        // nobody was running when its time came.
        auto const sign_from =
            std::max<TimePoint>(newest->sign_from + rotation.every, now + rotation.announce);
        if (auto added = add_successor(alg, sign_from, rotation, *records, changes); !added)
            return added;
    }
    return changes.added.empty() ? Result<>() : change(changes);
}

Result<> KeyRing::revoke(std::string_view kid) {
    auto const now = clock_.now();
    auto const set = current();
    if (!has_key(*set, kid)) return Error(BaseErrc::not_found, "no key " + std::string(kid));
    storage::ChangeKeys const change_keys{
        {}, {}, {{std::string(kid), now}}, key_event(now, "revoked")};
    if (auto const changed = change(change_keys); !changed) return changed.error();
    return make_missing();
}

}  // namespace tunnus::oidc
