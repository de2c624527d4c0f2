// SPDX-License-Identifier: MIT
#include "plugins/password/hasher.hpp"

#include <sodium.h>

#include <new>
#include <stdexcept>

namespace tunnus::plugin::password {

namespace {

/// libsodium reads exactly this many bytes of a hash.
bool fits(std::string const& hash) {
    return hash.size() < crypto_pwhash_STRBYTES && hash.find('\0') == std::string::npos;
}

}  // namespace

Hasher::Hasher(Limits const& limits)
    : passes_(limits.argon2_passes), memory_bytes_(limits.argon2_memory_kib * std::size_t{1'024}) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    nobodys_hash_ = hash(Secret("nobody has this password"));
}

std::string Hasher::hash(Secret const& password) const {
    std::string text(crypto_pwhash_STRBYTES, '\0');
    auto const plain = password.reveal();
    if (crypto_pwhash_str_alg(text.data(), plain.data(), plain.size(), passes_, memory_bytes_,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    text.resize(text.find('\0'));
    return text;
}

Hasher::Verdict Hasher::verify(std::string const& hash, Secret const& password) const {
    if (!fits(hash) || crypto_pwhash_str_needs_rehash(hash.c_str(), passes_, memory_bytes_) < 0)
        return Verdict::malformed;
    auto const plain = password.reveal();
    return crypto_pwhash_str_verify(hash.c_str(), plain.data(), plain.size()) == 0
               ? Verdict::match
               : Verdict::mismatch;
}

void Hasher::verify_nothing(Secret const& password) const {
    static_cast<void>(verify(nobodys_hash_, password));
}

bool Hasher::is_outdated(std::string const& hash) const {
    return !fits(hash) || crypto_pwhash_str_needs_rehash(hash.c_str(), passes_, memory_bytes_) != 0;
}

}  // namespace tunnus::plugin::password
