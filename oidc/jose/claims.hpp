// SPDX-License-Identifier: MIT
// What the registered claims of a verified token must say: RFC 7519 §4.1, RFC 8725 §3.8 to §3.12.
// Leaves for a caller to list in the order its specification has them. Pure: `now` is an argument.
#pragma once

#include "idp/base/clock.hpp"
#include "oidc/jose/jwt.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace tunnus::jose {

/// RFC 8725 §3.11: the header's `typ` is one of `accepted`. An empty text among them accepts a
/// token without `typ`. Compared as media types: case does not matter, nor a leading
/// "application/" (RFC 7515 §4.1.9). Error: wrong_type.
[[nodiscard]] Result<> check_type(VerifiedJwt const& token,
                                  std::initializer_list<std::string_view> accepted);

/// `iss` is exactly this text. Error: wrong_issuer.
[[nodiscard]] Result<> check_issuer(boost::json::object const& claims, std::string_view issuer);

enum class AudienceForm {
    one_text,         ///< a single text: client assertions, request objects of FAPI
    text_or_members,  ///< a text, or a list of texts with us among others: id_token_hint
};
/// `aud` names one of `accepted`. Error: wrong_audience.
[[nodiscard]] Result<> check_audience(boost::json::object const& claims,
                                      std::span<std::string_view const> accepted,
                                      AudienceForm form);

/// A NumericDate that is a whole number of seconds from 1970 to 9999; empty when absent. Error:
/// bad_claim for anything else, null and fractions included (threats.md J-14).
[[nodiscard]] Result<std::optional<TimePoint>> find_numeric_date(boost::json::object const& claims,
                                                                 std::string_view name);

struct LifetimeRules {
    enum class Claim { required, optional };
    Claim exp = Claim::required;
    Claim iat = Claim::optional;
    /// False for an id_token_hint, which may be expired (RP-Initiated Logout §4).
    bool refuse_expired = true;
    /// How far the two clocks may differ.
    seconds leeway{60};
    /// Where set: `iat` must not be longer ago than this,
    std::optional<seconds> longest_age{};
    /// and `exp` not further ahead than this.
    std::optional<seconds> longest_remaining{};
    /// `nbf` must be there, not longer ago than this, and `exp` not further after it.
    std::optional<seconds> longest_from_nbf{};
};
/// `exp`, `nbf` and `iat` against `now` and against each other (`nbf` and `iat` are not after
/// `exp`). Errors: bad_claim, expired, not_yet_valid.
[[nodiscard]] Result<> check_lifetime(boost::json::object const& claims, LifetimeRules const& rules,
                                      TimePoint now);

}  // namespace tunnus::jose
