// SPDX-License-Identifier: MIT
// /login/consent: what the person permits the service.

#include "idp/login/flow.hpp"
#include "idp/login/own_form.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::login {

/// What the service would get, in words.
boost::json::array Walk::consent_items(AskConsent const& step) const {
    boost::json::array items;
    auto const is_asked = [&](std::string_view scope) {
        return std::find(step.scopes.begin(), step.scopes.end(), scope) != step.scopes.end();
    };
    for (auto const& scope : parts_.plugins.scopes())
        if (is_asked(scope.name))
            items.push_back({{"title", scope.title.in(transaction_.locale)},
                             {"description", scope.description.in(transaction_.locale)}});
    if (is_asked("offline_access"))
        items.push_back(
            {{"title", provider_.pages.text(transaction_.locale, "scope_offline_access")},
             {"description",
              provider_.pages.text(transaction_.locale, "scope_offline_access_about")}});
    auto const& titles = parts_.plugins.claim_titles();
    for (auto const& claim : step.claims) {
        if (oidc::is_consent_word(claim)) continue;
        auto const title = titles.find(claim);
        items.push_back(
            {{"title", title == titles.end() ? claim : title->second.in(transaction_.locale)},
             {"description", false}});
    }
    for (auto const& detail : transaction_.request.authorization_details)
        for (auto const& type : parts_.plugins.authorization_details_types())
            if (detail.at("type").as_string() == type.name)
                items.push_back({{"title", type.title.in(transaction_.locale)},
                                 {"description", boost::json::serialize(detail)}});
    return items;
}

Outcome Walk::ask_consent(AskConsent const& step) {
    ConsentAsked asked{
        .user_id = standing_of_, .scopes = step.scopes, .claims = step.claims, .allowed = {}};
    // What is shown is what the answer will be about, so it must be stored: also where a GET comes
    // to be the first to ask, because the person signed in in another tab meanwhile.
    bool const is_stored = showing_again_ && transaction_.consent == asked;
    transaction_.consent = std::move(asked);
    transaction_.running.reset();
    auto page_model = model("/login/consent");
    boost::json::object service{{"name", client_->name(transaction_.locale)}};
    if (!client_->policy_uri.empty()) service["policy_uri"] = client_->policy_uri;
    if (!client_->tos_uri.empty()) service["tos_uri"] = client_->tos_uri;
    page_model["service"] = std::move(service);
    if (transaction_.acting && transaction_.acting->mandate)
        page_model["acting"] = {{"name", transaction_.acting->mandate->name}};
    page_model["more"] = step.more;
    page_model["items"] = consent_items(step);
    auto const& message = transaction_.request.binding_message;
    if (!message.empty()) page_model["elsewhere"] = {{"message", message}};
    auto response = page(200, "consent", page_model);
    return is_stored ? Outcome(std::move(response)) : stored(std::move(response));
}

Outcome LoginFlow::consent(HttpRequest const& request) const {
    auto own = read_own_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto& [walk, form] = std::get<OwnForm>(own);
    auto& asked = walk.transaction().consent;
    auto const decision = form.get("decision");
    if (!asked || (decision != "allow" && decision != "deny")) return bad_request(parts_, request);
    asked->allowed = decision == "allow";
    return walk.advance();
}

}  // namespace tunnus::login
