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

ResponseType read_response_type(std::string_view response_type) {
    // One space around the words, so that each is found whole.
    auto const words = " " + sorted_words(response_type) + " ";
    auto const has = [&](std::string_view word) { return words.find(word) != std::string::npos; };
    return {has(" code "), has(" id_token "), has(" token ")};
}

std::string ResponseType::text() const {
    std::string text;
    if (code) text.append("code ");
    if (id_token) text.append("id_token ");
    if (token) text.append("token ");
    if (!text.empty()) text.pop_back();
    return text;
}

Checked<> check_response_type(Client const& client, Form const& form) {
    auto const words = sorted_words(form.get("response_type"));
    if (words.empty())
        return Refusal{
            OAuthError::invalid_request, "response_type is missing", {}, Delivery::redirect};
    if (client.allows_response_type(words)) return {};
    if (words == "code")
        return Refusal{OAuthError::unauthorized_client,
                       "this client may not use the authorization code grant",
                       {},
                       Delivery::redirect};
    return Refusal{OAuthError::unsupported_response_type,
                   "response_type is not one that this client registered",
                   {},
                   Delivery::redirect};
}

}  // namespace tunnus::oidc
