// SPDX-License-Identifier: MIT
// The part of JSON Schema 2020-12 by which configurations are described, ours and a plugin's: type,
// properties, required, additionalProperties, minProperties, maxProperties, items, minItems, enum,
// minimum, maximum, minLength, maxLength, default, and $ref to `#/$defs/NAME`. title, description,
// examples, format, $schema, $id and $defs say nothing to the check. Any other keyword is refused,
// so that a schema never promises what is not checked.
#pragma once

#include "idp/base/result.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace tunnus {

/// Immutable once made; any thread may call.
class JsonSchema {
  public:
    /// BaseErrc::malformed names the place in the schema: `properties.port: unknown keyword
    /// "pattern"`.
    [[nodiscard]] static Result<JsonSchema> make(boost::json::object schema);

    struct Violation {
        std::string path;     ///< `listen[0].port`; empty: the value itself
        std::string message;  ///< `must be an integer`; never the value, which may be a secret
    };
    /// The first violation in the order of the value.
    [[nodiscard]] std::optional<Violation> find_violation(boost::json::value const& value) const;
    /// Adds every absent member that has a `default`, in objects that are there or are themselves a
    /// default.
    void add_defaults(boost::json::value& value) const;

  private:
    explicit JsonSchema(boost::json::object schema) : schema_(std::move(schema)) {}
    boost::json::object schema_;
};

/// `path` followed by a member's name or an element's index, as violations and configuration errors
/// show them: `a.b`, `a["x y"]`, `a[0]`.
[[nodiscard]] std::string member_path(std::string_view path, std::string_view name);
[[nodiscard]] std::string element_path(std::string_view path, std::size_t index);

}  // namespace tunnus
