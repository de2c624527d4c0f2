// SPDX-License-Identifier: MIT
// AuthnRequest (core §3.4.1) as suomifi.md 2.1 wants it.
#pragma once

#include "idp/base/clock.hpp"
#include "saml/protocol/name_id.hpp"

#include <string>
#include <vector>

namespace tunnus::saml {

struct AuthnRequest {
    std::string id;
    TimePoint issue_instant{};
    std::string destination;
    std::string issuer;
    std::string assertion_consumer_service_url;
    /// `fi`, `sv` or `en` for the vetuma extension by which Suomi.fi chooses its language; empty:
    /// none.
    std::string language;
    bool force_authn = false;
    bool is_passive = false;  ///< only if nobody need be asked anything
    /// Exactly these levels; empty: whatever the metadata lists (the agency's advice).
    std::vector<std::string> authn_context_class_refs;
    std::string_view name_id_format = transient_name_id_format;  ///< empty: any
};

/// The request's XML, without a signature: the binding adds it.
[[nodiscard]] std::string build_authn_request(AuthnRequest const& request);

}  // namespace tunnus::saml
