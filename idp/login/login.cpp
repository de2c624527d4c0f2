// SPDX-License-Identifier: MIT
// /login: the choice of a method, and the present step again.
#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "idp/login/flow.hpp"
#include "idp/login/own_form.hpp"

#include <algorithm>

namespace tunnus::login {

Outcome Walk::show_again() {
    if (transaction_.running && !transaction_.running->template_name.empty())
        return plugin_page(*transaction_.running, 200);
    // The browser was elsewhere, or nothing was running: the choice stands open again. Pages of
    // ours are shown without storing anything; whatever else the login needs by now happens as
    // always.
    transaction_.running.reset();
    transaction_.chosen.clear();
    transaction_.cancelled = true;
    showing_again_ = true;
    return advance();
}

Outcome Walk::ask_method(ChooseMethod const& step, std::string_view notice_key) {
    auto page_model = model("/login");
    boost::json::array methods;
    for (auto const& info : parts_.plugins.authenticators()) {
        if (std::find(step.authenticators.begin(), step.authenticators.end(), info.name) ==
            step.authenticators.end())
            continue;
        methods.push_back({{"id", info.name}, {"label", info.label.in(transaction_.locale)}});
    }
    page_model["methods"] = std::move(methods);
    page_model["step_up"] = step.step_up;
    if (!notice_key.empty())
        page_model["notice"] = provider_.pages.text(transaction_.locale, notice_key);
    auto response = page(200, "choose_method", page_model);
    return showing_again_ ? Outcome(std::move(response)) : stored(std::move(response));
}

Outcome LoginFlow::show(HttpRequest const& request) const {
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    if (query.error) return bad_request(parts_, request);
    auto walk = resume_walk(parts_, request, query.form.get("login"), query.form.get("ui_locales"));
    if (auto* answer = std::get_if<HttpResponse>(&walk)) return std::move(*answer);
    return std::get<Walk>(walk).show_again();
}

Outcome LoginFlow::choose(HttpRequest const& request) const {
    auto own = read_own_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto& [walk, form] = std::get<OwnForm>(own);
    auto& transaction = walk.transaction();
    if (form.find("cancel") || form.get("decision") == "cancel") return walk.give_up();
    transaction.running.reset();
    // Choosing anew is also how a person leaves a step that follows a proof.
    transaction.proof.reset();
    transaction.also.reset();
    transaction.merge.reset();
    transaction.settled_steps.clear();
    transaction.acting.reset();
    transaction.chosen = std::string(form.get("method"));
    transaction.cancelled = transaction.chosen.empty();
    return walk.advance();
}

}  // namespace tunnus::login
