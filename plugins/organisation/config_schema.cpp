// SPDX-License-Identifier: MIT
#include "plugins/organisation/config_schema.hpp"

#include "plugins/suomifi/common_schema.hpp"

#include <string>

namespace tunnus::plugin::organisation {

char const* config_schema() {
    static std::string const text =
        suomifi::make_schema(R"(["entity_id", "label", "idp", "signing", "levels", "subject"])", R"(
  "label": {"$ref": "#/$defs/languages", "description": "The method's name on the page of methods"},
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
)");
    return text.c_str();
}

}  // namespace tunnus::plugin::organisation
