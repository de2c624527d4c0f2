// SPDX-License-Identifier: MIT
// What is stored of a person, and of services, as values of the API's types. Pure.
#pragma once

#include "plugins/api/plugin.hpp"
#include "plugins/profile/records.hpp"

#include <string_view>
#include <vector>

namespace tunnus::plugin::profile {

/// A member that no type of the schema declares, so that nobody can ask for it: whose data an
/// object holds.
inline constexpr std::string_view owner_member = "_owner";

/// A ProfileNode or RestrictedProfileNode: what members can answer. Lists of contacts stand as
/// arrays of nodes, to be paged.
[[nodiscard]] boost::json::object profile_value(LightData const& data, std::string_view user_id,
                                                std::string id);

/// A VerifiedPersonalInformationNode; texts are in the person's language where the register has
/// them in it. An address whose parts are all empty is not there.
[[nodiscard]] boost::json::object official_value(boost::json::object const& official,
                                                 std::string_view user_id, std::string_view locale);

/// A ServiceNode. Texts stand in all three languages, `allowedDataFields` as an array of nodes;
/// `fields` gives the labels.
[[nodiscard]] boost::json::object service_value(RegisteredService const& service,
                                                std::vector<DataField> const& fields);
/// A ServiceConnectionType.
[[nodiscard]] boost::json::object connection_value(Permission const& permission,
                                                   RegisteredService const& service,
                                                   std::vector<DataField> const& fields);

/// `FI`, `SV` or `EN` of a text in all three languages; absent counts as FI.
[[nodiscard]] boost::json::value in_language(boost::json::value const& texts,
                                             boost::json::object const& arguments);

/// What a download holds of the profile (citizen-services.md 3.1): a tree of `key` with `value` or
/// `children`. Official data at strong levels alone; at others an error stands in their place.
[[nodiscard]] boost::json::object profile_tree(Records const& records, bool is_strong);

}  // namespace tunnus::plugin::profile
