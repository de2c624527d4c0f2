// SPDX-License-Identifier: MIT
#include "idp/login/sign_in_methods.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/time_text.hpp"
#include "idp/login/accounts.hpp"
#include "idp/login/acting_now.hpp"
#include "idp/login/own_pages.hpp"
#include "idp/login/session_form.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <iterator>

namespace tunnus::login {
namespace {

using boost::json::array;
using boost::json::object;
using Links = std::vector<storage::IdentityLink>;

constexpr std::string_view remove_path = "/profile/signin/remove";

/// Names of actions as they stand in addresses of ours, which have no `:` (is_return_path).
std::string with_sign(std::string text, char from, char to) {
    std::ranges::replace(text, from, to);
    return text;
}

/// `UPDATE_PASSWORD` is told by the text `action_update_password`.
std::string text_of(std::string_view prefix, std::string_view action) {
    return std::string(prefix) + to_lower(action);
}

storage::IdentityLink const* find_link(Links const& links, std::string_view authenticator) {
    auto const found =
        std::ranges::find(links, authenticator, &storage::IdentityLink::authenticator);
    return found == links.end() ? nullptr : &*found;
}

/// The last way in stays.
bool may_go(Links const& links, std::string_view authenticator) {
    return links.size() > 1 && find_link(links, authenticator) != nullptr;
}

oidc::AuthenticationDemand removal_demand(Parts const& parts, Links const& links) {
    bool const can_be_strong = std::ranges::any_of(
        links, [&](auto const& link) { return parts.policy.is_strong_method(link.authenticator); });
    return {can_be_strong ? parts.policy.strong_levels : std::vector<std::string>(),
            parts.provider.limits.fresh_login_age};
}

bool is_fresh(Parts const& parts, storage::Session const& session, Links const& links) {
    return oidc::satisfies(removal_demand(parts, links), session.acr, session.auth_time,
                           parts.policy.levels, parts.provider.clock.now());
}

std::string detail_of(storage::IdentityLink const& link,
                      std::vector<std::pair<std::string, std::string>> const& addresses) {
    for (auto const& [plugin, address] : addresses)
        if (plugin == link.authenticator) return address;
    return {};
}

HttpResponse to_page(Parts const& parts) {
    return redirect_response(parts.provider.issuer + std::string(sign_in_page));
}

}  // namespace

std::optional<HttpResponse> add_methods(Parts const& parts, HttpRequest const& request,
                                        storage::Session const& session, std::string_view locale,
                                        object& model) {
    auto const links = parts.provider.users.identities_of(session.user_id);
    auto const addresses = parts.plugins.notice_addresses(session.user_id);
    if (!links || !addresses) return unavailable(parts, request);
    auto const& pages = parts.provider.pages;
    array methods;
    for (auto const& link : *links) {
        array changes;
        for (auto const& info : parts.plugins.authenticators())
            if (info.name == link.authenticator)
                for (auto const& action : info.account_actions) {
                    // One that we have no words for is for services that know it.
                    auto const key = text_of("action_", action);
                    if (auto const title = pages.text(locale, key); title != key)
                        changes.push_back(
                            {{"action", with_sign(action, ':', '.')}, {"title", title}});
                }
        auto const detail = detail_of(link, *addresses);
        object method{{"id", link.authenticator},
                      {"label", label_of(parts, link.authenticator, locale)},
                      {"detail", false},
                      {"linked", date_text(link.linked_at, locale)},
                      {"linked_at", rfc3339(link.linked_at)},
                      {"changes", std::move(changes)},
                      {"removable", may_go(*links, link.authenticator)}};
        if (!detail.empty()) method["detail"] = detail;
        methods.push_back(std::move(method));
    }
    array addable;
    for (auto const& info : parts.plugins.authenticators())
        if (find_link(*links, info.name) == nullptr)
            addable.push_back(
                {{"id", info.name},
                 {"action", with_sign(std::string(link_action), ':', '.') + info.name},
                 {"label", info.label.in(locale)},
                 {"strong", parts.policy.is_strong_method(info.name)}});
    model["any_addable"] = !addable.empty();
    model["methods"] = std::move(methods);
    model["addable"] = std::move(addable);
    auto const done = with_sign(action_done(parts, request, session), '.', ':');
    if (done.starts_with(link_action))
        model["done"] = pages.text(locale, "done_link");
    else if (!done.empty())
        model["done"] = pages.text(locale, text_of("done_", done));
    return std::nullopt;
}

Outcome SignInMethods::change(HttpRequest const& request) const {
    auto found = find_session(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&found)) return std::move(*answer);
    if (!std::get<std::optional<storage::Session>>(found)) {
        if (auto sign_in = lead_to_sign_in(parts_, request)) return std::move(*sign_in);
        return to_page(parts_);
    }
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    auto const named = std::string(query.form.get("what"));
    auto const action = with_sign(named, '.', ':');
    if (oidc::find_account_action(parts_.policy.account_actions, action) == nullptr)
        return to_page(parts_);
    return lead_to_action(parts_, request, action, std::string(sign_in_page) + "?done=" + named);
}

