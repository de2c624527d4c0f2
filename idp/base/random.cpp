// SPDX-License-Identifier: MIT
#include "idp/base/random.hpp"

#include "idp/base/encoding.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tunnus {

namespace {

void ask_openssl(std::span<unsigned char> out) {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
        throw std::runtime_error("the random source failed");
}

/// Bytes fetched ahead, for one thread. Every call of RAND_bytes costs a lock and a system call; a
/// login asks eight times for a few bytes. What was given out is wiped here. The only child that we
/// fork, to try a plugin's file, asks for none.
class Reserve {
  public:
    Reserve() = default;
    Reserve(Reserve const&) = delete;
    Reserve& operator=(Reserve const&) = delete;
    ~Reserve() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    void take(std::span<unsigned char> out) {
        if (left_ < out.size()) {
            left_ = 0;  // should the source fail
            ask_openssl(bytes_);
            left_ = bytes_.size();
        }
        auto const given = std::span(bytes_).subspan(left_ - out.size(), out.size());
        std::ranges::copy(given, out.begin());
        OPENSSL_cleanse(given.data(), given.size());
        left_ -= out.size();
    }

    static constexpr std::size_t largest = 64;

  private:
    std::array<unsigned char, 512> bytes_{};
    std::size_t left_ = 0;
};

}  // namespace

void OpenSslRandom::fill(std::span<unsigned char> out) {
    static thread_local Reserve reserve;
    if (out.size() > Reserve::largest) return ask_openssl(out);
    reserve.take(out);
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
