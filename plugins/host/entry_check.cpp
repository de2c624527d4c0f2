// SPDX-License-Identifier: MIT
#include "plugins/host/entry_check.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace tunnus::plugin {

namespace {

Error differs(std::string_view what, std::string_view theirs, std::string_view ours) {
    return {BaseErrc::denied, std::string(what) + " is " + std::string(theirs) + ", but must be " +
                                  std::string(ours)};
}

std::string quoted(char const* text) {
    return text ? '"' + std::string(text) + '"' : std::string("missing");
}

/// The words of an SQL text in lower case; comments, literals and signs only separate.
std::vector<std::string> sql_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    auto const end_word = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const rest = text.substr(i);
        char const c = text[i];
        if (rest.starts_with("--")) {
            end_word();
            i += std::min(rest.find('\n'), rest.size() - 1);
        } else if (c == '\'') {
            end_word();
            i += std::min(rest.find('\'', 1), rest.size() - 1);
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
            word += c;
        } else if (c >= 'A' && c <= 'Z') {
            word += static_cast<char>(c - 'A' + 'a');
        } else {
            end_word();
            if (c == '(' || c == ';') words.emplace_back(1, c);
        }
    }
    end_word();
    return words;
}

/// Whether a name of a table or index follows this word.
bool names_follow(std::string_view word) {
    static constexpr std::array<std::string_view, 9> before_a_name{
        "table", "index", "into", "update", "from", "join", "references", "on", "view"};
    return std::ranges::find(before_a_name, word) != before_a_name.end();
}

/// Words that may stand between, as in `CREATE TABLE IF NOT EXISTS t` and `ON DELETE CASCADE`.
bool is_filler(std::string_view word) {
    static constexpr std::array<std::string_view, 10> fillers{
        "if",       "not",     "exists",   "delete", "update",
        "conflict", "cascade", "restrict", "set",    "null"};
    return std::ranges::find(fillers, word) != fillers.end();
}

}  // namespace

Result<> check_entry(TunnusPluginV1 const* entry, std::string_view name) {
    if (!entry) return Error(BaseErrc::denied, "tunnus_plugin_v1() gave nothing");
    // `size` and `api` stand first in every version; nothing behind them is read before they agree.
    if (entry->api != TUNNUS_PLUGIN_API)
        return differs("api", std::to_string(entry->api), std::to_string(TUNNUS_PLUGIN_API));
    if (entry->size != sizeof(TunnusPluginV1))
        return differs("size", std::to_string(entry->size), std::to_string(sizeof(TunnusPluginV1)));
    if (!entry->stamp || std::string_view(entry->stamp) != TUNNUS_BUILD_STAMP)
        return differs("stamp", quoted(entry->stamp), quoted(TUNNUS_BUILD_STAMP));
    if (!entry->name || entry->name != name)
        return differs("name", quoted(entry->name), '"' + std::string(name) + '"');
    if (!is_plugin_name(name)) return differs("name", quoted(entry->name), "[a-z][a-z0-9_]{1,31}");
    if (!entry->version) return differs("version", "missing", "a text");
    if (!entry->config_schema) return differs("config_schema", "missing", "a JSON Schema");
    if (!entry->create) return differs("create", "missing", "a function");
    if (entry->migration_count != 0 && !entry->migrations)
        return differs("migrations", "missing",
                       std::to_string(entry->migration_count) + " of them");
    for (std::size_t i = 0; i < entry->migration_count; ++i)
        if (std::cmp_not_equal(entry->migrations[i].number, i + 1))
            return differs("migrations[" + std::to_string(i) + "].number",
                           std::to_string(entry->migrations[i].number), std::to_string(i + 1));
    return {};
}

bool is_plugin_name(std::string_view name) {
    auto const is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    auto const is_other = [](char c) { return (c >= '0' && c <= '9') || c == '_'; };
    return name.size() >= 2 && name.size() <= 32 && is_letter(name.front()) &&
           std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_other(c); });
}

Result<> check_name_clash(std::string_view a, std::string_view b) {
    if (a == b) return Error(BaseErrc::denied, "name \"" + std::string(a) + "\" is given twice");
    auto const& [shorter, longer] = a.size() < b.size() ? std::pair(a, b) : std::pair(b, a);
    if (longer.starts_with(shorter) && longer[shorter.size()] == '_')
        return Error(BaseErrc::denied, "names \"" + std::string(shorter) + "\" and \"" +
                                           std::string(longer) +
                                           "\": their tables could be taken for each other's");
    return {};
}

Result<> check_table_names(std::string_view name, sql::Migration const& migration) {
    auto const prefix = std::string(name) + "_";
    auto const words = sql_words(migration.text);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!names_follow(words[i])) continue;
        auto next = i + 1;
        while (next < words.size() && is_filler(words[next]))
            ++next;
        bool const is_name = next < words.size() && words[next] != "(" && words[next] != ";";
        if (is_name && next - i > 1 && words[i] == "on") continue;  // ON DELETE CASCADE, …
        if (is_name && !names_follow(words[next]) && !words[next].starts_with(prefix))
            return Error(BaseErrc::denied,
                         "migration " + std::to_string(migration.number) + " names \"" +
                             words[next] + "\": every table must begin with \"" + prefix + "\"");
    }
    return {};
}

bool is_reserved_claim(std::string_view name) {
    static constexpr std::array<std::string_view, 28> reserved{
        "_claim_names",  "_claim_sources",
        "acr",           "act",
        "amr",           "at_hash",
        "aud",           "auth_time",
        "authorization", "authorization_details",
        "azp",           "c_hash",
        "client_id",     "cnf",
        "events",        "exp",
        "iat",           "iss",
        "jti",           "may_act",
        "nbf",           "nonce",
        "on_behalf_of",  "s_hash",
        "scope",         "sid",
        "sub",           "verified_claims"};
    static_assert(std::ranges::is_sorted(reserved));
    return std::ranges::binary_search(reserved, name);
}

}  // namespace tunnus::plugin
