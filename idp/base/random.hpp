// SPDX-License-Identifier: MIT
// Randomness as a seam, so that a test can replay a run.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tunnus {

/// Any thread may call.
class Random {
  public:
    virtual ~Random() = default;
    /// Fills `out` with unpredictable bytes. Throws std::runtime_error when the source fails
    /// (threats.md F-38): a request then answers 503, and no weak value exists.
    virtual void fill(std::span<unsigned char> out) = 0;
};

/// OpenSSL's generator. For idp/app.cpp and nobody else.
class OpenSslRandom final : public Random {
  public:
    void fill(std::span<unsigned char> out) override;
};

/// `bytes` random bytes as base64url without padding. 32 bytes (256 bits) give 43 characters.
[[nodiscard]] std::string random_token(Random& random, std::size_t bytes = 32);

/// So many characters of this alphabet (at most 256 of one byte), each as likely as another.
[[nodiscard]] std::string random_text(Random& random, std::string_view alphabet,
                                      std::size_t length);

/// 16 bytes as a UUID of this version (RFC 9562), lower case, with dashes.
[[nodiscard]] std::string uuid_text(std::string bytes, unsigned version);
/// RFC 9562 version 4, lower case, with dashes.
[[nodiscard]] std::string random_uuid(Random& random);

}  // namespace tunnus
