// SPDX-License-Identifier: MIT
#include "idp/base/localized_text.hpp"

namespace tunnus {

std::string filled(std::string text, std::string_view placeholder, std::string_view value) {
    for (auto at = text.find(placeholder); at != std::string::npos;
         at = text.find(placeholder, at + value.size()))
        text.replace(at, placeholder.size(), value);
    return text;
}

}  // namespace tunnus
