// SPDX-License-Identifier: MIT
#include "plugins/suomifi/levels.hpp"

#include <algorithm>

namespace tunnus::plugin::suomifi {
namespace {

constexpr std::string_view finnish_authenticator = "urn:oid:1.2.246.517.3002.110.7";

bool contains(std::vector<std::string> const& list, std::string const& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Assurance LevelOfAssurance::assurance() const {
    if (stated) return *stated;
    if (uri == "http://ftn.ficora.fi/2017/loa3" || uri == "http://eidas.europa.eu/LoA/high")
        return Assurance::high;
    if (uri == "http://ftn.ficora.fi/2017/loa2" || uri == "http://eidas.europa.eu/LoA/substantial")
        return Assurance::substantial;
    return Assurance::low;
}

PersonKind LevelOfAssurance::proves() const {
    if (uri.starts_with("http://eidas.europa.eu/")) return PersonKind::european;
    if (uri == finnish_authenticator) return PersonKind::foreigner;
    return PersonKind::finnish;
}

Levels Levels::usual() {
    std::vector<LevelOfAssurance> levels;
    for (auto const* uri :
         {"http://ftn.ficora.fi/2017/loa2", "http://eidas.europa.eu/LoA/substantial",
          "http://ftn.ficora.fi/2017/loa3", "http://eidas.europa.eu/LoA/high"})
        levels.push_back({uri, uri, {}});
    return Levels(std::move(levels));
}

LevelOfAssurance const* Levels::find(std::string_view uri) const {
    auto const found = std::find_if(levels_.begin(), levels_.end(),
                                    [&](auto const& level) { return level.uri == uri; });
    return found == levels_.end() ? nullptr : &*found;
}

bool Levels::any_eidas() const {
    return std::any_of(levels_.begin(), levels_.end(),
                       [](auto const& level) { return level.proves() == PersonKind::european; });
}

std::string_view Levels::find_overstated_acr() const {
    for (auto const& level : levels_) {
        LevelOfAssurance const of_that_name{level.acr, level.acr, {}};
        if (of_that_name.assurance() > level.assurance()) return level.acr;
        if (level.assurance() > assurance_of(level.acr)) return level.acr;
    }
    return {};
}

Assurance Levels::assurance_of(std::string_view acr) const {
    Assurance least = Assurance::high;
    bool known = false;
    for (auto const& level : levels_)
        if (level.acr == acr) {
            known = true;
            least = std::min(least, level.assurance());
        }
    return known ? least : Assurance::low;
}

std::vector<std::string> Levels::acr_values() const {
    std::vector<std::string> values;
    for (auto const& level : levels_)
        if (!contains(values, level.acr)) values.push_back(level.acr);
    return values;
}

std::vector<std::string> Levels::uris_for(std::vector<std::string> const& acr_values) const {
    std::vector<std::string> uris;
    for (auto const& level : levels_)
        if (acr_values.empty() || contains(acr_values, level.acr)) uris.push_back(level.uri);
    return uris;
}

}  // namespace tunnus::plugin::suomifi
