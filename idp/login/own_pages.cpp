// SPDX-License-Identifier: MIT
#include "idp/login/own_pages.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/page_routes.hpp"
#include "idp/login/browser.hpp"
#include "oidc/protocol/scope.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace tunnus::login {
namespace {

/// Letters, digits and a few signs: no `//` at the begin, no backslash, nothing encoded twice.
bool is_return_path(std::string_view path, Limits const& limits) {
    static constexpr std::string_view signs =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/?=&";
    return path.size() <= limits.return_path_bytes && path.starts_with('/') &&
           !path.starts_with("//") && path.find_first_not_of(signs) == std::string_view::npos;
}

/// So that a link of somebody else's cannot say that something was done.
std::string proof_of_action(Parts const& parts, storage::Session const& session,
                            std::string_view action) {
    return encode_hex(
        parts.sealer.blind_index("action_done", session.id + "\n" + std::string(action)));
}

}  // namespace

HttpResponse lead_to_action(Parts const& parts, HttpRequest const& request, std::string_view action,
                            std::string_view page) {
    auto const& issuer = parts.provider.issuer;
    auto const back = issuer + std::string(signed_in_path);
    auto const challenge = random_token(parts.provider.random);
    auto const locale = Pages::choose_locale({}, request);
    std::vector<std::pair<std::string_view, std::string_view>> const fields{
        {"client_id", own_client_id},  {"redirect_uri", back},
        {"response_type", "code"},     {"scope", "openid"},
        {"code_challenge", challenge}, {"code_challenge_method", "S256"},
        {"ui_locales", locale},        {"state", page},
        {"kc_action", action}};
    auto response = redirect_response(issuer + "/authorize?" + build_form(fields));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

void demand_own_action(Parts const& parts, HttpRequest const& request,
                       oidc::AuthorizationRequest& authorization) {
    auto const query = parse_form(request.query, parts.provider.limits.form_fields);
    auto const asked = query.form.get("kc_action");
    if (oidc::find_account_action(parts.policy.account_actions, asked) == nullptr) return;
    authorization.account_action = asked;
    authorization.prompt.login = true;
}

std::string action_done(Parts const& parts, HttpRequest const& request,
                        storage::Session const& session) {
    auto const query = parse_form(request.query, parts.provider.limits.form_fields);
    auto const done = query.form.get("done");
    if (done.empty() ||
        !equal_in_constant_time(query.form.get("proof"), proof_of_action(parts, session, done)))
        return {};
    return std::string(done);
}

bool is_own_client(std::string_view client_id) {
    return client_id == own_client_id;
}

boost::json::object own_client(std::string_view issuer, std::string_view name) {
    return {
        {"client_id", own_client_id},
        {"client_name", name},
        {"redirect_uris", boost::json::array{std::string(issuer) + std::string(signed_in_path)}},
        {"token_endpoint_auth_method", "none"},
        {"scope", "openid"}};
}

std::optional<HttpResponse> lead_to_sign_in(Parts const& parts, HttpRequest const& request,
                                            oidc::AuthenticationDemand const& demand) {
    auto const target = request.path + (request.query.empty() ? "" : "?" + request.query);
    if (request.method != Method::GET || !accepts_pages(request) ||
        !is_return_path(target, parts.provider.limits))
        return std::nullopt;
    auto const& issuer = parts.provider.issuer;
    auto const back = issuer + std::string(signed_in_path);
    auto const challenge = random_token(parts.provider.random);
    auto const locale = Pages::choose_locale({}, request);
    auto const levels = oidc::format_scope(demand.acr_values);
    auto const max_age = demand.max_age ? std::to_string(demand.max_age->count()) : std::string();
    std::vector<std::pair<std::string_view, std::string_view>> fields{
        {"client_id", own_client_id},  {"redirect_uri", back},
        {"response_type", "code"},     {"scope", "openid"},
        {"code_challenge", challenge}, {"code_challenge_method", "S256"},
        {"ui_locales", locale},        {"state", target}};
    if (!levels.empty()) fields.emplace_back("acr_values", levels);
    if (!max_age.empty()) fields.emplace_back("max_age", max_age);
    auto response = redirect_response(issuer + "/authorize?" + build_form(fields));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

HttpResponse return_to_page(Parts const& parts, HttpRequest const& request) {
    auto const query = parse_form(request.query, parts.provider.limits.form_fields);
    auto const target = query.form.get("state");
    auto const action_status = query.form.get("kc_action_status");
    if (query.error || (!query.form.find("code") && action_status.empty()) ||
        !is_return_path(target, parts.provider.limits))
        return parts.provider.pages.error(401, "login_required", "error_sign_in_first",
                                          request.request_id, Pages::choose_locale({}, request));
    auto address = parts.provider.issuer + std::string(target);
    auto session = find_session(parts, request);
    if (auto* answer = std::get_if<HttpResponse>(&session)) return std::move(*answer);
    auto const& live = std::get<std::optional<storage::Session>>(session);
    auto const action = target.substr(std::min(target.find("?done="), target.size()));
    if (action_status == "success" && live && !action.empty())
        address += "&proof=" + proof_of_action(parts, *live, action.substr(6));
    auto response = redirect_response(address);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

}  // namespace tunnus::login
