// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/request.hpp"

#include "idp/base/json.hpp"

namespace tunnus::graphql {
namespace {

ErrorEntry refused(std::string_view message, ErrorKind kind = ErrorKind::request) {
    ErrorEntry entry;
    entry.kind = kind;
    entry.message = message;
    return entry;
}

Checked<Request> read_request(boost::json::value& value) {
    auto* const object = value.if_object();
    if (!object) return refused("a request is a JSON object");
    Request request;
    auto const* const query = object->if_contains("query");
    if (!query || !query->is_string()) return refused("query is missing, or no string");
    request.query = query->get_string();
    if (auto const* const name = object->if_contains("operationName"); name && !name->is_null()) {
        if (!name->is_string()) return refused("operationName is no string");
        request.operation_name = name->get_string();
    }
    if (auto* const variables = object->if_contains("variables");
        variables && !variables->is_null()) {
        if (!variables->is_object()) return refused("variables is no object");
        request.variables = std::move(variables->get_object());
    }
    return request;
}

}  // namespace

Checked<RequestBody> parse_request(std::string_view body, Bounds const& bounds) {
    if (body.size() > bounds.request_bytes)
        return refused("the request is too large", ErrorKind::limit);
    auto value = parse_json(body, {.bytes = bounds.request_bytes, .depth = bounds.json_depth});
    if (!value) return refused("the request is no JSON that is accepted here");
    RequestBody whole;
    auto* const array = value->if_array();
    if (!array) {
        auto request = read_request(*value);
        if (!request) return request.error();
        whole.requests.push_back(std::move(*request));
        return whole;
    }
    if (bounds.batch == 0) return refused("several requests at once are not accepted here");
    if (array->empty()) return refused("there is no request");
    if (array->size() > bounds.batch)
        return refused("there are too many requests at once", ErrorKind::limit);
    whole.batch = true;
    for (auto& element : *array) {
        auto request = read_request(element);
        if (!request) return request.error();
        whole.requests.push_back(std::move(*request));
    }
    return whole;
}

}  // namespace tunnus::graphql
