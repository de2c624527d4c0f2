// SPDX-License-Identifier: MIT
// JWK Set, RFC 7517 §5: somebody's verification keys.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jwk.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace tunnus::jose {

/// A value; reading it from many threads is fine.
class JwkSet {
  public:
    JwkSet() = default;
    explicit JwkSet(std::vector<VerificationKey> keys) : keys_(std::move(keys)) {}

    /// `{"keys":[…]}`. As §5 wants it, a key that we could not use anyway (another kty, crv, alg or
    /// use, a weak one) is passed over; a key that is wrong, a private one included, refuses the
    /// whole set. Errors: malformed_key, also for more keys than limits.jwk_set_keys.
    [[nodiscard]] static Result<JwkSet> parse(boost::json::object const& set,
                                              Limits const& limits = standard_limits());

    [[nodiscard]] std::vector<VerificationKey> const& keys() const noexcept { return keys_; }

    /// The keys to try for a token with this header: those of that kid, or, when the header names
    /// none, all; of them only what suits the algorithm, the first limits.jwt_key_attempts. The
    /// pointers live as long as this set.
    [[nodiscard]] std::vector<VerificationKey const*> candidates(
        std::optional<std::string_view> kid, Algorithm algorithm,
        Limits const& limits = standard_limits()) const;

    /// The document that a jwks_uri serves. Secrets are left out.
    [[nodiscard]] boost::json::object to_json() const;

  private:
    std::vector<VerificationKey> keys_;
};

}  // namespace tunnus::jose
