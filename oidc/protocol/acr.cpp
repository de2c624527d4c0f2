// SPDX-License-Identifier: MIT
#include "oidc/protocol/acr.hpp"

#include "idp/base/registered_service.hpp"
#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

/// Adds the words that are levels of ours.
void add_words(std::vector<std::string>& values, std::string_view text,
               std::vector<std::string> const& levels) {
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        auto const word = text.substr(0, end);
        if (contains(levels, word) && !contains(values, word)) values.emplace_back(word);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

bool reaches_any(std::vector<std::string> const& minimum, std::vector<std::string> const& levels,
                 std::string_view acr) {
    return minimum.empty() || std::ranges::any_of(minimum, [&](std::string const& level) {
               return acr_at_least(levels, acr, level);
           });
}

}  // namespace

std::vector<std::string> minimum_levels(Client const& client,
                                        std::vector<std::string> const& levels) {
    auto minimum = client.default_acr_values;
    if (!client.service || client.service->minimum_acr.empty()) return minimum;
    auto const& of_service = client.service->minimum_acr;
    std::erase_if(minimum, [&](std::string const& level) {
        return !acr_at_least(levels, level, of_service);
    });
    if (minimum.empty()) minimum.push_back(of_service);
    return minimum;
}

bool acr_at_least(std::vector<std::string> const& levels, std::string_view acr,
                  std::string_view minimum) {
    if (minimum.empty() || acr == minimum) return true;
    auto const has = std::ranges::find(levels, acr);
    auto const needs = std::ranges::find(levels, minimum);
    return has != levels.end() && needs != levels.end() && has > needs;
}

Checked<AcrDemand> check_acr(Client const& client, std::string_view acr_values,
                             ClaimRequest const* acr_claim,
                             std::vector<std::string> const& levels) {
    AcrDemand demand;
    auto const asked = acr_claim != nullptr ? text_values(*acr_claim) : std::vector<std::string>();
    demand.essential = acr_claim != nullptr && acr_claim->essential && !acr_claim->values.empty();
    for (auto const& value : asked)
        add_words(demand.values, value, levels);
    if (!demand.essential) add_words(demand.values, acr_values, levels);
    if (demand.essential && demand.values.empty())
        return Refusal{OAuthError::unmet_authentication_requirements,
                       "no login here reaches the acr demanded",
                       {},
                       Delivery::redirect};
    auto minimum = minimum_levels(client, levels);
    std::erase_if(demand.values,
                  [&](std::string const& acr) { return !reaches_any(minimum, levels, acr); });
    if (demand.values.empty()) demand.values = std::move(minimum);
    return demand;
}

}  // namespace tunnus::oidc
