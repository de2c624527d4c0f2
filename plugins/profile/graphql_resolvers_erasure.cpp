// SPDX-License-Identifier: MIT
// Download and erasure (citizen-services.md 1.5, 1.8, 3.2, 3.3): for the profile service alone, and
// where the register has told of the person, at strong levels alone. The authorization code is for
// a profile that is not its own identity provider: our tokens to services need none.
#include "idp/base/json.hpp"
#include "plugins/profile/graphql_resolvers.hpp"
#include "plugins/profile/graphql_values.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <functional>

namespace tunnus::plugin::profile {
namespace {

using boost::json::array;
using boost::json::object;
using graphql::Call;
using graphql::FieldError;
using graphql::Resolution;
using graphql::Resolved;

/// Why the caller may neither download nor erase.
std::optional<FieldError> refuse(ApiContext& context) {
    if (auto refused = context.refuse_others()) return refused;
    auto const records = context.own_records();
    if (!records) return ApiContext::failed(records.error());
    if ((*records)->official && !context.is_strong())
        return context.refuse(context.caller().user_id, data_part::official,
                              error_code::insufficient_loa, "this needs a strong login");
    return std::nullopt;
}

FieldError of_services(char const* code, char const* message, array names) {
    return {code, message, {}, {{"services", std::move(names)}}};
}

bool is_not_done(GdprPart const& part) {
    return part.outcome != GdprOutcome::done;
}

Resolution download_my_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = refuse(context)) return *refused;
    auto const& caller = context.caller();
    auto& gdpr = context.parts().gdpr;
    auto const services = gdpr.services_of(caller.user_id);
    if (!services) return ApiContext::failed(services.error());
    auto const records = context.own_records();
    if (!records) return ApiContext::failed(records.error());
    array children{profile_tree(**records, context.is_strong())};
    array failed;
    for (auto& part : gdpr.fetch(caller.user_id, caller.acr, *services))
        if (is_not_done(part))
            failed.emplace_back(part.service);
        else if (auto* const tree = part.said.if_contains("tree"))
            children.push_back(std::move(*tree));
    if (!failed.empty())
        return of_services(error_code::connected_service_data_query_failed,
                           "a connected service did not give its data", std::move(failed));
    object const all{{"key", "DATA"}, {"children", std::move(children)}};
    auto const recorded = context.parts().host.audit().record(context.event(
        AuditKind::data_exported, caller.user_id,
        {{"part", "profile"}, {"services", array(services->begin(), services->end())}}));
    if (!recorded) return ApiContext::failed(recorded.error());
    return Resolved(boost::json::value(boost::json::serialize(all)));
}

/// A ServiceConnectionDeletionResult.
object result_value(RegisteredService const& service, GdprPart const& part, bool is_dry_run) {
    array errors;
    auto const* const said = part.said.if_contains("errors");
    if (part.outcome != GdprOutcome::done && part.outcome != GdprOutcome::allowed && said)
        for (auto const& error : said->as_array()) {
            array message;
            for (auto const& text : error.at("message").as_object())
                message.push_back(object{{"lang", text.key()}, {"text", text.value()}});
            errors.push_back(object{{"code", error.at("code")}, {"message", std::move(message)}});
        }
    bool const success = errors.empty();
    return {{"service", service_value(service, make_data_fields())},
            {"dryRun", is_dry_run},
            {"success", success},
            {"errors", std::move(errors)}};
}

/// What a run came to, of each service. Nothing has been erased where none is done.
array results_of(ApiContext& context, GdprRun const& run) {
    bool const is_dry_run =
        run.phase != GdprPhase::finished && std::ranges::all_of(run.parts, is_not_done);
    array results;
    for (auto const& part : run.parts)
        if (auto const service = context.parts().host.services().find_service(part.service))
            results.push_back(result_value(*service, part, is_dry_run));
    return results;
}

/// The services of those that cannot be asked to erase.
array without_gdpr_api(ApiContext& context, std::vector<std::string> const& services) {
    array names;
    for (auto const& name : services)
        if (auto const service = context.parts().host.services().find_service(name);
            service && !service->gdpr)
            names.emplace_back(name);
    return names;
}

/// Erases, or asks whether all would, and gives the results of the services.
boost::system::result<array, FieldError> erase(Call const& call, GdprSubject const& subject) {
    auto& context = call.in<ApiContext>();
    auto const& caller = context.caller();
    auto& gdpr = context.parts().gdpr;
    bool const for_real = !is_true(input_of(call), "dryRun");
    auto const begun = gdpr.begin({subject, caller.user_id, caller.acr, caller.event_id, for_real});
    if (!begun) return ApiContext::failed(begun.error());
    auto const run = gdpr.advance(begun->id, GdprWork::Patience::here);
    if (!run) return ApiContext::failed(run.error());
    if (is_at_work(run->phase))
        return FieldError{
            error_code::connected_service_deletion_failed, "this is under way already", {}, {}};
    if (run->phase == GdprPhase::finished && subject.kind == GdprSubject::Kind::profile)
        context.note_erased();
    return results_of(context, *run);
}

Resolution delete_my_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = refuse(context)) return *refused;
    auto const services = context.parts().gdpr.services_of(context.caller().user_id);
    if (!services) return ApiContext::failed(services.error());
    if (auto unable = without_gdpr_api(context, *services); !unable.empty())
        return of_services(error_code::connected_service_deletion_not_allowed,
                           "a connected service cannot be asked to erase", std::move(unable));
    auto results = erase(call, {GdprSubject::Kind::profile});
    if (!results) return results.error();
    return payload(call, "results", std::move(*results));
}

Resolution delete_my_service_data(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = refuse(context)) return *refused;
    std::string const name(input_of(call).at("serviceName").as_string());
    if (!context.parts().host.services().find_service(name))
        return FieldError{error_code::service_does_not_exist, "there is no such service", {}, {}};
    auto const services = context.parts().gdpr.services_of(context.caller().user_id);
    if (!services) return ApiContext::failed(services.error());
    if (std::ranges::find(*services, name) == services->end())
        return FieldError{error_code::service_connection_does_not_exist,
                          "the person is not connected to this service",
                          {},
                          {}};
    if (auto unable = without_gdpr_api(context, {name}); !unable.empty())
        return of_services(error_code::connected_service_deletion_not_allowed,
                           "the service cannot be asked to erase", std::move(unable));
    auto results = erase(call, {GdprSubject::Kind::service, name});
    if (!results) return results.error();
    if (results->size() != 1)
        return FieldError{error_code::connected_service_deletion_failed,
                          "the permission was withdrawn meanwhile",
                          {},
                          {}};
    return payload(call, "result", std::move(results->front()));
}

}  // namespace

ResolverTable erasure_resolvers() {
    return {{"Query.downloadMyProfile", &download_my_profile},
            {"Mutation.deleteMyProfile", &delete_my_profile},
            {"Mutation.deleteMyServiceData", &delete_my_service_data}};
}

}  // namespace tunnus::plugin::profile
