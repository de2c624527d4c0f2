// SPDX-License-Identifier: MIT
// The keys of `keys.pkcs11`, their token opened.
#pragma once

#include "idp/base/configuration.hpp"
#include "oidc/key_ring.hpp"

namespace tunnus {

/// None where none is configured. Errors: those of jose::Pkcs11::open.
[[nodiscard]] Result<oidc::TokenKeys> open_token_keys(KeySettings const& settings);

}  // namespace tunnus
