// SPDX-License-Identifier: MIT
#include "plugins/mandates/dialogue.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "plugins/mandates/business_id.hpp"
#include "plugins/mandates/recheck.hpp"
#include "plugins/mandates/session_state.hpp"

#include <algorithm>

namespace tunnus::plugin::mandates {
namespace {

using boost::json::array;
using boost::json::object;

/// The person's identity code, as the method of the configuration has proven it.
std::optional<PersonalIdentityCode> find_delegate(Settings const& settings,
                                                  MandateRequest const& request) {
    for (auto const& one : request.known)
        if (one.authenticator == settings.authenticator)
            return PersonalIdentityCode::parse(one.subject.reveal());
    return std::nullopt;
}

/// The objects of the request that the mandate satisfies, each with those of its themes.
array satisfied_details(MandateRequest const& request, Kind kind,
                        std::vector<std::string> const& roles) {
    array satisfied;
    for (auto const& detail : request.authorization_details) {
        auto const& one = detail.as_object();
        auto const asked = find_string(one, "kind") == "person" ? Kind::person : Kind::organisation;
        std::vector<std::string> themes;
        for (auto const& theme : one.at("themes").as_array())
            themes.emplace_back(theme.as_string());
        if (asked != kind) continue;
        auto const met = matching(themes, roles);
        if (met.empty()) continue;
        auto narrowed = one;
        narrowed["themes"] = array(met.begin(), met.end());
        satisfied.push_back(std::move(narrowed));
    }
    return satisfied;
}

Deny without_mandate(Deny::Kind kind, std::string reason) {
    return {.kind = kind, .reason = std::move(reason), .message = {}};
}

}  // namespace

/// What one request of the browser rests on.
struct Dialogue::Turn {
    LoginView const& login;
    MandateRequest const& request;
    Accepted accepted;
    std::optional<PersonalIdentityCode> delegate;
    /// The register could not be asked last time: so the service hears when the person gives up.
    bool unavailable = false;

