// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_details.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

Refusal refused(std::string description, Delivery delivery, std::string detail = {}) {
    return {OAuthError::invalid_authorization_details, std::move(description), std::move(detail),
            delivery};
}

Checked<json::array> read_list(std::string_view text, Limits const& limits, Delivery delivery) {
    if (text.empty()) return json::array();
    auto value = parse_json(text, {limits.authorization_details_bytes, limits.json_depth});
    if (!value)
        return refused("authorization_details is malformed", delivery, value.error().text());
    auto* list = value->if_array();
    if (list == nullptr || list->size() > limits.authorization_details)
        return refused("authorization_details is no list, or too long", delivery);
    return std::move(*list);
}

}  // namespace

Checked<json::array> parse_authorization_details(std::string_view text, Client const& client,
                                                 std::vector<AuthorizationDetailsType> const& types,
                                                 Limits const& limits, Delivery delivery) {
    auto list = read_list(text, limits, delivery);
    if (!list) return list;
    for (auto const& element : *list) {
        auto const* object = element.if_object();
        if (object == nullptr)
            return refused("authorization_details holds what is no object", delivery);
        auto const name = find_string(*object, "type").value_or("");
        auto const type = std::ranges::find(types, name, &AuthorizationDetailsType::name);
        if (type == types.end() || !contains(client.authorization_details_types, name))
            return refused("the type of authorization_details is unknown", delivery);
        if (auto const violation = type->schema.find_violation(element))
            return refused("authorization_details does not follow its type", delivery,
                           violation->path + ": " + violation->message);
    }
    return list;
}

Checked<json::array> narrow_authorization_details(json::array const& granted,
                                                  std::string_view asked, Limits const& limits) {
    if (asked.empty()) return granted;
    auto list = read_list(asked, limits, Delivery::json);
    if (!list) return list;
    for (auto const& element : *list)
        if (std::ranges::find(granted, element) == granted.end())
            return refused("authorization_details were not granted", Delivery::json);
    return list;
}

}  // namespace tunnus::oidc
