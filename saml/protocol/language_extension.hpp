// SPDX-License-Identifier: MIT
// The extension by which Suomi.fi is told the person's language (suomifi.md 2.1).
#pragma once

#include "saml/xml/writer.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

/// samlp:Extensions with `fi`, `sv` or `en`; nothing when there is no language.
[[nodiscard]] inline std::string build_language_extension(std::string_view language) {
    if (language.empty()) return {};
    return xml::write_element(
        "samlp:Extensions", {},
        xml::write_element("vetuma", {{"xmlns", "urn:vetuma:SAML:2.0:extensions"}},
                           xml::write_text("LG", {}, language)));
}

}  // namespace tunnus::saml
