// SPDX-License-Identifier: MIT
#include "saml/protocol/idp_metadata.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"

#include <algorithm>

namespace tunnus::saml {
namespace {

using xml::Element;
namespace ns = xml::ns;

constexpr std::string_view redirect_binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
constexpr std::string_view post_binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// Entities of this id, reached through EntitiesDescriptor alone: a descriptor wrapped into
/// something else is not found. `valid_until` shrinks to the earliest on the way.
void find_entities(Element const& here, std::string_view entity_id,
                   std::vector<Element const*>& path,
                   std::vector<std::vector<Element const*>>& all) {
    path.push_back(&here);
    if (here.is(ns::metadata, "EntityDescriptor") && here.attribute("entityID") == entity_id)
        all.push_back(path);
    if (here.is(ns::metadata, "EntitiesDescriptor"))
        for (auto const& child : here.children())
            find_entities(child, entity_id, path, all);
    path.pop_back();
}

Result<std::optional<TimePoint>> earliest_end(std::vector<Element const*> const& path) {
    std::optional<TimePoint> earliest;
    for (auto const* element : path) {
        auto const text = element->attribute("validUntil");
        if (!text) continue;
        auto const time = parse_time(*text);
        if (!time) return time.error();
        earliest = earliest ? std::min(*earliest, *time) : *time;
    }
    return earliest;
}

/// Metadata Extensions for Registration and Publication Information §2.2.
Result<std::optional<TimePoint>> read_creation(Element const& root) {
    for (auto const& extensions : root.children()) {
        if (!extensions.is(ns::metadata, "Extensions")) continue;
        for (auto const& info : extensions.children()) {
            if (!info.is(ns::metadata_publication, "PublicationInfo")) continue;
            auto const text = info.attribute("creationInstant");
            if (!text) continue;
            auto const time = parse_time(*text);
            if (!time) return time.error();
            return std::optional(*time);
        }
    }
    return std::optional<TimePoint>();
}

bool speaks_saml2(Element const& role) {
    auto const protocols = role.attribute("protocolSupportEnumeration").value_or("");
    return (" " + std::string(protocols) + " ").find(" " + std::string(ns::protocol) + " ") !=
           std::string::npos;
}

/// The one IDPSSODescriptor for SAML 2.0.
Result<Element const*> find_role(Element const& entity) {
    Element const* role = nullptr;
    for (auto const& child : entity.children()) {
        if (!child.is(ns::metadata, "IDPSSODescriptor") || !speaks_saml2(child)) continue;
        if (role != nullptr) return Error(Reason::metadata_entity, "two roles");
        role = &child;
    }
    if (role == nullptr) return Error(Reason::metadata_entity, "no identity provider role");
    return role;
}

/// Every X509Certificate below a KeyDescriptor.
Result<> read_certificates(Element const& here, std::vector<xml::Certificate>& certificates) {
    if (here.is(ns::signature, "X509Certificate")) {
        auto const der = decode_base64(here.text(), WhiteSpace::skip);
        if (!der) return Error(Reason::key_unusable, "base64");
        auto certificate = xml::Certificate::parse_der(*der);
        if (!certificate) return certificate.error();
        certificates.push_back(std::move(*certificate));
    }
    for (auto const& child : here.children())
        if (auto read = read_certificates(child, certificates); !read) return read;
    return {};
}

Result<std::vector<xml::Certificate>> read_signing_certificates(Element const& role,
                                                                Limits const& limits) {
    std::vector<xml::Certificate> certificates;
    for (auto const& child : role.children()) {
        if (!child.is(ns::metadata, "KeyDescriptor")) continue;
        if (child.attribute("use").value_or("signing") != "signing") continue;
        if (auto const read = read_certificates(child, certificates); !read) return read.error();
    }
    if (certificates.empty() || certificates.size() > limits.saml_keys)
        return Error(Reason::metadata_no_key, std::to_string(certificates.size()) + " keys");
    return certificates;
}

/// The first endpoint of this service and binding (metadata §2.2.2).
LogoutEndpoint find_endpoint(Element const& role, std::string_view service,
                             std::string_view binding) {
    for (auto const& child : role.children())
        if (child.is(ns::metadata, service) && child.attribute("Binding") == binding)
            return {std::string(child.attribute("Location").value_or("")),
                    std::string(child.attribute("ResponseLocation").value_or(""))};
    return {};
}

Result<> read_endpoints(Element const& role, IdpMetadataPolicy const& policy,
                        IdpMetadata& metadata) {
    constexpr std::string_view sign_on = "SingleSignOnService";
    constexpr std::string_view logout = "SingleLogoutService";
    metadata.single_sign_on_url = find_endpoint(role, sign_on, redirect_binding).location;
    metadata.single_sign_on_url_by_post = find_endpoint(role, sign_on, post_binding).location;
    metadata.single_logout = find_endpoint(role, logout, redirect_binding);
    metadata.single_logout_by_post = find_endpoint(role, logout, post_binding);
    return check_locations(metadata, policy);
}

}  // namespace

Result<> check_location(std::string_view url, IdpMetadataPolicy const& policy) {
    auto const parsed = parse_http_url(url);
    if (!parsed) return Error(Reason::metadata_location, parsed.error().text());
    bool const loopback_allowed = policy.allow_loopback_http && parsed->is_loopback();
    if (parsed->scheme != "https" && !loopback_allowed)
        return Error(Reason::metadata_location, "not https");
    auto hosts = policy.allowed_hosts;
    if (hosts.empty())
        if (auto const own = parse_http_url(policy.entity_id)) hosts.push_back(own->host);
    if (std::find(hosts.begin(), hosts.end(), parsed->host) == hosts.end())
        return Error(Reason::metadata_location, "host " + parsed->host + " is not allowed");
    return {};
}

Result<> check_locations(IdpMetadata const& metadata, IdpMetadataPolicy const& policy) {
    if (metadata.single_sign_on_url.empty() && metadata.single_sign_on_url_by_post.empty())
        return Error(Reason::metadata_location, "no address to sign on");
    for (auto const* url :
         {&metadata.single_sign_on_url, &metadata.single_sign_on_url_by_post,
          &metadata.single_logout.location, &metadata.single_logout.response_location,
          &metadata.single_logout_by_post.location,
          &metadata.single_logout_by_post.response_location})
        if (!url->empty())
            if (auto checked = check_location(*url, policy); !checked) return checked;
    return {};
}

std::vector<std::string> IdpMetadata::origins() const {
    std::vector<std::string> all;
    for (auto const* url : {&single_sign_on_url, &single_sign_on_url_by_post,
                            &single_logout.location, &single_logout_by_post.location})
        if (auto const parsed = parse_http_url(*url);
            parsed && std::find(all.begin(), all.end(), parsed->origin()) == all.end())
            all.push_back(parsed->origin());
    return all;
}

bool is_older(IdpMetadata const& next, IdpMetadata const& known) {
    if (next.created_at && known.created_at) return *next.created_at < *known.created_at;
    return next.valid_until && known.valid_until && *next.valid_until < *known.valid_until;
}

Result<IdpMetadata> parse_idp_metadata(Element const& root, IdpMetadataPolicy const& policy,
                                       Limits const& limits) {
    std::vector<std::vector<Element const*>> found;
    std::vector<Element const*> path;
    find_entities(root, policy.entity_id, path, found);
    if (found.size() != 1)
        return Error(Reason::metadata_entity, std::to_string(found.size()) + " of this id");
    auto const role = find_role(*found[0].back());
    if (!role) return role.error();
    found[0].push_back(*role);

    IdpMetadata metadata;
    metadata.entity_id = policy.entity_id;
    auto const valid_until = earliest_end(found[0]);
    if (!valid_until) return valid_until.error();
    metadata.valid_until = *valid_until;
    if (metadata.valid_until && *metadata.valid_until <= policy.now)
        return Error(Reason::metadata_expired, format_time(*metadata.valid_until));
    auto const created_at = read_creation(root);
    if (!created_at) return created_at.error();
    metadata.created_at = *created_at;
    auto certificates = read_signing_certificates(**role, limits);
    if (!certificates) return certificates.error();
    metadata.signing_certificates = std::move(*certificates);
    if (auto const read = read_endpoints(**role, policy, metadata); !read) return read.error();
    return metadata;
}

}  // namespace tunnus::saml
