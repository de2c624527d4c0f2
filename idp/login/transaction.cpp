// SPDX-License-Identifier: MIT
#include "idp/login/transaction.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"

#include <algorithm>
#include <array>

namespace tunnus::login {
namespace {

using boost::json::array;
using boost::json::object;

array to_json(std::vector<std::string> const& texts) {
    return array(texts.begin(), texts.end());
}

std::vector<std::string> texts_of(object const& from, std::string_view name) {
    std::vector<std::string> texts;
    for (auto const& value : from.at(name).as_array())
        texts.emplace_back(value.as_string());
    return texts;
}

std::string text_of(object const& from, std::string_view name) {
    return std::string(from.at(name).as_string());
}

object to_json(Proof const& proof) {
    object json{{"authenticator", proof.authenticator},
                {"subject", proof.subject.reveal()},
                {"user_id", proof.user_id},
                {"acr", proof.acr},
                {"amr", to_json(proof.amr)},
                {"auth_time", to_unix_ms(proof.auth_time)},
                {"attributes", proof.attributes},
                {"logout", proof.logout}};
    if (proof.unclaimed_since) json["unclaimed_since"] = to_unix_ms(*proof.unclaimed_since);
    return json;
}

std::optional<TimePoint> time_of(object const& from, std::string_view name) {
    auto const* time = from.if_contains(name);
    if (time == nullptr) return std::nullopt;
    return from_unix_ms(time->to_number<std::int64_t>());
}

Proof proof_from(object const& from) {
    return {.authenticator = text_of(from, "authenticator"),
            .subject = Secret(text_of(from, "subject")),
            .user_id = text_of(from, "user_id"),
            .acr = text_of(from, "acr"),
            .amr = texts_of(from, "amr"),
            .auth_time = from_unix_ms(from.at("auth_time").to_number<std::int64_t>()),
            .attributes = from.at("attributes").as_object(),
            .logout = from.at("logout").as_object(),
            .unclaimed_since = time_of(from, "unclaimed_since")};
}

constexpr std::array<std::string_view, 4> running_kinds{"authenticator", "login_step", "mandate",
                                                        "proving"};

object to_json(Running const& running) {
    return {{"kind", running_kinds.at(static_cast<std::size_t>(running.kind))},
            {"plugin", running.plugin},
            {"state", running.state},
            {"template", running.template_name},
            {"model", running.model}};
}

Running running_from(object const& from) {
    auto const kind = std::ranges::find(running_kinds, text_of(from, "kind"));
    return {.kind = static_cast<Running::Kind>(kind - running_kinds.begin()),
            .plugin = text_of(from, "plugin"),
            .state = from.at("state").as_object(),
            .template_name = text_of(from, "template"),
            .model = from.at("model").as_object()};
}

object to_json(plugin::Mandate const& mandate) {
    object json{{"is_person", mandate.kind == plugin::Mandate::Kind::person},
                {"principal", mandate.principal.reveal()},
                {"authenticator", mandate.authenticator},
                {"name", mandate.name},
                {"roles", to_json(mandate.roles)},
                {"identifier", mandate.identifier.reveal()},
                {"authorization_details", mandate.authorization_details},
                {"checked_at", to_unix_ms(mandate.checked_at)},
                {"recheck", mandate.recheck}};
    if (mandate.until) json["until"] = to_unix_ms(*mandate.until);
    return json;
}

plugin::Mandate mandate_from(object const& from) {
    using Kind = plugin::Mandate::Kind;
    return {.kind = from.at("is_person").as_bool() ? Kind::person : Kind::organisation,
            .principal = Secret(text_of(from, "principal")),
            .authenticator = text_of(from, "authenticator"),
            .name = text_of(from, "name"),
            .roles = texts_of(from, "roles"),
            .identifier = Secret(text_of(from, "identifier")),
            .authorization_details = from.at("authorization_details").as_array(),
            .checked_at = from_unix_ms(from.at("checked_at").to_number<std::int64_t>()),
            .recheck = from.at("recheck").as_object(),
            .until = time_of(from, "until")};
}

object to_json(ActingChoice const& acting) {
    object json{{"source", acting.source}, {"user_id", acting.user_id}};
    if (acting.mandate) json["mandate"] = to_json(*acting.mandate);
    return json;
}

ActingChoice acting_from(object const& from) {
    ActingChoice acting{
        .source = text_of(from, "source"), .user_id = text_of(from, "user_id"), .mandate = {}};
    if (auto const* mandate = from.if_contains("mandate"))
        acting.mandate = mandate_from(mandate->as_object());
    return acting;
}

object to_json(ConsentAsked const& consent) {
    object json{{"user_id", consent.user_id},
                {"scopes", to_json(consent.scopes)},
                {"claims", to_json(consent.claims)}};
    if (consent.allowed) json["allowed"] = *consent.allowed;
    return json;
}

object to_json(MergeAsked const& merge) {
    return {{"from", merge.from},
            {"into", merge.into},
            {"moved", to_json(merge.moved)},
            {"dropped", to_json(merge.dropped)},
            {"confirmed", merge.confirmed}};
}

MergeAsked merge_from(object const& from) {
    return {.from = text_of(from, "from"),
            .into = text_of(from, "into"),
            .moved = texts_of(from, "moved"),
            .dropped = texts_of(from, "dropped"),
            .confirmed = from.at("confirmed").as_bool()};
}

ConsentAsked consent_from(object const& from) {
    ConsentAsked consent{.user_id = text_of(from, "user_id"),
                         .scopes = texts_of(from, "scopes"),
                         .claims = texts_of(from, "claims"),
                         .allowed = {}};
    if (auto const* allowed = from.if_contains("allowed")) consent.allowed = allowed->as_bool();
    return consent;
}

}  // namespace

std::string LoginTransaction::known_user(storage::Session const* session) const {
    if (!proof) return session != nullptr ? session->user_id : std::string();
    if (proof->user_id.empty() && also) return also->user_id;
    return proof->user_id;
}

bool LoginTransaction::has_proven_session_user() const {
    auto const is_theirs = [&](std::optional<Proof> const& one) {
        return one && !one->user_id.empty() && one->user_id == session_user_id;
    };
    return is_theirs(proof) || is_theirs(also);
}

std::string LoginTransaction::handle() const {
    return encode_base64url(id);
}

object LoginTransaction::to_json() const {
    object json{{"request", request.to_json()},
                {"locale", locale},
                {"event_id", event_id},
                {"chosen", chosen},
                {"cancelled", cancelled},
                {"settled_steps", login::to_json(settled_steps)},
                {"session_id", encode_base64url(session_id)},
                {"session_user_id", session_user_id},
                {"given_up_as", given_up_as},
                {"rounds", rounds}};
    if (proof) json["proof"] = login::to_json(*proof);
    if (also) json["also"] = login::to_json(*also);
    if (running) json["running"] = login::to_json(*running);
    if (acting) json["acting"] = login::to_json(*acting);
    if (consent) json["consent"] = login::to_json(*consent);
    if (merge) json["merge"] = login::to_json(*merge);
    return json;
}

Result<LoginTransaction> transaction_from(storage::LoginRecord const& record) {
    auto const& body = record.body;
    auto request = oidc::AuthorizationRequest::from_json(body.at("request").as_object());
    if (!request) return request.error();
    LoginTransaction transaction{
        .id = record.id,
        .version = record.version,
        .request = std::move(*request),
        .locale = text_of(body, "locale"),
        .event_id = text_of(body, "event_id"),
        .proof = {},
        .also = {},
        .chosen = text_of(body, "chosen"),
        .cancelled = body.at("cancelled").as_bool(),
        .running = {},
        .settled_steps = texts_of(body, "settled_steps"),
        .acting = {},
        .consent = {},
        .session_id = decode_base64url(text_of(body, "session_id")).value(),
        .session_user_id = text_of(body, "session_user_id"),
        .given_up_as = text_of(body, "given_up_as"),
        .merge = {},
        .rounds = body.at("rounds").to_number<std::size_t>(),
        .created_at = record.created_at};
    if (auto const* proof = body.if_contains("proof"))
        transaction.proof = proof_from(proof->as_object());
    if (auto const* also = body.if_contains("also"))
        transaction.also = proof_from(also->as_object());
    if (auto const* running = body.if_contains("running"))
        transaction.running = running_from(running->as_object());
    if (auto const* acting = body.if_contains("acting"))
        transaction.acting = acting_from(acting->as_object());
    if (auto const* consent = body.if_contains("consent"))
        transaction.consent = consent_from(consent->as_object());
    if (auto const* merge = body.if_contains("merge"))
        transaction.merge = merge_from(merge->as_object());
    return transaction;
}

}  // namespace tunnus::login
