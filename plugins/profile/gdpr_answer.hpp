// SPDX-License-Identifier: MIT
// The contract of services' GDPR APIs (citizen-services.md 3.1), pure: where a service is asked
// about a person, and what its answer says. Whatever is not exactly of the contract is a failure,
// so that nothing of it reaches a page.
#pragma once

#include "idp/base/http_client.hpp"
#include "idp/base/limits_fwd.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace tunnus::plugin::profile {

/// How a person is named in an address.
struct GdprNames {
    std::string user_uuid;   ///< the `sub` by which the service knows them
    std::string profile_id;  ///< of this service's own
};
/// The template with the person in it; `profile_id` at its end where it names neither.
[[nodiscard]] std::string gdpr_address(std::string_view url_template, GdprNames const& names);
/// With `dry_run=true` behind the query that the address may have.
[[nodiscard]] std::string as_dry_run(std::string const& address);

struct GdprAnswer {
    enum class Kind {
        done,     ///< 204, and of a query 200 with data
        refused,  ///< 403 with reasons
        failed,   ///< everything else
    } kind = Kind::failed;
    bool passing = false;  ///< failed in a way that may be over soon
    /// `tree`, of a query with data. `errors`, a list of `{code, message: {fi, sv, …}}`: the
    /// service's own words, or SERVICE_GDPR_API_REQUEST_ERROR (nobody answered) or
    /// SERVICE_GDPR_API_UNKNOWN_ERROR (not an answer of the contract) without any.
    boost::json::object said = {};
};
[[nodiscard]] GdprAnswer read_query_answer(Result<OutboundResponse> const& response,
                                           Limits const& limits);
[[nodiscard]] GdprAnswer read_erase_answer(Result<OutboundResponse> const& response,
                                           Limits const& limits);

/// One error without words of anybody's.
[[nodiscard]] boost::json::object gdpr_error(std::string_view code);
/// A list of one such, as GdprAnswer::said.
[[nodiscard]] boost::json::object said_error(std::string_view code);

/// Any JSON as a tree of the contract: members become children under their names in upper case,
/// elements children under `ITEM`.
[[nodiscard]] boost::json::object to_gdpr_tree(std::string_view key,
                                               boost::json::value const& data);

}  // namespace tunnus::plugin::profile
