// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_resolvers.hpp"

#include "plugins/profile/graphql_page.hpp"

namespace tunnus::plugin::profile {

using graphql::Call;
using graphql::Resolution;
using graphql::Resolved;

ResolverTable make_resolvers() {
    ResolverTable all;
    for (auto table : {person_resolvers(), service_resolvers(), change_resolvers(),
                       erasure_resolvers(), read_token_resolvers(), unattended_resolvers()})
        all.merge(table);
    return all;
}

Resolution page_of_member(Call const& call) {
    return make_page(call.parent.as_object().at(call.field.name).as_array(), call.arguments);
}

boost::json::object const& input_of(Call const& call) {
    return call.arguments.at("input").as_object();
}

Resolved payload(Call const& call, std::string_view member, boost::json::value value) {
    boost::json::object answer{{member, std::move(value)}};
    if (auto const* const id = input_of(call).if_contains("clientMutationId"))
        answer["clientMutationId"] = *id;
    return boost::json::value(std::move(answer));
}

}  // namespace tunnus::plugin::profile
