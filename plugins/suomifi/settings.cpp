// SPDX-License-Identifier: MIT
#include "plugins/suomifi/settings.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/url.hpp"
#include "plugins/suomifi/attributes.hpp"

#include <stdexcept>

namespace tunnus::plugin::suomifi {
namespace {

namespace json = boost::json;
namespace xml = saml::xml;

template <class T>
T must(Result<T> result, std::string_view key) {
    if (!result) throw std::runtime_error(std::string(key) + ": " + result.error().text());
    return std::move(*result);
}
void must(Result<> const& result, std::string_view key) {
    if (!result) throw std::runtime_error(std::string(key) + ": " + result.error().text());
}

std::string text(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value == nullptr ? std::string() : std::string(value->as_string());
}
bool flag(json::object const& object, std::string_view name, bool otherwise) {
    auto const* value = object.if_contains(name);
    return value == nullptr ? otherwise : value->as_bool();
}
json::array list(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value == nullptr ? json::array() : value->as_array();
}
std::vector<std::string> texts(json::object const& object, std::string_view name) {
    std::vector<std::string> values;
    for (auto const& value : list(object, name))
        values.emplace_back(value.as_string());
    return values;
}

std::vector<xml::Certificate> read_certificates(Host& host, json::object const& object,
                                                std::string_view name) {
    std::vector<xml::Certificate> certificates;
    for (auto const& path : texts(object, name))
        certificates.push_back(
            must(xml::Certificate::parse_pem(must(host.read_file(path), name)), name));
    return certificates;
}

struct KeyPair {
    xml::PrivateKey key;
    xml::Certificate certificate;
};
KeyPair read_key_pair(Host& host, json::object const& object, std::string_view where) {
    auto key = must(xml::PrivateKey::parse_pem(must(host.secret(object.at("key")), where)), where);
    auto certificate = must(
        xml::Certificate::parse_pem(must(host.read_file(text(object, "certificate_file")), where)),
        where);
    if (!key.belongs_to(certificate))
        throw std::runtime_error(std::string(where) + ": the key does not fit the certificate");
    return {std::move(key), std::move(certificate)};
}

bool is_loopback_http(std::string const& url) {
    auto const parsed = parse_http_url(url);
    return parsed && parsed->scheme == "http" && parsed->is_loopback();
}

saml::IdpMetadata read_idp_metadata(Host& host, xml::Library const& library,
                                    json::object const& idp,
                                    saml::IdpMetadataPolicy const& policy) {
    constexpr std::string_view key = "idp.metadata_file";
    auto const document = must(
        xml::Document::parse(library, must(host.read_file(text(idp, "metadata_file")), key)), key);
    auto const pinned = read_certificates(host, idp, "metadata_certificate_files");
    if (pinned.empty())
        return must(saml::parse_idp_metadata(document.root(), policy, library.limits()), key);
    auto const verified = must(xml::verify_signature(document, document.root(), pinned,
                                                     xml::ReferenceTo::id_or_whole_document),
                               key);
    return must(saml::parse_idp_metadata(verified.element(), policy, library.limits()), key);
}

saml::IdpMetadata read_inline_idp(Host& host, json::object const& idp,
                                  saml::IdpMetadataPolicy const& policy) {
    saml::IdpMetadata metadata;
    metadata.entity_id = policy.entity_id;
    metadata.single_sign_on_url = text(idp, "sso_url");
    metadata.signing_certificates = read_certificates(host, idp, "certificate_files");
    must(saml::check_location(metadata.single_sign_on_url, policy), "idp.sso_url");
    if (metadata.signing_certificates.empty())
        throw std::runtime_error("idp.certificate_files: at least one is needed");
    return metadata;
}

saml::IdpMetadata read_idp(Host& host, xml::Library const& library, json::object const& idp) {
    auto const entity_id = text(idp, "entity_id");
    saml::IdpMetadataPolicy const policy{entity_id, texts(idp, "allowed_hosts"),
                                         is_loopback_http(host.issuer()), host.clock().now()};
    return idp.contains("metadata_file") ? read_idp_metadata(host, library, idp, policy)
                                         : read_inline_idp(host, idp, policy);
}

Levels read_levels(json::object const& config) {
    if (!config.contains("levels")) return Levels::usual();
    std::vector<LevelOfAssurance> levels;
    for (auto const& value : list(config, "levels"))
        levels.push_back({text(value.as_object(), "uri"), text(value.as_object(), "acr")});
    return Levels(std::move(levels));
}

saml::LocalizedText localized(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    if (value == nullptr) return {};
    auto const& languages = value->as_object();
    return {text(languages, "fi"), text(languages, "sv"), text(languages, "en")};
}

std::vector<saml::SpMetadata::RequestedAttribute> requested_attributes(
    json::object const& described) {
    std::vector<saml::SpMetadata::RequestedAttribute> requested;
    auto const add = [&](AttributeDefinition const& definition) {
        requested.push_back({std::string(definition.name), std::string(definition.friendly_name)});
    };
    for (auto const& name : texts(described, "requested_attributes")) {
        auto const* definition = find_by_plain_name(name);
        if (definition == nullptr)
            throw std::runtime_error("metadata.requested_attributes: \"" + name +
                                     "\" is not an attribute of Suomi.fi");
        add(*definition);
    }
    if (!described.contains("requested_attributes"))
        for (auto const& definition : attribute_definitions())
            add(definition);
    return requested;
}

/// The entity attributes of suomifi.md part 3 by which Suomi.fi is told how to treat us.
std::vector<saml::SpMetadata::EntityAttribute> entity_attributes(Levels const& levels,
                                                                 json::object const& described) {
    bool const check_register = flag(described, "population_register_check_required", true);
    std::vector<std::string> methods;
    for (auto const& level : levels.all())
        methods.push_back(level.uri);
    return {
        {"FinnishAuthMethod", "", std::move(methods)},
        {"urn:oid:1.2.246.517.3003.111.3",
         "VtjVerificationRequired",
         {check_register ? "true" : "false"}},
        {"urn:oid:1.2.246.517.3003.111.4", "SkipEndpointValidationWhenSigned", {"false"}},
        {"urn:oid:1.2.246.517.3003.111.14", "EidasSupport", {levels.any_eidas() ? "full" : "none"}},
        {"urn:oid:1.2.246.517.3003.111.26", "CipherName", {"AES-GCM"}}};
}

saml::SpMetadata describe(json::object const& config, Levels const& levels,
                          saml::ServiceProviderSettings const& provider) {
    auto const* value = config.if_contains("metadata");
    auto const described = value == nullptr ? json::object() : value->as_object();
    saml::SpMetadata metadata;
    metadata.id = "_" + encode_hex(sha256(provider.entity_id)).substr(0, 32);
    metadata.entity_id = provider.entity_id;
    metadata.assertion_consumer_service_url = provider.acs_url;
    metadata.entity_attributes = entity_attributes(levels, described);
    metadata.display_name = localized(described, "display_name");
    metadata.description = localized(described, "description");
    metadata.privacy_statement_url = localized(described, "privacy_statement_url");
    metadata.organization_name = localized(described, "organization_name");
    metadata.organization_url = localized(described, "organization_url");
    metadata.requested_attributes = requested_attributes(described);
    for (auto const& each : list(described, "contacts")) {
        auto const& contact = each.as_object();
        metadata.contacts.push_back({text(contact, "type"), text(contact, "given_name"),
                                     text(contact, "surname"), text(contact, "email")});
    }
    return metadata;
}

}  // namespace

Settings read_settings(Host& host, xml::Library const& library) {
    auto const& config = host.configuration();
    auto signing = read_key_pair(host, config.at("signing").as_object(), "signing");
    auto levels = read_levels(config);
    saml::ServiceProviderSettings provider{text(config, "entity_id"),
                                           host.issuer() + "/suomifi/acs",
                                           read_idp(host, library, config.at("idp").as_object()),
                                           signing.key,
                                           {}};
    provider.require_response_signature = flag(config, "require_response_signature", true);
    provider.require_encryption = flag(config, "require_encryption", true);
    provider.allow_cbc = flag(config, "allow_cbc", false);
    if (auto const* skew = config.if_contains("clock_skew_s"))
        provider.skew = seconds(skew->as_int64());

    auto metadata = describe(config, levels, provider);
    metadata.signing_certificates = read_certificates(host, config, "next_certificate_files");
    metadata.signing_certificates.insert(metadata.signing_certificates.begin(),
                                         signing.certificate);
    for (auto const& each : list(config, "decryption")) {
        auto pair = read_key_pair(host, each.as_object(), "decryption");
        provider.decryption_keys.push_back(std::move(pair.key));
        metadata.encryption_certificates.push_back(std::move(pair.certificate));
    }
    if (provider.decryption_keys.empty()) {
        provider.decryption_keys.push_back(signing.key);
        metadata.encryption_certificates.push_back(signing.certificate);
    }
    return {std::move(provider),
            std::move(levels),
            flag(config, "allow_test_identity_codes", false),
            flag(config, "force_authn", false),
            std::move(metadata),
            std::move(signing.certificate)};
}

}  // namespace tunnus::plugin::suomifi
