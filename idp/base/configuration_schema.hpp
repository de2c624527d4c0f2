// SPDX-License-Identifier: MIT
// conf/tunnus.schema.json as it was when this was built.
#pragma once

#include <string_view>

namespace tunnus {

[[nodiscard]] std::string_view configuration_schema_text();

}  // namespace tunnus
