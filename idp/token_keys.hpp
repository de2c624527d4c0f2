// SPDX-License-Identifier: MIT
// The keys of `keys.pkcs11`, their token opened.
#pragma once

#include "idp/base/configuration.hpp"
#include "oidc/key_ring.hpp"

namespace tunnus {

/// None where none is configured. A token that does not open is a token that is lost: the log says
/// so, and its objects are named all the same.
[[nodiscard]] oidc::TokenKeys open_token_keys(KeySettings const& settings, Log& log);

/// For `tunnus check`: whether each object is there now, and a key for its algorithm.
[[nodiscard]] Result<> check_token_keys(KeySettings const& settings);

}  // namespace tunnus
