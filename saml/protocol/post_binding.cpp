// SPDX-License-Identifier: MIT
#include "saml/protocol/post_binding.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"

namespace tunnus::saml {

Result<PostedMessage> parse_posted_message(MessageKind kind, Form const& form,
                                           Limits const& limits) {
    auto const other = kind == MessageKind::request ? MessageKind::response : MessageKind::request;
    if (form.find(parameter_name(other)) || form.find("SAMLart"))
        return Error(Reason::form_field, "another message");
    auto const encoded = form.get(parameter_name(kind));
    if (encoded.empty()) return Error(Reason::form_field, "no message");
    auto const relay_state = form.get("RelayState");
    if (relay_state.size() > limits.saml_relay_state_bytes)
        return Error(Reason::form_field, "RelayState");
    auto xml = decode_base64(encoded, WhiteSpace::skip);
    if (!xml) return Error(Reason::bad_base64, "");
    if (xml->size() > limits.xml_bytes) return Error(Reason::message_too_large, "");
    return PostedMessage{std::move(*xml), std::string(relay_state)};
}

}  // namespace tunnus::saml
