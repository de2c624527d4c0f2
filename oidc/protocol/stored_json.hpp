// SPDX-License-Identifier: MIT
// Members of JSON that we stored ourselves: absent ones are left out when written and read as
// empty. What comes from outside is read strictly elsewhere.
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc::stored {

void put(boost::json::object& object, std::string_view name,
         std::optional<std::string> const& text);
void put(boost::json::object& object, std::string_view name, std::vector<std::string> const& texts);
void put(boost::json::object& object, std::string_view name, bool flag);

[[nodiscard]] std::optional<std::string> text(boost::json::object const& object,
                                              std::string_view name);
[[nodiscard]] std::vector<std::string> texts(boost::json::object const& object,
                                             std::string_view name);
[[nodiscard]] bool flag(boost::json::object const& object, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> number(boost::json::object const& object,
                                                 std::string_view name);

}  // namespace tunnus::oidc::stored
