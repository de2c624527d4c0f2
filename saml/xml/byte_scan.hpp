// SPDX-License-Identifier: MIT
// What is refused before a parser sees a byte: one linear pass that keeps libxml2 away from
// everything it does slowly or generously (threats.md 8.1, S-54 to S-66).
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "saml/reason.hpp"

#include <string_view>

namespace tunnus::saml::xml {

/// In this order: size; UTF-8 without NUL or byte order mark; no `<!` (document type, comment,
/// CDATA) and no `<?` but one leading declaration of version 1.0 in UTF-8 without standalone;
/// bounded tags, tag lengths, attributes per tag and namespace declarations.
[[nodiscard]] Result<> scan_bytes(std::string_view bytes, Limits const& limits);

}  // namespace tunnus::saml::xml
