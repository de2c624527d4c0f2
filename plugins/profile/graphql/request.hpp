// SPDX-License-Identifier: MIT
// The body of a POST (GraphQL over HTTP): `{"query": …, "operationName": …, "variables": …}`.
// `extensions` and whatever else stands there is ignored.
#pragma once

#include "plugins/profile/graphql/bounds.hpp"
#include "plugins/profile/graphql/error_entry.hpp"

namespace tunnus::graphql {

struct Request {
    std::string query;
    std::string operation_name;  ///< empty: none
    boost::json::object variables;
};

struct RequestBody {
    std::vector<Request> requests;
    bool batch = false;  ///< an array: the answer is one, too
};

/// Strict JSON (idp/base/json.hpp) within `bounds.request_bytes` and `bounds.json_depth`. An array
/// is refused unless it has 1 to `bounds.batch` requests. The error is of ErrorKind::request or
/// ErrorKind::limit.
[[nodiscard]] Checked<RequestBody> parse_request(std::string_view body, Bounds const& bounds = {});

}  // namespace tunnus::graphql
