// SPDX-License-Identifier: MIT
#include "oidc/protocol/response_type.hpp"

#include <algorithm>

namespace tunnus::oidc {

std::string sorted_words(std::string_view response_type) {
    std::vector<std::string> words;
    while (!response_type.empty()) {
        auto const end = std::min(response_type.find(' '), response_type.size());
        if (end > 0) words.emplace_back(response_type.substr(0, end));
        response_type.remove_prefix(std::min(end + 1, response_type.size()));
    }
    std::ranges::sort(words);
    std::string sorted;
    for (auto const& word : words)
        sorted.append(sorted.empty() ? "" : " ").append(word);
    return sorted;
}

Checked<> check_response_type(Client const& client, Form const& form) {
    auto const response_type = form.get("response_type");
    if (response_type.empty())
        return Refusal{
            OAuthError::invalid_request, "response_type is missing", {}, Delivery::redirect};
    if (response_type != "code")
        return Refusal{OAuthError::unsupported_response_type,
                       "response_type must be code",
                       {},
                       Delivery::redirect};
    if (!client.allows_grant("authorization_code"))
        return Refusal{OAuthError::unauthorized_client,
                       "this client may not use the authorization code grant",
                       {},
                       Delivery::redirect};
    return {};
}

}  // namespace tunnus::oidc
