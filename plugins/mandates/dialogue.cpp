// SPDX-License-Identifier: MIT
#include "plugins/mandates/dialogue.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "plugins/mandates/business_id.hpp"
#include "plugins/mandates/recheck.hpp"

#include <algorithm>
#include <array>

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
    /// What the register said is for the person whom it was told, and for nobody who has signed in
    /// since (threats.md M-06).
    [[nodiscard]] bool is_of(std::string_view index, Host& host) const {
        return delegate && delegate_index(host) == index;
    }
};

Answer<Acting> Dialogue::begin(LoginView const& login, MandateRequest const& request) {
    using Earlier = MandateRequest::Earlier;
    Turn const turn{login, request, accepted_by(settings_, login.service.client_id, request),
                    find_delegate(settings_, request)};
    if (turn.accepted.nothing())
        return without_mandate(Deny::Kind::refused, "not_for_this_service");
    if (request.earlier == Earlier::unknown) return ask(turn, Notice::unavailable);
    if (request.earlier == Earlier::none) return ask(turn);
    if (!record(turn, "mandate_ended")) return without_mandate(Deny::Kind::unavailable, "audit");
    return ask(turn, Notice::ended);
}

Answer<Acting> Dialogue::resume(LoginView const& login, MandateRequest const& request,
                                object const& stored, BrowserRequest const& browser) {
    auto const state = state_from(stored);
    auto const* session = session_of(state);
    auto const* choosing = std::get_if<Choosing>(&state);
    Turn const turn{login, request, accepted_by(settings_, login.service.client_id, request),
                    find_delegate(settings_, request),
                    choosing != nullptr && choosing->unavailable};
    auto const choice = browser.form.find("acting");
    bool const chooses = choice && browser.method == Method::POST;
    // Somebody who came back by the browser's own button chooses again.
    if ((chooses || turn.accepted.nothing()) && session != nullptr) api_.unregister(*session);
    if (turn.accepted.nothing())
        return without_mandate(Deny::Kind::refused, "not_for_this_service");
    if (chooses) return take_choice(turn, *choice);
    auto const another_person = [&](WebSession const& of) {
        api_.unregister(of);
        return Deny{.kind = Deny::Kind::rejected, .reason = "another_person", .message = {}};
    };
    if (auto const* away = std::get_if<Away>(&state))
        return turn.is_of(away->delegate, host_) ? receive(turn, away->session, browser)
                                                 : another_person(away->session);
    if (auto const* back = std::get_if<Back>(&state))
        return turn.is_of(back->delegate, host_) ? take_which(turn, *back, browser)
                                                 : another_person(back->session);
    return ask(turn, Notice::choose_one);
}

std::string_view Dialogue::name_of(Notice notice) {
    static constexpr std::array<std::string_view, 10> names{
        "",        "choose_one",      "unavailable", "incomplete",
        "refused", "session_over",    "none_chosen", "no_mandate",
        "ended",   "no_identity_code"};
    return names.at(static_cast<std::size_t>(notice));
}

/// The choice is the person's, at every login anew: nobody is sent on to the register from a login
/// (suomifi.md 7.7).
Answer<Acting> Dialogue::ask(Turn const& turn, Notice notice) const {
    auto const& accepted = turn.accepted;
    object model{{"own", accepted.own_matters},
                 {"person", !accepted.person.empty()},
                 {"organisation", !accepted.organisation.empty()}};
    if (notice != Notice::none) model["notice"] = object{{name_of(notice), true}};
    Choosing const state{notice == Notice::unavailable || notice == Notice::incomplete};
    return Page{.template_name = "acting", .model = std::move(model), .state = to_json(state)};
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
    return ask(turn, choice == "again" ? Notice::none : Notice::choose_one);
}

Answer<Acting> Dialogue::send_away(Turn const& turn, Kind kind) {
    if (!turn.delegate) return ask(turn, Notice::no_identity_code);
    auto const session = api_.register_user(kind, *turn.delegate);
    if (!session) return failed(turn, {}, session.error());
    return Redirect{.url = api_.authorize_url(*session, turn.login.login_id, turn.login.locale),
                    .state = to_json(Away{*session, turn.delegate_index(host_)})};
}

/// The host has checked `state`, which is the login of this browser.
Answer<Acting> Dialogue::receive(Turn const& turn, WebSession const& session,
                                 BrowserRequest const& browser) {
    if (browser.form.find("error")) return give_up(turn, session, Notice::none_chosen);
    auto const code = browser.form.get("code");
    if (code.empty()) return Deny{.kind = Deny::Kind::rejected, .reason = "no_code", .message = {}};
    auto const redeemed = api_.redeem(session, code);
    if (!redeemed) return failed(turn, session, redeemed.error());
    return find_principals(turn, *redeemed);
}

