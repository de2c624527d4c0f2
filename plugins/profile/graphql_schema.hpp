// SPDX-License-Identifier: MIT
// The profile's API as a schema: the types, queries and mutations of the city's profile, with the
// names that existing services and the city's own profile page speak. Where its data come from is
// told by resolvers, which are the caller's.
//
// Nullability is that of the existing API but in two respects: ServiceNode.createdAt is always
// null, and a field that a permission may refuse can be null here (names, what the register says),
// so that what is refused takes nothing else with it.
#pragma once

#include "plugins/profile/graphql/schema.hpp"

#include <map>

namespace tunnus::plugin::profile {

/// `Type.field`, as `Query.myProfile` or `ProfileNode.serviceConnections`.
using ResolverTable = std::map<std::string, graphql::Resolver, std::less<>>;

/// Fields without a resolver are members of their parent's JSON. Each field of Query and Mutation
/// must have one. Throws std::logic_error that names what is missing, or names no field.
[[nodiscard]] graphql::Schema make_graphql_schema(ResolverTable resolvers);

/// `extensions.code` of the API's errors.
namespace error_code {
inline constexpr auto general = "GENERAL_ERROR";
inline constexpr auto object_does_not_exist = "OBJECT_DOES_NOT_EXIST_ERROR";
inline constexpr auto invalid_email_format = "INVALID_EMAIL_FORMAT";
inline constexpr auto permission_denied = "PERMISSION_DENIED_ERROR";
inline constexpr auto profile_does_not_exist = "PROFILE_DOES_NOT_EXIST_ERROR";
inline constexpr auto token_expired = "TOKEN_EXPIRED_ERROR";
inline constexpr auto validation = "VALIDATION_ERROR";
inline constexpr auto jwt_authentication = "JWT_AUTHENTICATION_ERROR";
inline constexpr auto data_conflict = "DATA_CONFLICT_ERROR";
inline constexpr auto connected_service_data_query_failed =
    "CONNECTED_SERVICE_DATA_QUERY_FAILED_ERROR";
inline constexpr auto connected_service_deletion_failed = "CONNECTED_SERVICE_DELETION_FAILED_ERROR";
inline constexpr auto connected_service_deletion_not_allowed =
    "CONNECTED_SERVICE_DELETION_NOT_ALLOWED_ERROR";
inline constexpr auto missing_gdpr_api_token = "MISSING_GDPR_API_TOKEN_ERROR";
inline constexpr auto service_does_not_exist = "SERVICE_DOES_NOT_EXIST_ERROR";
inline constexpr auto service_connection_already_exists = "SERVICE_CONNECTION_ALREADY_EXISTS_ERROR";
inline constexpr auto service_connection_does_not_exist = "SERVICE_CONNECTION_DOES_NOT_EXIST_ERROR";
inline constexpr auto service_not_identified = "SERVICE_NOT_IDENTIFIED_ERROR";
inline constexpr auto profile_already_exists_for_user = "PROFILE_ALREADY_EXISTS_FOR_USER_ERROR";
inline constexpr auto profile_must_have_primary_email = "PROFILE_MUST_HAVE_PRIMARY_EMAIL";
inline constexpr auto insufficient_loa = "INSUFFICIENT_LOA_ERROR";
inline constexpr auto field_not_allowed = "FIELD_NOT_ALLOWED_ERROR";
// Within the results of GDPR calls to services.
inline constexpr auto service_gdpr_api_request = "SERVICE_GDPR_API_REQUEST_ERROR";
inline constexpr auto service_gdpr_api_unknown = "SERVICE_GDPR_API_UNKNOWN_ERROR";
}  // namespace error_code

}  // namespace tunnus::plugin::profile
