// SPDX-License-Identifier: MIT
// Opening an encrypted element in two steps, each with a context that knows one key and two
// algorithms (threats.md 8.2, 1.5). Encryption never counts as authentication: what comes out is
// bytes, which Document::parse and verify_signature still have to accept (S-80).
#pragma once

#include "saml/xml/document.hpp"
#include "saml/xml/key.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tunnus::saml::xml {

struct DecryptionPolicy {
    std::string_view recipient;  ///< an EncryptedKey for another Recipient is passed over
    bool allow_cbc = false;      ///< AES-CBC content, for a peer without GCM: only ever after a
                                 ///< signature over the ciphertext has been verified (S-73)
    std::size_t unwraps = 1;     ///< operations with a private key, whatever the message holds
};

/// The plain text of an xenc:EncryptedData of `document`. Its KeyInfo must hold one to
/// limits.saml_keys EncryptedKeys (RSA-OAEP, SHA-1) and the ciphertext must stand in place; content
/// is aes128-gcm or aes256-gcm. Every key is tried on each EncryptedKey in turn, until it opens or
/// policy.unwraps are used up; whichever step fails, the refusal is the same
/// Reason::decryption_failed.
[[nodiscard]] Result<std::string> decrypt(Document const& document, Element const& encrypted_data,
                                          std::span<PrivateKey const> keys,
                                          DecryptionPolicy const& policy);

}  // namespace tunnus::saml::xml
