// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/response_writer.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <charconv>

namespace tunnus::graphql {
namespace {

void append_number(std::string& text, auto number) {
    std::array<char, 32> digits{};
    auto const [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    text.append(digits.data(), end);
}

}  // namespace

void ResponseWriter::string(std::string_view text) {
    text_ += '"';
    std::size_t plain = 0;  // from here on nothing needs an escape
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        text_.append(text, plain, i - plain);
        plain = i + 1;
        switch (c) {
            case '"':
                text_ += "\\\"";
                break;
            case '\\':
                text_ += "\\\\";
                break;
            case '\n':
                text_ += "\\n";
                break;
            case '\r':
                text_ += "\\r";
                break;
            case '\t':
                text_ += "\\t";
                break;
            default:
                text_ += "\\u00";
                text_ += "0123456789abcdef"[c >> 4U];
                text_ += "0123456789abcdef"[c & 0xFU];
        }
    }
    text_.append(text, plain, text.size() - plain);
    text_ += '"';
}

void ResponseWriter::integer(std::int64_t number) {
    append_number(text_, number);
}

void ResponseWriter::floating(double number) {
    append_number(text_, number);
}

void ResponseWriter::value(boost::json::value const& value) {
    if (value.is_string())
        string(value.get_string());
    else
        text_ += boost::json::serialize(value);
}

}  // namespace tunnus::graphql
