// SPDX-License-Identifier: MIT
// Owners of xmlsec's and libxml2's objects, for the .cpp files of this folder.
#pragma once

#include "saml/xml/key.hpp"
#include "saml/xml/tree.hpp"

#include <xmlsec/keys.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlenc.h>

#include <memory>
#include <stdexcept>

namespace tunnus::saml::xml {

struct FreeSignatureContext {
    void operator()(xmlSecDSigCtx* context) const { xmlSecDSigCtxDestroy(context); }
};
using SignatureContext = std::unique_ptr<xmlSecDSigCtx, FreeSignatureContext>;

struct FreeEncryptionContext {
    void operator()(xmlSecEncCtx* context) const { xmlSecEncCtxDestroy(context); }
};
using EncryptionContext = std::unique_ptr<xmlSecEncCtx, FreeEncryptionContext>;

struct FreeKey {
    void operator()(xmlSecKey* key) const { xmlSecKeyDestroy(key); }
};
using XmlsecKey = std::unique_ptr<xmlSecKey, FreeKey>;

/// xmlsec's view of our key; it shares OpenSSL's object.
[[nodiscard]] XmlsecKey make_xmlsec_key(KeyHandle const& key);

/// Registers the element's `ID` with libxml2, so that xmlsec can follow a reference to it, and to
/// nothing else, for as long as this object lives.
class RegisteredId {
  public:
    explicit RegisteredId(xmlNode* element);
    RegisteredId(RegisteredId const&) = delete;
    RegisteredId& operator=(RegisteredId const&) = delete;
    ~RegisteredId();

  private:
    xmlDoc* document_;
    xmlAttr* attribute_;
};

/// For xmlsec calls that fail only when memory is out or a program is wrong.
inline void require(bool held) {
    if (!held) throw std::runtime_error("an xmlsec primitive failed");
}

}  // namespace tunnus::saml::xml
