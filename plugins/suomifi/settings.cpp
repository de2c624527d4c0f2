// SPDX-License-Identifier: MIT
#include "plugins/suomifi/settings.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"
#include "plugins/suomifi/attributes.hpp"

#include <stdexcept>

namespace tunnus::plugin::suomifi {
namespace {

namespace json = boost::json;
namespace xml = saml::xml;

constexpr std::string_view production = "https://tunnistautuminen.suomi.fi/idp1";
constexpr std::string_view test_token = "urn:oid:1.2.246.517.3002.110.999";

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

saml::IdpMetadataPolicy policy_of(IdpOrigin const& origin, TimePoint now) {
    return {origin.entity_id, origin.allowed_hosts, origin.allow_loopback_http, now};
}

IdpOrigin read_origin(Host& host, json::object const& idp) {
    IdpOrigin origin;
    origin.file = text(idp, "metadata_file");
    origin.url = text(idp, "metadata_url");
    if (auto const* minutes = idp.if_contains("refresh_minutes"))
        origin.interval = std::chrono::minutes(minutes->as_int64());
    if (auto const* hours = idp.if_contains("max_age_hours"))
        origin.max_age = std::chrono::hours(hours->as_int64());
    origin.pinned = read_certificates(host, idp, "metadata_certificate_files");
    origin.entity_id = text(idp, "entity_id");
    origin.allowed_hosts = texts(idp, "allowed_hosts");
    origin.allow_loopback_http = is_loopback_http(host.issuer());
    if (!origin.file.empty() && !origin.url.empty())
        throw std::runtime_error("idp.metadata_url: there is idp.metadata_file, too");
    if (origin.is_remote() && origin.pinned.empty())
        throw std::runtime_error(
            "idp.metadata_certificate_files: who signs what comes from idp.metadata_url?");
    return origin;
}

/// An identity provider by its parts.
saml::IdpMetadata read_inline_idp(Host& host, json::object const& idp, IdpOrigin const& origin) {
    saml::IdpMetadata metadata;
    metadata.entity_id = origin.entity_id;
    metadata.single_sign_on_url = text(idp, "sso_url");
    metadata.single_sign_on_url_by_post = text(idp, "sso_post_url");
    metadata.single_logout.location = text(idp, "slo_url");
    metadata.single_logout_by_post.location = text(idp, "slo_url");
    metadata.signing_certificates = read_certificates(host, idp, "certificate_files");
    must(saml::check_locations(metadata, policy_of(origin, host.clock().now())), "idp.sso_url");
    if (metadata.signing_certificates.empty())
        throw std::runtime_error("idp.certificate_files: at least one is needed");
    return metadata;
}

saml::IdpMetadata read_idp(Host& host, xml::Library const& library, json::object const& idp,
                           IdpOrigin const& origin) {
    constexpr std::string_view key = "idp.metadata_file";
    if (origin.is_remote()) return {};
    if (origin.file.empty()) return read_inline_idp(host, idp, origin);
    auto const document = must(host.read_file(origin.file), key);
    return must(read_idp_metadata(library, origin, document, host.clock().now()), key).metadata;
}

Levels read_levels(json::object const& config) {
    if (!config.contains("levels")) return Levels::usual();
    std::vector<LevelOfAssurance> levels;
    for (auto const& value : list(config, "levels"))
        levels.push_back({text(value.as_object(), "uri"), text(value.as_object(), "acr"), {}});
    return Levels(std::move(levels));
}

saml::LocalizedText localized(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    if (value == nullptr) return {};
    auto const& languages = value->as_object();
    return {text(languages, "fi"), text(languages, "sv"), text(languages, "en")};
}

std::optional<saml::SpMetadata::Logo> logo(json::object const& described) {
    auto const* value = described.if_contains("logo");
    if (value == nullptr) return std::nullopt;
    auto const& image = value->as_object();
    return saml::SpMetadata::Logo{text(image, "url"), image.at("width").to_number<unsigned>(),
                                  image.at("height").to_number<unsigned>()};
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

/// What the configuration says of our own metadata.
json::object metadata_of(json::object const& config) {
    auto const* value = config.if_contains("metadata");
    return value == nullptr ? json::object() : value->as_object();
}

saml::SpMetadata describe(json::object const& config,
                          saml::ServiceProviderSettings const& provider) {
    auto const described = metadata_of(config);
    saml::SpMetadata metadata;
    metadata.id = "_" + encode_hex(sha256(provider.entity_id)).substr(0, 32);
    metadata.entity_id = provider.entity_id;
    metadata.assertion_consumer_service_url = provider.acs_url;
    metadata.single_logout_url = provider.slo_url;
    metadata.display_name = localized(described, "display_name");
    metadata.description = localized(described, "description");
    metadata.privacy_statement_url = localized(described, "privacy_statement_url");
    metadata.service_name = localized(described, "service_name");
    metadata.logo = logo(described);
    metadata.organization_name = localized(described, "organization_name");
    metadata.organization_display_name = localized(described, "organization_display_name");
    metadata.organization_url = localized(described, "organization_url");
    for (auto const& each : list(described, "contacts")) {
        auto const& contact = each.as_object();
        metadata.contacts.push_back({text(contact, "type"), text(contact, "given_name"),
                                     text(contact, "surname"), text(contact, "email")});
    }
    return metadata;
}

}  // namespace

Result<Published> read_idp_metadata(xml::Library const& library, IdpOrigin const& origin,
                                    std::string_view document, TimePoint now) {
    auto const parsed = xml::Document::parse(library, document);
    if (!parsed) return parsed.error();
    auto const policy = policy_of(origin, now);
    if (origin.pinned.empty()) {
        auto metadata = saml::parse_idp_metadata(parsed->root(), policy, library.limits());
        if (!metadata) return metadata.error();
        return Published{std::move(*metadata), {}};
    }
    auto const verified = xml::verify_signature(*parsed, parsed->root(), origin.pinned,
                                                xml::ReferenceTo::id_or_whole_document);
    if (!verified) return verified.error();
    auto metadata = saml::parse_idp_metadata(verified->element(), policy, library.limits());
    if (!metadata) return metadata.error();
    return Published{std::move(*metadata), sha256(verified->octets())};
}

Settings read_common_settings(Host& host, xml::Library const& library, std::string_view plugin,
                              Levels levels) {
    auto const& config = host.configuration();
    auto const signing = read_key_pair(host, config.at("signing").as_object(), "signing");
    auto const& idp = config.at("idp").as_object();
    auto const address = host.issuer() + "/" + std::string(plugin);
    auto origin = read_origin(host, idp);
    saml::ServiceProviderSettings provider{text(config, "entity_id"),
                                           address + "/acs",
                                           read_idp(host, library, idp, origin),
                                           signing.key,
                                           {}};
    provider.signing_certificate = signing.certificate;
    provider.slo_url = address + "/slo";
    if (auto const acr = levels.find_overstated_acr(); !acr.empty())
        throw std::runtime_error("levels: the acr " + std::string(acr) +
                                 " would say more than some level behind it is worth");
    if (text(config, "authn_request_binding") == "post")
        provider.authn_request_binding = saml::Binding::post;
    provider.require_response_signature = flag(config, "require_response_signature", true);
    provider.require_encryption = flag(config, "require_encryption", true);
    provider.allow_cbc = flag(config, "allow_cbc", false);
    if (auto const* skew = config.if_contains("clock_skew_s"))
        provider.skew = seconds(skew->as_int64());

    auto metadata = describe(config, provider);
    metadata.signing_certificates = read_certificates(host, config, "next_certificate_files");
    metadata.signing_certificates.insert(metadata.signing_certificates.begin(),
                                         signing.certificate);
    for (auto const& each : list(config, "decryption")) {
        auto pair = read_key_pair(host, each.as_object(), "decryption");
        provider.decryption_keys.push_back(std::move(pair.key));
        if (flag(each.as_object(), "published", true))
            metadata.encryption_certificates.push_back(std::move(pair.certificate));
    }
    if (provider.decryption_keys.empty()) {
        provider.decryption_keys.push_back(signing.key);
        metadata.encryption_certificates.push_back(signing.certificate);
    }
    if (metadata.encryption_certificates.empty())
        throw std::runtime_error("decryption: no key is published");
    auto const tried = saml::allowed_unwraps(provider.require_response_signature, host.limits());
    if (provider.decryption_keys.size() > tried)
        throw std::runtime_error("decryption: only " + std::to_string(tried) + " keys are tried");
    return {std::move(provider),
            std::move(origin),
            std::move(levels),
            flag(config, "allow_test_identity_codes", false),
            flag(config, "force_authn", false),
            flag(config, "is_passive", false),
            false,
            std::move(metadata)};
}

Settings read_settings(Host& host, xml::Library const& library) {
    auto const& config = host.configuration();
    auto settings = read_common_settings(host, library, "suomifi", read_levels(config));
    auto const described = metadata_of(config);
    settings.tells_language = true;
    settings.metadata.entity_attributes = entity_attributes(settings.levels, described);
    settings.metadata.requested_attributes = requested_attributes(described);
    if (settings.idp_origin.entity_id == production) {
        if (settings.levels.find(test_token) != nullptr)
            throw std::runtime_error("levels: Suomi.fi's production is asked for test tokens");
        if (settings.allow_test_identity_codes)
            throw std::runtime_error("allow_test_identity_codes: not with Suomi.fi's production");
    }
    return settings;
}

}  // namespace tunnus::plugin::suomifi
