// SPDX-License-Identifier: MIT
// AuthorizationRequest to and from the JSON of a stored login: what was accepted, under its own
// names.
#include "oidc/protocol/authorization_request.hpp"
#include "oidc/protocol/stored_json.hpp"

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

json::array to_json(std::vector<ClaimRequest> const& requests) {
    json::array array;
    for (auto const& request : requests) {
        json::object object{{"name", request.name}};
        stored::put(object, "essential", request.essential);
        stored::put(object, "values", request.values);
        array.push_back(std::move(object));
    }
    return array;
}

std::vector<ClaimRequest> read_claims(json::object const& object, std::string_view name) {
    std::vector<ClaimRequest> requests;
    auto const* value = object.if_contains(name);
    if (value == nullptr || !value->is_array()) return requests;
    for (auto const& element : value->get_array())
        if (auto const* entry = element.if_object())
            requests.push_back({stored::text(*entry, "name").value_or(""),
                                stored::flag(*entry, "essential"),
                                stored::texts(*entry, "values")});
    return requests;
}

}  // namespace

json::object AuthorizationRequest::to_json() const {
    json::object object{{"client_id", client_id}, {"redirect_uri", redirect_uri.text()}};
    stored::put(object, "form_post", response_mode == ResponseMode::form_post);
    stored::put(object, "scope", scope);
    stored::put(object, "state", state);
    stored::put(object, "nonce", nonce);
    stored::put(object, "code_challenge", code_challenge);
    stored::put(object, "prompt_none", prompt.none);
    stored::put(object, "prompt_login", prompt.login);
    stored::put(object, "prompt_consent", prompt.consent);
    stored::put(object, "prompt_select_account", prompt.select_account);
    if (max_age) object["max_age"] = max_age->count();
    stored::put(object, "acr_values", acr_values);
    stored::put(object, "acr_essential", acr_essential);
    if (!claims.id_token.empty()) object["id_token"] = oidc::to_json(claims.id_token);
    if (!claims.userinfo.empty()) object["userinfo"] = oidc::to_json(claims.userinfo);
    if (!login_hint.empty()) object["login_hint"] = login_hint;
    stored::put(object, "ui_locales", ui_locales);
    stored::put(object, "hinted_subject", hinted_subject);
    return object;
}

Result<AuthorizationRequest> AuthorizationRequest::from_json(json::object const& object) {
    auto client_id = stored::text(object, "client_id");
    auto redirect_uri = stored::text(object, "redirect_uri");
    if (!client_id || !redirect_uri)
        return Error(BaseErrc::malformed, "a stored request without client_id or redirect_uri");
    AuthorizationRequest request(std::move(*client_id),
                                 RegisteredRedirectUri::from_stored(std::move(*redirect_uri)));
    if (stored::flag(object, "form_post")) request.response_mode = ResponseMode::form_post;
    request.scope = stored::texts(object, "scope");
    request.state = stored::text(object, "state");
    request.nonce = stored::text(object, "nonce");
    request.code_challenge = stored::text(object, "code_challenge");
    request.prompt = {stored::flag(object, "prompt_none"), stored::flag(object, "prompt_login"),
                      stored::flag(object, "prompt_consent"),
                      stored::flag(object, "prompt_select_account")};
    if (auto const max_age = stored::number(object, "max_age")) request.max_age = seconds(*max_age);
    request.acr_values = stored::texts(object, "acr_values");
    request.acr_essential = stored::flag(object, "acr_essential");
    request.claims = {read_claims(object, "id_token"), read_claims(object, "userinfo")};
    request.login_hint = stored::text(object, "login_hint").value_or("");
    request.ui_locales = stored::texts(object, "ui_locales");
    request.hinted_subject = stored::text(object, "hinted_subject");
    return request;
}

}  // namespace tunnus::oidc
