// SPDX-License-Identifier: MIT
#include "plugins/password/hasher.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"

#include <sodium.h>

#include <new>
#include <stdexcept>

namespace tunnus::plugin::password {

namespace {

/// libsodium reads exactly this many bytes of a hash.
bool fits(std::string const& hash) {
    return hash.size() < crypto_pwhash_STRBYTES && hash.find('\0') == std::string::npos;
}

/// The PHC text of a hash that no password has, without the work of one: salt and hash are random.
/// To verify() it is as any other.
std::string unmatched_hash(unsigned long long passes, std::size_t memory_kib) {
    auto const random = [](std::size_t size) {
        std::string bytes(size, '\0');
        randombytes_buf(bytes.data(), size);
        auto text = encode_base64(bytes);
        text.erase(text.find_last_not_of('=') + 1);
        return text;
    };
    return "$argon2id$v=19$m=" + std::to_string(memory_kib) + ",t=" + std::to_string(passes) +
           ",p=1$" + random(crypto_pwhash_SALTBYTES) + "$" + random(32);
}

}  // namespace

Hasher::Hasher(Limits const& limits)
    : passes_(limits.argon2_passes), memory_bytes_(limits.argon2_memory_kib * std::size_t{1'024}) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    nobodys_hash_ = unmatched_hash(passes_, limits.argon2_memory_kib);
    if (is_outdated(nobodys_hash_)) throw std::logic_error("nobody's hash is not like a real one");
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
