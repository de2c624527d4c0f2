// SPDX-License-Identifier: MIT
#include "idp/web/target.hpp"

#include "idp/base/encoding.hpp"

#include <algorithm>

namespace tunnus::web {
namespace {

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool escapes_are_whole(std::string_view text) {
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
    return true;
}

bool has_unusual_segment(std::string_view path) {
    if (path.find('\\') != std::string_view::npos || path.find("//") != std::string_view::npos)
        return true;
    for (auto at = path.find("/."); at != std::string_view::npos; at = path.find("/.", at + 1)) {
        auto const segment = path.substr(at + 1, path.find('/', at + 1) - at - 1);
        if (segment == "." || segment == "..") return true;
    }
    return false;
}

}  // namespace

Target decode_target(std::string_view target) {
    Target decoded;
    auto const question = target.find('?');
    auto const raw_path = target.substr(0, question);
    if (question != std::string_view::npos) decoded.query = target.substr(question + 1);

    if (raw_path.find('%') == std::string_view::npos) {
        decoded.path = raw_path;
    } else {
        if (!escapes_are_whole(raw_path)) return {404, {}, {}};
        auto path = percent_decode(raw_path, Plus::is_plus);
        auto const is_control = [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        };
        if (!path || std::ranges::any_of(*path, is_control)) return {400, {}, {}};
        decoded.path = std::move(*path);
    }
    if (has_unusual_segment(decoded.path)) return {404, {}, {}};
    return decoded;
}

}  // namespace tunnus::web
