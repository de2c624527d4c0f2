// SPDX-License-Identifier: MIT
// Whether a mandate that was used in a login stands now (threats.md M-08). Of persons it is asked
// without their session where the agency has given a key for that; else, and of organisations
// always, in the session of the login, as long as the register keeps it: afterwards the person must
// choose anew.
#pragma once

#include "plugins/mandates/web_api.hpp"

namespace tunnus::plugin::mandates {

/// What Mandate::recheck holds.
struct Recheck {
    WebSession session;     ///< without an id: it is over, ask without it
    std::string principal;  ///< identity code or business id
    std::vector<std::string> roles;

    [[nodiscard]] boost::json::object to_json() const;
    [[nodiscard]] static Recheck from_json(boost::json::object const& stored);
};

/// All of the roles must be there still: a token states each of them.
[[nodiscard]] Result<bool> still_stands(WebApi& api, Recheck const& mandate, TimePoint now);

}  // namespace tunnus::plugin::mandates
