// SPDX-License-Identifier: MIT
#include "storage/columns.hpp"

#include "storage/sql/database.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace tunnus::storage {
namespace {

Result<boost::json::value> read_json(std::string_view text) {
    boost::system::error_code code;
    auto json = boost::json::parse(text, code);
    if (code) return Error(sql::SqlErrc::corrupt, "a stored JSON text does not parse");
    return json;
}

std::string context_of(std::string_view column, std::string_view row) {
    return std::string(column).append(":").append(row);
}

}  // namespace

std::string join_words(std::vector<std::string> const& words) {
    std::string text;
    for (auto const& word : words) {
        if (!text.empty()) text.push_back(' ');
        text.append(word);
    }
    return text;
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        auto const end = text.find(' ');
        if (end != 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return words;
}

Result<boost::json::object> read_object(std::string_view text) {
    auto json = read_json(text);
    if (!json) return json.error();
    if (!json->is_object()) return Error(sql::SqlErrc::corrupt, "a stored JSON is not an object");
    return std::move(json->get_object());
}

sql::Value seal_json(Sealer const& sealer, std::string_view column, std::string_view row,
                     boost::json::value const& plain, Random& random) {
    std::string text = boost::json::serialize(plain);
    auto sealed = sql::blob(sealer.seal(context_of(column, row), text, random));
    wipe(text);
    return sealed;
}

Result<boost::json::value> open_json(Sealer const& sealer, std::string_view column,
                                     std::string_view row, std::string_view sealed) {
    auto plain = sealer.open(context_of(column, row), sealed);
    if (!plain) return Error(plain.error().code, std::string(column) + " does not open");
    auto json = read_json(*plain);
    wipe(*plain);
    return json;
}

}  // namespace tunnus::storage
