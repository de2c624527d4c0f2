// SPDX-License-Identifier: MIT
// Relay's paging and global identifiers, as the existing API spells them: base64 of `Type:id` and
// of `arrayconnection:index`.
#pragma once

#include "plugins/profile/graphql/resolver.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace tunnus::plugin::profile {

[[nodiscard]] std::string global_id(std::string_view type, std::string_view id);
/// The id within a global one of this type; empty for whatever is none.
[[nodiscard]] std::string id_within(std::string_view type, std::string_view global);

/// The connection of these nodes that `offset`, `before`, `after`, `first` and `last` ask for; all
/// of them without. VALIDATION_ERROR for a negative number; a cursor that is none of ours is passed
/// over.
[[nodiscard]] graphql::Resolution make_page(boost::json::array const& nodes,
                                            boost::json::object const& arguments);

}  // namespace tunnus::plugin::profile
