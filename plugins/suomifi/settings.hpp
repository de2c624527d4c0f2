// SPDX-License-Identifier: MIT
// A plugin's configuration, read once at start. Whatever is wrong with it, a key that does not
// fit its certificate or metadata without a signing key, stops the start.
#pragma once

#include "plugins/suomifi/levels.hpp"
#include "saml/protocol/sp_metadata.hpp"
#include "saml/service_provider.hpp"

namespace tunnus::plugin::suomifi {

/// JSON Schema of the plugin's `config`.
[[nodiscard]] char const* config_schema();

/// Where the identity provider's metadata comes from, and what is demanded of it. Both places
/// empty: it was configured by its parts.
struct IdpOrigin {
    std::string file;
    std::string url;
    seconds interval{3'600};  ///< how often it is read again
    /// How long a document without an end of its own is good after it was last read and verified.
    seconds max_age{14 * 86'400};
    std::vector<saml::xml::Certificate> pinned;  ///< who may have signed it; empty: not asked
    std::string entity_id;
    std::vector<std::string> allowed_hosts;
    bool allow_loopback_http = false;
    [[nodiscard]] bool is_remote() const { return !url.empty(); }
};

struct Settings {
    /// It has a signing_certificate. Of an identity provider whose metadata comes from an address,
    /// `idp` is empty.
    saml::ServiceProviderSettings service_provider;
    IdpOrigin idp_origin;
    Levels levels;
    bool allow_test_identity_codes = false;
    /// A service that wants a fresh proof makes us ask for one (suomifi.md 2.1).
    bool force_authn = false;
    bool is_passive = false;
    bool tells_language = false;  ///< by Suomi.fi's extension (suomifi.md 2.1)
    saml::SpMetadata metadata;
};

/// What every plugin of the family configures alike; `plugin` stands in its addresses. Throws as
/// read_settings.
[[nodiscard]] Settings read_common_settings(Host& host, saml::xml::Library const& library,
                                            std::string_view plugin, Levels levels);

/// The settings of Suomi.fi. Throws std::runtime_error that names the key of the configuration.
[[nodiscard]] Settings read_settings(Host& host, saml::xml::Library const& library);

/// A document of the identity provider's metadata.
struct Published {
    saml::IdpMetadata metadata;
    std::string digest;  ///< SHA-256 of what was signed; empty where no signature is asked for
};
/// What the document says of the identity provider, if a pinned certificate vouches for it.
[[nodiscard]] Result<Published> read_idp_metadata(saml::xml::Library const& library,
                                                  IdpOrigin const& origin,
                                                  std::string_view document, TimePoint now);

}  // namespace tunnus::plugin::suomifi
