// SPDX-License-Identifier: MIT
// The request target in origin-form (RFC 9112 §3.2.1), decoded once and for all.
#pragma once

#include <string>
#include <string_view>

namespace tunnus::web {

struct Target {
    /// 0, or the answer: 400 for %00, other control bytes and bytes that are not UTF-8, 404 for an
    /// escape that is none and for a path with empty, `.` or `..` segments or a backslash, since no
    /// route has such a name (threats.md H-17).
    int refusal = 0;
    std::string path;   ///< decoded, starts with '/'
    std::string query;  ///< as received, without '?'
};

/// `target` has passed the framing rules: it starts with '/' and is printable ASCII.
[[nodiscard]] Target decode_target(std::string_view target);

}  // namespace tunnus::web
