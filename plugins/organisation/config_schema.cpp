// SPDX-License-Identifier: MIT
#include "plugins/organisation/config_schema.hpp"

namespace tunnus::plugin::organisation {

char const* config_schema() {
    return R"({
"type": "object", "additionalProperties": false,
"required": ["entity_id", "label", "idp", "signing", "levels", "subject"],
"properties": {
  "entity_id": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "Our name there"},
  "label": {"$ref": "#/$defs/languages", "description": "The method's name on the page of methods"},
  "idp": {"$ref": "#/$defs/idp"},
  "signing": {"$ref": "#/$defs/key_pair"},
  "next_certificate_files": {"type": "array", "items": {"type": "string", "minLength": 1},
    "description": "Further signing certificates to publish, for a roll-over"},
  "decryption": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/decryption_key"},
    "description": "Keys that may be encrypted to; left out: the signing key"},
  "levels": {"type": "array", "minItems": 1, "description": "What is accepted, lowest first",
    "items": {"type": "object", "additionalProperties": false, "required": ["uri", "acr"],
      "properties": {"uri": {"type": "string", "minLength": 1}, "acr": {"type": "string", "minLength": 1},
        "assurance": {"enum": ["low", "substantial", "high"], "default": "low",
          "description": "What you vouch for"}}}},
  "subject": {"type": "string", "minLength": 1,
    "description": "A person's lasting key: `name_id`, or the Name of an attribute"},
  "attributes": {"type": "array", "items": {"type": "object", "additionalProperties": false,
    "required": ["name", "plain_name"], "properties": {
      "name": {"type": "string", "minLength": 1}, "plain_name": {"type": "string", "minLength": 1},
      "required": {"type": "boolean", "default": false}, "many": {"type": "boolean", "default": false}}}},
  "require_response_signature": {"type": "boolean", "default": true},
  "require_encryption": {"type": "boolean", "default": true},
  "allow_cbc": {"type": "boolean", "default": false,
    "description": "AES-CBC content, for a peer without GCM"},
  "force_authn": {"type": "boolean", "default": false,
    "description": "Ask for a fresh proof when the service does"},
  "is_passive": {"type": "boolean", "default": false, "description": "Ask that nobody be asked anything"},
  "authn_request_binding": {"enum": ["redirect", "post"], "default": "redirect"},
  "clock_skew_s": {"type": "integer", "minimum": 0, "maximum": 300, "default": 60},
  "metadata": {"type": "object", "additionalProperties": false, "properties": {
    "display_name": {"$ref": "#/$defs/languages"},
    "description": {"$ref": "#/$defs/languages"},
    "organization_name": {"$ref": "#/$defs/languages"},
    "organization_url": {"$ref": "#/$defs/languages"},
    "contacts": {"type": "array", "items": {"type": "object", "additionalProperties": false,
      "required": ["type", "given_name", "surname", "email"], "properties": {
        "type": {"enum": ["technical", "support", "administrative"]},
        "given_name": {"type": "string"}, "surname": {"type": "string"}, "email": {"type": "string"}}}}}}
},
"$defs": {
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
  "idp": {"type": "object", "additionalProperties": false, "required": ["entity_id"],
    "description": "By its metadata; or, for development, by its parts", "properties": {
      "entity_id": {"type": "string", "minLength": 1},
      "metadata_file": {"type": "string", "minLength": 1},
      "metadata_url": {"type": "string", "minLength": 1,
        "description": "https; the document is fetched in the background and its signature checked"},
      "refresh_minutes": {"type": "integer", "minimum": 1, "maximum": 10080, "default": 60,
        "description": "How often file or address is read again"},
      "metadata_certificate_files": {"type": "array", "minItems": 1, "items": {"type": "string"},
        "description": "Pinned signers of the metadata; left out: the file itself is trusted, an address never"},
      "allowed_hosts": {"type": "array", "items": {"type": "string"},
        "description": "Where its endpoints may be; left out: the host of the entity id"},
      "sso_url": {"type": "string", "description": "Takes requests by HTTP-Redirect"},
      "sso_post_url": {"type": "string", "description": "And by HTTP-POST"},
      "slo_url": {"type": "string", "description": "Takes logout messages by both bindings"},
      "certificate_files": {"type": "array", "minItems": 1, "items": {"type": "string"}}}}
}})";
}

}  // namespace tunnus::plugin::organisation
