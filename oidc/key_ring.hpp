// SPDX-License-Identifier: MIT
// The provider's keys in memory, to sign with and for others to encrypt to: loaded from storage,
// refreshed in the background, announce → sign → retire (key_plan.hpp).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/log.hpp"
#include "idp/base/random.hpp"
#include "oidc/jose/jwe.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/jose/pkcs11.hpp"
#include "oidc/key_plan.hpp"
#include "storage/keys.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// One moment's view of the keys; immutable, shared.
struct KeySet {
    struct Key {
        std::shared_ptr<jose::SigningKey const> key;
        std::string alg;
        TimePoint sign_from{};
    };
    /// In force, and not to be had: its PKCS#11 token does not answer, or has another key there.
    struct Lost {
        std::string name;  ///< its kid, or the URI of one that was never there
        std::string alg;
        std::string reason;
    };
    std::vector<Key> keys;                        ///< announced, signing and still verifying ones
    std::vector<Lost> lost;                       ///< these sign nothing; services still verify
    std::vector<jose::DecryptionKey> decryption;  ///< what others encrypt to us is encrypted to
    jose::JwkSet verification;  ///< their other halves: for tokens of ours that come back
    std::string jwks_json;      ///< the public JWK Set, ready to send
    std::string etag;
};

/// Keys that stay in a PKCS#11 token. Whoever runs the token makes them there; named here, one
/// takes part as any other key: announced, signing, retired by the next one of its algorithm.
struct TokenKeys {
    struct Object {
        std::string alg;
        std::string uri;  ///< `pkcs11:…`, RFC 7512
    };
    std::shared_ptr<jose::Pkcs11 const> token;  ///< null: none is configured, or it cannot be had
    std::vector<Object> objects;                ///< the newest of an algorithm last
    seconds announce{};
    seconds retire{};
};

/// Any thread may read; one at a time changes.
class KeyRing {
  public:
    /// `algorithms`: those to sign with, and of `jose::KeyManagement` RSA-OAEP-256 and ECDH-ES (for
    /// its whole family).
    KeyRing(storage::Keys& keys, sql::Database& database, Sealer const& sealer, Clock const& clock,
            Random& random, Log& log, std::vector<std::string> algorithms);
    /// At start: loads the keys, takes up those of the token, and makes the missing ones, which
    /// sign at once. An algorithm that the token has a key for gets none from us, then or later. A
    /// token that does not answer stops nothing: its keys are KeySet::lost, the log says so once
    /// (`key.lost`, `key.found`), and each later look asks for them again. Errors: storage's, and
    /// an object of the token that is no key for its algorithm.
    [[nodiscard]] Result<> load_or_create(TokenKeys token_keys = {});
    /// Looks again; cheap when nothing changed. Called by a job.
    [[nodiscard]] Result<> refresh();
    [[nodiscard]] std::shared_ptr<KeySet const> current() const;
    /// The newest key of this algorithm whose sign_from has come, of those that can be had; null
    /// when there is none, or the algorithm is not configured.
    [[nodiscard]] std::shared_ptr<jose::SigningKey const> signing_key(std::string_view alg) const;

    /// `tunnus keys rotate`: announces a successor for each algorithm, now. Keys in a token have
    /// theirs by the configuration.
    [[nodiscard]] Result<> rotate(KeyRotation const& rotation);
    /// The job of every node: looks again, and announces the successors whose time has come. Where
    /// several nodes do, one wins.
    [[nodiscard]] Result<> keep(KeyRotation const& rotation);
    /// From now on it signs nothing, verifies nothing and is not published, here and, as they
    /// refresh, at every other node. Where nothing else signs by its algorithm, a new key does. It
    /// need not be one that can be had. not_found when no key in force has this kid.
    [[nodiscard]] Result<> revoke(std::string_view kid);

  private:
    /// Reads the records, and holds what they say from then on.
    [[nodiscard]] Result<KeyRecords> look();
    /// Those that are not known yet; what cannot be had waits.
    [[nodiscard]] Result<> take_up_token_keys();
    [[nodiscard]] Result<> take_up(TokenKeys::Object const& object);
    [[nodiscard]] Result<> make_missing();
    /// Makes and stores what is planned, as one write with this event.
    [[nodiscard]] Result<> carry_out(KeyPlan const& plan, TimePoint now, std::string_view what);
    [[nodiscard]] Result<> change(storage::ChangeKeys const& change);
    void tell_of_lost(KeySet const& before, KeySet const& now);

    storage::Keys& keys_;
    sql::Database& database_;
    Sealer const& sealer_;
    Clock const& clock_;
    Random& random_;
    Log& log_;
    std::vector<std::string> algorithms_;  ///< without those that the token has keys for
    TokenKeys token_keys_;
    std::vector<KeySet::Lost> waiting_;  ///< objects of the token that could not be taken up yet
    mutable std::mutex mutex_;
    std::shared_ptr<KeySet const> current_;
};

}  // namespace tunnus::oidc
