// SPDX-License-Identifier: MIT
#include "idp/base/random.hpp"

#include "idp/base/encoding.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace tunnus {

void OpenSslRandom::fill(std::span<unsigned char> out) {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
        throw std::runtime_error("the random source failed");
}

std::string random_token(Random& random, std::size_t bytes) {
    std::string raw(bytes, '\0');
    random.fill({reinterpret_cast<unsigned char*>(raw.data()), raw.size()});
    return encode_base64url(raw);
}

std::string random_uuid(Random& random) {
    std::array<unsigned char, 16> raw{};
    random.fill(raw);
    raw[6] = static_cast<unsigned char>((raw[6] & 0x0f) | 0x40);
    raw[8] = static_cast<unsigned char>((raw[8] & 0x3f) | 0x80);
    std::string text = encode_hex({reinterpret_cast<char const*>(raw.data()), raw.size()});
    for (auto at : {8, 13, 18, 23})
        text.insert(static_cast<std::size_t>(at), 1, '-');
    return text;
}

}  // namespace tunnus
