// SPDX-License-Identifier: MIT
#include "saml/xml/xmlsec_objects.hpp"

#include <libxml/valid.h>
#include <openssl/evp.h>
#include <xmlsec/openssl/evp.h>

namespace tunnus::saml::xml {

XmlsecKey make_xmlsec_key(KeyHandle const& key) {
    XmlsecKey made(xmlSecKeyCreate());
    require(made != nullptr);
    require(EVP_PKEY_up_ref(key.get()) == 1);
    auto* const data = xmlSecOpenSSLEvpKeyAdopt(key.get());
    if (data == nullptr) EVP_PKEY_free(key.get());
    require(data != nullptr);
    require(xmlSecKeySetValue(made.get(), data) == 0);
    return made;
}

RegisteredId::RegisteredId(xmlNode* element)
    : document_(element->doc), attribute_(xmlHasNsProp(element, xml_text("ID"), nullptr)) {
    if (attribute_ == nullptr) return;
    auto* const value = xmlNodeListGetString(document_, attribute_->children, 1);
    auto const* const added = xmlAddID(nullptr, document_, value, attribute_);
    xmlFree(value);
    require(added != nullptr);
}

RegisteredId::~RegisteredId() {
    if (attribute_ != nullptr) xmlRemoveID(document_, attribute_);
}

}  // namespace tunnus::saml::xml
