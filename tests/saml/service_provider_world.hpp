// SPDX-License-Identifier: MIT
// A service provider that waits for an answer from the fake identity provider, and words for what
// it makes of one.
#pragma once

#include "idp/base/encoding.hpp"
#include "saml/protocol/times.hpp"
#include "saml/service_provider.hpp"
#include "tests/saml/expect.hpp"
#include "tests/saml/fake_idp.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tunnus::saml::test {

inline TimePoint at(std::string_view time) {
    return parse_time(time).value();
}

inline Form posted(std::string_view xml, std::string_view relay_state = "handle") {
    Form form;
    form.add("SAMLResponse", encode_base64(xml));
    if (!relay_state.empty()) form.add("RelayState", std::string(relay_state));
    return form;
}

/// The outcome as a word: `accepted`, `not completed`, or the reason.
inline std::string word_of(ResponseOutcome const& outcome) {
    if (std::holds_alternative<AuthenticatedSubject>(outcome)) return "accepted";
    if (std::holds_alternative<NotCompleted>(outcome)) return "not completed";
    return std::string(to_string(std::get<Rejected>(outcome).reason));
}

inline IdpMetadata idp_metadata() {
    IdpMetadata metadata;
    metadata.entity_id = idp_entity_id;
    metadata.single_sign_on_url = idp_sso_url;
    metadata.signing_certificates = {fake_idp().signing.certificate()};
    return metadata;
}

/// What a test may change before it looks.
struct World {
    ServiceProviderSettings settings{std::string(sp_entity_id),
                                     std::string(acs_url),
                                     idp_metadata(),
                                     fake_idp().sp.private_key(),
                                     {fake_idp().sp.private_key()}};
    PendingRequest pending{
        "_r1", "handle", at("2030-01-02T03:03:00Z"), false, {std::string(loa2), std::string(loa3)}};
    TimePoint now = at("2030-01-02T03:04:05Z");

    [[nodiscard]] ResponseOutcome read_text(std::string_view xml) const {
        return ServiceProvider(library(), settings).read_response(posted(xml), pending, now);
    }
    [[nodiscard]] std::string word(std::string_view xml) const { return word_of(read_text(xml)); }
    [[nodiscard]] std::string word(Message const& message = {}) const {
        return word(fake_idp().response(message));
    }
};

/// The word for a message that differs from the good one by `change`.
template <class Change>
std::string after(Change change, World const& world = {}) {
    Message message;
    change(message);
    return world.word(message);
}
/// The word for a good message whose assertion says something else, rightly signed.
inline std::string with_assertion_edit(std::string from, std::string to, World const& world = {}) {
    return after(
        [&](Message& message) {
            message.edit_assertion = replacing(std::move(from), std::move(to));
        },
        world);
}
/// The same for the response around it.
inline std::string with_response_edit(std::string from, std::string to, World const& world = {}) {
    return after(
        [&](Message& message) {
            message.edit_response = replacing(std::move(from), std::move(to));
        },
        world);
}

}  // namespace tunnus::saml::test
