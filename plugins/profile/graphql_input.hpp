// SPDX-License-Identifier: MIT
// ProfileInput as an edit of the light layer (citizen-services.md 1.5). Pure.
#pragma once

#include "plugins/profile/graphql/resolver.hpp"
#include "plugins/profile/light.hpp"

#include <boost/json/object.hpp>

#include <string_view>
#include <vector>

namespace tunnus::plugin::profile {

struct ProfileInput {
    LightEdit edit;
    /// What it would change: the data field that the service needs for it, empty for what needs
    /// none, the part that the log names, and the member that asked first.
    struct Change {
        std::string_view data_field;
        std::string_view part;
        std::string member;
    };
    std::vector<Change> changes;
};

/// VALIDATION_ERROR for what is not the person's to say here: an identity code, an image. A null
/// and an empty list ask for nothing.
[[nodiscard]] boost::system::result<ProfileInput, graphql::FieldError> read_profile_input(
    boost::json::object const& input);

/// An edit that `edited` has refused, by the API's codes; the message names the member.
[[nodiscard]] graphql::FieldError to_field_error(Error const& error);

}  // namespace tunnus::plugin::profile