Answer<Acting> Dialogue::find_principals(Turn const& turn, WebSession const& session) {
    bool const of_persons = session.kind == Kind::person;
    auto principals = of_persons ? api_.delegates(session) : api_.organisation_roles(session);
    if (!principals) return failed(turn, session, principals.error());
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
        return give_up(turn, session, any_incomplete ? Notice::incomplete : Notice::no_mandate);
    if (principals->size() > 1) return ask_which(turn, session, *principals);
    return check(turn, session, principals->front());
}

/// The page names them, and says of whom the register could not tell everything; which they are
/// stays here (threats.md M-05).
Answer<Acting> Dialogue::ask_which(Turn const& turn, WebSession const& session,
                                   std::vector<Principal> const& principals) const {
    array shown;
    for (auto const& one : principals)
        shown.push_back(object{{"index", std::to_string(shown.size())},
                               {"name", one.name},
                               {"incomplete", !one.complete}});
    return Page{.template_name = "principal",
                .model = {{"principals", std::move(shown)}},
                .state = to_json(Back{session, turn.delegate_index(host_), principals})};
}

Answer<Acting> Dialogue::take_which(Turn const& turn, Back const& state,
                                    BrowserRequest const& browser) {
    auto const chosen = browser.form.get("principal");
    for (std::size_t i = 0; i < state.principals.size(); ++i)
        if (chosen == std::to_string(i)) return check(turn, state.session, state.principals[i]);
    if (!chosen.empty() && !record(turn, "principal_not_offered"))
        return without_mandate(Deny::Kind::unavailable, "audit");
    auto again = ask_which(turn, state.session, state.principals);
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
    if (!identity_code || !turn.delegate) return give_up(turn, session, Notice::no_mandate);
    auto const found = api_.authorization_list(session, *identity_code, themes_of(accepted));
    if (!found) return failed(turn, session, found.error());
    auto roles = matching(accepted, *found);
    if (roles.empty()) return give_up(turn, session, Notice::no_mandate);
    return act(turn, session, principal, std::move(roles));
}

/// Asked once more where a source of the register had failed, which may be back, and where the
/// person has looked at a page meanwhile.
Answer<Acting> Dialogue::check_organisation(Turn const& turn, WebSession const& session,
                                            Principal const& principal) {
    auto found = Called<std::vector<Principal>>(std::vector{principal});
    if (principal.roles.empty() || !principal.complete)
        found = api_.organisation_roles(session, principal.identifier);
    if (!found) return failed(turn, session, found.error());
    auto const one = std::ranges::find(*found, principal.identifier, &Principal::identifier);
    if (one == found->end()) return give_up(turn, session, Notice::no_mandate);
    if (!one->complete) return give_up(turn, session, Notice::incomplete);
    auto roles = matching(turn.accepted.organisation, one->roles);
    if (roles.empty()) return give_up(turn, session, Notice::no_mandate);
    return act(turn, session, *one, std::move(roles));
}

Answer<Acting> Dialogue::act(Turn const& turn, WebSession const& session,
                             Principal const& principal, std::vector<std::string> roles) {
    bool const is_person = session.kind == Kind::person;
    auto const now = host_.clock().now();
    Recheck recheck{.session = session, .principal = principal.identifier, .roles = roles};
    Mandate mandate;
    if (is_person && !settings_.rest_api_key.empty()) {
        // What follows is asked without the session: the register may forget it now.
        api_.unregister(session);
        recheck.session.access_token.clear();
        recheck.session.session_id.clear();
    } else {
        // Too little is left of it for the service to do anything with.
        if (now + host_.limits().mandate_freshness >= session.expires_at)
            return give_up(turn, session, Notice::session_over);
        mandate.until = session.expires_at;
    }
    mandate.kind = is_person ? Mandate::Kind::person : Mandate::Kind::organisation;
    mandate.principal = Secret(principal.identifier);
    mandate.authenticator = is_person ? settings_.authenticator : "business_id";
    mandate.name = principal.name.empty() ? "–" : principal.name;
    if (turn.accepted.releases_identifier) mandate.identifier = Secret(principal.identifier);
    mandate.authorization_details = satisfied_details(turn.request, session.kind, roles);
    mandate.roles = std::move(roles);
    mandate.checked_at = now;
    mandate.recheck = recheck.to_json();
    return Acting{std::move(mandate)};
}

Answer<Acting> Dialogue::give_up(Turn const& turn, WebSession const& session, Notice notice) {
    api_.unregister(session);
    if (notice == Notice::no_mandate && !record(turn, name_of(notice)))
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

Answer<Acting> Dialogue::failed(Turn const& turn, WebSession const& session,
                                CallFailure const& failure) {
    switch (failure.kind) {
        case CallFailure::Kind::session_over:
        case CallFailure::Kind::code_spent:
            return give_up(turn, session, Notice::session_over);
        case CallFailure::Kind::refused:
            return give_up(turn, session, Notice::refused);
        case CallFailure::Kind::unavailable:
            break;
    }
    return give_up(turn, session, Notice::unavailable);
}

}  // namespace tunnus::plugin::mandates
