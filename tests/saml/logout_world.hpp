// SPDX-License-Identifier: MIT
// Messages of single logout as the fake identity provider sends them, by both bindings.
#pragma once

#include "saml/single_logout.hpp"
#include "saml/xml/signature.hpp"
#include "tests/saml/service_provider_world.hpp"

#include <deque>

namespace tunnus::saml::test {

inline constexpr std::string_view logout_slo_url = "https://tunnus.example/suomifi/slo";
inline constexpr std::string_view logout_idp_slo_url = "https://idp.example/slo";

/// A service provider that knows where to log out.
struct LogoutWorld : World {
    LogoutWorld() {
        settings.slo_url = logout_slo_url;
        settings.signing_certificate = fake_idp().sp.certificate();
        settings.idp.single_logout.location = logout_idp_slo_url;
        settings.idp.single_logout_by_post.location = logout_idp_slo_url;
    }
};

/// For the person of the default Message.
inline LogoutRequest logout_of_default_person() {
    LogoutRequest request;
    request.id = "_l1";
    request.issue_instant = at("2030-01-02T03:04:05Z");
    request.destination = logout_slo_url;
    request.issuer = idp_entity_id;
    request.not_on_or_after = at("2030-01-02T03:09:05Z");
    request.name_id = {"AAdzZWNyZXQx-opaque", std::string(idp_entity_id),
                       std::string(sp_entity_id)};
    request.session_indexes = {"_s1"};
    return request;
}
inline std::string idp_logout_request() {
    return build_logout_request(logout_of_default_person());
}
inline std::string idp_logout_response(std::string_view in_response_to,
                                       Status status = {std::string(status_code::success),
                                                        std::string()}) {
    return build_logout_response({"_m1", std::string(in_response_to), at("2030-01-02T03:04:05Z"),
                                  std::string(logout_slo_url), std::string(idp_entity_id),
                                  std::move(status)});
}
inline MessageKind kind_of_message(std::string_view xml) {
    return xml.starts_with("<samlp:LogoutRequest") ? MessageKind::request : MessageKind::response;
}

/// The texts outlive the messages that look into them, until the program ends.
inline std::string_view keep(std::string text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(std::move(text));
}

inline IncomingLogout by_query(std::string_view xml, std::string_view relay_state = {},
                               TestKey const& key = fake_idp().signing) {
    return {Binding::redirect,
            keep(build_redirect_query(kind_of_message(xml), xml, relay_state, key.private_key())),
            {}};
}
inline std::string fake_idp_signed(std::string_view text, TestKey const& key) {
    return xml::sign(library(), text, key.private_key(), key.certificate()).value();
}
inline IncomingLogout by_form_as_is(std::string_view xml, std::string_view relay_state = {}) {
    IncomingLogout incoming;
    incoming.binding = Binding::post;
    bool const request = xml.find("LogoutRequest") != std::string_view::npos;
    incoming.form.add(request ? "SAMLRequest" : "SAMLResponse", encode_base64(xml));
    if (!relay_state.empty()) incoming.form.add("RelayState", std::string(relay_state));
    return incoming;
}
/// `key`: null leaves the message without a signature.
inline IncomingLogout by_form(std::string_view xml, std::string_view relay_state = {},
                              TestKey const* key = &fake_idp().signing) {
    return by_form_as_is(key == nullptr ? std::string(xml) : fake_idp_signed(xml, *key),
                         relay_state);
}

}  // namespace tunnus::saml::test
