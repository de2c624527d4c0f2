// SPDX-License-Identifier: MIT
#include "oidc/protocol/user_code.hpp"

#include <array>

namespace tunnus::oidc {
namespace {

constexpr std::string_view alphabet = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t length = 8;
constexpr std::size_t longest_typed = 32;
/// The largest multiple of the alphabet in a byte: what is beyond would favour its first letters.
constexpr unsigned fair = 256 / alphabet.size() * alphabet.size();

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string make_user_code(Random& random) {
    std::string code;
    std::array<unsigned char, 16> bytes{};
    while (code.size() < length) {
        random.fill(bytes);
        for (auto const byte : bytes)
            if (byte < fair && code.size() < length)
                code.push_back(alphabet[byte % alphabet.size()]);
    }
    return code;
}

std::string show_user_code(std::string_view code) {
    return std::string(code.substr(0, length / 2)) + '-' + std::string(code.substr(length / 2));
}

std::optional<std::string> read_user_code(std::string_view typed) {
    if (typed.size() > longest_typed) return std::nullopt;
    std::string code;
    for (char const c : typed) {
        if (c == ' ' || c == '-') continue;
        if (alphabet.find(upper(c)) == std::string_view::npos) return std::nullopt;
        code.push_back(upper(c));
    }
    if (code.size() != length) return std::nullopt;
    return code;
}

}  // namespace tunnus::oidc
