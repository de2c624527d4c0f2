// SPDX-License-Identifier: MIT
#include "saml/outgoing.hpp"

#include "idp/base/encoding.hpp"
#include "saml/xml/signature.hpp"

#include <stdexcept>

namespace tunnus::saml {

Outgoing send_off(xml::Library const& library, Signer const& signer, Envelope const& envelope,
                  std::string id, std::string_view message) {
    std::string url(envelope.url);
    if (envelope.binding == Binding::redirect) {
        url += url.find('?') == std::string::npos ? '?' : '&';
        url += build_redirect_query(envelope.kind, message, envelope.relay_state, signer.key);
        return {std::move(url), {}, std::move(id)};
    }
    if (!signer.certificate) throw std::runtime_error("no certificate to sign a message with");
    auto const signed_message = xml::sign(library, message, signer.key, *signer.certificate);
    if (!signed_message) throw std::runtime_error(signed_message.error().text());
    Outgoing posted{std::move(url), {}, std::move(id)};
    posted.form.emplace_back(parameter_name(envelope.kind), encode_base64(*signed_message));
    if (!envelope.relay_state.empty()) posted.form.emplace_back("RelayState", envelope.relay_state);
    return posted;
}

}  // namespace tunnus::saml
