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

/// The key of the present set, so that a look at unchanged records prepares nothing anew.
std::shared_ptr<jose::SigningKey const> find_prepared(KeySet const& present, std::string_view kid) {
    for (auto const& entry : present.keys)
        if (entry.key->kid() == kid) return entry.key;
    return nullptr;
}

Result<jose::DecryptionKey> prepare_decryption(storage::SigningKey const& record,
                                               KeySet const& present) {
    for (auto const& key : present.decryption)
        if (key.kid() == record.kid) return key;
    return jose::DecryptionKey::parse(record.private_jwk);
}

std::string published(KeySet const& set, boost::json::array encryption_keys) {
    auto document = set.verification.to_json();
    for (auto& key : encryption_keys)
        document.at("keys").as_array().push_back(std::move(key));
    return boost::json::serialize(document);
}

constexpr std::string_view in_token = R"({"pkcs11":)";

bool is_in_token(storage::SigningKey const& record) {
    return record.private_jwk.reveal().starts_with(in_token);
}

/// What is stored of a key that stays in a token: where it is, and the half that is no secret, so
/// that what it signed can be verified without it.
Secret token_record(TokenKeys::Object const& object, jose::SigningKey const& key) {
    return Secret(boost::json::serialize(
        boost::json::object{{"pkcs11", object.uri},
                            {"alg", object.alg},
                            {"public", key.verification_key().public_jwk()}}));
}

Result<jose::SigningKey> load_from_token(jose::Pkcs11 const* token, std::string const& uri,
                                         std::string_view alg) {
    auto const algorithm = jose::find_algorithm(alg);
    if (!algorithm) return Error(jose::JoseErrc::refused_algorithm, std::string(alg));
    if (token == nullptr) return Error(jose::JoseErrc::unknown_key, "no PKCS#11 token");
    return token->load(uri, *algorithm);
}

Result<jose::SigningKey> prepare_signing(storage::SigningKey const& record,
                                         jose::Pkcs11 const* token) {
    if (!is_in_token(record)) return jose::SigningKey::parse(record.private_jwk);
    auto const stored = parse_json_object(record.private_jwk.reveal());
    if (!stored) return stored.error();
    auto key = load_from_token(token, std::string(find_string(*stored, "pkcs11").value_or("")),
                               record.alg);
    if (key && key->kid() != record.kid)
        return Error(jose::JoseErrc::unknown_key, "another key stands in its place");
    return key;
}

/// The public half of a key that cannot be had.
std::optional<jose::VerificationKey> find_public_half(storage::SigningKey const& record) {
    auto const stored = parse_json_object(record.private_jwk.reveal());
    auto const* jwk = stored ? stored->if_contains("public") : nullptr;
    if (jwk == nullptr || !jwk->is_object()) return std::nullopt;
    auto key = jose::VerificationKey::parse(jwk->get_object());
    return key ? std::optional(std::move(*key)) : std::nullopt;
}

/// Leaves out what cannot be had, but for a key of ours: that it does not open is a fault here.
Result<std::shared_ptr<KeySet const>> build_set(KeyRecords const& records, KeySet const& present,
                                                jose::Pkcs11 const* token,
                                                std::vector<KeySet::Lost> waiting, TimePoint now) {
    auto set = std::make_shared<KeySet>();
    set->lost = std::move(waiting);
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
            if (!parsed && !is_in_token(record)) return parsed.error();
            if (!parsed) {
                set->lost.push_back({record.kid, record.alg, parsed.error().text()});
                if (auto half = find_public_half(record)) verification.push_back(std::move(*half));
                continue;
            }
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
    std::erase_if(algorithms_, [this](auto const& alg) {
        return std::ranges::count(token_keys_.objects, alg, &TokenKeys::Object::alg) > 0;
    });
    if (auto const taken = take_up_token_keys(); !taken) return taken.error();
    return make_missing();
}

Result<> KeyRing::take_up_token_keys() {
    std::vector<KeySet::Lost> waiting;
    for (auto const& object : token_keys_.objects)
        if (auto taken = take_up(object); !taken) {
            if (taken.error().code != jose::JoseErrc::unknown_key) return taken;
            waiting.push_back({object.uri, object.alg, taken.error().text()});
        }
    waiting_ = std::move(waiting);
    return {};
}

