// SPDX-License-Identifier: MIT
// What every plugin of this family says alike in the JSON Schema of its `config`.
#pragma once

#include <string>
#include <string_view>

namespace tunnus::plugin::suomifi {

/// Entries of `properties`, each followed by a comma.
inline constexpr std::string_view common_schema_properties = R"(
  "entity_id": {"type": "string", "minLength": 1, "maxLength": 1024,
    "description": "Our name there, as registered"},
  "idp": {"$ref": "#/$defs/idp"},
  "signing": {"$ref": "#/$defs/key_pair"},
  "decryption": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/decryption_key"},
    "description": "Keys that may be encrypted to; left out: the signing key"},
  "next_certificate_files": {"type": "array", "items": {"type": "string", "minLength": 1},
    "description": "Further signing certificates to publish, for a roll-over"},
  "require_response_signature": {"type": "boolean", "default": true},
  "require_encryption": {"type": "boolean", "default": true},
  "allow_cbc": {"type": "boolean", "default": false,
    "description": "AES-CBC content, for a peer without GCM"},
  "authn_request_binding": {"enum": ["redirect", "post"], "default": "redirect"},
  "clock_skew_s": {"type": "integer", "minimum": 0, "maximum": 300, "default": 60},
  "force_authn": {"type": "boolean", "default": false,
    "description": "Ask for a fresh proof when the service does; not every identity provider supports it, perhaps not Suomi.fi"},
  "is_passive": {"type": "boolean", "default": false,
    "description": "Ask that nobody be asked anything; not every identity provider supports it, perhaps not Suomi.fi"},
)";

/// Of `properties` of `metadata`, what is said of us.
inline constexpr std::string_view common_schema_metadata = R"(
    "display_name": {"$ref": "#/$defs/languages"},
    "description": {"$ref": "#/$defs/languages"},
    "organization_name": {"$ref": "#/$defs/languages"},
    "organization_url": {"$ref": "#/$defs/languages"},
    "contacts": {"$ref": "#/$defs/contacts"}
)";

/// The members of `$defs`.
inline constexpr std::string_view common_schema_definitions = R"(
  "key_pair": {"type": "object", "additionalProperties": false, "required": ["key", "certificate_file"],
    "properties": {
      "key": {"$ref": "#/$defs/secret"},
      "certificate_file": {"type": "string", "minLength": 1}}},
  "decryption_key": {"type": "object", "additionalProperties": false, "required": ["key", "certificate_file"],
    "properties": {
      "key": {"$ref": "#/$defs/secret"},
      "certificate_file": {"type": "string", "minLength": 1},
      "published": {"type": "boolean", "default": true,
        "description": "false: still opens what is on its way, but is no longer offered"}}},
  "secret": {"type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
    "properties": {"file": {"type": "string"}, "env": {"type": "string"}}},
  "languages": {"type": "object", "additionalProperties": false, "required": ["fi", "sv", "en"],
    "properties": {"fi": {"type": "string"}, "sv": {"type": "string"}, "en": {"type": "string"}}},
  "contacts": {"type": "array", "items": {"type": "object", "additionalProperties": false,
    "required": ["type", "given_name", "surname", "email"], "properties": {
      "type": {"enum": ["technical", "support", "administrative"]},
      "given_name": {"type": "string"}, "surname": {"type": "string"}, "email": {"type": "string"}}}},
  "idp": {"type": "object", "additionalProperties": false, "required": ["entity_id"],
    "description": "By its metadata; or, for development, by its parts", "properties": {
      "entity_id": {"type": "string", "minLength": 1},
      "metadata_file": {"type": "string", "minLength": 1},
      "metadata_url": {"type": "string", "minLength": 1,
        "description": "https; the document is fetched in the background and its signature checked"},
      "refresh_minutes": {"type": "integer", "minimum": 1, "maximum": 10080, "default": 60,
        "description": "How often file or address is read again"},
      "max_age_hours": {"type": "integer", "minimum": 72, "maximum": 87600, "default": 336,
        "description": "How long metadata without validUntil is good after it was last read and verified"},
      "metadata_certificate_files": {"type": "array", "minItems": 1, "items": {"type": "string"},
        "description": "Pinned signers of the metadata; left out: the file itself is trusted, an address never"},
      "allowed_hosts": {"type": "array", "items": {"type": "string"},
        "description": "Where its endpoints may be; left out: the host of the entity id"},
      "sso_url": {"type": "string", "description": "Takes requests by HTTP-Redirect"},
      "sso_post_url": {"type": "string", "description": "And by HTTP-POST"},
      "slo_url": {"type": "string", "description": "Takes logout messages by both bindings"},
      "certificate_files": {"type": "array", "minItems": 1, "items": {"type": "string"}}}}
)";

/// A whole schema. `required` is the JSON array of the members that must be there; `properties` are
/// the plugin's own, each followed by a comma, which may refer to the definitions above;
/// `metadata`, further members of that one, each after a comma.
[[nodiscard]] inline std::string make_schema(std::string_view required, std::string_view properties,
                                             std::string_view metadata = {}) {
    std::string schema = R"({"type": "object", "additionalProperties": false, "required": )";
    schema.append(required).append(R"(, "properties": {)").append(common_schema_properties);
    schema.append(properties);
    schema.append(
        R"("metadata": {"type": "object", "additionalProperties": false, "properties": {)");
    schema.append(common_schema_metadata).append(metadata).append("}}");
    schema.append(R"(}, "$defs": {)").append(common_schema_definitions);
    return schema.append("}}");
}

}  // namespace tunnus::plugin::suomifi
