// SPDX-License-Identifier: MIT
// AuthorizationRequest to and from the JSON of a stored login: what was accepted, under its own
// names.
#include "idp/base/encoding.hpp"
#include "oidc/protocol/authorization_request.hpp"
#include "oidc/protocol/stored_json.hpp"

namespace tunnus::oidc {

namespace json = boost::json;
json::object AuthorizationRequest::to_json() const {
    json::object object{{"client_id", client_id}, {"redirect_uri", redirect_uri.text()}};
    if (response_type.gives_tokens()) object["response_type"] = response_type.text();
    if (response_way.mode != ResponseMode::query)
        object["response_mode"] = static_cast<std::int64_t>(response_way.mode);
    stored::put(object, "response_jwt", response_way.jwt);
    stored::put(object, "scope", scope);
    stored::put(object, "state", state);
    stored::put(object, "nonce", nonce);
    stored::put(object, "code_challenge", code_challenge);
    stored::put(object, "dpop_jkt", dpop_jkt);
    stored::put(object, "prompt_none", prompt.none);
    stored::put(object, "prompt_login", prompt.login);
    stored::put(object, "prompt_consent", prompt.consent);
    stored::put(object, "prompt_select_account", prompt.select_account);
    if (max_age) object["max_age"] = max_age->count();
    stored::put(object, "acr_values", acr_values);
    stored::put(object, "acr_essential", acr_essential);
    if (!claims.id_token.empty()) object["id_token"] = claim_requests_to_json(claims.id_token);
    if (!claims.userinfo.empty()) object["userinfo"] = claim_requests_to_json(claims.userinfo);
    if (!claims.id_token_verified.empty())
        object["id_token_verified"] = verified_claims_to_json(claims.id_token_verified);
    if (!claims.userinfo_verified.empty())
        object["userinfo_verified"] = verified_claims_to_json(claims.userinfo_verified);
    if (!login_hint.empty()) object["login_hint"] = login_hint;
    stored::put(object, "ui_locales", ui_locales);
    stored::put(object, "hinted_subject", hinted_subject);
    stored::put(object, "resources", resources);
    if (!authorization_details.empty()) object["authorization_details"] = authorization_details;
    if (!pushed_request.empty()) object["pushed_request"] = encode_base64url(pushed_request);
    if (!decoupled_request.empty())
        object["decoupled_request"] = encode_base64url(decoupled_request);
    if (!binding_message.empty()) object["binding_message"] = binding_message;
    if (!account_action.empty()) object["account_action"] = account_action;
    return object;
}

Result<AuthorizationRequest> AuthorizationRequest::from_json(json::object const& object) {
    auto client_id = stored::text(object, "client_id");
    auto redirect_uri = stored::text(object, "redirect_uri");
    if (!client_id || !redirect_uri)
        return Error(BaseErrc::malformed, "a stored request without client_id or redirect_uri");
    AuthorizationRequest request(std::move(*client_id),
                                 RegisteredRedirectUri::from_stored(std::move(*redirect_uri)));
    if (auto const type = stored::text(object, "response_type"))
        request.response_type = read_response_type(*type);
    request.response_way = {
        static_cast<ResponseMode>(stored::number(object, "response_mode").value_or(0)),
        stored::flag(object, "response_jwt")};
    request.scope = stored::texts(object, "scope");
    request.state = stored::text(object, "state");
    request.nonce = stored::text(object, "nonce");
    request.code_challenge = stored::text(object, "code_challenge");
    request.dpop_jkt = stored::text(object, "dpop_jkt");
    request.prompt = {stored::flag(object, "prompt_none"), stored::flag(object, "prompt_login"),
                      stored::flag(object, "prompt_consent"),
                      stored::flag(object, "prompt_select_account")};
    if (auto const max_age = stored::number(object, "max_age")) request.max_age = seconds(*max_age);
    request.acr_values = stored::texts(object, "acr_values");
    request.acr_essential = stored::flag(object, "acr_essential");
    request.claims = {read_claim_requests(object, "id_token"),
                      read_claim_requests(object, "userinfo"),
                      read_verified_claims(object, "id_token_verified"),
                      read_verified_claims(object, "userinfo_verified")};
    request.login_hint = stored::text(object, "login_hint").value_or("");
    request.ui_locales = stored::texts(object, "ui_locales");
    request.hinted_subject = stored::text(object, "hinted_subject");
    request.resources = stored::texts(object, "resources");
    if (auto const* details = object.if_contains("authorization_details"))
        request.authorization_details = details->as_array();
    if (auto const pushed = stored::text(object, "pushed_request"))
        request.pushed_request = decode_base64url(*pushed).value();
    if (auto const id = stored::text(object, "decoupled_request"))
        request.decoupled_request = decode_base64url(*id).value();
    request.binding_message = stored::text(object, "binding_message").value_or("");
    request.account_action = stored::text(object, "account_action").value_or("");
    return request;
}

}  // namespace tunnus::oidc
