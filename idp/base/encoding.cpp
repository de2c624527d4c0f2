// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"

#include <array>
#include <cstdint>

namespace tunnus {
namespace {

constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr std::array<std::int8_t, 256> make_reverse(std::string_view alphabet) {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}
constexpr auto base64url_values = make_reverse(base64url_alphabet);
constexpr auto base64_values = make_reverse(base64_alphabet);

void append_sextets(std::string& text, std::string_view bytes, std::string_view alphabet) {
    auto const byte = [&](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(bytes[i])};
    };
    std::size_t const whole = bytes.size() - bytes.size() % 3;
    std::size_t const start = text.size();
    std::size_t const tail = bytes.size() - whole;
    text.resize(start + whole / 3 * 4 + (tail == 0 ? 0 : tail + 1));
    char* out = text.data() + start;
    for (std::size_t i = 0; i < whole; i += 3) {
        std::uint32_t const bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 0x3f];
        *out++ = alphabet[bits >> 6 & 0x3f];
        *out++ = alphabet[bits & 0x3f];
    }
    if (tail == 0) return;
    std::uint32_t const bits = byte(whole) << 16 | (tail == 2 ? byte(whole + 1) << 8 : 0);
    *out++ = alphabet[bits >> 18];
    *out++ = alphabet[bits >> 12 & 0x3f];
    if (tail == 2) *out = alphabet[bits >> 6 & 0x3f];
}

std::optional<std::string> decode_sextets(std::string_view text,
                                          std::array<std::int8_t, 256> const& values) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int held = 0;
    for (char c : text) {
        auto const value = values[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        if ((held += 6) >= 8) {
            held -= 8;
            bytes.push_back(static_cast<char>((bits >> held) & 0xff));
        }
    }
    bool const trailing_bits_set = (bits & ((1U << held) - 1)) != 0;
    if (trailing_bits_set) return std::nullopt;
    return bytes;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string encode_base64url(std::string_view bytes) {
    std::string text;
    append_sextets(text, bytes, base64url_alphabet);
    return text;
}

void append_base64url(std::string& text, std::string_view bytes) {
    append_sextets(text, bytes, base64url_alphabet);
}

std::optional<std::string> decode_base64url(std::string_view text) {
    return decode_sextets(text, base64url_values);
}

std::string encode_base64(std::string_view bytes) {
    std::string text;
    append_sextets(text, bytes, base64_alphabet);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> decode_base64(std::string_view text, WhiteSpace white_space) {
    std::string packed;
    if (white_space == WhiteSpace::skip) {
        packed.reserve(text.size());
        for (char c : text)
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') packed.push_back(c);
        text = packed;
    }
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }
    return decode_sextets(text, base64_values);
}

std::string encode_hex(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (char byte : bytes) {
        text.push_back(hex_digits[static_cast<unsigned char>(byte) >> 4]);
        text.push_back(hex_digits[static_cast<unsigned char>(byte) & 0x0f]);
    }
    return text;
}

std::optional<std::string> decode_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        int const high = hex_value(text[i]);
        int const low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    return bytes;
}

std::string percent_encode(std::string_view bytes) {
    constexpr std::string_view upper = "0123456789ABCDEF";
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 2);
    for (char byte : bytes) {
        if (is_unreserved(byte)) {
            text.push_back(byte);
        } else {
            text.push_back('%');
            text.push_back(upper[static_cast<unsigned char>(byte) >> 4]);
            text.push_back(upper[static_cast<unsigned char>(byte) & 0x0f]);
        }
    }
    return text;
}

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::is_space) {
            bytes.push_back(' ');
        } else if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            int const high = hex_value(text[i + 1]);
            int const low = hex_value(text[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
            bytes.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            bytes.push_back(text[i]);
        }
    }
    if (!is_valid_utf8(bytes)) return std::nullopt;
    return bytes;
}

bool is_valid_utf8(std::string_view text) {
    // Ranges of the second byte per lead byte: Unicode 15 table 3-7, which rules out overlong forms
    // and surrogates.
    for (std::size_t i = 0; i < text.size();) {
        auto const lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        std::size_t follow = 0;
        unsigned char low = 0x80;
        unsigned char high = 0xbf;
        if (lead >= 0xc2 && lead <= 0xdf) {
            follow = 1;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            follow = 2;
            if (lead == 0xe0) low = 0xa0;
            if (lead == 0xed) high = 0x9f;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            follow = 3;
            if (lead == 0xf0) low = 0x90;
            if (lead == 0xf4) high = 0x8f;
        } else {
            return false;
        }
        if (text.size() - i <= follow) return false;
        for (std::size_t k = 1; k <= follow; ++k) {
            auto const byte = static_cast<unsigned char>(text[i + k]);
            if (byte < low || byte > high) return false;
            low = 0x80;
            high = 0xbf;
        }
        i += follow + 1;
    }
    return true;
}

std::string escape_html(std::string_view text) {
    std::string html;
    html.reserve(text.size() + text.size() / 8);
    for (char c : text) {
        switch (c) {
            case '&':
                html.append("&amp;");
                break;
            case '<':
                html.append("&lt;");
                break;
            case '>':
                html.append("&gt;");
                break;
            case '"':
                html.append("&quot;");
                break;
            case '\'':
                html.append("&#39;");
                break;
            default:
                html.push_back(c);
        }
    }
    return html;
}

}  // namespace tunnus
