// SPDX-License-Identifier: MIT
// XML signatures: verifying others' with pinned keys, making our own (threats.md 8.2).
#pragma once

#include "saml/xml/document.hpp"
#include "saml/xml/key.hpp"
#include "saml/xml/signature_shape.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tunnus::saml::xml {

/// An element made only from the bytes that a verified signature covered: the octets that went into
/// the digest, parsed again by the same strict parser. There is no other way to come by one, and
/// nothing in it leads back to the document that carried the signature, so a value that was not
/// signed cannot be read (signature wrapping, threats.md 1.1). The signature itself is not in it.
class Verified {
  public:
    [[nodiscard]] Element const& element() const { return document_.root(); }
    [[nodiscard]] Document const& document() const { return document_; }
    [[nodiscard]] Document release() && { return std::move(document_); }
    /// What went into the digest. Nobody without the key can change a byte of it, whereas the
    /// document around it has parts that anybody may write anew (KeyInfo, white space).
    [[nodiscard]] std::string const& octets() const { return octets_; }

  private:
    Verified(Document document, std::string octets)
        : document_(std::move(document)), octets_(std::move(octets)) {}
    friend Result<Verified> verify_signature(Document const&, Element const&,
                                             std::span<Certificate const>, ReferenceTo);
    Document document_;
    std::string octets_;
};

/// Verifies the enveloped signature of `target`, an element of `document`, by the first of `keys`
/// (limits.saml_keys at most) under which it holds. KeyInfo is never looked at. An empty set of
/// keys is a refusal, never a skip (S-25).
[[nodiscard]] Result<Verified> verify_signature(Document const& document, Element const& target,
                                                std::span<Certificate const> keys,
                                                ReferenceTo reference_to = ReferenceTo::id);

/// Whether a finished verification counts: only a zero return, the status "succeeded" and exactly
/// one stored reference together (S-51). `status` is xmlsec's number.
[[nodiscard]] bool signature_holds(int returned, int status, std::size_t references);

/// Signs a message or metadata of our own: exclusive canonicalization, RSA with SHA-256, the
/// signature after Issuer or as first child, the certificate in KeyInfo. The root must carry an ID.
[[nodiscard]] Result<std::string> sign(Library const& library, std::string_view xml,
                                       PrivateKey const& key, Certificate const& certificate);

}  // namespace tunnus::saml::xml
