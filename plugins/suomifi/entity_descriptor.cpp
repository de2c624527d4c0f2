// SPDX-License-Identifier: MIT
#include "plugins/suomifi/entity_descriptor.hpp"

#include "saml/xml/signature.hpp"

#include <stdexcept>

namespace tunnus::plugin::suomifi {

std::string make_entity_descriptor(saml::xml::Library const& library, Settings const& settings) {
    auto document =
        saml::xml::sign(library, saml::build_sp_metadata(settings.metadata),
                        settings.service_provider.signing_key, settings.signing_certificate);
    if (!document) throw std::runtime_error("metadata: " + document.error().text());
    return std::move(*document);
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
