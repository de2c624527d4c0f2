// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_page.hpp"
#include "plugins/profile/graphql_resolvers.hpp"
#include "plugins/profile/graphql_values.hpp"

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

using graphql::Call;
using graphql::Resolution;
using graphql::Resolved;

/// The parent's member of the field's name, in the language that is asked for.
Resolution translated(Call const& call) {
    auto const* const texts = call.parent.as_object().if_contains(call.field.name);
    return Resolved(texts ? in_language(*texts, call.arguments) : boost::json::value(nullptr));
}

/// Which services a person uses is their own affair: a service sees its own connection alone.
Resolution service_connections(Call const& call) {
    auto& context = call.in<ApiContext>();
    auto const permissions = connections_of(context);
    if (!permissions) return ApiContext::failed(permissions.error());
    auto const& registered = context.parts().host.services();
    auto const fields = make_data_fields();
    boost::json::array nodes;
    for (auto const& one : *permissions)
        if (auto const service = registered.find_service(one.service))
            nodes.push_back(connection_value(one, *service, fields));
    return make_page(nodes, call.arguments);
}

}  // namespace

Result<std::vector<Permission>> connections_of(ApiContext& context) {
    auto const& caller = context.caller();
    auto permissions = context.parts().host.permissions().of(caller.user_id, caller.locale);
    if (!permissions) return permissions;
    // A client that belongs to no service is none, and has no data to be asked for.
    auto const& registered = context.parts().host.services();
    std::erase_if(*permissions,
                  [&](Permission const& one) { return !registered.find_service(one.service); });
    if (!context.is_profile_service())
        std::erase_if(*permissions,
                      [&](Permission const& one) { return one.service != caller.service->name; });
    return permissions;
}

ResolverTable service_resolvers() {
    return {{"ProfileNode.serviceConnections", &service_connections},
            {"ServiceNode.title", &translated},
            {"ServiceNode.description", &translated},
            {"ServiceNode.privacyPolicyUrl", &translated},
            {"ServiceNode.termsOfUseUrl", &translated},
            {"ServiceNode.allowedDataFields", &page_of_member},
            {"AllowedDataFieldNode.label", &translated}};
}

}  // namespace tunnus::plugin::profile
