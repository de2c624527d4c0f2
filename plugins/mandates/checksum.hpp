// SPDX-License-Identifier: MIT
// The header by which the register knows who calls (suomifi.md 7.1).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/secret.hpp"

#include <string>
#include <string_view>

namespace tunnus::plugin::mandates {

inline constexpr std::string_view checksum_header = "X-AsiointivaltuudetAuthorization";

/// base64(HMAC-SHA256(key, path + " " + timestamp)). `path` is what goes over the wire after the
/// host, with its query and every escape in it.
[[nodiscard]] std::string checksum(Secret const& key, std::string_view path,
                                   std::string_view timestamp);
/// `<client id> <timestamp> <checksum>`. The register takes a time within five minutes of its own.
[[nodiscard]] std::string checksum_header_value(std::string_view client_id, Secret const& key,
                                                std::string_view path, TimePoint now);

}  // namespace tunnus::plugin::mandates
