// SPDX-License-Identifier: MIT
// AuthorizationRequest to and from the JSON of a stored login: what was accepted, under its own
// names. What is read here was written here, so a wrong shape is an error of ours.
#include "idp/base/json.hpp"
#include "oidc/protocol/authorization_request.hpp"

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

void put(json::object& object, std::string_view name, std::optional<std::string> const& text) {
    if (text) object[name] = *text;
}

void put(json::object& object, std::string_view name, std::vector<std::string> const& texts) {
    if (!texts.empty()) object[name] = json::array(texts.begin(), texts.end());
}

json::array to_json(std::vector<ClaimRequest> const& requests) {
    json::array array;
    for (auto const& request : requests) {
        json::object object{{"name", request.name}, {"essential", request.essential}};
        put(object, "values", request.values);
        array.push_back(std::move(object));
    }
    return array;
}

std::optional<std::string> get_text(json::object const& object, std::string_view name) {
    auto const text = find_string(object, name);
    return text ? std::optional(std::string(*text)) : std::nullopt;
}

bool get_flag(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<std::string> get_texts(json::object const& object, std::string_view name) {
    std::vector<std::string> texts;
    auto const* value = object.if_contains(name);
    if (value == nullptr || !value->is_array()) return texts;
    for (auto const& element : value->get_array())
        if (auto const* text = element.if_string()) texts.emplace_back(*text);
    return texts;
}

std::vector<ClaimRequest> get_claims(json::object const& object, std::string_view name) {
    std::vector<ClaimRequest> requests;
    auto const* value = object.if_contains(name);
    if (value == nullptr || !value->is_array()) return requests;
    for (auto const& element : value->get_array()) {
        auto const* entry = element.if_object();
        if (entry == nullptr) continue;
        requests.push_back({get_text(*entry, "name").value_or(""), get_flag(*entry, "essential"),
                            get_texts(*entry, "values")});
    }
    return requests;
}

}  // namespace

json::object AuthorizationRequest::to_json() const {
    json::object object{{"client_id", client_id}, {"redirect_uri", redirect_uri.text()}};
    if (response_mode == ResponseMode::form_post) object["form_post"] = true;
    put(object, "scope", scope);
    put(object, "state", state);
    put(object, "nonce", nonce);
    put(object, "code_challenge", code_challenge);
    if (prompt.none) object["prompt_none"] = true;
    if (prompt.login) object["prompt_login"] = true;
    if (prompt.consent) object["prompt_consent"] = true;
    if (prompt.select_account) object["prompt_select_account"] = true;
    if (max_age) object["max_age"] = max_age->count();
    put(object, "acr_values", acr_values);
    if (acr_essential) object["acr_essential"] = true;
    if (!claims.id_token.empty()) object["id_token"] = oidc::to_json(claims.id_token);
    if (!claims.userinfo.empty()) object["userinfo"] = oidc::to_json(claims.userinfo);
    if (!login_hint.empty()) object["login_hint"] = login_hint;
    put(object, "ui_locales", ui_locales);
    put(object, "hinted_subject", hinted_subject);
    return object;
}

Result<AuthorizationRequest> AuthorizationRequest::from_json(json::object const& stored) {
    auto const client_id = get_text(stored, "client_id");
    auto redirect_uri = get_text(stored, "redirect_uri");
    if (!client_id || !redirect_uri)
        return Error(BaseErrc::malformed, "a stored request without client_id or redirect_uri");
    AuthorizationRequest request(*client_id,
                                 RegisteredRedirectUri::from_stored(std::move(*redirect_uri)));
    if (get_flag(stored, "form_post")) request.response_mode = ResponseMode::form_post;
    request.scope = get_texts(stored, "scope");
    request.state = get_text(stored, "state");
    request.nonce = get_text(stored, "nonce");
    request.code_challenge = get_text(stored, "code_challenge");
    request.prompt = {get_flag(stored, "prompt_none"), get_flag(stored, "prompt_login"),
                      get_flag(stored, "prompt_consent"),
                      get_flag(stored, "prompt_select_account")};
    if (auto const* max_age = stored.if_contains("max_age"); max_age && max_age->is_int64())
        request.max_age = seconds(max_age->get_int64());
    request.acr_values = get_texts(stored, "acr_values");
    request.acr_essential = get_flag(stored, "acr_essential");
    request.claims = {get_claims(stored, "id_token"), get_claims(stored, "userinfo")};
    request.login_hint = get_text(stored, "login_hint").value_or("");
    request.ui_locales = get_texts(stored, "ui_locales");
    request.hinted_subject = get_text(stored, "hinted_subject");
    return request;
}

}  // namespace tunnus::oidc
