// SPDX-License-Identifier: MIT
// Argon2id (RFC 9106) through libsodium. A hash takes limits.argon2_memory_kib of memory and about
// a tenth of a second: for Lane::password alone.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "idp/base/secret.hpp"

#include <cstdint>
#include <string>

namespace tunnus::plugin::password {

/// Immutable; any thread may call.
class Hasher {
  public:
    explicit Hasher(Limits const& limits);

    /// The PHC text with a new salt. Throws std::bad_alloc when there is no memory for it.
    [[nodiscard]] std::string hash(Secret const& password) const;

    enum class Verdict { match, mismatch, malformed };
    /// Takes the time of one hash, but for a malformed one.
    [[nodiscard]] Verdict verify(std::string const& hash, Secret const& password) const;
    /// As verify() of a hash that nothing matches: for accounts that do not exist (threats.md
    /// L-02).
    void verify_nothing(Secret const& password) const;
    /// A hash that nothing matches, without the work of one: of an account that has no password
    /// for now.
    [[nodiscard]] std::string const& nobodys_hash() const { return nobodys_hash_; }
    /// The hash was made with other parameters than today's (threats.md L-14).
    [[nodiscard]] bool is_outdated(std::string const& hash) const;

  private:
    unsigned long long passes_;
    std::size_t memory_bytes_;
    std::string nobodys_hash_;
};

}  // namespace tunnus::plugin::password
