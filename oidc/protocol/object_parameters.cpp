// SPDX-License-Identifier: MIT
#include "oidc/protocol/object_parameters.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

/// What a parameter says as text; empty for what no parameter is.
std::optional<std::string> text_of(json::value const& value) {
    if (auto const* text = value.if_string()) {
        if (text->find('\0') != json::string::npos) return std::nullopt;
        return std::string(*text);
    }
    if (value.is_null() || value.is_double()) return std::nullopt;
    return json::serialize(value);
}

/// `resource` may be a list (RFC 8707 §2.1).
Checked<> add_parameter(Form& form, std::string_view name, json::value const& value) {
    auto const* several = name == "resource" ? value.if_array() : nullptr;
    json::array const one{value};
    for (auto const& element : several != nullptr ? *several : one) {
        auto text = text_of(element);
        if (!text)
            return Refusal{OAuthError::invalid_request_object, "the request object is not valid",
                           "a parameter is neither text nor number nor JSON", Delivery::redirect};
        form.add(std::string(name), std::move(*text));
    }
    return {};
}

}  // namespace

Checked<Form> parameters_of(json::object const& claims) {
    static constexpr std::array<std::string_view, 7> registered = {"iss", "sub", "aud", "exp",
                                                                   "nbf", "iat", "jti"};
    Form form;
    for (auto const& claim : claims)
        if (std::ranges::find(registered, std::string_view(claim.key())) == registered.end())
            if (auto const added = add_parameter(form, claim.key(), claim.value()); !added)
                return added.error();
    return form;
}

}  // namespace tunnus::oidc
