// SPDX-License-Identifier: MIT
// What xmlsec would let through and we do not: the exact shape of a signature, checked by hand on
// our own tree before xmlsec sees it (threats.md 1.3, 8.2). Pure.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "saml/reason.hpp"
#include "saml/xml/element.hpp"

namespace tunnus::saml::xml {

/// What a signature's Reference may say.
enum class ReferenceTo {
    id,                   ///< `#` and the ID of the element that holds the signature
    id_or_whole_document  ///< also `URI=""` when that element is a root without ID (metadata,
                          ///< suomifi.md 1)
};

/// The one ds:Signature that is a direct child of `target`, standing right after Issuer (first in
/// metadata), with one SignedInfo, SignatureValue, at most one KeyInfo, no Object, one Reference to
/// `target`, exactly enveloped-signature and exclusive canonicalization, RSA with SHA-2.
[[nodiscard]] Result<Element const*> check_signature_shape(Element const& target,
                                                           ReferenceTo reference_to,
                                                           Limits const& limits);

}  // namespace tunnus::saml::xml
