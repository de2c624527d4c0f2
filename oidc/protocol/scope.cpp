// SPDX-License-Identifier: MIT
#include "oidc/protocol/scope.hpp"

#include "idp/base/limits.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

Refusal invalid_scope(std::string description) {
    return {OAuthError::invalid_scope, std::move(description), {}, Delivery::redirect};
}

bool is_scope_byte(char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '\\';
}

bool is_known(std::string_view word, std::vector<ScopeInfo> const& known) {
    return word == "openid" || word == "offline_access" ||
           std::ranges::any_of(known, [&](ScopeInfo const& info) { return info.name == word; });
}

/// The scopes of OpenID Connect Core §5.4 are about people also where no plugin has them.
bool is_about_people(std::string_view word, std::vector<ScopeInfo> const& known) {
    return is_known(word, known) || word == "profile" || word == "email" || word == "address" ||
           word == "phone";
}

}  // namespace

bool contains(std::vector<std::string> const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

Checked<std::vector<std::string>> parse_scope(std::string_view text, Limits const& limits) {
    if (text.size() > limits.scope_bytes) return invalid_scope("scope is too long");
    std::vector<std::string> words;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        auto const word = text.substr(0, end);
        if (word.empty() || !std::ranges::all_of(word, is_scope_byte) || end + 1 == text.size())
            return invalid_scope("scope is malformed");
        if (!contains(words, word)) words.emplace_back(word);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::string format_scope(std::vector<std::string> const& scope) {
    std::string text;
    for (auto const& word : scope) {
        if (!text.empty()) text.push_back(' ');
        text.append(word);
    }
    return text;
}

Checked<std::vector<std::string>> check_user_scope(Client const& client, std::string_view asked,
                                                   std::vector<ScopeInfo> const& known,
                                                   Limits const& limits) {
    auto words = parse_scope(asked, limits);
    if (!words) return words.error();
    bool const refreshes = client.allows_grant("refresh_token");
    std::erase_if(*words, [&](std::string const& word) {
        return !contains(client.scope, word) || !is_known(word, known) ||
               (word == "offline_access" && !refreshes);
    });
    if (words->empty()) return invalid_scope("no scope is left that this client may ask for");
    return words;
}

Checked<std::vector<std::string>> check_client_scope(Client const& client, std::string_view asked,
                                                     std::vector<ScopeInfo> const& known,
                                                     Limits const& limits) {
    auto words = parse_scope(asked, limits);
    if (!words) return words.error();
    if (words->empty()) {
        std::ranges::copy_if(
            client.scope, std::back_inserter(*words),
            [&](std::string const& word) { return !is_about_people(word, known); });
        return words;
    }
    for (auto const& word : *words)
        if (!contains(client.scope, word) || is_about_people(word, known))
            return invalid_scope("a scope is not for this client itself");
    return words;
}

Checked<std::vector<std::string>> narrow_scope(std::vector<std::string> const& granted,
                                               std::string_view asked, Limits const& limits) {
    auto words = parse_scope(asked, limits);
    if (!words) return words.error();
    if (words->empty()) return granted;
    for (auto const& word : *words)
        if (!contains(granted, word)) return invalid_scope("a scope was not granted");
    return words;
}

}  // namespace tunnus::oidc
