// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/error_entry.hpp"

#include <boost/json/serialize.hpp>

#include <stdexcept>

namespace tunnus::graphql {

void throw_exception_from_error(ErrorEntry const& error, boost::source_location const&) {
    throw std::runtime_error(error.message);
}

std::string_view ErrorCodes::of(ErrorKind kind) const {
    switch (kind) {
        case ErrorKind::request:
            return request;
        case ErrorKind::syntax:
            return syntax;
        case ErrorKind::limit:
            return limit;
        case ErrorKind::validation:
            return validation;
        case ErrorKind::operation:
            return operation;
        case ErrorKind::variables:
            return variables;
        case ErrorKind::field:
            return field;
        case ErrorKind::internal:
            break;
    }
    return internal;
}

boost::json::object to_json(ErrorEntry const& entry, ErrorCodes const& codes) {
    boost::json::object json;
    json.emplace("message", entry.message);
    if (!entry.locations.empty()) {
        auto& locations = json.emplace("locations", boost::json::array()).first->value().as_array();
        for (auto const& location : entry.locations)
            locations.push_back(
                boost::json::object{{"line", location.line}, {"column", location.column}});
    }
    if (!entry.path.empty()) json.emplace("path", entry.path);
    auto extensions = entry.extensions;
    extensions["code"] = entry.code.empty() ? codes.of(entry.kind) : std::string_view(entry.code);
    json.emplace("extensions", std::move(extensions));
    return json;
}

std::string refusal(ErrorEntries const& entries, ErrorCodes const& codes) {
    boost::json::array errors;
    for (auto const& entry : entries)
        errors.push_back(to_json(entry, codes));
    return boost::json::serialize(boost::json::object{{"errors", std::move(errors)}});
}

std::string quoted(std::string_view name) {
    std::string text = "\"";
    text += name.substr(0, longest_name);
    if (name.size() > longest_name) text += "…";
    return text += '"';
}

}  // namespace tunnus::graphql
