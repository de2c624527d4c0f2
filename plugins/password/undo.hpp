// SPDX-License-Identifier: MIT
// /password/undo: who had the address of an account before it was changed takes that back, by the
// link that the old address got (threats.md L-22). Opening the link changes nothing (L-25).
#pragma once

#include "plugins/password/accounts.hpp"
#include "plugins/password/hasher.hpp"

namespace tunnus::plugin::password {

/// Any thread may call.
class UndoPages {
  public:
    UndoPages(Host& host, Accounts& accounts, Hasher const& hasher)
        : host_(host), accounts_(accounts), hasher_(hasher) {}

    [[nodiscard]] std::vector<RouteSource::PluginRoute> routes();

  private:
    Outcome ask(Caller const& caller);
    Outcome undo(Caller const& caller);
    Outcome unavailable(Caller const& caller, Error const& error);

    Host& host_;
    Accounts& accounts_;
    Hasher const& hasher_;
};

}  // namespace tunnus::plugin::password
