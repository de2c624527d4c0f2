// SPDX-License-Identifier: MIT
#include "saml/protocol/sp_metadata.hpp"

#include "idp/base/encoding.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/writer.hpp"

namespace tunnus::saml {
namespace {

using xml::write_element;
using xml::write_text;

constexpr std::string_view uri_name_format = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
constexpr std::string_view redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
constexpr std::string_view post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

std::string in_three_languages(std::string_view name, LocalizedText const& text) {
    std::string elements;
    for (auto const& [language, value] :
         {std::pair{"fi", &text.fi}, std::pair{"sv", &text.sv}, std::pair{"en", &text.en}})
        if (!value->empty()) elements += write_text(name, {{"xml:lang", language}}, *value);
    return elements;
}

std::string entity_attribute(SpMetadata::EntityAttribute const& attribute) {
    std::string values;
    for (auto const& value : attribute.values)
        values += write_text("saml:AttributeValue", {{"xsi:type", "xs:string"}}, value);
    return write_element("saml:Attribute",
                         {{"Name", attribute.name},
                          {"FriendlyName", attribute.friendly_name},
                          {"NameFormat", uri_name_format}},
                         values);
}

std::string extensions(SpMetadata const& metadata) {
    std::string attributes;
    for (auto const& attribute : metadata.entity_attributes)
        attributes += entity_attribute(attribute);
    if (attributes.empty()) return {};
    return write_element("md:Extensions", {},
                         write_element("mdattr:EntityAttributes",
                                       {{"xmlns:mdattr", xml::ns::metadata_attribute},
                                        {"xmlns:saml", xml::ns::assertion},
                                        {"xmlns:xs", xml::ns::schema},
                                        {"xmlns:xsi", xml::ns::schema_instance}},
                                       attributes));
}

std::string logo(SpMetadata const& metadata) {
    if (!metadata.logo) return {};
    return write_text("mdui:Logo",
                      {{"height", std::to_string(metadata.logo->height)},
                       {"width", std::to_string(metadata.logo->width)}},
                      metadata.logo->url);
}

std::string user_interface(SpMetadata const& metadata) {
    auto const info =
        in_three_languages("mdui:DisplayName", metadata.display_name) +
        in_three_languages("mdui:Description", metadata.description) +
        in_three_languages("mdui:PrivacyStatementURL", metadata.privacy_statement_url) +
        logo(metadata);
    if (info.empty()) return {};
    return write_element(
        "md:Extensions", {},
        write_element("mdui:UIInfo", {{"xmlns:mdui", xml::ns::metadata_ui}}, info));
}

std::string key_descriptors(std::string_view use, std::vector<xml::Certificate> const& keys) {
    std::string descriptors;
    for (auto const& key : keys)
        descriptors += write_element(
            "md:KeyDescriptor", {{"use", use}},
            write_element(
                "ds:KeyInfo", {{"xmlns:ds", xml::ns::signature}},
                write_element("ds:X509Data", {},
                              write_text("ds:X509Certificate", {}, encode_base64(key.der())))));
    return descriptors;
}

std::string attribute_service(SpMetadata const& metadata) {
    if (metadata.requested_attributes.empty()) return {};
    std::string requested;
    for (auto const& attribute : metadata.requested_attributes)
        requested +=
            write_element("md:RequestedAttribute", {{"FriendlyName", attribute.friendly_name},
                                                    {"Name", attribute.name},
                                                    {"NameFormat", uri_name_format}});
    // The schema wants a name; ours stands in where no other was given.
    auto names = in_three_languages("md:ServiceName", metadata.service_name.en.empty()
                                                          ? metadata.display_name
                                                          : metadata.service_name);
    if (names.empty())
        names = write_text("md:ServiceName", {{"xml:lang", "en"}}, metadata.entity_id);
    return write_element("md:AttributeConsumingService", {{"index", "1"}, {"isDefault", "true"}},
                         names + requested);
}

std::string role(SpMetadata const& metadata) {
    std::string logout;
    if (!metadata.single_logout_url.empty())
        for (auto const binding : {redirect, post})
            logout +=
                write_element("md:SingleLogoutService",
                              {{"Binding", binding}, {"Location", metadata.single_logout_url}});
    auto const name_id_format = metadata.name_id_format.empty()
                                    ? std::string()
                                    : write_text("md:NameIDFormat", {}, metadata.name_id_format);
    auto const consumer = write_element("md:AssertionConsumerService",
                                        {{"index", "1"},
                                         {"isDefault", "true"},
                                         {"Binding", post},
                                         {"Location", metadata.assertion_consumer_service_url}});
    return write_element("md:SPSSODescriptor",
                         {{"AuthnRequestsSigned", "true"},
                          {"WantAssertionsSigned", "true"},
                          {"protocolSupportEnumeration", xml::ns::protocol}},
                         user_interface(metadata) +
                             key_descriptors("signing", metadata.signing_certificates) +
                             key_descriptors("encryption", metadata.encryption_certificates) +
                             logout + name_id_format + consumer + attribute_service(metadata));
}

std::string organization(SpMetadata const& metadata) {
    auto const body = in_three_languages("md:OrganizationName", metadata.organization_name) +
                      in_three_languages("md:OrganizationDisplayName",
                                         metadata.organization_display_name.en.empty()
                                             ? metadata.organization_name
                                             : metadata.organization_display_name) +
                      in_three_languages("md:OrganizationURL", metadata.organization_url);
    return body.empty() ? std::string() : write_element("md:Organization", {}, body);
}

std::string contacts(SpMetadata const& metadata) {
    std::string persons;
    for (auto const& contact : metadata.contacts)
        persons += write_element("md:ContactPerson", {{"contactType", contact.type}},
                                 write_text("md:GivenName", {}, contact.given_name) +
                                     write_text("md:SurName", {}, contact.surname) +
                                     write_text("md:EmailAddress", {}, "mailto:" + contact.email));
    return persons;
}

}  // namespace

std::string build_sp_metadata(SpMetadata const& metadata) {
    return write_element(
        "md:EntityDescriptor",
        {{"xmlns:md", xml::ns::metadata}, {"ID", metadata.id}, {"entityID", metadata.entity_id}},
        extensions(metadata) + role(metadata) + organization(metadata) + contacts(metadata));
}

}  // namespace tunnus::saml
