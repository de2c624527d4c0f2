// SPDX-License-Identifier: MIT
// Values that come in: literals of the document and the JSON of variables, coerced by the rules of
// each type (October 2021, section 3.5 to 3.12 and 6.1.2).
#pragma once

#include "plugins/profile/graphql/document.hpp"
#include "plugins/profile/graphql/schema.hpp"

namespace tunnus::graphql {

/// A literal that does not fit, and where.
struct Misfit {
    Offset at = 0;
    std::string message;
};
/// A variable that stands in a literal.
struct VariablePlace {
    Value const* value;
    TypeReference type;  ///< its `type` is null within a scalar of the schema's own
    bool has_default;    ///< of the place: it may then be left out
};
/// Checks a literal against its type (5.6). Reports every misfit, and every variable with the place
/// where it stands: whether it fits there is not judged here.
void check_literal(Value const& literal, TypeReference const& type, bool has_default,
                   std::function<void(Misfit)> const& on_misfit,
                   std::function<void(VariablePlace const&)> const& on_variable);

/// The value of a literal that check_literal accepts. `variables` are coerced, and hold no member
/// for a variable without a value: a list then has null there, an object no such field. Nothing
/// when a place that may not be null gets null by a variable.
[[nodiscard]] std::optional<boost::json::value> literal_value(Value const& literal,
                                                              TypeReference const& type,
                                                              boost::json::object const& variables);

/// The coerced JSON value of a variable. The error has a message that names the place within the
/// value, and quotes nothing of it.
[[nodiscard]] Checked<boost::json::value> json_value(boost::json::value const& value,
                                                     TypeReference const& type,
                                                     std::string const& place);

/// 6.1.2: the operation's variables by name; one that was not given and has no default is not
/// there. At most `bounds.errors` errors.
[[nodiscard]] boost::system::result<boost::json::object, ErrorEntries> coerce_variables(
    Schema const& schema, Document const& document, Operation const& operation,
    boost::json::object const& given, Bounds const& bounds);

/// 6.4.1: the arguments of a field or directive. The error is of ErrorKind::field.
[[nodiscard]] Checked<boost::json::object> coerce_arguments(
    std::vector<InputValue> const& definitions, std::vector<Argument> const& arguments,
    boost::json::object const& variables, Document const& document);

/// The type that a variable definition names; its `type` is null when the schema has none such.
[[nodiscard]] inline TypeReference type_of(Schema const& schema,
                                           VariableDefinition const& variable) {
    return {schema.find_type(variable.type_name), variable.wrapping};
}

}  // namespace tunnus::graphql
