// SPDX-License-Identifier: MIT
#include "plugins/mandates/recheck.hpp"

#include "plugins/mandates/session_state.hpp"

namespace tunnus::plugin::mandates {
namespace {

using Failure = CallFailure::Kind;

/// What the register refuses, or has forgotten, does not stand; what it cannot answer is unknown.
Result<bool> judge(CallFailure const& failure) {
    if (failure.kind != Failure::unavailable) return false;
    return Error(BaseErrc::unavailable, "mandates: " + failure.reason);
}

/// By law or by each theme, one question each: how several in one question count is not told.
Result<bool> ask_without_session(WebApi& api, Recheck const& mandate) {
    auto const delegate = PersonalIdentityCode::parse(mandate.session.delegate);
    auto const principal = PersonalIdentityCode::parse(mandate.principal);
    if (!delegate || !principal) return false;
    auto themes = themes_of(mandate.roles);
    if (themes.size() < mandate.roles.size()) themes.emplace_back();
    for (auto const& theme : themes) {
        auto const allowed = api.authorization_without_session(*delegate, *principal, theme,
                                                               mandate.session.request_id);
        if (!allowed) return judge(allowed.error());
        if (!*allowed) return false;
    }
    return true;
}

Result<bool> ask_for_person(WebApi& api, Recheck const& mandate) {
    auto const principal = PersonalIdentityCode::parse(mandate.principal);
    if (!principal) return false;
    auto const roles =
        api.authorization_list(mandate.session, *principal, themes_of(mandate.roles));
    if (!roles) return judge(roles.error());
    return matching(mandate.roles, *roles).size() == mandate.roles.size();
}

Result<bool> ask_for_organisation(WebApi& api, Recheck const& mandate) {
    auto const found = api.organisation_roles(mandate.session, mandate.principal);
    if (!found) return judge(found.error());
    for (auto const& one : *found) {
        if (one.identifier != mandate.principal) continue;
        if (!one.complete) return Error(BaseErrc::unavailable, "mandates: incomplete");
        return matching(mandate.roles, one.roles).size() == mandate.roles.size();
    }
    return false;
}

}  // namespace

boost::json::object Recheck::to_json() const {
    return {{"session", mandates::to_json(session)},
            {"principal", principal},
            {"roles", boost::json::array(roles.begin(), roles.end())}};
}

Recheck Recheck::from_json(boost::json::object const& stored) {
    Recheck recheck{.session = session_from(stored.at("session").as_object()),
                    .principal = std::string(stored.at("principal").as_string()),
                    .roles = {}};
    for (auto const& role : stored.at("roles").as_array())
        recheck.roles.emplace_back(role.as_string());
    return recheck;
}

Result<bool> still_stands(WebApi& api, Recheck const& mandate, TimePoint now) {
    if (mandate.session.access_token.empty()) return ask_without_session(api, mandate);
    if (now >= mandate.session.expires_at) return false;
    return mandate.session.kind == Kind::person ? ask_for_person(api, mandate)
                                                : ask_for_organisation(api, mandate);
}

}  // namespace tunnus::plugin::mandates
