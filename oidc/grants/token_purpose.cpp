// SPDX-License-Identifier: MIT
#include "oidc/grants/token_purpose.hpp"

#include "oidc/protocol/authorization_details.hpp"
#include "oidc/protocol/resource_indicator.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/stored_json.hpp"

namespace tunnus::oidc {

boost::json::object TokenPurpose::to_json() const {
    boost::json::object object;
    stored::put(object, "resources", resources);
    if (!authorization_details.empty()) object["authorization_details"] = authorization_details;
    if (!act.empty()) object["act"] = act;
    stored::put(object, "permissions", permissions);
    if (mandate_checked_at) object["mandate_checked_at"] = to_unix_ms(*mandate_checked_at);
    return object;
}

TokenPurpose TokenPurpose::from_json(boost::json::object const& object) {
    TokenPurpose purpose{stored::texts(object, "resources"), {}};
    if (auto const* details = object.if_contains("authorization_details"))
        purpose.authorization_details = details->as_array();
    if (auto const* act = object.if_contains("act")) purpose.act = act->as_object();
    purpose.permissions = stored::texts(object, "permissions");
    if (auto const checked_at = stored::number(object, "mandate_checked_at"))
        purpose.mandate_checked_at = from_unix_ms(*checked_at);
    return purpose;
}

bool TokenPurpose::covers(std::string_view resource) const {
    return resources.empty() || contains(resources, resource);
}

Checked<TokenPurpose> purpose_within(GrantRequest const& request, GrantBody const& granted) {
    auto const& provider = request.provider;
    auto resources = narrow_resources(granted.resources, request.form.all("resource"),
                                      contains(granted.scope, "openid"), provider.issuer);
    if (!resources) return resources.error();
    auto details = narrow_authorization_details(
        granted.authorization_details, request.form.get("authorization_details"), provider.limits);
    if (!details) return details.error();
    return TokenPurpose{std::move(*resources), std::move(*details)};
}

TokenPurpose whole_purpose(GrantBody const& granted, std::string_view issuer) {
    auto resources =
        narrow_resources(granted.resources, {}, contains(granted.scope, "openid"), issuer);
    return {std::move(*resources), granted.authorization_details};
}

Checked<TokenPurpose> purpose_of_client(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto resources = check_resources(request.client, request.form.all("resource"), Delivery::json);
    if (!resources) return resources.error();
    auto types = provider.claims.authorization_details_types();
    std::erase_if(types, [](auto const& type) { return type.acting; });
    auto details =
        parse_authorization_details(request.form.get("authorization_details"), request.client,
                                    types, provider.limits, Delivery::json);
    if (!details) return details.error();
    return TokenPurpose{std::move(*resources), std::move(*details)};
}

}  // namespace tunnus::oidc
