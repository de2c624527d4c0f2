// SPDX-License-Identifier: MIT
#include "plugins/suomifi/entity_descriptor.hpp"

#include "saml/xml/signature.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnus::plugin::suomifi {

std::string make_entity_descriptor(saml::xml::Library const& library, Settings const& settings) {
    auto const& provider = settings.service_provider;
    auto document = saml::xml::sign(library, saml::build_sp_metadata(settings.metadata),
                                    provider.signing_key, provider.signing_certificate.value());
    if (!document) throw std::runtime_error("metadata: " + document.error().text());
    return std::move(*document);
}

std::vector<std::string> find_missing(saml::SpMetadata const& metadata) {
    std::vector<std::string> missing;
    auto const demand = [&](bool there, char const* name) {
        if (!there) missing.emplace_back(name);
    };
    auto const whole = [](saml::LocalizedText const& text) {
        return !text.fi.empty() && !text.sv.empty() && !text.en.empty();
    };
    demand(whole(metadata.display_name), "display_name");
    demand(whole(metadata.description), "description");
    demand(whole(metadata.privacy_statement_url), "privacy_statement_url");
    demand(whole(metadata.organization_name), "organization_name");
    demand(whole(metadata.organization_url), "organization_url");
    demand(std::ranges::any_of(metadata.contacts,
                               [](auto const& contact) {
                                   return contact.type == "technical" &&
                                          !contact.given_name.empty() && !contact.surname.empty() &&
                                          contact.email.find('@') != std::string::npos;
                               }),
           "contacts (a technical one)");
    return missing;
}

RouteSource::PluginRoute entity_descriptor_route(std::string document) {
    RouteSource::PluginRoute route{Method::GET, "metadata", RouteSource::Needs::nothing, 0, {}};
    route.handler = [document = std::move(document)](HttpRequest const&, Caller const&) -> Outcome {
        HttpResponse response(200);
        response.headers.set("Content-Type", "application/samlmetadata+xml");
        response.headers.set("X-Content-Type-Options", "nosniff");
        response.body = document;
        return response;
    };
    return route;
}

}  // namespace tunnus::plugin::suomifi
