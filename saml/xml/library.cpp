// SPDX-License-Identifier: MIT
#include "saml/xml/library.hpp"

#include <libxml/catalog.h>
#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/parser.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <stdexcept>

namespace tunnus::saml::xml {
namespace {

// libxml2's callbacks carry no user data, so the count is the process's, like the setting itself.
std::atomic<std::size_t> denied{0};

xmlParserInputPtr deny_loading(char const*, char const*, xmlParserCtxtPtr) {
    ++denied;
    return nullptr;
}

// Messages of the libraries quote the document, which may hold personal data: they go nowhere. What
// the operator needs is our own reason code.
void drop_message(void*, char const*, ...) {}
void drop_error(void*, xmlErrorPtr) {}
void drop_xmlsec_error(char const*, int, char const*, char const*, char const*, int, char const*) {}

void set_up_libxml2() {
    // Read by xmlInitializeCatalog; a catalogue could map a name to a file.
    unsetenv("XML_CATALOG_FILES");
    xmlInitParser();
    xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
    xmlSetExternalEntityLoader(deny_loading);
    xmlThrDefSetGenericErrorFunc(nullptr, drop_message);
    xmlThrDefSetStructuredErrorFunc(nullptr, drop_error);
    xmlSetGenericErrorFunc(nullptr, drop_message);
    xmlSetStructuredErrorFunc(nullptr, drop_error);
}

void set_up_xmlsec() {
    if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1)
        throw std::runtime_error("xmlsec does not start, or is of another version");
    if (xmlSecCryptoAppInit(nullptr) < 0 || xmlSecCryptoInit() < 0)
        throw std::runtime_error("xmlsec's OpenSSL part does not start");
    xmlSecIOCleanupCallbacks();  // no file, http or ftp input
    xmlSecErrorsSetCallback(drop_xmlsec_error);
    xmlSecTransformHmacSetMinOutputBitsSize(256);
    xmlSecParserSetDefaultOptions(XML_PARSE_NONET | XML_PARSE_NODICT);
    // xmlSecInit may have put back loaders of its own.
    xmlSetExternalEntityLoader(deny_loading);
}

}  // namespace

Library::Library(Limits const& limits) : limits_(limits) {
    static std::once_flag once;
    std::call_once(once, [] {
        set_up_libxml2();
        set_up_xmlsec();
    });
}

std::size_t Library::denied_loads() {
    return denied.load();
}

}  // namespace tunnus::saml::xml
