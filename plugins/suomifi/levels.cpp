// SPDX-License-Identifier: MIT
#include "plugins/suomifi/levels.hpp"

#include <algorithm>

namespace tunnus::plugin::suomifi {
namespace {

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
                       [](auto const& level) { return level.is_eidas(); });
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
