// SPDX-License-Identifier: MIT
// One entry of a response's `errors` (GraphQL, October 2021, section 7.1.2).
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::graphql {

/// Both count from 1; a column is one Unicode scalar value.
struct Location {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    friend bool operator==(Location const&, Location const&) = default;
};

/// What an error is about; it gives an entry its code when nobody else has given one.
enum class ErrorKind {
    request,     ///< the body is no GraphQL request
    syntax,      ///< the document does not follow the grammar
    limit,       ///< a bound of Bounds
    validation,  ///< the document is not valid against the schema
    operation,   ///< operationName names no operation
    variables,   ///< a variable's value does not fit its type
    field,       ///< a field was refused, or its arguments are not right
    internal,    ///< ours
};

/// Bytes of a name of the input that a text repeats: enough to find it by.
inline constexpr std::size_t longest_name = 64;

/// Texts come from us and hold nothing of the input but names, at most longest_name bytes of each.
struct ErrorEntry {
    ErrorKind kind = ErrorKind::internal;
    std::string message;
    std::vector<Location> locations;
    boost::json::array path;         ///< of errors in execution: response keys and indices
    std::string code;                ///< `extensions.code`; empty: the kind's
    boost::json::object extensions;  ///< besides `code`
    std::string detail;              ///< for operators alone; never sent
};
using ErrorEntries = std::vector<ErrorEntry>;

template <class T>
using Checked = boost::system::result<T, ErrorEntry>;

/// For `Checked<T>::value()` on an error: std::runtime_error with the message.
[[noreturn]] void throw_exception_from_error(ErrorEntry const& error,
                                             boost::source_location const& where);

/// The `extensions.code` of entries that have none of their own. What the views show outlives
/// whoever is given them: literals, as a rule.
struct ErrorCodes {
    std::string_view request = "BAD_REQUEST";
    std::string_view syntax = "GRAPHQL_PARSE_FAILED";
    std::string_view limit = "GRAPHQL_LIMIT_EXCEEDED";
    std::string_view validation = "GRAPHQL_VALIDATION_FAILED";
    std::string_view operation = "OPERATION_RESOLUTION_FAILURE";
    std::string_view variables = "BAD_USER_INPUT";
    std::string_view field = "BAD_USER_INPUT";
    std::string_view internal = "INTERNAL_SERVER_ERROR";

    [[nodiscard]] std::string_view of(ErrorKind kind) const;
};

/// The entry as it is sent.
[[nodiscard]] boost::json::object to_json(ErrorEntry const& entry, ErrorCodes const& codes = {});

/// `{"errors":[…]}`: the response to a request that was not executed.
[[nodiscard]] std::string refusal(ErrorEntries const& entries, ErrorCodes const& codes = {});

/// A name of the input for a message: in quotation marks, cut at longest_name bytes. GraphQL
/// names are ASCII.
[[nodiscard]] std::string quoted(std::string_view name);

}  // namespace tunnus::graphql
