// SPDX-License-Identifier: MIT
// What is compared before a C++ object of a plugin is touched (threats.md ). Pure.
// Errors are texts for the administrator and name the value that differs.
#pragma once

#include "plugins/api/entry.hpp"

#include <string_view>

namespace tunnus::plugin {

/// The entry is of this API, this build and this name. `name` is what the configuration calls it.
[[nodiscard]] Result<> check_entry(TunnusPluginV1 const* entry, std::string_view name);

/// `[a-z][a-z0-9_]{1,31}`.
[[nodiscard]] bool is_plugin_name(std::string_view name);

/// The names differ, and no plugin's table could be taken for the other's: `tax` and `tax_office`
/// clash.
[[nodiscard]] Result<> check_name_clash(std::string_view a, std::string_view b);

/// Every table and index that a migration names begins with `<name>_`. A guard against mistakes; a
/// plugin is trusted code.
[[nodiscard]] Result<> check_table_names(std::string_view name, sql::Migration const& migration);

/// Claims that the provider states itself (threats.md X-11).
[[nodiscard]] bool is_reserved_claim(std::string_view name);

}  // namespace tunnus::plugin
