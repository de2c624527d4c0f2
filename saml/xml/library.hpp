// SPDX-License-Identifier: MIT
// libxml2 and xmlsec, set up once for the process (threats.md 8.1, 8.2). Whoever parses or verifies
// is handed a Library, so nothing of theirs runs before the safe settings stand.
#pragma once

#include "idp/base/limits.hpp"

#include <cstddef>

namespace tunnus::saml::xml {

/// Build it during start-up, before there are other threads, and keep it until they have ended.
/// Building a second one is allowed and cheap: the settings are the process's and stay.
/// Any thread may use it.
class Library {
  public:
    /// Throws std::runtime_error when xmlsec cannot start.
    explicit Library(Limits const& limits = {});
    Library(Library const&) = delete;
    Library& operator=(Library const&) = delete;

    [[nodiscard]] Limits const& limits() const { return limits_; }

    /// How often, in this process, a document made libxml2 ask for something outside itself. Every
    /// such request was denied.
    [[nodiscard]] static std::size_t denied_loads();

  private:
    Limits limits_;
};

}  // namespace tunnus::saml::xml
