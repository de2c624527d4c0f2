// SPDX-License-Identifier: MIT
// A person's token that lets a registered service read their light data for a while, without their
// being signed in there (citizen-services.md 1.4, 1.5). A person has one at a time; of it a keyed
// digest is kept.
#pragma once

#include "plugins/api/plugin.hpp"

#include <string>
#include <string_view>

namespace tunnus::plugin::profile {

/// Any thread may call.
class ReadTokens {
  public:
    explicit ReadTokens(Host& host) : host_(host) {}

    struct Made {
        std::string token;  ///< a UUID of 122 random bits
        TimePoint expires_at{};
    };
    /// Holds for limits.profile_read_token_lifetime; an earlier one holds no more.
    [[nodiscard]] Result<Made> make(std::string_view user_id);

    struct Found {
        std::string user_id;
        bool expired = false;
    };
    /// Whose token it is; empty for one that never was, or holds no more for another came.
    [[nodiscard]] Result<std::optional<Found>> find(std::string_view token);

  private:
    [[nodiscard]] std::string digest(std::string_view token);
    Host& host_;
};

}  // namespace tunnus::plugin::profile
