// SPDX-License-Identifier: MIT
#include "oidc/grants/acting_for.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/stored_json.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

std::string context_of(std::string_view user_id) {
    return "grants.acting_for." + std::string(user_id);
}

}  // namespace

json::object ActingFor::to_json() const {
    json::object object{{"source", source},         {"is_person", is_person},
                        {"principal", principal},   {"name", name},
                        {"identifier", identifier}, {"checked_at", to_unix_ms(checked_at)},
                        {"recheck", recheck}};
    stored::put(object, "themes", themes);
    if (until) object["until"] = to_unix_ms(*until);
    return object;
}

ActingFor ActingFor::from_json(json::object const& object) {
    ActingFor acting;
    acting.source = stored::text(object, "source").value_or("");
    acting.is_person = object.at("is_person").as_bool();
    acting.principal = stored::text(object, "principal").value_or("");
    acting.name = stored::text(object, "name").value_or("");
    acting.identifier = stored::text(object, "identifier").value_or("");
    acting.themes = stored::texts(object, "themes");
    acting.checked_at = from_unix_ms(stored::number(object, "checked_at").value_or(0));
    acting.recheck = object.at("recheck").as_object();
    if (auto const until = stored::number(object, "until")) acting.until = from_unix_ms(*until);
    return acting;
}

TimePoint ActingFor::counts_until(TimePoint checked, Limits const& limits) const {
    TimePoint const counts = checked + limits.mandate_recheck;
    return until ? std::min(counts, *until) : counts;
}

std::string seal_acting_for(Provider const& provider, std::string_view user_id,
                            ActingFor const& acting) {
    return encode_base64url(provider.sealer.seal(
        context_of(user_id), json::serialize(acting.to_json()), provider.random));
}

Result<std::optional<ActingFor>> open_acting_for(Provider const& provider, std::string_view user_id,
                                                 GrantBody const& body) {
    if (body.acting_for.empty()) return std::optional<ActingFor>();
    auto const sealed = decode_base64url(body.acting_for);
    if (!sealed) return Error(BaseErrc::malformed, "acting_for is no base64url");
    auto const plain = provider.sealer.open(context_of(user_id), *sealed);
    if (!plain) return plain.error();
    auto const object = parse_json_object(*plain);
    if (!object) return object.error();
    return std::optional(ActingFor::from_json(*object));
}

json::object without_acting(json::object body) {
    body.erase("acting_for");
    return body;
}

json::object on_behalf_of(Provider const& provider, Client const& client,
                          storage::Grant const& grant, ActingFor const& acting,
                          TimePoint checked_at, ToldIn told_in) {
    auto const kind = acting.is_person ? "person" : "organisation";
    auto const principal = acting.is_person ? acting.principal : "organisation:" + acting.principal;
    json::object claim{{"sub", pairwise_subject(provider, client, principal)},
                       {"kind", kind},
                       {"name", acting.name},
                       {"themes", json::array(acting.themes.begin(), acting.themes.end())},
                       {"checked_at", to_unix_s(checked_at)}};
    if (acting.until) claim["recheck_until"] = to_unix_s(*acting.until);
    if (told_in == ToldIn::answer && !acting.identifier.empty() &&
        grant.client_id == client.client_id)
        claim[acting.is_person ? "national_id_num" : "business_id"] = acting.identifier;
    return claim;
}

json::object with_person(json::object act, std::string_view person) {
    auto* innermost = &act;
    while (auto* next = innermost->if_contains("act"))
        innermost = &next->as_object();
    if (innermost->empty())
        (*innermost)["sub"] = person;
    else
        (*innermost)["act"] = json::object{{"sub", person}};
    return act;
}

std::optional<Checked<Outcome>> check_mandate(BackChannelCall const& call,
                                              storage::Grant const& grant, GrantBody const& body,
                                              HttpResponse const& if_ended) {
    if (body.acting_for.empty()) return std::nullopt;
    if (!call.may_block) return Checked<Outcome>(Outcome(Continuation{Lane::outbound, {}}));
    auto const acting = open_acting_for(call.provider, grant.user_id, body);
    if (!acting) return Checked<Outcome>(server_error(acting.error().text()));
    auto const stands = call.provider.claims.mandate_stands((*acting)->source, (*acting)->recheck);
    if (!stands)
        return Checked<Outcome>(Refusal{OAuthError::temporarily_unavailable,
                                        "whether the mandate stands cannot be told now",
                                        {}});
    if (*stands) return std::nullopt;
    auto audit = audit_event(call, AuditKind::token_revoked, grant.user_id);
    audit.fields["reason"] = "mandate_ended";
    return Checked<Outcome>(Outcome(PendingCommit{
        storage::revoke_grant({grant.id, call.now, std::move(audit)}, call.provider.random),
        if_ended, if_ended}));
}

}  // namespace tunnus::oidc
