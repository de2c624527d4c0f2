// SPDX-License-Identifier: MIT
#include "idp/login/levels.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

struct Level {
    std::string acr;
    plugin::Assurance assurance;
};

/// Each level once, in the order of declaration.
std::vector<Level> levels_of(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators) {
    std::vector<Level> levels;
    for (auto const& authenticator : authenticators)
        for (std::size_t i = 0; i < authenticator.acr_values.size(); ++i) {
            auto const& acr = authenticator.acr_values[i];
            auto const assurance = authenticator.assurances[i];
            auto const known = std::find_if(levels.begin(), levels.end(),
                                            [&](auto const& one) { return one.acr == acr; });
            if (known == levels.end())
                levels.push_back({acr, assurance});
            else
                known->assurance = std::min(known->assurance, assurance);
        }
    return levels;
}

}  // namespace

std::vector<std::string> order_of_levels(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators) {
    auto levels = levels_of(authenticators);
    std::stable_sort(levels.begin(), levels.end(),
                     [](auto const& a, auto const& b) { return a.assurance < b.assurance; });
    std::vector<std::string> order;
    order.reserve(levels.size());
    for (auto& level : levels)
        order.push_back(std::move(level.acr));
    return order;
}

std::vector<std::string> strong_levels(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators) {
    auto const levels = levels_of(authenticators);
    auto strong = order_of_levels(authenticators);
    std::erase_if(strong, [&](std::string const& acr) {
        auto const level = std::ranges::find(levels, acr, &Level::acr);
        return level->assurance == plugin::Assurance::low;
    });
    return strong;
}

std::string_view text_of_level(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators, std::string_view acr) {
    auto assurance = plugin::Assurance::low;
    for (auto const& level : levels_of(authenticators))
        if (level.acr == acr) assurance = level.assurance;
    switch (assurance) {
        case plugin::Assurance::high:
            return "level_high";
        case plugin::Assurance::substantial:
            return "level_substantial";
        case plugin::Assurance::low:
            break;
    }
    return "level_low";
}

}  // namespace tunnus::login
