// SPDX-License-Identifier: MIT
// Introspection (October 2021, section 4): the types that describe a schema, and what they say of
// one. For SchemaBuilder alone.
#pragma once

#include "plugins/profile/graphql/schema.hpp"

namespace tunnus::graphql {

/// A schema as values of the introspection types. A `__Type` value is an object, or, for a named
/// type, the name alone: it is looked up when it is asked.
class IntrospectionData {
  public:
    /// Called once, when the schema is whole.
    void describe(Schema const& schema);

    [[nodiscard]] boost::json::value const& schema() const { return schema_; }
    /// The object of a `__Type` value.
    [[nodiscard]] boost::json::object const& type(boost::json::value const& value) const;
    [[nodiscard]] boost::json::value const* find_type(std::string_view name) const;

  private:
    boost::json::value schema_;
    boost::json::object types_;
};

class SchemaBuilder;
/// Declares `__Schema`, `__Type` and the rest.
void declare_introspection(SchemaBuilder& builder,
                           std::shared_ptr<IntrospectionData const> const& data);
/// What `__schema` and `__type` give.
[[nodiscard]] Resolver resolve_schema(std::shared_ptr<IntrospectionData const> data);
[[nodiscard]] Resolver resolve_type(std::shared_ptr<IntrospectionData const> data);

}  // namespace tunnus::graphql
