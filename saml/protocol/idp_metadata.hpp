// SPDX-License-Identifier: MIT
// What we know of the identity provider, from its metadata (metadata §2.4).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"
#include "saml/reason.hpp"
#include "saml/xml/element.hpp"
#include "saml/xml/key.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::saml {

/// Where an identity provider takes logout messages by one binding; empty when it does not.
struct LogoutEndpoint {
    std::string location = {};
    std::string response_location = {};  ///< where answers go; empty: to `location` too
    [[nodiscard]] std::string const& for_responses() const {
        return response_location.empty() ? location : response_location;
    }
};

struct IdpMetadata {
    std::string entity_id;
    /// Either may be empty, not both.
    std::string single_sign_on_url;          ///< HTTP-Redirect
    std::string single_sign_on_url_by_post;  ///< HTTP-POST
    LogoutEndpoint single_logout;            ///< HTTP-Redirect
    LogoutEndpoint single_logout_by_post;    ///< HTTP-POST
    /// Never empty: every certificate for signing, those of a roll-over too (suomifi.md part 3).
    std::vector<xml::Certificate> signing_certificates;
    std::optional<TimePoint> valid_until;
    /// When the document was published, if it says so (mdrpi:PublicationInfo of its root).
    std::optional<TimePoint> created_at;
    /// `scheme://host[:port]` of every endpoint that takes requests, each once.
    [[nodiscard]] std::vector<std::string> origins() const;
};

struct IdpMetadataPolicy {
    std::string_view entity_id;  ///< compared byte by byte
    /// Hosts where endpoints may be; empty: that of the entity id (threats.md S-122).
    std::vector<std::string> allowed_hosts;
    /// Development: endpoints may be http on a loopback address.
    bool allow_loopback_http = false;
    TimePoint now;
};
/// `root` is an EntityDescriptor, or an EntitiesDescriptor from which the one of this entity id is
/// chosen; twice the same id is refused (S-121). Endpoints are https without userinfo.
[[nodiscard]] Result<IdpMetadata> parse_idp_metadata(xml::Element const& root,
                                                     IdpMetadataPolicy const& policy,
                                                     Limits const& limits);

/// Whether `next` was published before `known`, as far as both tell it: by the time of publication,
/// or else by how long they are valid. Two documents of which one tells nothing have no order.
[[nodiscard]] bool is_older(IdpMetadata const& next, IdpMetadata const& known);

/// The URL rule of S-122, for an endpoint that stands in the configuration.
[[nodiscard]] Result<> check_location(std::string_view url, IdpMetadataPolicy const& policy);
/// The same of every endpoint that is there; one to sign on must be.
[[nodiscard]] Result<> check_locations(IdpMetadata const& metadata,
                                       IdpMetadataPolicy const& policy);

}  // namespace tunnus::saml
