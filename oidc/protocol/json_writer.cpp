// SPDX-License-Identifier: MIT
#include "oidc/protocol/json_writer.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>

namespace tunnus::oidc {
namespace {

bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == '\x7f';
}

}  // namespace

void JsonWriter::quoted(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    text_.push_back('"');
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (!needs_escape(c)) continue;
        text_.append(text, start, i - start);
        start = i + 1;
        if (c == '"' || c == '\\') {
            text_.push_back('\\');
            text_.push_back(c);
        } else {
            auto const byte = static_cast<unsigned char>(c);
            text_.append("\\u00").push_back(digits[byte >> 4]);
            text_.push_back(digits[byte & 0x0f]);
        }
    }
    text_.append(text, start);
    text_.push_back('"');
}

void JsonWriter::name(std::string_view name) {
    if (text_.size() > 1) text_.push_back(',');
    quoted(name);
    text_.push_back(':');
}

JsonWriter& JsonWriter::member(std::string_view member_name, std::string_view value) {
    name(member_name);
    quoted(value);
    return *this;
}

JsonWriter& JsonWriter::member(std::string_view member_name, std::int64_t value) {
    name(member_name);
    char digits[24];
    auto const end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    text_.append(std::begin(digits), end);
    return *this;
}

JsonWriter& JsonWriter::member(std::string_view member_name, bool value) {
    name(member_name);
    text_.append(value ? "true" : "false");
    return *this;
}

JsonWriter& JsonWriter::member(std::string_view member_name,
                               std::vector<std::string> const& values) {
    name(member_name);
    text_.push_back('[');
    for (auto const& value : values) {
        if (text_.back() != '[') text_.push_back(',');
        quoted(value);
    }
    text_.push_back(']');
    return *this;
}

JsonWriter& JsonWriter::value_member(std::string_view member_name,
                                     boost::json::value const& value) {
    name(member_name);
    text_.append(boost::json::serialize(value));
    return *this;
}

}  // namespace tunnus::oidc
