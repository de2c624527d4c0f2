// SPDX-License-Identifier: MIT
#include "plugins/mandates/web_api.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "plugins/mandates/checksum.hpp"

#include <boost/throw_exception.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tunnus::plugin::mandates {
namespace {

namespace json = boost::json;
using Kinds = CallFailure::Kind;

constexpr seconds longest_session{600};       ///< whatever expires_in says
constexpr std::size_t most_principals = 200;  ///< more than that on one page nobody reads
constexpr std::size_t longest_name = 200;     ///< bytes, of what pages and tokens show
constexpr std::size_t longest_error = 40;     ///< of their `error`, as far as it is logged

/// One segment of a path. `+` and `-` of an identity code are literal there, and stay.
std::string segment(std::string_view text) {
    std::string encoded;
    for (auto rest = text; !rest.empty();) {
        auto const plus = rest.find('+');
        encoded += percent_encode(rest.substr(0, plus));
        if (plus == std::string_view::npos) break;
        encoded += '+';
        rest.remove_prefix(plus + 1);
    }
    return encoded;
}

std::string service_path(Kind kind) {
    return kind == Kind::person ? "/service/hpa" : "/service/ypa";
}

std::string with_request_id(std::string path, WebSession const& session) {
    return std::move(path) + "?requestId=" + percent_encode(session.request_id);
}

CallFailure unreadable(int status, std::string_view what) {
    return {Kinds::unavailable, status, "unreadable_" + std::string(what)};
}

/// The engine's number for what was wrong; its message may name people and is not kept.
std::string error_code_of(json::value const& body) {
    auto const* object = body.if_object();
    if (object == nullptr) return "status";
    auto const* code = object->if_contains("errorCode");
    if (code != nullptr && code->is_int64()) return "code_" + std::to_string(code->get_int64());
    auto const word = find_string(*object, "error").value_or("");
    bool const is_word = !word.empty() && word.size() <= longest_error &&
                         word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == word.npos;
    return is_word ? std::string(word) : "status";
}

Kinds kind_of(int status) {
    if (status == 401) return Kinds::session_over;
    return status >= 400 && status < 500 && status != 408 && status != 429 ? Kinds::refused
                                                                           : Kinds::unavailable;
}

/// Where there is no session yet, 401 is about our key, clock or password, and choosing anew would
/// not help.
CallFailure without_session(CallFailure failure) {
    if (failure.kind == Kinds::session_over) failure.kind = Kinds::refused;
    return failure;
}

std::optional<std::vector<std::string>> texts_of(json::object const& from, std::string_view name) {
    auto const* list = from.if_contains(name);
    if (list == nullptr || !list->is_array()) return std::nullopt;
    std::vector<std::string> texts;
    for (auto const& one : list->get_array()) {
        if (!one.is_string()) return std::nullopt;
        texts.emplace_back(one.get_string());
    }
    return texts;
}

/// At most so many bytes, and no part of a character.
std::string_view shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80)
        --most;
    return text.substr(0, most);
}

/// One organisation of the answer; empty when it is not of the form that the register promises
/// (threats.md M-09 judges the identifier later).
std::optional<Principal> read_organisation(json::value const& value) {
    auto const* object = value.if_object();
    if (object == nullptr) return std::nullopt;
    auto const identifier = find_string(*object, "identifier");
    auto const name = find_string(*object, "name");
    auto roles = texts_of(*object, "roles");
    auto const* complete = object->if_contains("complete");
    if (!identifier || !name || !roles) return std::nullopt;
    return Principal{
        .identifier = std::string(*identifier),
        .name = std::string(shortened(*name, longest_name)),
        .roles = std::move(*roles),
        .complete = complete != nullptr && complete->is_bool() && complete->get_bool()};
}

std::optional<Principal> read_person(json::value const& value) {
    auto const* object = value.if_object();
    if (object == nullptr) return std::nullopt;
    auto const identifier = find_string(*object, "personId");
    auto const name = find_string(*object, "name");
    if (!identifier || !name) return std::nullopt;
    return Principal{.identifier = std::string(*identifier),
                     .name = std::string(shortened(*name, longest_name))};
}

Called<std::vector<Principal>> read_principals(
    json::value const& body, std::optional<Principal> (*read)(json::value const&)) {
    auto const* list = body.if_array();
    if (list == nullptr || list->size() > most_principals) return unreadable(200, "principals");
    std::vector<Principal> principals;
    for (auto const& one : *list) {
        auto principal = read(one);
        if (!principal) return unreadable(200, "principals");
        principals.push_back(std::move(*principal));
    }
    return principals;
}

