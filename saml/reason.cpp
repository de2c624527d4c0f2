// SPDX-License-Identifier: MIT
#include "saml/reason.hpp"

#include <stdexcept>
#include <string>

namespace tunnus::saml {

std::string_view to_string(Reason reason) {
    switch (reason) {
        case Reason::form_field:
            return "form_field";
        case Reason::relay_state_mismatch:
            return "relay_state_mismatch";
        case Reason::bad_base64:
            return "bad_base64";
        case Reason::bad_deflate:
            return "bad_deflate";
        case Reason::message_too_large:
            return "message_too_large";
        case Reason::query_signature_absent:
            return "query_signature_absent";
        case Reason::query_signature_invalid:
            return "query_signature_invalid";
        case Reason::xml_not_utf8:
            return "xml_not_utf8";
        case Reason::xml_declaration:
            return "xml_declaration";
        case Reason::xml_doctype:
            return "xml_doctype";
        case Reason::xml_comment:
            return "xml_comment";
        case Reason::xml_cdata:
            return "xml_cdata";
        case Reason::xml_instruction:
            return "xml_instruction";
        case Reason::xml_too_many_tags:
            return "xml_too_many_tags";
        case Reason::xml_too_many_attributes:
            return "xml_too_many_attributes";
        case Reason::xml_tag_too_long:
            return "xml_tag_too_long";
        case Reason::xml_too_deep:
            return "xml_too_deep";
        case Reason::xml_malformed:
            return "xml_malformed";
        case Reason::xml_node_kind:
            return "xml_node_kind";
        case Reason::xml_id:
            return "xml_id";
        case Reason::signature_missing:
            return "signature_missing";
        case Reason::signature_repeated:
            return "signature_repeated";
        case Reason::signature_misplaced:
            return "signature_misplaced";
        case Reason::signature_shape:
            return "signature_shape";
        case Reason::signature_reference:
            return "signature_reference";
        case Reason::signature_transform:
            return "signature_transform";
        case Reason::signature_algorithm:
            return "signature_algorithm";
        case Reason::signature_no_key:
            return "signature_no_key";
        case Reason::signature_invalid:
            return "signature_invalid";
        case Reason::signature_content:
            return "signature_content";
        case Reason::encryption_shape:
            return "encryption_shape";
        case Reason::encryption_algorithm:
            return "encryption_algorithm";
        case Reason::decryption_failed:
            return "decryption_failed";
        case Reason::unexpected_element:
            return "unexpected_element";
        case Reason::missing_element:
            return "missing_element";
        case Reason::missing_attribute:
            return "missing_attribute";
        case Reason::bad_value:
            return "bad_value";
        case Reason::bad_time:
            return "bad_time";
        case Reason::wrong_version:
            return "wrong_version";
        case Reason::wrong_issuer:
            return "wrong_issuer";
        case Reason::wrong_destination:
            return "wrong_destination";
        case Reason::wrong_in_response_to:
            return "wrong_in_response_to";
        case Reason::wrong_issue_instant:
            return "wrong_issue_instant";
        case Reason::assertion_count:
            return "assertion_count";
        case Reason::assertion_not_encrypted:
            return "assertion_not_encrypted";
        case Reason::wrong_name_id:
            return "wrong_name_id";
        case Reason::no_valid_confirmation:
            return "no_valid_confirmation";
        case Reason::wrong_audience:
            return "wrong_audience";
        case Reason::not_yet_valid:
            return "not_yet_valid";
        case Reason::expired:
            return "expired";
        case Reason::window_too_long:
            return "window_too_long";
        case Reason::wrong_authn_instant:
            return "wrong_authn_instant";
        case Reason::wrong_level:
            return "wrong_level";
        case Reason::repeated_attribute:
            return "repeated_attribute";
        case Reason::missing_attribute_value:
            return "missing_attribute_value";
        case Reason::test_identity_code:
            return "test_identity_code";
        case Reason::bad_attribute_value:
            return "bad_attribute_value";
        case Reason::replayed:
            return "replayed";
        case Reason::metadata_entity:
            return "metadata_entity";
        case Reason::metadata_expired:
            return "metadata_expired";
        case Reason::metadata_older:
            return "metadata_older";
        case Reason::metadata_no_key:
            return "metadata_no_key";
        case Reason::metadata_location:
            return "metadata_location";
        case Reason::key_unusable:
            return "key_unusable";
        case Reason::signing_failed:
            return "signing_failed";
    }
    return "unknown";
}

namespace {

class SamlCategory final : public ErrorCategory {
  public:
    [[nodiscard]] char const* name() const noexcept override { return "tunnus.saml"; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string(to_string(static_cast<Reason>(value)));
    }
};

SamlCategory const& category() {
    static SamlCategory const instance;
    return instance;
}

}  // namespace

boost::system::error_code make_error_code(Reason reason) {
    return {static_cast<int>(reason), category()};
}

Reason reason_of(Error const& error) {
    if (error.code.category() != category())
        throw std::logic_error("not an error of the saml room: " + error.text());
    return static_cast<Reason>(error.code.value());
}

}  // namespace tunnus::saml
