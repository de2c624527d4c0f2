// SPDX-License-Identifier: MIT
// What the API's fields answer. Each resolver finds its call's ApiContext, and nothing else of the
// caller: no argument says which service calls; about whom, a person's read token alone.
#pragma once

#include "plugins/profile/graphql_context.hpp"
#include "plugins/profile/graphql_schema.hpp"

namespace tunnus::plugin::profile {

/// Every operation and every field that is not its parent's member.
[[nodiscard]] ResolverTable make_resolvers();

/// By what they are about; make_resolvers() joins them.
[[nodiscard]] ResolverTable person_resolvers();      ///< queries and fields of profiles
[[nodiscard]] ResolverTable service_resolvers();     ///< fields of services and connections
[[nodiscard]] ResolverTable change_resolvers();      ///< mutations of the person's own profile
[[nodiscard]] ResolverTable erasure_resolvers();     ///< download and erasure
[[nodiscard]] ResolverTable read_token_resolvers();  ///< access tokens of a person
[[nodiscard]] ResolverTable unattended_resolvers();  ///< of staff and of who is not there

/// The ProfileNode of the call's person out of these records; null where there is none.
[[nodiscard]] boost::json::value own_profile(ApiContext& context, Records const& records);
/// What services connected to the person: of the profile service all of them, of another its own.
[[nodiscard]] Result<std::vector<Permission>> connections_of(ApiContext& context);

/// A page of the parent's member of the field's name.
[[nodiscard]] graphql::Resolution page_of_member(graphql::Call const& call);
/// The argument `input` of a mutation, and a payload with its clientMutationId.
[[nodiscard]] boost::json::object const& input_of(graphql::Call const& call);
[[nodiscard]] graphql::Resolved payload(graphql::Call const& call, std::string_view member,
                                        boost::json::value value);

}  // namespace tunnus::plugin::profile
