// SPDX-License-Identifier: MIT
#include "plugins/profile/gdpr_answer.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/showable.hpp"
#include "plugins/profile/graphql_schema.hpp"

#include <algorithm>
#include <optional>

namespace tunnus::plugin::profile {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::size_t most_errors = 16;
constexpr std::size_t most_languages = 8;
constexpr std::size_t most_code_characters = 64;
constexpr std::size_t most_key_characters = 128;
constexpr std::size_t most_message_characters = 500;

bool replace(std::string& text, std::string_view name, std::string_view with) {
    bool found = false;
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + with.size())) {
        text.replace(at, name.size(), with);
        found = true;
    }
    return found;
}

bool is_json(OutboundResponse const& response) {
    for (auto const& [name, field] : response.headers)
        if (name == "content-type")
            return to_lower(trim(field.substr(0, field.find(';')))) == "application/json";
    return false;
}

/// A text by language, and nothing else.
bool is_message(value const& message) {
    auto const* const texts = message.if_object();
    return texts && !texts->empty() && texts->size() <= most_languages &&
           std::ranges::all_of(*texts, [](auto const& text) {
               return text.key().size() <= 8 && std::ranges::all_of(text.key(), is_alphanumeric) &&
                      text.value().is_string() &&
                      is_showable(text.value().get_string(), most_message_characters);
           });
}

bool is_error(value const& error) {
    auto const* const members = error.if_object();
    if (!members || members->size() != 2) return false;
    auto const code = find_string(*members, "code");
    auto const* const message = members->if_contains("message");
    return code && is_showable(*code, most_code_characters) && message && is_message(*message);
}

/// `{"errors": […]}` as the contract has it; empty for anything else.
std::optional<object> read_errors(OutboundResponse const& response, Limits const& limits) {
    if (!is_json(response)) return std::nullopt;
    auto body = parse_json_object(response.body, {limits.http_body_bytes, limits.json_depth});
    if (!body || body->size() != 1) return std::nullopt;
    auto const* const errors = body->if_contains("errors");
    auto const* const list = errors ? errors->if_array() : nullptr;
    if (!list || list->empty() || list->size() > most_errors ||
        !std::ranges::all_of(*list, is_error))
        return std::nullopt;
    return std::move(*body);
}

/// A node: a key, and a value, children or an error.
bool is_node(value const& node) {
    auto const* const members = node.if_object();
    if (!members) return false;
    auto const key = find_string(*members, "key");
    if (!key || !is_showable(*key, most_key_characters)) return false;
    auto const* const children = members->if_contains("children");
    auto const* const plain = members->if_contains("value");
    if ((children != nullptr) + (plain != nullptr) + members->contains("error") != 1) return false;
    if (plain) return plain->is_primitive();
    return !children ||
           (children->is_array() && std::ranges::all_of(children->get_array(), is_node));
}

bool is_passing(int status) {
    return status >= 500 || status == 429;
}

GdprAnswer failed(bool passing, object said) {
    return {GdprAnswer::Kind::failed, passing, std::move(said)};
}

GdprAnswer unreachable(Error const& error) {
    // What may not be called, or says too much, will be so the next time.
    return failed(
        error.code == BaseErrc::unavailable,
        said_error(error.code == BaseErrc::too_large ? error_code::service_gdpr_api_unknown
                                                     : error_code::service_gdpr_api_request));
}

}  // namespace

std::string gdpr_address(std::string_view url_template, GdprNames const& names) {
    std::string address(url_template);
    bool const by_uuid = replace(address, "$user_uuid", names.user_uuid);
    bool const by_profile = replace(address, "$profile_id", names.profile_id);
    if (by_uuid || by_profile) return address;
    return address + (address.ends_with('/') ? "" : "/") + names.profile_id;
}

std::string as_dry_run(std::string const& address) {
    return address + (address.find('?') == address.npos ? "?" : "&") + "dry_run=true";
}

object gdpr_error(std::string_view code) {
    return {{"code", code}, {"message", object()}};
}

object said_error(std::string_view code) {
    return {{"errors", array{gdpr_error(code)}}};
}

GdprAnswer read_query_answer(Result<OutboundResponse> const& response, Limits const& limits) {
    if (!response) return unreachable(response.error());
    if (response->status == 204) return {GdprAnswer::Kind::done};
    if (response->status == 200 && is_json(*response)) {
        // Every node is an object within an array.
        auto tree =
            parse_json(response->body, {limits.gdpr_answer_bytes, 2 * limits.gdpr_answer_depth});
        if (tree && is_node(*tree))
            return {GdprAnswer::Kind::done, false, {{"tree", std::move(*tree)}}};
    }
    auto errors = response->status == 500 ? read_errors(*response, limits) : std::nullopt;
    return failed(is_passing(response->status),
                  errors ? std::move(*errors) : said_error(error_code::service_gdpr_api_unknown));
}

GdprAnswer read_erase_answer(Result<OutboundResponse> const& response, Limits const& limits) {
    if (!response) return unreachable(response.error());
    auto const status = response->status;
    if (status == 204) return {GdprAnswer::Kind::done};
    if (status == 403 || status == 500)
        if (auto errors = read_errors(*response, limits)) {
            if (status == 403) return {GdprAnswer::Kind::refused, false, std::move(*errors)};
            return failed(true, std::move(*errors));
        }
    return failed(is_passing(status), said_error(error_code::service_gdpr_api_unknown));
}

object to_gdpr_tree(std::string_view key, value const& data) {
    object node{{"key", key}};
    if (auto const* const members = data.if_object()) {
        auto& children = node["children"].emplace_array();
        for (auto const& member : *members)
            children.push_back(to_gdpr_tree(to_upper(member.key()), member.value()));
    } else if (auto const* const elements = data.if_array()) {
        auto& children = node["children"].emplace_array();
        for (auto const& element : *elements)
            children.push_back(to_gdpr_tree("ITEM", element));
    } else {
        node["value"] = data;
    }
    return node;
}

}  // namespace tunnus::plugin::profile
