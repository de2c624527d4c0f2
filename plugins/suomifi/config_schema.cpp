// SPDX-License-Identifier: MIT
#include "plugins/suomifi/common_schema.hpp"
#include "plugins/suomifi/settings.hpp"

#include <string>

namespace tunnus::plugin::suomifi {

char const* config_schema() {
    static std::string const text = make_schema(R"(["entity_id", "idp", "signing"])", R"(
  "levels": {"type": "array", "minItems": 1, "description": "What is accepted, lowest first",
    "items": {"type": "object", "additionalProperties": false, "required": ["uri", "acr"],
      "properties": {"uri": {"type": "string", "minLength": 1}, "acr": {"type": "string", "minLength": 1}}}},
  "allow_test_identity_codes": {"type": "boolean", "default": false,
    "description": "Individual numbers 900-999: in test environments only"},
)",
                                                R"(,
    "service_name": {"$ref": "#/$defs/languages"},
    "privacy_statement_url": {"$ref": "#/$defs/languages"},
    "logo": {"type": "object", "additionalProperties": false, "required": ["url", "width", "height"],
      "properties": {"url": {"type": "string", "minLength": 1},
        "width": {"type": "integer", "minimum": 1, "maximum": 10000},
        "height": {"type": "integer", "minimum": 1, "maximum": 10000}}},
    "organization_display_name": {"$ref": "#/$defs/languages"},
    "population_register_check_required": {"type": "boolean", "default": true},
    "requested_attributes": {"type": "array", "items": {"type": "string"},
      "description": "Plain names of README.md; left out: all of them"}
)");
    return text.c_str();
}

}  // namespace tunnus::plugin::suomifi
