// SPDX-License-Identifier: MIT
// A stand-in for Suomi.fi: responses as suomifi.md part 6 shows them, good by default, and spoilt
// at any stage by an edit of the text before or after it is signed or encrypted.
#pragma once

#include "tests/saml/fake_signature.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tunnus::saml::test {

/// The world of every test: 2030-01-02T03:04:05Z.
inline constexpr std::string_view idp_entity_id = "https://idp.example/idp1";
inline constexpr std::string_view idp_sso_url = "https://idp.example/sso";
inline constexpr std::string_view sp_entity_id = "https://tunnus.example/suomifi/sp";
inline constexpr std::string_view acs_url = "https://tunnus.example/suomifi/acs";
inline constexpr std::string_view loa2 = "http://ftn.ficora.fi/2017/loa2";
inline constexpr std::string_view loa3 = "http://ftn.ficora.fi/2017/loa3";
inline constexpr std::string_view eidas_high = "http://eidas.europa.eu/LoA/high";
inline constexpr std::string_view transient_format =
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
inline constexpr std::string_view success = "urn:oasis:names:tc:SAML:2.0:status:Success";

using AttributeList = std::vector<std::pair<std::string, std::string>>;

/// What a response says. The defaults log the person in.
struct Message {
    std::string response_id = "_p1";
    std::string assertion_id = "_a1";
    std::string request_id = "_r1";
    std::string issue_instant = "2030-01-02T03:04:05.000Z";
    std::string not_before = "2030-01-02T03:04:05.000Z";
    std::string not_on_or_after = "2030-01-02T03:09:05.000Z";
    std::string authn_instant = "2030-01-02T03:04:02.000Z";
    std::string name_id = "AAdzZWNyZXQx-opaque";
    std::string session_index = "_s1";
    std::string level{loa2};
    std::string status{success};
    std::string second_status;
    AttributeList attributes{
        {"urn:oid:1.2.246.21", "210281-9988"},
        {"urn:oid:2.5.4.4", "Demo"},
        {"http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName", "Nordea Maija"},
        {"urn:oid:2.5.4.42", "Maija"},
        {"urn:oid:1.2.246.517.3002.111.2", "true"},
    };

    TestKey const* signer = nullptr;  ///< null: the identity provider's own
    Edit edit_assertion;              ///< the assertion before it is signed
    SignatureRecipe assertion_signature;
    Edit edit_signed_assertion;
    bool encrypted = true;
    EncryptionRecipe encryption;
    Edit edit_response;  ///< the response, assertion and all, before it is signed
    SignatureRecipe response_signature;
    Edit edit_signed_response;
};

class FakeIdp {
  public:
    TestKey signing;
    TestKey stranger;
    TestKey sp;        ///< the service provider's decryption key
    TestKey sp_older;  ///< its key of before the roll-over

    [[nodiscard]] std::string response(Message const& message) const {
        auto text = unsigned_response(message, assertion_part(message));
        if (message.edit_response) message.edit_response(text);
        text = sign(text, signer_of(message), message.response_signature);
        if (message.edit_signed_response) message.edit_signed_response(text);
        return text;
    }

    /// The signed assertion as it stands in the response: encrypted, or in plain.
    [[nodiscard]] std::string assertion_part(Message const& message) const {
        auto const assertion = signed_assertion(message);
        return message.encrypted ? encrypted_assertion(assertion, message.encryption) : assertion;
    }
    [[nodiscard]] std::string encrypted_assertion(std::string_view plain,
                                                  EncryptionRecipe const& recipe = {}) const {
        return tag("saml:EncryptedAssertion", attribute("xmlns:saml", xml::ns::assertion),
                   encrypt(plain, recipe.to != nullptr ? *recipe.to : sp, recipe));
    }
    [[nodiscard]] std::string signed_assertion(Message const& message) const {
        auto text = unsigned_assertion(message);
        if (message.edit_assertion) message.edit_assertion(text);
        text = sign(text, signer_of(message), message.assertion_signature);
        if (message.edit_signed_assertion) message.edit_signed_assertion(text);
        return text;
    }

