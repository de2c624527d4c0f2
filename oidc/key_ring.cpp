// SPDX-License-Identifier: MIT
#include "oidc/key_ring.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"

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

std::string published(KeySet const& set, boost::json::array encryption_keys) {
    auto document = set.verification.to_json();
    for (auto& key : encryption_keys)
        document.at("keys").as_array().push_back(std::move(key));
    return boost::json::serialize(document);
}

/// What is stored of a key that stays in a token.
Secret token_record(TokenKeys::Object const& object) {
    return Secret(
        boost::json::serialize(boost::json::object{{"pkcs11", object.uri}, {"alg", object.alg}}));
}

Result<jose::SigningKey> prepare_signing(storage::SigningKey const& record,
                                         jose::Pkcs11 const* token) {
    constexpr std::string_view in_token = R"({"pkcs11":)";
    if (!record.private_jwk.reveal().starts_with(in_token))
        return jose::SigningKey::parse(record.private_jwk);
    auto const stored = parse_json_object(record.private_jwk.reveal());
    auto const algorithm = jose::find_algorithm(record.alg);
    if (!stored || !algorithm) return Error(jose::JoseErrc::malformed_key, record.kid);
    if (token == nullptr)
        return Error(jose::JoseErrc::unknown_key,
                     record.kid + " is in a PKCS#11 token, and keys.pkcs11 is not configured");
    return token->load(std::string(find_string(*stored, "pkcs11").value_or("")), *algorithm);
}

Result<std::shared_ptr<KeySet const>> build_set(std::vector<storage::SigningKey> const& records,
                                                KeySet const* present, jose::Pkcs11 const* token,
                                                TimePoint now) {
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
            auto parsed = prepare_signing(record, token);
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

void retire_others(std::string_view alg, TimePoint at,
                   std::vector<storage::SigningKey> const& records, storage::ChangeKeys& changes) {
    for (auto const& record : records)
        if (record.alg == alg && is_in_force(record, changes.audit.at) && !record.retired_at)
            changes.retired.emplace_back(record.kid, at);
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
    retire_others(alg, sign_from + rotation.retire, records, changes);
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

Result<> KeyRing::load_or_create(TokenKeys token_keys) {
    token_keys_ = std::move(token_keys);
    if (auto const loaded = refresh(); !loaded) return loaded.error();
    if (auto const taken = take_up_token_keys(); !taken) return taken.error();
    return make_missing();
}

bool KeyRing::is_in_token(std::string_view alg) const {
    return std::ranges::find(token_keys_.objects, alg, &TokenKeys::Object::alg) !=
           token_keys_.objects.end();
}

Result<> KeyRing::take_up_token_keys() {
    for (auto const& object : token_keys_.objects) {
        auto const now = clock_.now();
        auto const records = look();
        if (!records) return records.error();
        storage::SigningKey record;
        record.alg = object.alg;
        record.private_jwk = token_record(object);
        auto const key = prepare_signing(record, token_keys_.token.get());
        if (!key) return key.error();
        record.kid = key->kid();
        auto const known = std::ranges::find(*records, record.kid, &storage::SigningKey::kid);
        if (known != records->end() && known->alg != object.alg)
            return Error(jose::JoseErrc::unsupported_key,
                         object.uri + " signs by " + known->alg + ", and a key has one algorithm");
        // Known already, in whatever state: one that was revoked stays so.
        if (known != records->end()) continue;
        record.announced_at = now;
        record.sign_from =
            find_newest(*records, object.alg, now) == nullptr ? now : now + token_keys_.announce;
        storage::ChangeKeys changes{{}, {}, {}, key_event(now, "taken up from the token")};
        retire_others(object.alg, record.sign_from + token_keys_.retire, *records, changes);
        changes.added.push_back(std::move(record));
        if (auto const changed = change(changes); !changed) return changed.error();
    }
    return {};
}

Result<> KeyRing::make_missing() {
    auto const now = clock_.now();
    auto const records = look();
    if (!records) return records.error();
    storage::ChangeKeys change_keys{{}, {}, {}, key_event(now, "made")};
    for (auto const& alg : algorithms_) {
        // One that retires does not count: nothing would come after it.
        if (find_newest(*records, alg, now) != nullptr || is_in_token(alg)) continue;
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
    auto const records = look();
    return records ? Result<>() : Result<>(records.error());
}

Result<std::vector<storage::SigningKey>> KeyRing::look() {
    auto records = keys_.all_with_retired();
    if (!records) return records;
    auto const present = current();
    auto set = build_set(*records, present.get(), token_keys_.token.get(), clock_.now());
    if (!set) return set.error();
    std::scoped_lock const lock(mutex_);
    current_ = std::move(*set);
    return records;
}

std::shared_ptr<KeySet const> KeyRing::current() const {
    std::scoped_lock const lock(mutex_);
    return current_;
}

std::shared_ptr<jose::SigningKey const> KeyRing::signing_key(std::string_view alg) const {
    auto const set = current();
    auto const now = clock_.now();
    KeySet::Key const* newest = nullptr;
    KeySet::Key const* next = nullptr;
    for (auto const& entry : set->keys) {
        if (entry.alg != alg) continue;
        if (entry.sign_from > now) {
            if (next == nullptr || entry.sign_from < next->sign_from) next = &entry;
        } else if (newest == nullptr || entry.sign_from >= newest->sign_from) {
            newest = &entry;
        }
    }
    // After a key was revoked, its announced successor need not wait for its time.
    if (newest == nullptr) newest = next;
    return newest == nullptr ? nullptr : newest->key;
}

Result<> KeyRing::rotate(KeyRotation const& rotation) {
    auto const now = clock_.now();
    auto const records = look();
    if (!records) return records.error();
    storage::ChangeKeys changes{{}, {}, {}, key_event(now, "rotated")};
    for (auto const& alg : algorithms_) {
        if (is_in_token(alg)) continue;
        if (auto added = add_successor(alg, now + rotation.announce, rotation, *records, changes);
            !added)
            return added;
    }
    return changes.added.empty() ? Result<>() : change(changes);
}

Result<> KeyRing::keep(KeyRotation const& rotation) {
    if (auto made = make_missing(); !made || rotation.every == seconds(0)) return made;
    auto const now = clock_.now();
    auto const records = look();
    if (!records) return records.error();
    storage::ChangeKeys changes{{}, {}, {}, key_event(now, "rotated")};
    for (auto const& alg : algorithms_) {
        auto const* const newest = find_newest(*records, alg, now);
        if (newest == nullptr || is_in_token(alg) ||
            now < newest->sign_from + rotation.every - rotation.announce)
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
    // By the records: the key of a token that is lost is in no set, and can be revoked
    // nevertheless.
    auto const records = keys_.all_with_retired();
    if (!records) return records.error();
    if (std::ranges::none_of(*records, [&](storage::SigningKey const& record) {
            return record.kid == kid && is_in_force(record, now);
        }))
        return Error(BaseErrc::not_found, "no key " + std::string(kid));
    storage::ChangeKeys const change_keys{
        {}, {}, {{std::string(kid), now}}, key_event(now, "revoked")};
    if (auto const changed = change(change_keys); !changed) return changed.error();
    return make_missing();
}

}  // namespace tunnus::oidc
