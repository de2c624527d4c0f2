// SPDX-License-Identifier: MIT
// JSON Web Signature, RFC 7515, in its compact serialization and no other.
//
// The header is read strictly: a JSON object without duplicate names; `alg` a name we know; `kid`,
// `typ` and `cty` texts where present; `crit` and `b64` refused (we understand no extension); key
// material and links to it (`jwk`, `jku`, `x5u`, `x5c`) not looked at. All three parts are present
// and in the one spelling of base64url.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jwk_set.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::jose {

class VerifiedJws;

/// A token that has the form of one: nothing in it can be relied on. It serves to find whose keys
/// to check it with. Refers to the text it was parsed from, which must outlive it.
class UnverifiedJws {
  public:
    /// Errors: malformed_token (also beyond limits.jwt_bytes), refused_header, refused_algorithm
    /// for an `alg` we do not know, `none` among them.
    [[nodiscard]] static Result<UnverifiedJws> parse(std::string_view token,
                                                     Limits const& limits = standard_limits());

    [[nodiscard]] boost::json::object const& header() const noexcept { return header_; }
    /// The claimed algorithm. It may pick among what a caller allows, never add to it.
    [[nodiscard]] Algorithm algorithm() const noexcept { return algorithm_; }
    [[nodiscard]] std::optional<std::string_view> kid() const;
    [[nodiscard]] std::string const& payload() const noexcept { return payload_; }

    /// Checks the signature. `allowed` comes from a registration, a policy or the keys themselves;
    /// the header's `alg` must be among them and the key must be of its type. At most
    /// limits.jwt_key_attempts keys are tried. Errors: refused_algorithm, unknown_key,
    /// bad_signature.
    [[nodiscard]] Result<VerifiedJws> verify(JwkSet const& keys, Algorithms allowed,
                                             Limits const& limits = standard_limits()) const;
    [[nodiscard]] Result<VerifiedJws> verify(VerificationKey const& key, Algorithms allowed) const;

  private:
    UnverifiedJws() = default;
    boost::json::object header_;
    Algorithm algorithm_{};
    std::string_view signing_input_;
    std::string payload_;
    std::string signature_;
};

/// What a good signature covered. Only a verification makes one.
class VerifiedJws {
  public:
    [[nodiscard]] boost::json::object const& header() const noexcept { return header_; }
    [[nodiscard]] std::string const& payload() const noexcept { return payload_; }
    /// The key that it was checked with.
    [[nodiscard]] VerificationKey const& key() const noexcept { return key_; }

  private:
    friend class UnverifiedJws;
    VerifiedJws(boost::json::object header, std::string payload, VerificationKey key)
        : header_(std::move(header)), payload_(std::move(payload)), key_(std::move(key)) {}
    boost::json::object header_;
    std::string payload_;
    VerificationKey key_;
};

/// Both steps at once, for a caller who knows whose token it must be.
[[nodiscard]] Result<VerifiedJws> verify_jws(std::string_view token, JwkSet const& keys,
                                             Algorithms allowed,
                                             Limits const& limits = standard_limits());

/// `header.payload.signature`, with `typ`, `alg` and `kid` in the header.
[[nodiscard]] std::string sign_jws(SigningKey const& key, std::string_view typ,
                                   std::string_view payload);

}  // namespace tunnus::jose
