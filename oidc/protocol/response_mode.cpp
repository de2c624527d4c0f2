// SPDX-License-Identifier: MIT
#include "oidc/protocol/response_mode.hpp"

namespace tunnus::oidc {
namespace {

Refusal refused(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}, Delivery::redirect};
}

}  // namespace

ResponseWay default_response_way(ResponseType response_type) {
    return {response_type.gives_tokens() ? ResponseMode::fragment : ResponseMode::query, false};
}

Checked<ResponseWay> check_response_mode(Form const& form, ResponseType response_type,
                                         Client const& client) {
    auto way = default_response_way(response_type);
    auto name = form.get("response_mode");
    if (name.empty()) return way;
    way.jwt = name == "jwt" || name.ends_with(".jwt");
    if (name == "jwt") return way;
    if (way.jwt) name.remove_suffix(4);
    if (name == "query") {
        bool const hidden = way.jwt && client.authorization.encrypted_alg.has_value();
        if (response_type.gives_tokens() && !hidden) return refused("no token is put into a query");
        way.mode = ResponseMode::query;
        return way;
    }
    if (name == "fragment" || name == "form_post") {
        way.mode = name == "fragment" ? ResponseMode::fragment : ResponseMode::form_post;
        return way;
    }
    return refused("response_mode is unknown");
}

}  // namespace tunnus::oidc
