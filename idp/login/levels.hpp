// SPDX-License-Identifier: MIT
// The order of every level that some method proves. It follows from what each level is worth, never
// from the order of plugins in the configuration.
#pragma once

#include "plugins/host/plugins.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::login {

/// Lowest first; levels of equal worth in the order in which they are declared. A level that two
/// methods prove counts as the lesser of what they say.
[[nodiscard]] std::vector<std::string> order_of_levels(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators);

/// Those of them that are worth more than low: what counts as strong identification.
[[nodiscard]] std::vector<std::string> strong_levels(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators);

/// The key of the text that says in words what a level is worth. One that no method proves any more
/// counts for the least.
[[nodiscard]] std::string_view text_of_level(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators, std::string_view acr);

}  // namespace tunnus::login
