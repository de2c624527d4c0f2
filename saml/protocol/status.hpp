// SPDX-License-Identifier: MIT
// Status (core §3.2.2) and the outcomes of suomifi.md 2.3.
#pragma once

#include "saml/reason.hpp"
#include "saml/xml/element.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

namespace status_code {
inline constexpr std::string_view success = "urn:oasis:names:tc:SAML:2.0:status:Success";
inline constexpr std::string_view requester = "urn:oasis:names:tc:SAML:2.0:status:Requester";
inline constexpr std::string_view responder = "urn:oasis:names:tc:SAML:2.0:status:Responder";
inline constexpr std::string_view version_mismatch =
    "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch";
inline constexpr std::string_view authn_failed = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
inline constexpr std::string_view no_authn_context =
    "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext";
inline constexpr std::string_view no_passive = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
inline constexpr std::string_view request_denied =
    "urn:oasis:names:tc:SAML:2.0:status:RequestDenied";
inline constexpr std::string_view partial_logout =
    "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
inline constexpr std::string_view unknown_principal =
    "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal";
}  // namespace status_code

/// StatusMessage and StatusDetail are never read: nothing depends on free text.
struct Status {
    std::string top;     ///< one of the four top-level codes
    std::string second;  ///< empty when there is none
    [[nodiscard]] bool is_success() const { return top == status_code::success; }
};

[[nodiscard]] Result<Status> parse_status(xml::Element const& element);

/// A samlp:Status; the prefix is bound by the message around it.
[[nodiscard]] std::string build_status(Status const& status);

}  // namespace tunnus::saml
