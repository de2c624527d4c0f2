// SPDX-License-Identifier: MIT
// Ids that are appended to a table, and the bearer texts made of them: `base64url(id ‖ secret)`.
// The id finds the row, the secret's digest is compared in constant time (threats.md 0.4 rule 12).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/random.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::storage {

/// 16 bytes: 48 bits of milliseconds since 1970, big-endian, then 80 random bits.
using Id = std::string;
[[nodiscard]] Id make_id(Random& random, TimePoint now);
/// When the id was made.
[[nodiscard]] TimePoint time_of(Id const& id);

/// What a browser or client holds: 64 characters of base64url, 256 bits of which are secret.
struct Bearer {
    Id id;
    std::string secret;  ///< 32 bytes; never stored
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string secret_hash() const;  ///< SHA-256: what is stored
};
[[nodiscard]] Bearer make_bearer(Random& random, TimePoint now);
/// Empty for anything that is not 64 characters of strict base64url.
[[nodiscard]] std::optional<Bearer> parse_bearer(std::string_view text);
/// Constant time.
[[nodiscard]] bool matches(Bearer const& bearer, std::string_view stored_secret_hash);

}  // namespace tunnus::storage
