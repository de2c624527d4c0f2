// SPDX-License-Identifier: MIT
// A message of ours on its way through the browser, by either binding of profiles §4.1 and §4.4.
#pragma once

#include "saml/protocol/redirect_binding.hpp"
#include "saml/xml/key.hpp"
#include "saml/xml/library.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnus::saml {

enum class Binding { redirect, post };

struct Outgoing {
    std::string url;  ///< where to send the browser
    /// What the browser posts there (bindings §3.5); empty: everything is in the URL (§3.4).
    std::vector<std::pair<std::string, std::string>> form;
    std::string id;  ///< of the message
};

/// With which key we sign, and the certificate that names it inside a posted message.
struct Signer {
    xml::PrivateKey const& key;
    std::optional<xml::Certificate> const& certificate;
};

/// What a message is made of besides its text.
struct Envelope {
    MessageKind kind = MessageKind::request;
    Binding binding = Binding::redirect;
    std::string_view url;
    std::string_view relay_state;  ///< left out when empty
};
/// Signs the message, by the query's signature or by one of its own, and puts it on its way. Throws
/// std::runtime_error when it cannot be signed: a posted one without a certificate, say.
[[nodiscard]] Outgoing send_off(xml::Library const& library, Signer const& signer,
                                Envelope const& envelope, std::string id, std::string_view message);

}  // namespace tunnus::saml
