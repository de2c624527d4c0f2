// SPDX-License-Identifier: MIT
// GET /suomifi/metadata: our EntityDescriptor (SAML metadata §2.3), signed, for Suomi.fi's service
// management.
#pragma once

#include "plugins/suomifi/settings.hpp"

namespace tunnus::plugin::suomifi {

/// The signed document; it never changes while the process lives. Throws std::runtime_error when it
/// cannot be signed.
[[nodiscard]] std::string make_entity_descriptor(saml::xml::Library const& library,
                                                 Settings const& settings);

/// What Suomi.fi's service management would send the document back for (suomifi.md part 3), by the
/// names of the configuration.
[[nodiscard]] std::vector<std::string> find_missing(saml::SpMetadata const& metadata);

/// The route that answers with it; anybody may read it.
[[nodiscard]] RouteSource::PluginRoute entity_descriptor_route(std::string document);

}  // namespace tunnus::plugin::suomifi
