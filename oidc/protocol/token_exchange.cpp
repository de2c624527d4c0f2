// SPDX-License-Identifier: MIT
#include "oidc/protocol/token_exchange.hpp"

#include "oidc/protocol/scope.hpp"

namespace tunnus::oidc {
namespace {

Refusal invalid_request(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}};
}

/// A token and its type come together or not at all.
Checked<> check_type(Form const& form, std::string const& token) {
    auto const type = form.get(token + "_type");
    if (form.get(token).empty()) {
        if (type.empty()) return {};
        return invalid_request(token + " is missing");
    }
    if (type != access_token_type)
        return invalid_request(token + "_type must be that of an access token");
    return {};
}

}  // namespace

Checked<TokenExchangeRequest> parse_token_exchange(Client const& client, Form const& form) {
    if (form.get("subject_token").empty()) return invalid_request("subject_token is missing");
    for (auto const* token : {"subject_token", "actor_token"})
        if (auto const checked = check_type(form, token); !checked) return checked.error();
    auto const wanted = form.get("requested_token_type");
    if (!wanted.empty() && wanted != access_token_type)
        return invalid_request("requested_token_type is not supported");
    TokenExchangeRequest request{form.get("subject_token"), form.get("actor_token"), {}};
    for (auto const* name : {"resource", "audience"})
        for (auto& target : form.all(name)) {
            if (!contains(client.resources, target))
                return Refusal{OAuthError::invalid_target, "not a target of this client", target};
            if (!contains(request.targets, target)) request.targets.push_back(std::move(target));
        }
    return request;
}

boost::json::object add_actor(boost::json::object before, std::string_view actor) {
    boost::json::object act{{"sub", actor}};
    if (!before.empty()) act["act"] = std::move(before);
    return act;
}

std::size_t count_actors(boost::json::object const& act) {
    std::size_t count = 0;
    auto const* one = &act;
    while (one != nullptr && !one->empty()) {
        ++count;
        auto const* inner = one->if_contains("act");
        one = inner != nullptr ? inner->if_object() : nullptr;
    }
    return count;
}

}  // namespace tunnus::oidc
