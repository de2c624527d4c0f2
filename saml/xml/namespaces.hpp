// SPDX-License-Identifier: MIT
// Namespace and algorithm identifiers. They are compared as exact strings.
#pragma once

#include <string_view>

namespace tunnus::saml::xml {

namespace ns {
inline constexpr std::string_view assertion = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr std::string_view protocol = "urn:oasis:names:tc:SAML:2.0:protocol";
inline constexpr std::string_view metadata = "urn:oasis:names:tc:SAML:2.0:metadata";
inline constexpr std::string_view metadata_attribute = "urn:oasis:names:tc:SAML:metadata:attribute";
inline constexpr std::string_view metadata_ui = "urn:oasis:names:tc:SAML:metadata:ui";
inline constexpr std::string_view metadata_publication = "urn:oasis:names:tc:SAML:metadata:rpi";
inline constexpr std::string_view signature = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view encryption = "http://www.w3.org/2001/04/xmlenc#";
inline constexpr std::string_view encryption_11 = "http://www.w3.org/2009/xmlenc11#";
inline constexpr std::string_view exclusive_c14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
inline constexpr std::string_view schema = "http://www.w3.org/2001/XMLSchema";
inline constexpr std::string_view schema_instance = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr std::string_view xml = "http://www.w3.org/XML/1998/namespace";
}  // namespace ns

namespace algorithm {
inline constexpr std::string_view rsa_sha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
inline constexpr std::string_view rsa_sha384 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
inline constexpr std::string_view rsa_sha512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
inline constexpr std::string_view sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
inline constexpr std::string_view sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
inline constexpr std::string_view sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
inline constexpr std::string_view sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";
inline constexpr std::string_view exclusive_c14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
inline constexpr std::string_view enveloped_signature =
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
inline constexpr std::string_view rsa_oaep_mgf1p =
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
inline constexpr std::string_view aes128_gcm = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
inline constexpr std::string_view aes256_gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
inline constexpr std::string_view aes128_cbc = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
inline constexpr std::string_view aes256_cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
}  // namespace algorithm

}  // namespace tunnus::saml::xml
