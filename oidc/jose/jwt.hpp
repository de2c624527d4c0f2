// SPDX-License-Identifier: MIT
// JSON Web Token, RFC 7519, as signed tokens. What its claims must say is claims.hpp.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jws.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace tunnus::jose {

/// A claims set that a good signature covered. Only a verification makes one; that the claims suit
/// their use is still to be checked (claims.hpp).
class VerifiedJwt {
  public:
    /// Checks the signature first and reads the claims then. Errors: those of UnverifiedJws, and
    /// malformed_token when the payload is not a strictly read JSON object, refused_header for a
    /// nested token (`cty`).
    [[nodiscard]] static Result<VerifiedJwt> verify(std::string_view token, JwkSet const& keys,
                                                    Algorithms allowed,
                                                    Limits const& limits = standard_limits());
    [[nodiscard]] static Result<VerifiedJwt> verify(UnverifiedJws const& token, JwkSet const& keys,
                                                    Algorithms allowed,
                                                    Limits const& limits = standard_limits());
    /// With exactly this key, whatever `kid` says: a DPoP proof's own, for example.
    [[nodiscard]] static Result<VerifiedJwt> verify(UnverifiedJws const& token,
                                                    VerificationKey const& key, Algorithms allowed,
                                                    Limits const& limits = standard_limits());

    [[nodiscard]] boost::json::object const& header() const noexcept { return jws_.header(); }
    [[nodiscard]] boost::json::object const& claims() const noexcept { return claims_; }
    [[nodiscard]] VerificationKey const& key() const noexcept { return jws_.key(); }

  private:
    VerifiedJwt(VerifiedJws jws, boost::json::object claims)
        : jws_(std::move(jws)), claims_(std::move(claims)) {}
    static Result<VerifiedJwt> read(VerifiedJws jws, Limits const& limits);
    VerifiedJws jws_;
    boost::json::object claims_;
};

/// A text claim of a token whose signature is not checked: to find the client whose keys must check
/// it, and for nothing else. Empty when the payload is not an object or has no such text.
[[nodiscard]] std::optional<std::string> find_unverified_claim(
    UnverifiedJws const& token, std::string_view name, Limits const& limits = standard_limits());

/// The types (`typ`) of the tokens we make, for which a SigningKey keeps its header encoded.
namespace typ {
inline constexpr std::string_view jwt = "JWT";              ///< ID tokens, signed userinfo
inline constexpr std::string_view access_token = "at+jwt";  ///< RFC 9068 §2.1
inline constexpr std::string_view introspection = "token-introspection+jwt";  ///< RFC 9701 §5
inline constexpr std::string_view logout_token = "logout+jwt";  ///< Back-Channel Logout 1.0 §2.4
}  // namespace typ

/// A signed token over these claims, as they stand: nothing is added. Throws what
/// SigningKey::sign throws.
[[nodiscard]] std::string sign_jwt(SigningKey const& key, std::string_view typ,
                                   boost::json::object const& claims);

}  // namespace tunnus::jose
