// SPDX-License-Identifier: MIT
// Where the person is in the dialogue, as the host keeps it, sealed, between two requests of the
// browser: read once, at the begin of a request, and typed from there on.
#pragma once

#include "plugins/mandates/web_api.hpp"

#include <variant>

namespace tunnus::plugin::mandates {

/// On our page, where they say for whom they act.
struct Choosing {
    bool unavailable = false;  ///< it has just said that the register could not be asked
};
/// At the register. The session is theirs who was known then: `delegate` is a digest of their
/// identity code (threats.md M-06).
struct Away {
    WebSession session;
    std::string delegate;
};
/// Back with several, of whom they choose one on our page.
struct Back {
    WebSession session;
    std::string delegate;
    std::vector<Principal> principals;  ///< as their page lists them, without roles
};
using DialogueState = std::variant<Choosing, Away, Back>;

[[nodiscard]] boost::json::object to_json(DialogueState const& state);
/// Of a value that this plugin has made.
[[nodiscard]] DialogueState state_from(boost::json::object const& stored);

/// The register's session in it; null where there is none.
[[nodiscard]] WebSession const* session_of(DialogueState const& state);

}  // namespace tunnus::plugin::mandates
