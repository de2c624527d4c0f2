// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_page.hpp"

#include "idp/base/encoding.hpp"
#include "plugins/profile/graphql_schema.hpp"

#include <algorithm>
#include <charconv>

namespace tunnus::plugin::profile {
namespace {

constexpr std::string_view cursor_type = "arrayconnection";

/// The argument; empty when it is absent or null.
std::optional<std::int64_t> number(boost::json::object const& arguments, std::string_view name) {
    auto const* const value = arguments.if_contains(name);
    return value && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

std::optional<std::size_t> index_of(boost::json::object const& arguments, std::string_view name) {
    auto const* const value = arguments.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    auto const text = id_within(cursor_type, value->get_string());
    std::size_t index = 0;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, index);
    return read.ec == std::errc() && read.ptr == end ? std::optional(index) : std::nullopt;
}

}  // namespace

std::string global_id(std::string_view type, std::string_view id) {
    return encode_base64(std::string(type) + ":" + std::string(id));
}

std::string id_within(std::string_view type, std::string_view global) {
    auto const plain = decode_base64(global).value_or("");
    if (plain.size() <= type.size() || !plain.starts_with(type) || plain[type.size()] != ':')
        return {};
    return plain.substr(type.size() + 1);
}

graphql::Resolution make_page(boost::json::array const& nodes,
                              boost::json::object const& arguments) {
    for (auto const* const name : {"offset", "first", "last"})
        if (number(arguments, name).value_or(0) < 0)
            return graphql::FieldError{
                error_code::validation, std::string(name) + " is negative", {}, {}};
    auto const at_most = [&](std::string_view name, std::size_t otherwise) {
        auto const asked = number(arguments, name);
        return asked ? std::min(static_cast<std::size_t>(*asked), otherwise) : otherwise;
    };
    std::size_t begin = number(arguments, "offset") ? at_most("offset", nodes.size()) : 0;
    std::size_t end = nodes.size();
    if (auto const after = index_of(arguments, "after"))
        begin = std::max(begin, std::min(*after, nodes.size()) + 1);
    if (auto const before = index_of(arguments, "before")) end = std::min(end, *before);
    begin = std::min(begin, end);
    end = std::min(end, begin + at_most("first", nodes.size()));
    auto const last = at_most("last", nodes.size());
    if (end - begin > last) begin = end - last;

    boost::json::array edges;
    for (auto i = begin; i < end; ++i)
        edges.push_back(boost::json::object{{"cursor", global_id(cursor_type, std::to_string(i))},
                                            {"node", nodes[i]}});
    boost::json::object info{{"hasNextPage", end < nodes.size()}, {"hasPreviousPage", begin > 0}};
    if (!edges.empty()) {
        info["startCursor"] = edges.front().at("cursor");
        info["endCursor"] = edges.back().at("cursor");
    }
    return graphql::Resolved(
        boost::json::object{{"pageInfo", std::move(info)}, {"edges", std::move(edges)}});
}

}  // namespace tunnus::plugin::profile
