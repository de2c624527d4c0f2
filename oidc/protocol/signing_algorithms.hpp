// SPDX-License-Identifier: MIT
// Whether what a client registered can be signed here: `…_signed_response_alg` against the
// algorithms that a key of ours stands for.
#pragma once

#include "oidc/protocol/client.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// "MEMBER: no key here signs by ALG" for the first member that names such an algorithm; empty when
/// `signs` says yes to all of them.
[[nodiscard]] std::string reject_unsigned(Client const& client,
                                          std::function<bool(std::string_view alg)> const& signs);

}  // namespace tunnus::oidc