    [[nodiscard]] TestKey const& signer_of(Message const& message) const {
        return message.signer != nullptr ? *message.signer : signing;
    }

    [[nodiscard]] static std::string unsigned_response(Message const& message,
                                                       std::string const& assertion_part) {
        auto const second =
            message.second_status.empty()
                ? std::string()
                : tag("samlp:StatusCode", attribute("Value", message.second_status), "");
        return tag("samlp:Response",
                   attribute("xmlns:samlp", xml::ns::protocol) + " " +
                       attribute("Destination", acs_url) + " " +
                       attribute("ID", message.response_id) + " " +
                       attribute("InResponseTo", message.request_id) + " " +
                       attribute("IssueInstant", message.issue_instant) + R"( Version="2.0")",
                   tag("saml:Issuer", attribute("xmlns:saml", xml::ns::assertion), idp_entity_id) +
                       tag("samlp:Status", "",
                           tag("samlp:StatusCode", attribute("Value", message.status), second)) +
                       assertion_part);
    }

    [[nodiscard]] static std::string unsigned_assertion(Message const& message) {
        return tag("saml:Assertion",
                   attribute("xmlns:saml", xml::ns::assertion) + " " +
                       attribute("ID", message.assertion_id) + " " +
                       attribute("IssueInstant", message.issue_instant) + R"( Version="2.0")",
                   tag("saml:Issuer", "", idp_entity_id) + subject(message) + conditions(message) +
                       authn_statement(message) + attribute_statement(message.attributes));
    }
    [[nodiscard]] static std::string subject(Message const& message) {
        return tag("saml:Subject", "",
                   tag("saml:NameID",
                       attribute("Format", transient_format) + " " +
                           attribute("NameQualifier", idp_entity_id) + " " +
                           attribute("SPNameQualifier", sp_entity_id),
                       message.name_id) +
                       subject_confirmation(message));
    }
    [[nodiscard]] static std::string subject_confirmation(Message const& message) {
        return tag("saml:SubjectConfirmation",
                   attribute("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer"),
                   tag("saml:SubjectConfirmationData",
                       attribute("Address", "172.17.0.1") + " " +
                           attribute("InResponseTo", message.request_id) + " " +
                           attribute("NotOnOrAfter", message.not_on_or_after) + " " +
                           attribute("Recipient", acs_url),
                       ""));
    }
    [[nodiscard]] static std::string conditions(Message const& message) {
        return tag("saml:Conditions",
                   attribute("NotBefore", message.not_before) + " " +
                       attribute("NotOnOrAfter", message.not_on_or_after),
                   tag("saml:AudienceRestriction", "", tag("saml:Audience", "", sp_entity_id)));
    }
    [[nodiscard]] static std::string authn_statement(Message const& message) {
        return tag(
            "saml:AuthnStatement",
            attribute("AuthnInstant", message.authn_instant) + " " +
                attribute("SessionIndex", message.session_index),
            tag("saml:SubjectLocality", attribute("Address", "172.17.0.1"), "") +
                tag("saml:AuthnContext", "", tag("saml:AuthnContextClassRef", "", message.level)));
    }
    [[nodiscard]] static std::string attribute_statement(AttributeList const& attributes) {
        std::string text;
        for (auto const& [name, value] : attributes)
            text +=
                tag("saml:Attribute",
                    attribute("Name", name) + " " +
                        attribute("NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"),
                    attribute_value(value));
        return tag("saml:AttributeStatement", "", text);
    }
    [[nodiscard]] static std::string attribute_value(std::string_view value) {
        return tag("saml:AttributeValue",
                   attribute("xmlns:xsi", xml::ns::schema_instance) + R"( xsi:type="xs:string")",
                   value);
    }
};

/// One for the whole program: key generation is slow.
inline FakeIdp const& fake_idp() {
    static FakeIdp const idp;
    return idp;
}

}  // namespace tunnus::saml::test
