// SPDX-License-Identifier: MIT
#include "oidc/protocol/backchannel_authentication.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/locale.hpp"
#include "oidc/endpoints/decoupled.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/request_uri.hpp"
#include "oidc/endpoints/too_many.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/id_token_hint.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/token_request.hpp"
#include "storage/one_time.hpp"

namespace tunnus::oidc {
namespace {

constexpr seconds an_hour{3'600};

Refusal refused(OAuthError error, std::string description) {
    return {error, std::move(description), {}};
}

HttpResponse response_of(std::string_view auth_req_id, storage::DecoupledRequest const& stored) {
    auto const lifetime = std::chrono::floor<seconds>(stored.expires_at - stored.created_at);
    JsonWriter json(256);
    json.member("auth_req_id", auth_req_id);
    json.member("expires_in", std::int64_t{lifetime.count()});
    json.member("interval", std::int64_t{stored.interval.count()});
    auto response = json_response(200, std::move(json).finish());
    forbid_storing(response);
    return response;
}

/// Of our own ID tokens, the account behind `sub`. A pairwise one leads to nobody by itself: the
/// session that the token names does.
Result<std::string> user_of_hint(BackChannelCall const& call, IdTokenHint const& hint) {
    auto const& provider = call.provider;
    if (call.client.subject_type == SubjectType::public_) return hint.sub;
    auto const session_id = decode_base64url(hint.sid);
    if (!session_id) return std::string();
    auto const session = provider.sessions.find_by_id(*session_id);
    if (!session) return session.error();
    if (!*session || subject_for(provider, call.client, (*session)->user_id) != hint.sub)
        return std::string();
    return (*session)->user_id;
}

/// The account that a hint is about; empty when it is about nobody we know.
Checked<std::string> find_account(BackChannelCall const& call,
                                  BackchannelAuthentication const& asked) {
    auto const& provider = call.provider;
    Result<std::string> found = std::string();
    if (!asked.id_token_hint.empty()) {
        auto const keys = provider.keys.current();
        auto const hint = check_id_token_hint(asked.id_token_hint, provider.issuer,
                                              keys->verification, provider.limits, call.now);
        if (!hint || hint->client_id != call.client.client_id)
            return refused(OAuthError::invalid_request,
                           "id_token_hint is not an ID token of this client");
        found = user_of_hint(call, *hint);
    } else {
        found = provider.claims.find_person(asked.login_hint);
    }
    if (!found) return server_error(found.error().text());
    return std::move(*found);
}

/// Whether the person is there to be asked, and the code that they chose.
Checked<std::optional<storage::AskedPerson>> find_person(BackChannelCall const& call,
                                                         BackchannelAuthentication const& asked) {
    auto const user_id = find_account(call, asked);
    if (!user_id) return user_id.error();
    std::optional<storage::AskedPerson> nobody;
    if (user_id->empty()) return nobody;
    auto person = call.provider.users.find_asked(*user_id);
    if (!person) return server_error(person.error().text());
    if (!*person || (*person)->user.disabled_at) return nobody;
    return std::move(*person);
}

/// §13: known to be unknown to no more than so many questions of one service, so that nobody reads
/// out who has an account (threats.md I7).
Outcome unknown_person(BackChannelCall const& call) {
    auto const& limits = call.provider.limits;
    return PendingCommit{
        storage::reserve_attempt({"ciba.unknown." + call.client.client_id,
                                  limits.ciba_unknown_people, an_hour, call.now}),
        token_error(refused(OAuthError::unknown_user_id, "nobody is known by this hint"),
                    call.http),
        too_many_requests("too many unknown people", an_hour)};
}

storage::Attempt attempt_of(BackChannelCall const& call, std::string const& user_id) {
    return {"ciba." + call.client.client_id + '\n' + user_id,
            call.provider.limits.ciba_requests_per_person, an_hour, call.now};
}

/// A wrong code is a question that was asked, and counts as one: so nobody tries many.
std::optional<Outcome> check_user_code(BackChannelCall const& call, std::string_view sent,
                                       storage::AskedPerson const& person) {
    if (sent.empty() && person.approval_code_index.empty()) return std::nullopt;
    auto const& user_id = person.user.id;
    auto const error = sent.empty() ? OAuthError::missing_user_code : OAuthError::invalid_user_code;
    if (!sent.empty() &&
        approval_code_index(call.provider, user_id, sent) == person.approval_code_index)
        return std::nullopt;
    return PendingCommit{storage::reserve_attempt(attempt_of(call, user_id)),
                         token_error(refused(error, "the person's own code is needed"), call.http),
                         too_many_requests("this person was asked too often", an_hour)};
}

void put(std::string& text, std::string_view name, std::string_view value) {
    if (auto const at = text.find(name); at != std::string::npos)
        text.replace(at, name.size(), value);
}

/// What the person is told where they did not ask for anything: who asks, and where to answer. The
/// address opens nothing by itself.
std::optional<Mail> mail_for(BackChannelCall const& call, std::string const& user_id) {
    auto const& provider = call.provider;
    auto const claims = provider.claims.claims({.user_id = user_id,
                                                .client_id = call.client.client_id,
                                                .acr = {},
                                                .scopes = {"email"},
                                                .claim_names = {},
                                                .destination = ClaimsDestination::userinfo,
                                                .locale = {}});
    if (!claims) return std::nullopt;
    auto const* verified = claims->if_contains("email_verified");
    auto const address = find_string(*claims, "email");
    if (!address || verified == nullptr || *verified != true) return std::nullopt;
    Mail mail{std::string(*address), provider.pages.text("fi", "mail_asked_subject"), {}};
    for (auto const locale : locales) {
        auto text = provider.pages.text(locale, "mail_asked_text");
        put(text, "{service}", call.client.name(locale));
        put(text, "{address}", provider.issuer + "/profile/requests");
        mail.text += text + "\n\n";
    }
    return mail;
}

Outcome ask(BackChannelCall const& call, BackchannelAuthentication const& asked,
            AuthorizationRequest const& request, std::string const& user_id,
            std::optional<SignedRequestId> const& signed_as) {
    auto const& provider = call.provider;
    auto const auth_req_id = storage::make_bearer(provider.random, call.now);
    auto add = store_decoupled(call, auth_req_id, request, user_id, asked.lifetime);
    auto& stored = add.request;
    stored.pings = !asked.client_notification_token.empty();
    if (stored.pings)
        stored.body["ping"] = {{"auth_req_id", auth_req_id.text()},
                               {"client_notification_token", asked.client_notification_token}};
    stored.interval = provider.limits.ciba_poll_interval;
    add.attempt = attempt_of(call, user_id);
    if (signed_as)
        add.once = storage::OneTimeUse{
            "ciba_request", call.client.client_id + '\n' + signed_as->jti, signed_as->expires_at};
    add.mail = mail_for(call, user_id);
    return PendingCommit{
        storage::add_decoupled_request(add, provider.sealer, provider.random),
        response_of(auth_req_id.text(), stored),
        too_many_requests("this person was asked too often, or the request was used before",
                          an_hour)};
}

Checked<Outcome> answer(BackChannelCall const& call) {
    auto const& provider = call.provider;
    if (!call.client.allows_grant(ciba_grant_type))
        return refused(OAuthError::unauthorized_client, "this client may not ask so");
    auto const keys = find_keys_for(provider, call.client, call.form.get("request")).keys;
    auto const parameters = read_authentication_parameters(
        call.form, call.client, {provider.issuer, keys.get(), provider.limits, call.now});
    if (!parameters) return parameters.error();
    auto const asked =
        parse_backchannel_authentication(call.client, parameters->form, provider.limits);
    if (!asked) return asked.error();
    auto request = make_decoupled_request(call, parameters->form);
    if (!request) return request.error();
    if (!request->has_scope("openid"))
        return refused(OAuthError::invalid_scope, "the scope openid is needed");
    request->binding_message = asked->binding_message;

    auto const person = find_person(call, *asked);
    if (!person) return person.error();
    if (!*person) return unknown_person(call);
    if (auto no = check_user_code(call, asked->user_code, **person)) return std::move(*no);
    return ask(call, *asked, *request, (*person)->user.id, parameters->signed_as);
}

}  // namespace

Outcome backchannel_authentication(Provider const& provider, HttpRequest const& request) {
    return answer_back_channel(provider, request, CrossOrigin::none, answer);
}

}  // namespace tunnus::oidc