Outcome SignInMethods::ask_removal(HttpRequest const& request) const {
    auto found = find_session(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&found)) return std::move(*answer);
    auto const& session = std::get<std::optional<storage::Session>>(found);
    if (!session) {
        if (auto sign_in = lead_to_sign_in(parts_, request)) return std::move(*sign_in);
        return to_page(parts_);
    }
    auto const links = parts_.provider.users.identities_of(session->user_id);
    auto const addresses = parts_.plugins.notice_addresses(session->user_id);
    if (!links || !addresses) return unavailable(parts_, request);
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    auto const name = query.form.get("method");
    if (!may_go(*links, name)) return to_page(parts_);
    if (!is_fresh(parts_, *session, *links)) {
        auto sign_in = lead_to_sign_in(parts_, request, removal_demand(parts_, *links));
        return sign_in ? std::move(*sign_in) : to_page(parts_);
    }
    auto const locale = Pages::choose_locale({std::string(query.form.get("ui_locales"))}, request);
    auto acting = acting_now(parts_, *session, locale);
    if (!acting) return unavailable(parts_, request);
    auto const target = std::string(remove_path) + "?method=" + std::string(name);
    object model{{"action", std::string(remove_path) + "?ui_locales=" + locale},
                 {"csrf", session_csrf(parts_, request)},
                 {"languages", Pages::language_links(locale, target)},
                 {"nav", {{"signin", true}}},
                 {"acting_now", std::move(*acting)},
                 {"id", name},
                 {"label", label_of(parts_, name, locale)},
                 {"strong", parts_.policy.is_strong_method(name)}};
    if (auto const detail = detail_of(*find_link(*links, name), *addresses); !detail.empty())
        model["detail"] = detail;
    return parts_.provider.pages.render(200, "remove_method", model, locale);
}

Outcome SignInMethods::remove(HttpRequest const& request) const {
    auto own = read_session_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto const& [session, form] = std::get<SessionForm>(own);
    auto const name = std::string(form.get("method"));
    auto const links = parts_.provider.users.identities_of(session.user_id);
    if (!links) return unavailable(parts_, request);
    if (form.get("decision") != "remove" || !may_go(*links, name) ||
        !is_fresh(parts_, session, *links))
        return to_page(parts_);
    auto const now = parts_.provider.clock.now();
    auto const locale = Pages::choose_locale({}, request);
    auto writes = parts_.plugins.method_removed(session.user_id, name);
    auto mails = notices(parts_, session.user_id, "method_removed", label_of(parts_, name, locale),
                         locale, now);
    auto others = parts_.provider.sessions.find_by_user(session.user_id, now);
    if (!writes || !mails || !others) return unavailable(parts_, request);
    std::erase_if(*others,
                  [&own_id = session.id](storage::Session const& one) { return one.id == own_id; });
    storage::RemoveIdentity removal{.user_id = session.user_id,
                                    .authenticator = name,
                                    .ends = {},
                                    .writes = std::move(writes->steps),
                                    .audit = std::move(writes->audit)};
    // Whoever else signed in by it is out.
    if (!others->empty())
        removal.ends = ending_of(*others, "method removed", request.request_id, now);
    std::ranges::move(*mails, std::back_inserter(removal.writes));
    removal.audit.push_back({.kind = AuditKind::account_changed,
                             .at = now,
                             .event_id = request.request_id,
                             .request_id = request.request_id,
                             .user_id = session.user_id,
                             .client_id = {},
                             .fields = {{"what", "method_removed"}, {"method", name}}});
    return PendingCommit{.intention = storage::remove_identity(removal, parts_.provider.random),
                         .if_won = to_page(parts_),
                         .if_lost = to_page(parts_)};
}

}  // namespace tunnus::login