    [[nodiscard]] std::string delegate_index(Host& host) const {
        return encode_base64url(host.blind_index("delegate", delegate->reveal()));
    }
};

Answer<Acting> Dialogue::begin(LoginView const& login, MandateRequest const& request) {
    Turn const turn{login, request, accepted_by(settings_, login.service.client_id, request),
                    find_delegate(settings_, request)};
    if (turn.accepted.nothing())
        return without_mandate(Deny::Kind::refused, "not_for_this_service");
    return ask(turn);
}

Answer<Acting> Dialogue::resume(LoginView const& login, MandateRequest const& request,
                                object const& state, BrowserRequest const& browser) {
    Turn turn{login, request, accepted_by(settings_, login.service.client_id, request),
              find_delegate(settings_, request)};
    if (auto const* unavailable = state.if_contains("unavailable"))
        turn.unavailable = unavailable->as_bool();
    if (turn.accepted.nothing())
        return without_mandate(Deny::Kind::refused, "not_for_this_service");
    auto const phase = state.at("phase").as_string();
    auto const choice = browser.form.find("acting");
    // Somebody who came back by the browser's own button chooses again.
    if (choice && browser.method == Method::POST) return take_choice(turn, *choice);
    // What the register said is for the person whom it was told, and for nobody who has signed in
    // since (threats.md M-06).
    if (state.contains("session") &&
        (!turn.delegate || state.at("delegate").as_string() != turn.delegate_index(host_)))
        return Deny{.kind = Deny::Kind::rejected, .reason = "another_person", .message = {}};
    if (phase == "away") return receive(turn, state, browser);
    if (phase == "which") return take_which(turn, state, browser);
    return ask(turn, "choose_one");
}

/// The choice is the person's, at every login anew: nobody is sent on to the register from a login
/// (suomifi.md 7.7).
Answer<Acting> Dialogue::ask(Turn const& turn, std::string_view notice) const {
    auto const& accepted = turn.accepted;
    bool const unavailable = notice == "unavailable" || notice == "incomplete";
    object model{{"own", accepted.own_matters},
                 {"person", !accepted.person.empty()},
                 {"organisation", !accepted.organisation.empty()}};
    if (!notice.empty()) model["notice"] = object{{notice, true}};
    return Page{.template_name = "acting",
                .model = std::move(model),
                .state = {{"phase", "choose"}, {"unavailable", unavailable}}};
}

Answer<Acting> Dialogue::take_choice(Turn const& turn, std::string_view choice) {
    auto const& accepted = turn.accepted;
    if (choice == "self" && accepted.own_matters) return Acting();
    if (choice == "person" && !accepted.person.empty()) return send_away(turn, Kind::person);
    if (choice == "organisation" && !accepted.organisation.empty())
        return send_away(turn, Kind::organisation);
    if (choice == "cancel")
        return without_mandate(turn.unavailable ? Deny::Kind::unavailable : Deny::Kind::cancelled,
                               turn.unavailable ? "register_unavailable" : "cancelled");
    return ask(turn, choice == "again" ? "" : "choose_one");
}

Answer<Acting> Dialogue::send_away(Turn const& turn, Kind kind) {
    if (!turn.delegate) return ask(turn, "no_identity_code");
    auto const session = api_.register_user(kind, *turn.delegate);
    if (!session) return failed(turn, session.error());
    return Redirect{.url = api_.authorize_url(*session, turn.login.login_id, turn.login.locale),
                    .state = {{"phase", "away"},
                              {"session", to_json(*session)},
                              {"delegate", turn.delegate_index(host_)}}};
}

/// The host has checked `state`, which is the login of this browser.
Answer<Acting> Dialogue::receive(Turn const& turn, object const& state,
                                 BrowserRequest const& browser) {
    auto session = session_from(state.at("session").as_object());
    if (browser.form.find("error")) return give_up(turn, session, "none_chosen");
    auto const code = browser.form.get("code");
    if (code.empty()) return Deny{.kind = Deny::Kind::rejected, .reason = "no_code", .message = {}};
    auto const redeemed = api_.redeem(std::move(session), code);
    if (!redeemed) return failed(turn, redeemed.error());
    return find_principals(turn, *redeemed);
}

Answer<Acting> Dialogue::find_principals(Turn const& turn, WebSession const& session) {
    bool const of_persons = session.kind == Kind::person;
    auto principals = of_persons ? api_.delegates(session) : api_.organisation_roles(session);
    if (!principals) return failed(turn, principals.error());
    bool const any_incomplete =
        std::ranges::any_of(*principals, [](auto const& one) { return !one.complete; });
    std::erase_if(*principals, [&](Principal const& one) {
        if (of_persons)
            return !PersonalIdentityCode::parse(one.identifier) ||
                   turn.delegate->reveal() == one.identifier;
        return !is_business_id(one.identifier) ||
               (one.complete && matching(turn.accepted.organisation, one.roles).empty());
    });
    if (principals->empty())
        return give_up(turn, session, any_incomplete ? "incomplete" : "no_mandate");
    if (principals->size() > 1) return ask_which(turn, session, *principals);
    return check(turn, session, principals->front());
}

/// The page names them; which they are stays here (threats.md M-05).
Answer<Acting> Dialogue::ask_which(Turn const& turn, WebSession const& session,
                                   std::vector<Principal> const& principals) const {
    array shown;
    array kept;
    for (auto const& one : principals) {
        shown.push_back(object{{"index", std::to_string(shown.size())}, {"name", one.name}});
        kept.push_back(object{{"identifier", one.identifier}, {"name", one.name}});
    }
    return Page{.template_name = "principal",
                .model = {{"principals", std::move(shown)}},
                .state = {{"phase", "which"},
                          {"session", to_json(session)},
                          {"delegate", turn.delegate_index(host_)},
                          {"principals", std::move(kept)}}};
}

Answer<Acting> Dialogue::take_which(Turn const& turn, object const& state,
                                    BrowserRequest const& browser) {
    auto const session = session_from(state.at("session").as_object());
    auto const& kept = state.at("principals").as_array();
    auto const chosen = browser.form.get("principal");
    std::vector<Principal> principals;
    for (auto const& one : kept)
        principals.push_back({.identifier = std::string(one.at("identifier").as_string()),
                              .name = std::string(one.at("name").as_string())});
    for (std::size_t i = 0; i < principals.size(); ++i)
        if (chosen == std::to_string(i)) return check(turn, session, principals[i]);
    if (!chosen.empty() && !record(turn, "principal_not_offered"))
        return without_mandate(Deny::Kind::unavailable, "audit");
    auto again = ask_which(turn, session, principals);
    std::get<Page>(again).status = 422;
    std::get<Page>(again).model["errors"] =
        object{{"principal-0", host_.text(turn.login.locale, "error_principal")}};
    return again;
}

Answer<Acting> Dialogue::check(Turn const& turn, WebSession const& session,
                               Principal const& principal) {
    return session.kind == Kind::person ? check_person(turn, session, principal)
                                        : check_organisation(turn, session, principal);
}

Answer<Acting> Dialogue::check_person(Turn const& turn, WebSession const& session,
                                      Principal const& principal) {
    auto const& accepted = turn.accepted.person;
    auto const identity_code = PersonalIdentityCode::parse(principal.identifier);
    if (!identity_code || !turn.delegate) return give_up(turn, session, "no_mandate");
    auto const found = api_.authorization_list(session, *identity_code, themes_of(accepted));
    if (!found) return failed(turn, found.error());
    auto roles = matching(accepted, *found);
    if (roles.empty()) return give_up(turn, session, "no_mandate");
    Recheck recheck{.session = session, .principal = principal.identifier, .roles = roles};
    if (!settings_.rest_api_key.empty()) {
        // What follows is asked without the session: the register may forget it now.
        api_.unregister(session);
        recheck.session.access_token.clear();
        recheck.session.session_id.clear();
    }
    return act(turn, session, principal, std::move(roles), recheck.to_json());
}

/// Asked once more where a source of the register had failed, which may be back, and where the
/// person has looked at a page meanwhile.
Answer<Acting> Dialogue::check_organisation(Turn const& turn, WebSession const& session,
                                            Principal const& principal) {
    auto found = Called<std::vector<Principal>>(std::vector{principal});
    if (principal.roles.empty() || !principal.complete)
        found = api_.organisation_roles(session, principal.identifier);
    if (!found) return failed(turn, found.error());
    auto const one = std::ranges::find(*found, principal.identifier, &Principal::identifier);
    if (one == found->end()) return give_up(turn, session, "no_mandate");
    if (!one->complete) return give_up(turn, session, "incomplete");
    auto roles = matching(turn.accepted.organisation, one->roles);
    if (roles.empty()) return give_up(turn, session, "no_mandate");
    Recheck const recheck{.session = session, .principal = principal.identifier, .roles = roles};
    return act(turn, session, *one, std::move(roles), recheck.to_json());
}

Acting Dialogue::act(Turn const& turn, WebSession const& session, Principal const& principal,
                     std::vector<std::string> roles, object recheck) const {
    bool const is_person = session.kind == Kind::person;
    Mandate mandate;
    mandate.kind = is_person ? Mandate::Kind::person : Mandate::Kind::organisation;
    mandate.principal = Secret(principal.identifier);
    mandate.authenticator = is_person ? settings_.authenticator : "business_id";
    mandate.name = principal.name.empty() ? "–" : principal.name;
    if (turn.accepted.releases_identifier) mandate.identifier = Secret(principal.identifier);
    mandate.authorization_details = satisfied_details(turn.request, session.kind, roles);
    mandate.roles = std::move(roles);
    mandate.checked_at = host_.clock().now();
    mandate.recheck = std::move(recheck);
    return {std::move(mandate)};
}

Answer<Acting> Dialogue::give_up(Turn const& turn, WebSession const& session,
                                 std::string_view notice) {
    api_.unregister(session);
    if (notice == "no_mandate" && !record(turn, notice))
        return without_mandate(Deny::Kind::unavailable, "audit");
    return ask(turn, notice);
}

Result<> Dialogue::record(Turn const& turn, std::string_view reason) const {
    return host_.audit().record({.kind = AuditKind::login_refused,
                                 .at = host_.clock().now(),
                                 .event_id = turn.login.event_id,
                                 .request_id = turn.login.request_id,
                                 .user_id = turn.login.user_id,
                                 .client_id = turn.login.service.client_id,
                                 .fields = {{"plugin", "mandates"}, {"reason", reason}}});
}

Answer<Acting> Dialogue::failed(Turn const& turn, CallFailure const& failure) const {
    switch (failure.kind) {
        case CallFailure::Kind::session_over:
        case CallFailure::Kind::code_spent:
            return ask(turn, "session_over");
        case CallFailure::Kind::refused:
            return ask(turn, "refused");
        case CallFailure::Kind::unavailable:
            break;
    }
    return ask(turn, "unavailable");
}

}  // namespace tunnus::plugin::mandates