Result<> KeyRing::take_up(TokenKeys::Object const& object) {
    auto const key = load_from_token(token_keys_.token.get(), object.uri, object.alg);
    if (!key) return key.error();
    auto const now = clock_.now();
    auto const records = keys_.all_with_retired();
    if (!records) return records.error();
    auto const known = std::ranges::find(*records, key->kid(), &storage::SigningKey::kid);
    if (known != records->end() && known->alg != object.alg)
        return Error(jose::JoseErrc::unsupported_key,
                     object.uri + " signs by " + known->alg + ", and a key has one algorithm");
    // Known already, in whatever state: one that was revoked stays so.
    if (known != records->end()) return {};
    auto plan = plan_taking_up(*records, object.alg,
                               {seconds(0), token_keys_.announce, token_keys_.retire}, now);
    storage::SigningKey record;
    record.kid = key->kid();
    record.alg = object.alg;
    record.private_jwk = token_record(object, *key);
    record.announced_at = now;
    record.sign_from = plan.made.front().sign_from;
    storage::ChangeKeys changes{
        {}, std::move(plan.retired), {}, key_event(now, "taken up from the token")};
    changes.added.push_back(std::move(record));
    return change(changes);
}

Result<> KeyRing::make_missing() {
    auto const now = clock_.now();
    auto const records = look();
    if (!records) return records.error();
    return carry_out(plan_missing(*records, algorithms_, now), now, "made");
}

Result<> KeyRing::carry_out(KeyPlan const& plan, TimePoint now, std::string_view what) {
    if (plan.made.empty()) return {};
    storage::ChangeKeys changes{{}, plan.retired, {}, key_event(now, what)};
    for (auto const& planned : plan.made) {
        auto made = make_key(planned.alg, now, planned.sign_from);
        if (!made) return made.error();
        changes.added.push_back(std::move(*made));
    }
    return change(changes);
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

Result<KeyRecords> KeyRing::look() {
    auto records = keys_.all_with_retired();
    if (!records) return records;
    auto const present = current();
    auto set = build_set(*records, *present, token_keys_.token.get(), waiting_, clock_.now());
    if (!set) return set.error();
    tell_of_lost(*present, **set);
    std::scoped_lock const lock(mutex_);
    current_ = std::move(*set);
    return records;
}

void KeyRing::tell_of_lost(KeySet const& before, KeySet const& now) {
    auto const is_among = [](KeySet::Lost const& one, KeySet const& set) {
        return std::ranges::find(set.lost, one.name, &KeySet::Lost::name) != set.lost.end();
    };
    for (auto const& one : now.lost)
        if (!is_among(one, before))
            log_.error("key.lost", {{"key", one.name}, {"alg", one.alg}, {"error", one.reason}});
    for (auto const& one : before.lost)
        if (!is_among(one, now)) log_.info("key.found", {{"key", one.name}, {"alg", one.alg}});
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
    return carry_out(plan_rotation(*records, algorithms_, rotation, now), now, "rotated");
}

Result<> KeyRing::keep(KeyRotation const& rotation) {
    if (!waiting_.empty())
        if (auto taken = take_up_token_keys(); !taken) return taken;
    auto const now = clock_.now();
    auto const records = look();
    if (!records) return records.error();
    if (auto made = carry_out(plan_missing(*records, algorithms_, now), now, "made"); !made)
        return made;
    return carry_out(plan_successors(*records, algorithms_, rotation, now), now, "rotated");
}

Result<> KeyRing::revoke(std::string_view kid) {
    auto const now = clock_.now();
    auto const records = keys_.all_with_retired();
    if (!records) return records.error();
    auto const found = std::ranges::find(*records, kid, &storage::SigningKey::kid);
    if (found == records->end() || !is_in_force(*found, now))
        return Error(BaseErrc::not_found, "no key " + std::string(kid));
    storage::ChangeKeys const change_keys{
        {}, {}, {{std::string(kid), now}}, key_event(now, "revoked")};
    if (auto const changed = change(change_keys); !changed) return changed.error();
    return make_missing();
}

}  // namespace tunnus::oidc
