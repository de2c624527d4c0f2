// SPDX-License-Identifier: MIT
#include "saml/protocol/name_id.hpp"

#include "saml/protocol/children.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/writer.hpp"

namespace tunnus::saml {

std::string_view NameId::meant_format() const {
    if (!format.empty()) return format;
    return "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
}

Result<NameId> parse_name_id(xml::Element const& element, std::size_t max_bytes) {
    auto value = read_text(element, max_bytes);
    if (!value) return value.error();
    NameId name_id{std::move(*value), std::string(element.attribute("NameQualifier").value_or("")),
                   std::string(element.attribute("SPNameQualifier").value_or("")),
                   std::string(element.attribute("Format").value_or(""))};
    if (name_id.format.size() > max_bytes || name_id.name_qualifier.size() > max_bytes ||
        name_id.sp_name_qualifier.size() > max_bytes)
        return Error(Reason::bad_value, "an attribute of NameID");
    return name_id;
}

Result<> check_name_id(NameId const& name_id, std::string_view idp_entity_id,
                       std::string_view sp_entity_id, NameIdFormats formats) {
    if (formats == NameIdFormats::transient && name_id.format != transient_name_id_format)
        return Error(Reason::wrong_name_id, "not transient");
    auto const fits = [](std::string const& qualifier, std::string_view party) {
        return qualifier.empty() || qualifier == party;
    };
    if (!fits(name_id.name_qualifier, idp_entity_id) ||
        !fits(name_id.sp_name_qualifier, sp_entity_id))
        return Error(Reason::wrong_name_id, "a qualifier names another party");
    return {};
}

std::string build_name_id(NameId const& name_id) {
    return xml::write_text("saml:NameID",
                           {{"xmlns:saml", xml::ns::assertion},
                            {"Format", name_id.format},
                            {"NameQualifier", name_id.name_qualifier},
                            {"SPNameQualifier", name_id.sp_name_qualifier}},
                           name_id.value);
}

}  // namespace tunnus::saml
