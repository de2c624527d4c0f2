// SPDX-License-Identifier: MIT
#include "plugins/mandates/business_id.hpp"

#include <array>

namespace tunnus::plugin::mandates {

bool is_business_id(std::string_view text) {
    static constexpr std::array<int, 7> weights{7, 9, 10, 5, 8, 4, 2};
    if (text.size() != 9 || text[7] != '-') return false;
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        sum += weights[i] * (text[i] - '0');
    }
    int const rest = sum % 11;
    if (rest == 1) return false;  // no id has that sum
    return text[8] - '0' == (rest == 0 ? 0 : 11 - rest);
}

}  // namespace tunnus::plugin::mandates
