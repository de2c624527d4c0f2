// SPDX-License-Identifier: MIT
// Levels of assurance (suomifi.md 2.2): which AuthnContextClassRefs we take, what `acr` each one
// means, and what kind of person it proves. The list of the configuration is the allow-list;
// nothing is ever guessed (threats.md S-100).
#pragma once

#include "plugins/api/plugin.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::plugin::suomifi {

/// Whom a level proves, and so by what they are known (suomifi.md part 4).
enum class PersonKind {
    finnish,    ///< by the identity code
    european,   ///< eIDAS: by an identifier of another country
    foreigner,  ///< the Finnish Authenticator: by the number that it gives (UID)
};

struct LevelOfAssurance {
    std::string uri;  ///< as the identity provider writes it
    std::string acr;  ///< as services see it
    /// What the operator vouches for; Suomi.fi's levels speak for themselves.
    std::optional<Assurance> stated = {};
    /// What was stated, or what the agency's URI is worth: low for every URI but its strong ones.
    [[nodiscard]] Assurance assurance() const;
    [[nodiscard]] PersonKind proves() const;
};

/// Lowest first.
class Levels {
  public:
    explicit Levels(std::vector<LevelOfAssurance> lowest_first)
        : levels_(std::move(lowest_first)) {}
    /// The agency's four, each its own acr. Test identification and the foreigners' app are not
    /// among them.
    [[nodiscard]] static Levels usual();

    [[nodiscard]] std::vector<LevelOfAssurance> const& all() const { return levels_; }
    [[nodiscard]] LevelOfAssurance const* find(std::string_view uri) const;
    [[nodiscard]] bool any_eidas() const;
    /// An acr that would tell services more than some level behind it is worth: one that two levels
    /// of different worth share, or the URI of a stronger level. Empty: none.
    [[nodiscard]] std::string_view find_overstated_acr() const;
    /// The least that an acr is worth, whichever URI it came from.
    [[nodiscard]] Assurance assurance_of(std::string_view acr) const;
    /// Every acr once, lowest first.
    [[nodiscard]] std::vector<std::string> acr_values() const;
    /// The levels whose acr is among these; all of them when these are empty.
    [[nodiscard]] std::vector<std::string> uris_for(
        std::vector<std::string> const& acr_values) const;

  private:
    std::vector<LevelOfAssurance> levels_;
};

}  // namespace tunnus::plugin::suomifi
