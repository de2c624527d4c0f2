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

std::string random_text(Random& random, std::string_view alphabet, std::size_t length) {
    // The largest multiple of the alphabet in a byte: what is beyond would favour its first
    // letters.
    auto const fair = 256 / alphabet.size() * alphabet.size();
    std::string text;
    std::array<unsigned char, 16> bytes{};
    while (text.size() < length) {
        random.fill(bytes);
        for (auto const byte : bytes)
            if (byte < fair && text.size() < length) text += alphabet[byte % alphabet.size()];
    }
    return text;
}

std::string uuid_text(std::string bytes, unsigned version) {
    auto const set = [&](std::size_t at, unsigned mask, unsigned bits) {
        bytes[at] = static_cast<char>((static_cast<unsigned char>(bytes[at]) & mask) | bits);
    };
    set(6, 0x0f, version << 4U);
    set(8, 0x3f, 0x80);  // the variant
    auto text = encode_hex(bytes);
    for (std::size_t const at : {8U, 13U, 18U, 23U})
        text.insert(at, 1, '-');
    return text;
}

std::string random_uuid(Random& random) {
    std::string raw(16, '\0');
    random.fill({reinterpret_cast<unsigned char*>(raw.data()), raw.size()});
    return uuid_text(std::move(raw), 4);
}

}  // namespace tunnus
