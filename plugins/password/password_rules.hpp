// SPDX-License-Identifier: MIT
// What a password may be. Pure.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "idp/base/result.hpp"
#include "idp/base/secret.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace tunnus::plugin::password {

/// The password as it is hashed: RFC 8265 §4.2 (OpaqueString), that is, every space becomes U+0020
/// and the rest NFC, so that a keyboard's way to write `ä` does not matter (threats.md L-12).
/// BaseErrc::too_large beyond limits.password_bytes; malformed when it is not UTF-8 or holds a
/// control character.
[[nodiscard]] Result<Secret> normalise_password(std::string_view typed, Limits const& limits);

/// Why a new password is refused: the key of the text that says so; empty when it is good. `about`
/// are words that others would try first: the person's address, the provider's name.
[[nodiscard]] std::optional<std::string_view> find_weakness(Secret const& password,
                                                            std::vector<std::string> const& about,
                                                            Limits const& limits);

}  // namespace tunnus::plugin::password
