// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/string_value.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

namespace tunnus::graphql {
namespace {

void append_utf8(std::string& text, std::uint32_t code_point) {
    auto const put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0U | code_point >> 6U);
        put(0x80U | (code_point & 0x3FU));
    } else if (code_point < 0x10000) {
        put(0xE0U | code_point >> 12U);
        put(0x80U | (code_point >> 6U & 0x3FU));
        put(0x80U | (code_point & 0x3FU));
    } else {
        put(0xF0U | code_point >> 18U);
        put(0x80U | (code_point >> 12U & 0x3FU));
        put(0x80U | (code_point >> 6U & 0x3FU));
        put(0x80U | (code_point & 0x3FU));
    }
}

constexpr std::uint32_t no_code_point = 0xFFFF'FFFF;

/// Takes the digits after `\u`: four, or any number in braces.
std::uint32_t take_hexadecimal(std::string_view& rest) {
    bool const braces = rest.starts_with('{');
    auto const digits = braces ? rest.substr(1, rest.find('}') - 1) : rest.substr(0, 4);
    rest.remove_prefix(digits.size() + (braces ? 2 : 0));
    std::uint32_t code_point = 0;
    auto const [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code_point, 16);
    return error == std::errc{} ? code_point : no_code_point;
}

bool is_surrogate(std::uint32_t code_point) {
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

/// What follows `\u`. Two escapes of four digits may be a surrogate pair; braces never are.
std::optional<std::uint32_t> take_unicode(std::string_view& rest) {
    bool const braces = rest.starts_with('{');
    auto const first = take_hexadecimal(rest);
    if (first > 0x10FFFF) return std::nullopt;
    if (!is_surrogate(first)) return first;
    if (braces || first >= 0xDC00 || !rest.starts_with("\\u") || rest.starts_with("\\u{"))
        return std::nullopt;
    rest.remove_prefix(2);
    auto const second = take_hexadecimal(rest);
    if (second < 0xDC00 || second > 0xDFFF) return std::nullopt;
    return 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00);
}

char simple_escape(char letter) {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return letter;  // the grammar lets `"`, `\` and `/` through besides
    }
}

std::size_t indentation(std::string_view line) {
    return std::min(line.find_first_not_of(" \t"), line.size());
}

/// The lines with `\"""` as `"""`; a line ends with LF, CR or CR LF.
std::vector<std::string> lines_of(std::string_view raw) {
    std::vector<std::string> lines(1);
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw.substr(i).starts_with(R"(\""")")) {
            lines.back() += R"(""")";
            i += 3;
        } else if (raw[i] == '\n' || raw[i] == '\r') {
            if (raw.substr(i).starts_with("\r\n")) ++i;
            lines.emplace_back();
        } else {
            lines.back() += raw[i];
        }
    }
    return lines;
}

}  // namespace

std::optional<std::string> string_value(std::string_view raw) {
    std::string value;
    value.reserve(raw.size());
    while (!raw.empty()) {
        auto const plain = raw.substr(0, raw.find('\\'));
        value += plain;
        raw.remove_prefix(plain.size());
        if (raw.empty()) break;
        char const letter = raw[1];
        raw.remove_prefix(2);
        if (letter != 'u') {
            value += simple_escape(letter);
            continue;
        }
        auto const code_point = take_unicode(raw);
        if (!code_point) return std::nullopt;
        append_utf8(value, *code_point);
    }
    return value;
}

std::string block_string_value(std::string_view raw) {
    auto lines = lines_of(raw);
    auto common = std::string::npos;
    for (std::size_t i = 1; i < lines.size(); ++i)
        if (auto const indent = indentation(lines[i]); indent < lines[i].size())
            common = std::min(common, indent);
    if (common != std::string::npos)
        for (std::size_t i = 1; i < lines.size(); ++i)
            lines[i].erase(0, common);
    auto const is_blank = [](std::string const& line) { return indentation(line) == line.size(); };
    auto const first = std::ranges::find_if_not(lines, is_blank);
    auto const last = std::find_if_not(lines.rbegin(), std::make_reverse_iterator(first), is_blank);
    std::string value;
    for (auto line = first; line != last.base(); ++line) {
        if (line != first) value += '\n';
        value += *line;
    }
    return value;
}

}  // namespace tunnus::graphql
