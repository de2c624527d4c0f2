// SPDX-License-Identifier: MIT
// Our own metadata (metadata §2.4.4), in the shape that Suomi.fi's service management takes
// (suomifi.md part 3).
#pragma once

#include "saml/protocol/name_id.hpp"
#include "saml/xml/key.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tunnus::saml {

/// A text in fi, sv and en; metadata wants all three.
struct LocalizedText {
    std::string fi;
    std::string sv;
    std::string en;
};

struct SpMetadata {
    std::string id;  ///< NCName; the signature refers to it
    std::string entity_id;
    struct EntityAttribute {
        std::string name;
        std::string friendly_name;  ///< may be empty
        std::vector<std::string> values;
    };
    std::vector<EntityAttribute> entity_attributes;
    LocalizedText display_name;
    LocalizedText description;
    LocalizedText privacy_statement_url;
    struct Logo {
        std::string url;
        unsigned width = 0;   ///< pixels
        unsigned height = 0;  ///< pixels
    };
    std::optional<Logo> logo;
    LocalizedText service_name;  ///< of what asks for the attributes; empty: display_name
    std::vector<xml::Certificate> signing_certificates;
    std::vector<xml::Certificate> encryption_certificates;
    std::string name_id_format{transient_name_id_format};  ///< empty: any
    std::string single_logout_url;                         ///< by either binding; empty: none
    std::string assertion_consumer_service_url;
    struct RequestedAttribute {
        std::string name;
        std::string friendly_name;
    };
    std::vector<RequestedAttribute> requested_attributes;
    LocalizedText organization_name;
    LocalizedText organization_display_name;  ///< empty: organization_name
    LocalizedText organization_url;
    struct Contact {
        std::string type;  ///< technical, support, administrative
        std::string given_name;
        std::string surname;
        std::string email;
    };
    std::vector<Contact> contacts;
};

/// The EntityDescriptor, unsigned; elements whose texts are empty are left out.
[[nodiscard]] std::string build_sp_metadata(SpMetadata const& metadata);

}  // namespace tunnus::saml
