// SPDX-License-Identifier: MIT
#include "oidc/protocol/max_age.hpp"

#include "idp/base/limits.hpp"

#include <charconv>

namespace tunnus::oidc {

Checked<std::optional<seconds>> check_max_age(Client const& client, Form const& form,
                                              Limits const& limits) {
    auto const text = form.get("max_age");
    if (text.empty()) return client.default_max_age;
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0 ||
        number > limits.max_age.count() || text.front() == '-')
        return Refusal{OAuthError::invalid_request,
                       "max_age must be a number of seconds",
                       {},
                       Delivery::redirect};
    return std::optional(seconds(number));
}

}  // namespace tunnus::oidc
