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

/// The route that answers with it; anybody may read it.
[[nodiscard]] RouteSource::PluginRoute entity_descriptor_route(std::string document);

}  // namespace tunnus::plugin::suomifi
