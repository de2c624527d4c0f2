// SPDX-License-Identifier: MIT
#include "plugins/mandates/checksum.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/time_text.hpp"

namespace tunnus::plugin::mandates {

std::string checksum(Secret const& key, std::string_view path, std::string_view timestamp) {
    std::string message(path);
    message.append(" ").append(timestamp);
    return encode_base64(hmac_sha256(key.reveal(), message));
}

std::string checksum_header_value(std::string_view client_id, Secret const& key,
                                  std::string_view path, TimePoint now) {
    auto const timestamp = rfc3339(now);
    return std::string(client_id) + " " + timestamp + " " + checksum(key, path, timestamp);
}

}  // namespace tunnus::plugin::mandates
