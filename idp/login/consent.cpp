// SPDX-License-Identifier: MIT
// /login/consent: what the person permits the service.

#include "idp/login/flow.hpp"
#include "idp/login/own_form.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::login {
namespace {

/// The service and where it tells more of itself.
boost::json::object service_model(oidc::Client const& client, std::string const& locale) {
    auto const& registered = client.service;
    boost::json::object service{{"name", client.name(locale)}};
    auto const put = [&](std::string_view member, std::string const& text) {
        if (!text.empty()) service[member] = text;
    };
    put("description", registered ? registered->description.in(locale) : "");
    put("policy_uri", registered && !registered->privacy_policy_url.empty()
                          ? registered->privacy_policy_url.in(locale)
                          : client.policy_uri);
    put("tos_uri", registered && !registered->terms_of_use_url.empty()
                       ? registered->terms_of_use_url.in(locale)
                       : client.tos_uri);
    return service;
}

}  // namespace

/// What the service would get, in words.
boost::json::array Walk::consent_items(AskConsent const& step) const {
    boost::json::array items;
    for (auto const& item : parts_.titles.items(step.scopes, step.claims, client_->service.get())) {
        boost::json::object shown{{"title", item.title.in(transaction_.locale)},
                                  {"description", false}};
        if (!item.description.empty())
            shown["description"] = item.description.in(transaction_.locale);
        items.push_back(std::move(shown));
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
    page_model["service"] = service_model(*client_, transaction_.locale);
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
