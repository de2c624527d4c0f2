// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"
#include "plugins/profile/graphql_page.hpp"
#include "plugins/profile/graphql_resolvers.hpp"
#include "plugins/profile/graphql_values.hpp"

namespace tunnus::plugin::profile {
namespace {

using graphql::Call;
using graphql::FieldError;
using graphql::Resolution;
using graphql::Resolved;

/// It opens more than a service's own fields, so the person makes it in the city's own pages.
Resolution create_read_token(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = context.refuse_others()) return *refused;
    auto const made = context.parts().tokens.make(context.caller().user_id);
    if (!made) return ApiContext::failed(made.error());
    return payload(
        call, "temporaryReadAccessToken",
        boost::json::object{{"token", made->token}, {"expiresAt", rfc3339(made->expires_at)}});
}

/// Nobody need be signed in, but it is known which service reads: of the light data it gets what
/// its registration names (ApiContext::permit).
Resolution profile_by_token(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = context.refuse_unidentified({})) return *refused;
    auto const& service = context.caller().service;
    auto const found = context.parts().tokens.find(*call.text("token"));
    if (!found) return ApiContext::failed(found.error());
    if (!*found)
        return FieldError{error_code::object_does_not_exist, "there is no such token", {}, {}};
    auto const& [user_id, expired] = **found;
    if (expired) return FieldError{error_code::token_expired, "the token has expired", {}, {}};
    auto const records = context.parts().records.find(user_id);
    if (!records) return ApiContext::failed(records.error());
    context.note_read(user_id, data_part::base);
    return Resolved(profile_value(
        told_light(*records), user_id,
        global_id("RestrictedProfileNode", profile_id(context.parts().host, user_id, *service))));
}

}  // namespace

ResolverTable read_token_resolvers() {
    return {{"Mutation.createMyProfileTemporaryReadAccessToken", &create_read_token},
            {"Query.profileWithAccessToken", &profile_by_token}};
}

}  // namespace tunnus::plugin::profile
