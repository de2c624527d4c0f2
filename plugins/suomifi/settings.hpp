// SPDX-License-Identifier: MIT
// The plugin's configuration, read once at start. Whatever is wrong with it, a key that does not
// fit its certificate or metadata without a signing key, stops the start.
#pragma once

#include "plugins/suomifi/levels.hpp"
#include "saml/protocol/sp_metadata.hpp"
#include "saml/service_provider.hpp"

namespace tunnus::plugin::suomifi {

/// JSON Schema of the plugin's `config`.
[[nodiscard]] char const* config_schema();

struct Settings {
    saml::ServiceProviderSettings service_provider;
    Levels levels;
    bool allow_test_identity_codes = false;
    /// A service that wants a fresh proof makes us ask Suomi.fi for one (suomifi.md 2.1).
    bool force_authn = false;
    saml::SpMetadata metadata;
    saml::xml::Certificate signing_certificate;
};

/// Throws std::runtime_error that names the key of the configuration.
[[nodiscard]] Settings read_settings(Host& host, saml::xml::Library const& library);

}  // namespace tunnus::plugin::suomifi
