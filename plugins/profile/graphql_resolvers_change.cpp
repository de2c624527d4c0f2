// SPDX-License-Identifier: MIT
#include "idp/base/limits.hpp"
#include "plugins/profile/graphql_input.hpp"
#include "plugins/profile/graphql_resolvers.hpp"

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

using graphql::Call;
using graphql::FieldError;
using graphql::Resolution;

FieldError conflict() {
    return {
        error_code::data_conflict, "the profile has just been changed; nothing is saved", {}, {}};
}

/// What the input would change that the service may not; nothing of it is then done.
std::optional<FieldError> refuse_changes(ApiContext& context, ProfileInput const& input) {
    for (auto const& change : input.changes) {
        if (change.data_field.empty() || context.may_use(change.data_field)) continue;
        auto error =
            context.refuse(context.caller().user_id, change.part, error_code::field_not_allowed,
                           "the service is not permitted this field");
        error.extensions["field_name"] = change.member;
        return error;
    }
    return std::nullopt;
}

AuditEvent change_event(ApiContext const& context, ProfileInput const& input) {
    boost::json::array parts;
    for (auto const& change : input.changes)
        if (std::ranges::find(parts, boost::json::value(change.part)) == parts.end())
            parts.emplace_back(change.part);
    return context.event(
        AuditKind::profile_changed, context.caller().user_id,
        {{"by", "service"}, {"light", true}, {"official", false}, {"parts", std::move(parts)}});
}

/// A new address that is not known to be the person's gets the message that confirms it. That no
/// more can be sent now does not undo the edit: the person can ask for another on their page.
void confirm_new_email(ApiContext const& context, LightData const& before, LightData const& after) {
    auto const is_new = [&](Email const& email) {
        return !email.verified && std::ranges::find(before.emails, email.address,
                                                    &Email::address) == before.emails.end();
    };
    auto const email = std::ranges::find_if(after.emails, is_new);
    if (email == after.emails.end()) return;
    auto const sent =
        context.parts().emails.send(context.caller().user_id, *email, context.caller());
    if (!sent)
        context.parts().host.log().error("profile.no_confirmation",
                                         {{"error", sent.error().text()}});
}

/// Makes the edit of the light layer that was read as `before`, which `lost` answers when another
/// was first.
std::optional<FieldError> save(ApiContext& context, ProfileInput const& input,
                               std::optional<Light> const& before, FieldError const& lost) {
    auto& host = context.parts().host;
    auto const data = before ? before->data : LightData();
    auto const after = edited(data, input.edit, host.limits().profile_contacts, host.random());
    if (!after) return to_field_error(after.error());
    if (before && *after == data) return std::nullopt;
    auto const saved = context.parts().records.save(context.caller().user_id, before, *after,
                                                    change_event(context, input));
    if (!saved) return ApiContext::failed(saved.error());
    if (*saved == Verdict::lost) return lost;
    context.forget_records();
    confirm_new_email(context, data, *after);
    return std::nullopt;
}

Resolution changed_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    auto const records = context.own_records();
    if (!records) return ApiContext::failed(records.error());
    return payload(call, "profile", own_profile(context, **records));
}

/// Who may, what is asked, and what of it may be changed, in this order.
boost::system::result<ProfileInput, FieldError> permitted_input(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = context.refuse_unconnected()) return *refused;
    auto input = read_profile_input(input_of(call).at("profile").as_object());
    if (!input) return input;
    if (auto refused = refuse_changes(context, *input)) return *refused;
    return input;
}

Resolution update_my_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    auto const input = permitted_input(call);
    if (!input) return input.error();
    auto const records = context.own_records();
    if (!records) return ApiContext::failed(records.error());
    if (!(*records)->light && !(*records)->official)
        return FieldError{error_code::profile_does_not_exist, "there is no profile", {}, {}};
    auto const before = (*records)->light;
    if (auto failed = save(context, *input, before, conflict())) return *failed;
    return changed_profile(call);
}

Resolution create_my_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    auto const input = permitted_input(call);
    if (!input) return input.error();
    FieldError const exists{
        error_code::profile_already_exists_for_user, "there is a profile already", {}, {}};
    auto const records = context.own_records();
    if (!records) return ApiContext::failed(records.error());
    if ((*records)->light || (*records)->official) return exists;
    if (auto failed = save(context, *input, std::nullopt, exists)) return *failed;
    return changed_profile(call);
}

/// A permission is the person's to give, at a sign-in, with its texts before their eyes: a service
/// that is here with one has it already, and no other gets one here (citizen-services.md 1.5).
Resolution add_service_connection(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = context.refuse_unconnected()) return *refused;
    if (context.is_profile_service())
        return context.refuse(context.caller().user_id, data_part::base,
                              error_code::permission_denied, "the profile service has none");
    return FieldError{
        error_code::service_connection_already_exists, "the service is connected", {}, {}};
}

}  // namespace

ResolverTable change_resolvers() {
    return {{"Mutation.updateMyProfile", &update_my_profile},
            {"Mutation.createMyProfile", &create_my_profile},
            {"Mutation.addServiceConnection", &add_service_connection}};
}

}  // namespace tunnus::plugin::profile
