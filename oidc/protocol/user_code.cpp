// SPDX-License-Identifier: MIT
#include "oidc/protocol/user_code.hpp"

#include "idp/base/ascii.hpp"

namespace tunnus::oidc {
namespace {

constexpr std::string_view alphabet = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t length = 8;
constexpr std::size_t longest_typed = 32;

}  // namespace

std::string make_user_code(Random& random) {
    return random_text(random, alphabet, length);
}

std::string show_user_code(std::string_view code) {
    return std::string(code.substr(0, length / 2)) + '-' + std::string(code.substr(length / 2));
}

std::optional<std::string> read_user_code(std::string_view typed) {
    if (typed.size() > longest_typed) return std::nullopt;
    std::string code;
    for (char const c : typed) {
        if (c == ' ' || c == '-') continue;
        if (alphabet.find(to_upper(c)) == std::string_view::npos) return std::nullopt;
        code.push_back(to_upper(c));
    }
    if (code.size() != length) return std::nullopt;
    return code;
}

}  // namespace tunnus::oidc
