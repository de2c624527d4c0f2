// SPDX-License-Identifier: MIT
// The provider's keys in memory, to sign with and for others to encrypt to: loaded from storage,
// refreshed in the background, announce → sign → retire.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/log.hpp"
#include "idp/base/random.hpp"
#include "oidc/jose/jwe.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/jose/pkcs11.hpp"
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
    std::vector<Key> keys;                        ///< announced, signing and still verifying ones
    std::vector<jose::DecryptionKey> decryption;  ///< what others encrypt to us is encrypted to
    jose::JwkSet verification;  ///< their other halves: for tokens of ours that come back
    std::string jwks_json;      ///< the public JWK Set, ready to send
    std::string etag;
};

/// The life of a key: in the JWKS for `announce` before it signs, a successor after `every`, and
/// then in the JWKS for `retire`, which outlasts the tokens that it signed.
struct KeyRotation {
    seconds every{0};  ///< zero: a successor by command alone
    seconds announce{};
    seconds retire{};
};

/// Keys that stay in a PKCS#11 token. Whoever runs the token makes them there; named here, one
/// takes part as any other key: announced, signing, retired by the next one of its algorithm.
struct TokenKeys {
    struct Object {
        std::string alg;
        std::string uri;  ///< `pkcs11:…`, RFC 7512
    };
    std::shared_ptr<jose::Pkcs11 const> token;  ///< null: none is configured
    std::vector<Object> objects;                ///< the newest of an algorithm last
    seconds announce{};
    seconds retire{};
};

class KeyRing {
  public:
    /// `algorithms`: those to sign with, and of `jose::KeyManagement` RSA-OAEP-256 and ECDH-ES (for
    /// its whole family).
    KeyRing(storage::Keys& keys, sql::Database& database, Sealer const& sealer, Clock const& clock,
            Random& random, Log& log, std::vector<std::string> algorithms);
    /// At start: loads the keys, takes up those of the token, and makes the missing ones, which
    /// sign at once. An algorithm that the token has a key for gets none from us, then or later.
    [[nodiscard]] Result<> load_or_create(TokenKeys token_keys = {});
    /// Looks again; cheap when nothing changed. Called by a job.
    [[nodiscard]] Result<> refresh();
    [[nodiscard]] std::shared_ptr<KeySet const> current() const;
    /// The newest key of this algorithm whose sign_from has come; null when the algorithm is not
    /// configured.
    [[nodiscard]] std::shared_ptr<jose::SigningKey const> signing_key(std::string_view alg) const;

    /// `tunnus keys rotate`: announces a successor for each algorithm, now. Keys in a token have
    /// theirs by the configuration.
    [[nodiscard]] Result<> rotate(KeyRotation const& rotation);
    /// The job of every node: looks again, and announces the successors whose time has come. Where
    /// several nodes do, one wins.
    [[nodiscard]] Result<> keep(KeyRotation const& rotation);
    /// From now on it signs nothing, verifies nothing and is not published, here and, as they
    /// refresh, at every other node. Where nothing else signs by its algorithm, a new key does.
    [[nodiscard]] Result<> revoke(std::string_view kid);

  private:
    /// Reads the records, and holds what they say from then on.
    [[nodiscard]] Result<std::vector<storage::SigningKey>> look();
    [[nodiscard]] Result<> take_up_token_keys();
    [[nodiscard]] Result<> make_missing();
    [[nodiscard]] bool is_in_token(std::string_view alg) const;
    [[nodiscard]] Result<> change(storage::ChangeKeys const& change);

    storage::Keys& keys_;
    sql::Database& database_;
    Sealer const& sealer_;
    Clock const& clock_;
    Random& random_;
    Log& log_;
    std::vector<std::string> algorithms_;
    TokenKeys token_keys_;
    mutable std::mutex mutex_;
    std::shared_ptr<KeySet const> current_;
};

}  // namespace tunnus::oidc