Called<bool> read_decision(json::value const& body) {
    auto const* object = body.if_object();
    auto const result = object ? find_string(*object, "result") : std::nullopt;
    if (!result) return unreadable(200, "decision");
    return *result == "ALLOWED";
}

}  // namespace

void throw_exception_from_error(CallFailure const& failure, boost::source_location const& where) {
    boost::throw_exception(std::runtime_error("mandates: " + failure.reason), where);
}

std::string_view to_string(CallFailure::Kind kind) {
    switch (kind) {
        case Kinds::unavailable:
            return "unavailable";
        case Kinds::session_over:
            return "session_over";
        case Kinds::refused:
            return "refused";
        case Kinds::code_spent:
            break;
    }
    return "code_spent";
}

Called<WebSession> WebApi::register_user(Kind kind, PersonalIdentityCode const& delegate) {
    WebSession session;
    session.kind = kind;
    session.request_id = random_uuid(host_.random());
    auto const path =
        with_request_id(service_path(kind) + "/user/register/" + segment(settings_.client_id) +
                            "/" + segment(delegate.reveal()),
                        session);
    auto const body = get("register", path, settings_.api_key, {});
    if (!body) return without_session(body.error());
    auto const* object = body->if_object();
    auto const session_id = object ? find_string(*object, "sessionId") : std::nullopt;
    auto const user_id = object ? find_string(*object, "userId") : std::nullopt;
    if (!session_id || session_id->empty() || !user_id || user_id->empty())
        return unreadable(200, "session");
    session.session_id = *session_id;
    session.user_id = *user_id;
    session.delegate = delegate.reveal();
    return session;
}

std::string WebApi::authorize_url(WebSession const& session, std::string_view state,
                                  std::string_view locale) const {
    return settings_.base_url + "/oauth/authorize?" +
           build_form({{"client_id", settings_.client_id},
                       {"response_type", "code"},
                       {"redirect_uri", settings_.return_uri},
                       {"user", session.user_id},
                       {"state", state},
                       {"lang", locale}});
}

Called<WebSession> WebApi::redeem(WebSession session, std::string_view code) {
    // RFC 2617: client id and password as they are, without a further encoding.
    auto const basic =
        encode_base64(settings_.client_id + ":" + std::string(settings_.oauth_password.reveal()));
    OutboundRequest request;
    request.method = "POST";
    request.url = settings_.base_url + "/oauth/token";
    request.headers = {{"Authorization", "Basic " + basic},
                       {"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body = build_form({{"grant_type", "authorization_code"},
                               {"code", code},
                               {"redirect_uri", settings_.return_uri}});
    auto const body = fetch_json("token", request);
    if (!body) {
        auto failure = without_session(body.error());
        if (failure.reason == "invalid_grant") failure.kind = Kinds::code_spent;
        return failure;
    }
    auto const* object = body->if_object();
    auto const token = object ? find_string(*object, "access_token") : std::nullopt;
    auto const* expires_in = object ? object->if_contains("expires_in") : nullptr;
    if (!token || token->empty() || expires_in == nullptr || !expires_in->is_int64())
        return unreadable(200, "token");
    session.access_token = *token;
    auto const lives = seconds(std::max<std::int64_t>(expires_in->get_int64(), 0));
    session.expires_at = host_.clock().now() + std::min(lives, longest_session);
    return session;
}

Called<std::vector<Principal>> WebApi::delegates(WebSession const& session) {
    auto const body = get(
        "delegate",
        with_request_id(service_path(Kind::person) + "/api/delegate/" + segment(session.session_id),
                        session),
        session);
    if (!body) return body.error();
    return read_principals(*body, read_person);
}

Called<std::vector<std::string>> WebApi::authorization_list(
    WebSession const& session, PersonalIdentityCode const& principal,
    std::vector<std::string> const& themes) {
    auto rest =
        with_request_id(segment(session.session_id) + "/" + segment(principal.reveal()), session);
    for (auto const& theme : themes)
        rest += "&issues=" + percent_encode(theme);
    auto const body = ask(AnswerKind::authorization_list, rest, principal.reveal(), session);
    if (!body) return body.error();
    auto const* object = body->if_object();
    auto roles = object ? texts_of(*object, "roles") : std::nullopt;
    if (!roles) return unreadable(200, "roles");
    return std::move(*roles);
}

