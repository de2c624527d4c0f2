// SPDX-License-Identifier: MIT
#include "oidc/protocol/prompt.hpp"

#include <algorithm>

namespace tunnus::oidc {

Checked<Prompt> check_prompt(Form const& form) {
    auto rest = form.get("prompt");
    Prompt prompt;
    std::size_t words = 0;
    while (!rest.empty()) {
        auto const end = std::min(rest.find(' '), rest.size());
        auto const word = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (word.empty()) continue;
        ++words;
        if (word == "none") prompt.none = true;
        if (word == "login") prompt.login = true;
        if (word == "consent") prompt.consent = true;
        if (word == "select_account") prompt.select_account = true;
    }
    if (prompt.none && words > 1)
        return Refusal{OAuthError::invalid_request,
                       "prompt none excludes every other value",
                       {},
                       Delivery::redirect};
    return prompt;
}

}  // namespace tunnus::oidc
