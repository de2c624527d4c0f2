// SPDX-License-Identifier: MIT
// Content encryption of RFC 7518 §5: authenticated, with the protected header as associated data.
#pragma once

#include "idp/base/random.hpp"
#include "idp/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::jose {

/// Spelled as in `enc`, dashes as underscores. Both take a key of 32 bytes.
enum class ContentEncryption { A128CBC_HS256, A256GCM };

inline constexpr std::size_t content_key_bytes = 32;

[[nodiscard]] std::string_view name_of(ContentEncryption encryption);
[[nodiscard]] std::optional<ContentEncryption> find_content_encryption(std::string_view name);

struct Encrypted {
    std::string iv;
    std::string ciphertext;
    std::string tag;  ///< 16 bytes
};
/// `key` has content_key_bytes. Any thread may call.
[[nodiscard]] Encrypted encrypt_content(ContentEncryption encryption, std::string_view key,
                                        std::string_view associated, std::string_view plain,
                                        Random& random);
/// Empty for every reason alike. The tag is checked in constant time before anything is decrypted
/// (A128CBC-HS256) or given out (A256GCM).
[[nodiscard]] std::optional<std::string> decrypt_content(ContentEncryption encryption,
                                                         std::string_view key,
                                                         std::string_view associated,
                                                         Encrypted const& encrypted);

}  // namespace tunnus::jose
