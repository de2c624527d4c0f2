// SPDX-License-Identifier: MIT
#include "idp/login/levels.hpp"

#include <algorithm>

namespace tunnus::login {

std::vector<std::string> order_of_levels(
    std::vector<plugin::Plugins::AuthenticatorInfo> const& authenticators) {
    struct Level {
        std::string acr;
        plugin::Assurance assurance;
    };
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
    std::stable_sort(levels.begin(), levels.end(),
                     [](auto const& a, auto const& b) { return a.assurance < b.assurance; });
    std::vector<std::string> order;
    for (auto& level : levels)
        order.push_back(std::move(level.acr));
    return order;
}

}  // namespace tunnus::login
