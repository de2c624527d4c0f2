// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"
#include "plugins/profile/graphql_page.hpp"
#include "plugins/profile/graphql_resolvers.hpp"
#include "plugins/profile/graphql_values.hpp"

#include <algorithm>
#include <array>

namespace tunnus::plugin::profile {
namespace {

using JsonArray = boost::json::array;
using boost::json::object;
using boost::json::value;
using graphql::Call;
using graphql::Resolution;
using graphql::Resolved;

Resolution my_profile(Call const& call) {
    auto& context = call.in<ApiContext>();
    if (auto refused = context.refuse_unconnected()) return *refused;
    auto const records = context.own_records();
    if (!records) return ApiContext::failed(records.error());
    context.note_read(context.caller().user_id, data_part::base);
    return Resolved(own_profile(context, **records));
}

/// Official data: at strong levels alone, and to a service that may have any of them.
Resolution official_data(Call const& call) {
    auto& context = call.in<ApiContext>();
    auto const& user_id = context.caller().user_id;
    if (!context.is_strong())
        return context.refuse(user_id, data_part::official, error_code::permission_denied,
                              "official data need a strong login");
    // To whom all of them are refused, it does not show whether there are any.
    bool const may_have_some = std::ranges::any_of(
        std::array{data_field::name, data_field::address, data_field::personal_identity_code,
                   data_field::municipality},
        [&](auto const* field) { return context.may_use(field); });
    if (!may_have_some) return Resolved(object{{owner_member, user_id}});
    auto const found = context.own_records();
    if (!found) return ApiContext::failed(found.error());
    auto const& [light, official] = **found;
    if (!official) return Resolved(nullptr);
    return Resolved(official_value(official->data, user_id, light ? light->data.language : ""));
}

/// The way to sign in as the API's LoginMethodType; empty for one that it has no name for.
std::string_view method_name(ApiContext const& context, std::string_view authenticator) {
    auto const& official = context.parts().official_from;
    if (std::ranges::find(official, authenticator) != official.end()) return "SUOMI_FI";
    return authenticator == "password" ? "PASSWORD" : "";
}

Result<JsonArray> login_methods(ApiContext const& context) {
    auto const methods = context.parts().host.accounts().sign_in_methods(context.caller().user_id);
    if (!methods) return methods.error();
    JsonArray all;
    for (auto const& one : *methods)
        if (auto const name = method_name(context, one.authenticator); !name.empty())
            all.push_back(object{{"method", name}, {"createdAt", rfc3339(one.linked_at)}});
    return all;
}

Resolution available_login_methods(Call const& call) {
    auto methods = login_methods(call.in<ApiContext>());
    if (!methods) return ApiContext::failed(methods.error());
    return Resolved(std::move(*methods));
}

Resolution login_method_names(Call const& call) {
    auto const methods = login_methods(call.in<ApiContext>());
    if (!methods) return ApiContext::failed(methods.error());
    JsonArray names;
    for (auto const& one : *methods)
        names.push_back(one.at("method"));
    return Resolved(std::move(names));
}

}  // namespace

value own_profile(ApiContext& context, Records const& records) {
    if (!records.light && !records.official) return nullptr;
    // Of the city's own pages the person is told everything.
    auto const data = !context.is_profile_service() ? told_light(records)
                      : records.light               ? records.light->data
                                                    : LightData();
    auto const& caller = context.caller();
    return profile_value(data, caller.user_id,
                         global_id("ProfileNode", profile_id(context.parts().host, caller.user_id,
                                                             *caller.service)));
}

ResolverTable person_resolvers() {
    ResolverTable table{{"Query.myProfile", &my_profile},
                        {"ProfileNode.verifiedPersonalInformation", &official_data},
                        {"ProfileNode.availableLoginMethods", &available_login_methods},
                        {"ProfileNode.loginMethods", &login_method_names}};
    for (std::string const type : {"ProfileNode", "RestrictedProfileNode"})
        for (auto const* const field : {"emails", "phones", "addresses"})
            table[type + "." + field] = &page_of_member;
    return table;
}

}  // namespace tunnus::plugin::profile
