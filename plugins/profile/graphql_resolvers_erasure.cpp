// SPDX-License-Identifier: MIT
// Download and erasure (citizen-services.md 1.5, 1.8, 3.2, 3.3): for the profile service alone, and
// where the register has told of the person, at strong levels alone. What connected services hold
// is not fetched or erased here yet: where there are such services, the documented errors say so
// and nothing is done.
#include "idp/base/json.hpp"
#include "plugins/profile/graphql_resolvers.hpp"
#include "plugins/profile/graphql_values.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

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

FieldError of_services(char const* code, char const* message,
                       std::vector<Permission> const& services) {
    boost::json::array names;
    for (auto const& one : services)
        names.emplace_back(one.service);
    return {code, message, {}, {{"services", std::move(names)}}};
}

Resolution download_my_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = refuse(context)) return *refused;
    auto const connections = connections_of(context);
    if (!connections) return ApiContext::failed(connections.error());
    if (!connections->empty())
        return of_services(error_code::connected_service_data_query_failed,
                           "data of connected services cannot be fetched here", *connections);
    auto const records = context.own_records();
    if (!records) return ApiContext::failed(records.error());
    boost::json::object const all{
        {"key", "DATA"},
        {"children", boost::json::array{profile_tree(**records, context.is_strong())}}};
    auto const recorded = context.parts().host.audit().record(
        context.event(AuditKind::data_exported, context.caller().user_id, {{"part", "profile"}}));
    if (!recorded) return ApiContext::failed(recorded.error());
    return Resolved(boost::json::value(boost::json::serialize(all)));
}

bool is_dry_run(Call const& call) {
    return is_true(input_of(call), "dryRun");
}

Resolution delete_my_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = refuse(context)) return *refused;
    auto const connections = connections_of(context);
    if (!connections) return ApiContext::failed(connections.error());
    if (!connections->empty())
        return of_services(error_code::connected_service_deletion_not_allowed,
                           "data of connected services cannot be erased here", *connections);
    if (!is_dry_run(call)) {
        auto const erased = context.parts().host.accounts().erase(context.caller().user_id,
                                                                  context.caller().event_id);
        if (!erased) return ApiContext::failed(erased.error());
        context.note_erased();
    }
    return payload(call, "results", boost::json::array());
}

Resolution delete_my_service_data(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = refuse(context)) return *refused;
    auto const name = input_of(call).at("serviceName").as_string();
    auto connections = connections_of(context);
    if (!connections) return ApiContext::failed(connections.error());
    std::erase_if(*connections, [&](Permission const& one) { return one.service != name; });
    if (!connections->empty())
        return of_services(error_code::connected_service_deletion_not_allowed,
                           "data of connected services cannot be erased here", *connections);
    if (!context.parts().host.services().find_service(std::string_view(name)))
        return FieldError{error_code::service_does_not_exist, "there is no such service", {}, {}};
    return FieldError{error_code::service_connection_does_not_exist,
                      "the person is not connected to this service",
                      {},
                      {}};
}

}  // namespace

ResolverTable erasure_resolvers() {
    return {{"Query.downloadMyProfile", &download_my_profile},
            {"Mutation.deleteMyProfile", &delete_my_profile},
            {"Mutation.deleteMyServiceData", &delete_my_service_data}};
}

}  // namespace tunnus::plugin::profile
