// SPDX-License-Identifier: MIT
// What is asked about people who are not there: by staff, by an identity provider beside the
// profile, or about a profile that waits for its person. Nobody here has the staff's permissions
// (citizen-services.md 1.2), we are the identity provider, and no profile waits: each answers what
// the existing API does to whoever lacks the right, or names what does not exist.
#include "plugins/profile/graphql_resolvers.hpp"

namespace tunnus::plugin::profile {
namespace {

using graphql::Call;
using graphql::FieldError;
using graphql::Resolution;

Resolution nobody_may(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = context.refuse_unidentified({})) return *refused;
    return context.refuse({}, data_part::base, error_code::permission_denied,
                          "the caller has no permission for this");
}

Resolution nothing_to_claim(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (context.caller().user_id.empty())
        return context.refuse({}, data_part::base, error_code::permission_denied,
                              "nobody is signed in");
    return FieldError{
        error_code::object_does_not_exist, "there is no profile to claim by this token", {}, {}};
}

}  // namespace

ResolverTable unattended_resolvers() {
    ResolverTable table;
    for (auto const* const operation :
         {"Query.profile", "Query.profiles", "Query.serviceConnectionWithUserId", "Query.services",
          "Mutation.createProfile", "Mutation.updateProfile", "Mutation.createOrUpdateUserProfile",
          "Mutation.createOrUpdateProfileWithVerifiedPersonalInformation"})
        table.emplace(operation, &nobody_may);
    table.emplace("Query.claimableProfile", &nothing_to_claim);
    table.emplace("Mutation.claimProfile", &nothing_to_claim);
    return table;
}

}  // namespace tunnus::plugin::profile
