// SPDX-License-Identifier: MIT
// Linking another way to sign in, or another account, to the account of the session: both ends are
// proven in this one login, and what cannot be undone is asked first (threats.md 3.3).
#include "idp/base/time_text.hpp"
#include "idp/login/accounts.hpp"
#include "idp/login/flow.hpp"
#include "idp/login/own_form.hpp"
#include "idp/login/walk.hpp"

#include <utility>

namespace tunnus::login {

Outcome Walk::prove_account(std::string const& authenticator) {
    return take(parts_.plugins.begin_authenticator(authenticator, view()), authenticator,
                Running::Kind::proving);
}

/// The second proof of a login that links: of the account of the session, and of no other. What it
/// says of the person's level counts where it is more than the first.
Outcome Walk::accept_second(Proof second) {
    transaction_.running.reset();
    if (second.user_id.empty() || second.user_id != transaction_.session_user_id)
        return refuse_link("link_other_account");
    // What the account had open may have ended with the proof, this browser's session too.
    session_.reset();
    if (auto answer = read_standing()) return std::move(*answer);
    bool const is_higher =
        !oidc::acr_at_least(parts_.policy.levels, transaction_.proof->acr, second.acr);
    transaction_.also = std::move(second);
    if (is_higher) std::swap(transaction_.proof, transaction_.also);
    return advance();
}

/// The person is told why, and may begin again or leave.
Outcome Walk::refuse_link(std::string_view text) {
    transaction_.proof.reset();
    transaction_.also.reset();
    transaction_.merge.reset();
    transaction_.running.reset();
    transaction_.chosen.clear();
    transaction_.cancelled = true;
    transaction_.given_up_as = "access_denied";
    AuditEvent event{.kind = AuditKind::login_refused,
                     .at = now_,
                     .event_id = transaction_.event_id,
                     .request_id = request_.request_id,
                     .user_id = transaction_.session_user_id,
                     .client_id = client_->client_id,
                     .fields = {{"reason", text}}};
    if (!provider_.audit.record(std::move(event))) return unavailable(parts_, request_);
    auto page_model = model("/login");
    page_model["message"] = provider_.pages.text(transaction_.locale, text);
    return stored(page(200, "not_completed", page_model));
}

Outcome Walk::ask_merge() {
    auto planned = plan_merge(parts_, transaction_, now_);
    if (std::holds_alternative<StorageFailed>(planned)) return unavailable(parts_, request_);
    if (std::holds_alternative<oidc::Refusal>(planned)) return refuse_link("link_two_persons");
    auto const& plan = std::get<MergePlan>(planned);
    auto const staying = parts_.plugins.notice_addresses(plan.merged.into);
    auto const going = parts_.plugins.notice_addresses(plan.merged.user_id);
    if (!staying || !going) return unavailable(parts_, request_);
    auto const rows = [&](auto const& links, auto const& addresses) {
        boost::json::array all;
        for (auto const& link : links) {
            boost::json::object row{
                {"label", label_of(parts_, link.authenticator, transaction_.locale)},
                {"detail", false}};
            for (auto const& [plugin, address] : addresses)
                if (plugin == link.authenticator) row["detail"] = address;
            all.push_back(std::move(row));
        }
        return all;
    };
    auto page_model = model("/login/merge");
    page_model["kept"] = rows(plan.kept, *staying);
    page_model["moved"] = rows(plan.merged.moved, *going);
    page_model["dropped"] = rows(plan.merged.dropped, *going);
    page_model["any_moved"] = !plan.merged.moved.empty();
    page_model["any_dropped"] = !plan.merged.dropped.empty();
    auto asked = plan.question();
    bool const is_stored =
        showing_again_ && transaction_.merge && transaction_.merge->is_same_question(asked);
    transaction_.merge = std::move(asked);
    transaction_.running.reset();
    auto response = page(200, "merge_accounts", page_model);
    return is_stored ? Outcome(std::move(response)) : stored(std::move(response));
}

Outcome LoginFlow::merge(HttpRequest const& request) const {
    auto own = read_own_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto& [walk, form] = std::get<OwnForm>(own);
    auto& asked = walk.transaction().merge;
    auto const decision = form.get("decision");
    if (decision == "cancel") return walk.give_up();
    if (!asked || decision != "merge") return bad_request(parts_, request);
    asked->confirmed = true;
    return walk.advance();
}

}  // namespace tunnus::login
