// SPDX-License-Identifier: MIT
// Why a SAML message or document was refused: one enum for the whole room. A reason goes to the
// audit record and the log; the person sees the same page for all of them (threats.md 0.2, S-REJ).
#pragma once

#include "idp/base/result.hpp"

#include <string_view>

namespace tunnus::saml {

/// Values are names, never shown outside; to_string gives the word for the audit record.
enum class Reason {
    // The form and the transport encoding
    form_field = 1,           ///< a field is missing, empty, unknown, or belongs to another message
    relay_state_mismatch,     ///< RelayState is not the handle of the pending request
    bad_base64,               ///< the message is not strict base64
    bad_deflate,              ///< the stream is damaged, wrapped, truncated or has trailing bytes
    message_too_large,        ///< the message exceeds limits.xml_bytes
    query_signature_absent,   ///< Signature or SigAlg of the redirect binding is missing
    query_signature_invalid,  ///< the redirect binding's signature does not hold

    // The XML document (threats.md 8.1)
    xml_not_utf8,       ///< not UTF-8, a NUL byte, a byte order mark, or another declared encoding
    xml_declaration,    ///< an XML declaration other than version 1.0 in UTF-8
    xml_doctype,        ///< a document type declaration or entity declaration
    xml_comment,        ///< a comment
    xml_cdata,          ///< a CDATA section
    xml_instruction,    ///< a processing instruction
    xml_too_many_tags,  ///< more than limits.xml_tags
    xml_too_many_attributes,  ///< more than limits.xml_attributes in one tag, or namespaces in all
    xml_tag_too_long,         ///< a tag longer than limits.xml_tag_bytes
    xml_too_deep,             ///< nested deeper than limits.xml_depth
    xml_malformed,            ///< not well-formed, or not namespace-well-formed
    xml_node_kind,            ///< a node that is neither element, attribute nor text
    xml_id,                   ///< an identifier that is not an NCName, is too long, or is repeated

    // The signature (threats.md 8.2)
    signature_missing,    ///< the element that must be signed has no signature
    signature_repeated,   ///< more than one signature in the element
    signature_misplaced,  ///< the signature does not stand where the schema puts it
    signature_shape,      ///< a part of the signature is missing, repeated, moved or unknown
    signature_reference,  ///< the reference does not name the element that holds the signature
    signature_transform,  ///< not exactly enveloped-signature and exclusive canonicalization
    signature_algorithm,  ///< an algorithm outside the allow-list
    signature_no_key,     ///< no pinned key to verify with
    signature_invalid,    ///< the signature does not hold under any pinned key
    signature_content,    ///< the signed bytes are not the element that was to be signed

    // Encryption
    encryption_shape,  ///< a part of EncryptedData or EncryptedKey is missing, repeated or unknown
    encryption_algorithm,  ///< a content or key algorithm outside the allow-list
    decryption_failed,     ///< no configured key opens the assertion

    // The protocol
    unexpected_element,       ///< an element that the schema does not have at this place
    missing_element,          ///< an element that must be there is not
    missing_attribute,        ///< an XML attribute that must be there is not
    bad_value,                ///< text or attribute outside its grammar
    bad_time,                 ///< a time that is not `YYYY-MM-DDThh:mm:ss[.f]Z`
    wrong_version,            ///< Version is not 2.0
    wrong_issuer,             ///< the message or the assertion comes from another party
    wrong_destination,        ///< Destination is missing or is not our address
    wrong_in_response_to,     ///< answers no request, or not the pending one
    wrong_issue_instant,      ///< issued in the future, before our request, or too long ago
    assertion_count,          ///< not exactly one assertion in the whole message
    assertion_not_encrypted,  ///< a plain assertion where an encrypted one is demanded
    wrong_name_id,            ///< not a transient NameID made for us by the expected party
    no_valid_confirmation,    ///< no bearer SubjectConfirmation that holds
    wrong_audience,           ///< not meant for us
    not_yet_valid,            ///< NotBefore is in the future
    expired,                  ///< NotOnOrAfter has passed
    window_too_long,          ///< valid for longer than limits.saml_assertion_window
    wrong_authn_instant,  ///< authenticated in the future, or before a fresh proof was asked for
    wrong_level,          ///< a level of assurance that was not asked for or is not accepted
    repeated_attribute,   ///< one attribute name twice, or several values where one is expected
    missing_attribute_value,  ///< an attribute that the login needs was not released
    test_identity_code,       ///< a temporary or test identity code where none is allowed
    bad_attribute_value,      ///< a value outside the grammar of its field
    replayed,                 ///< the assertion or the request was used before

    // Metadata
    metadata_entity,    ///< the entity is not there exactly once
    metadata_expired,   ///< validUntil has passed
    metadata_older,     ///< published before what was accepted last
    metadata_no_key,    ///< no signing key
    metadata_location,  ///< an endpoint is missing, or its URL is not allowed

    // Our own side
    key_unusable,   ///< a key or certificate that cannot be read, is too short or of another kind
    signing_failed  ///< our own message could not be signed
};
[[nodiscard]] std::string_view to_string(Reason reason);
boost::system::error_code make_error_code(Reason reason);

/// The reason of an error that arose in this room. Throws std::logic_error for another room's.
[[nodiscard]] Reason reason_of(Error const& error);

}  // namespace tunnus::saml

template <>
struct boost::system::is_error_code_enum<tunnus::saml::Reason> : std::true_type {};