Called<std::vector<Principal>> WebApi::organisation_roles(WebSession const& session,
                                                          std::string_view organisation_id) {
    auto rest = segment(session.session_id);
    if (!organisation_id.empty()) rest += "/" + segment(organisation_id);
    auto const body = ask(AnswerKind::organisational_roles,
                          with_request_id(std::move(rest), session), {}, session);
    if (!body) return body.error();
    return read_principals(*body, read_organisation);
}

void WebApi::unregister(WebSession const& session) {
    if (session.session_id.empty()) return;
    auto const path =
        service_path(session.kind) + "/user/unregister/" + segment(session.session_id);
    // Its failure is in the log, and harms nobody.
    static_cast<void>(get("unregister", path, settings_.api_key, {}));
}

Called<bool> WebApi::authorization_without_session(PersonalIdentityCode const& delegate,
                                                   PersonalIdentityCode const& principal,
                                                   std::string_view theme,
                                                   std::string_view end_user) {
    auto path = "/service/rest/hpa/authorization/" + segment(settings_.client_id) + "/" +
                segment(delegate.reveal()) + "/" + segment(principal.reveal()) +
                "?requestId=" + percent_encode(random_uuid(host_.random()));
    if (!theme.empty()) path += "&issue=" + percent_encode(theme);
    auto const body = get("rest_authorization", path, settings_.rest_api_key,
                          {{"X-userId", std::string(end_user)}});
    if (!body) return without_session(body.error());
    return read_decision(*body);
}

Called<json::value> WebApi::ask(AnswerKind kind, std::string const& rest,
                                std::string_view principal, WebSession const& session) {
    static constexpr std::array<std::string_view, 2> names{"authorizationlist",
                                                           "organizationRoles"};
    auto const name = names.at(static_cast<std::size_t>(kind));
    auto const path = service_path(session.kind) + "/api/" + std::string(name) + "/";
    auto const& signs = settings_.signed_answers;
    if (!signs) return get(name, path + rest, session);
    auto const jwt =
        fetch(name, signed_request(path + "jwt/" + rest, settings_.api_key,
                                   {{"Authorization", "Bearer " + session.access_token}}));
    if (!jwt) return jwt.error();
    ExpectedAnswer const expected{.kind = kind,
                                  .end_user = session.delegate,
                                  .principal = principal,
                                  .request_id = session.request_id,
                                  .audience = signs->audience,
                                  .now = host_.clock().now(),
                                  .may_lack = signs->may_lack};
    auto const answer = read_signed_answer(*jwt, signs->key, expected, host_.limits());
    if (!answer) return failed(name, {Kinds::unavailable, 200, answer.error().detail});
    return *answer;
}

Called<json::value> WebApi::get(std::string_view call, std::string const& path,
                                WebSession const& session) {
    return get(call, path, settings_.api_key,
               {{"Authorization", "Bearer " + session.access_token}});
}

Called<json::value> WebApi::get(std::string_view call, std::string const& path, Secret const& key,
                                Headers headers) {
    return fetch_json(call, signed_request(path, key, std::move(headers)));
}

OutboundRequest WebApi::signed_request(std::string const& path, Secret const& key,
                                       Headers headers) const {
    OutboundRequest request;
    request.url = settings_.base_url + path;
    request.headers = std::move(headers);
    request.headers.emplace_back(checksum_header, checksum_header_value(settings_.client_id, key,
                                                                        path, host_.clock().now()));
    request.headers.emplace_back("Accept", "application/json");
    return request;
}

Called<std::string> WebApi::fetch(std::string_view call, OutboundRequest const& asked) {
    auto request = asked;
    request.timeout = settings_.timeout;
    request.body_limit = host_.limits().http_body_bytes;
    auto response = host_.http().send(request);
    if (!response) return failed(call, {Kinds::unavailable, 0, "no_answer"});
    if (response->status == 200) return std::move(response->body);
    auto const body = parse_json(response->body, {host_.limits().http_body_bytes});
    return failed(call, {kind_of(response->status), response->status,
                         body ? error_code_of(*body) : "status"});
}

Called<json::value> WebApi::fetch_json(std::string_view call, OutboundRequest const& request) {
    auto const text = fetch(call, request);
    if (!text) return text.error();
    auto body = parse_json(*text, {host_.limits().http_body_bytes});
    if (!body) return failed(call, unreadable(200, "json"));
    return std::move(*body);
}

CallFailure WebApi::failed(std::string_view call, CallFailure failure) {
    host_.log().warning("mandates.call_failed", {{"call", call},
                                                 {"status", failure.status},
                                                 {"kind", to_string(failure.kind)},
                                                 {"reason", failure.reason}});
    return failure;
}

}  // namespace tunnus::plugin::mandates
