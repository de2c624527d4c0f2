// SPDX-License-Identifier: MIT
#pragma once

namespace tunnus::plugin::organisation {

/// JSON Schema of the plugin's `config`.
[[nodiscard]] char const* config_schema();

}  // namespace tunnus::plugin::organisation
