// SPDX-License-Identifier: MIT
// Executes an operation (October 2021, section 6) and writes the response (section 7), one field
// after another: the fields of a mutation are never executed at once.
#pragma once

#include "plugins/profile/graphql/document.hpp"
#include "plugins/profile/graphql/schema.hpp"

namespace tunnus::graphql {

struct Response {
    /// The whole response as JSON, keys of `data` in the order of the selections.
    std::string body;
    /// The entries of its `errors`, with what operators may know.
    ErrorEntries errors;
};

/// 6.1.1: the operation to execute. The error is of ErrorKind::operation.
[[nodiscard]] Checked<Operation const*> find_operation(Document const& document,
                                                       std::string_view operation_name);

/// Executes an operation of a document that validate() has found valid for this schema.
/// `variables` are as they came with the request.
/// An answer longer than `bounds.response_bytes` ends as an error without data.
/// A resolver's exception passes through.
[[nodiscard]] Response execute(Schema const& schema, Document const& document,
                               Operation const& operation, boost::json::object const& variables,
                               Context& context, Bounds const& bounds = {},
                               ErrorCodes const& codes = {});

}  // namespace tunnus::graphql
