// SPDX-License-Identifier: MIT
// Accounts that were made because somebody acted for a person who has never signed in: the least
// that can be kept, marked until that person comes, who is told then (citizen-services.md 8.5).
#pragma once

#include "plugins/api/plugin.hpp"

#include <optional>

namespace tunnus::plugin::mandates {

class Unclaimed {
  public:
    explicit Unclaimed(Host& host) : host_(host) {}
    /// Since when; empty for an account that is its person's.
    [[nodiscard]] Result<std::optional<TimePoint>> find(std::string_view user_id) const;
    [[nodiscard]] sql::Statement mark(std::string_view user_id) const;
    [[nodiscard]] static sql::Statement claim(std::string_view user_id);
    [[nodiscard]] Result<> erase(std::string_view user_id) const;

  private:
    Host& host_;
};

}  // namespace tunnus::plugin::mandates
