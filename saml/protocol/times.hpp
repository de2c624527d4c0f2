// SPDX-License-Identifier: MIT
// Times of SAML messages (core §1.3.3): UTC, `YYYY-MM-DDThh:mm:ss[.f{1,9}]Z` and nothing else
// (threats.md S-97).
#pragma once

#include "idp/base/clock.hpp"
#include "saml/reason.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

/// Reason::bad_time for another zone, a leap second, hour 24, year 0000 or an impossible date. What
/// is finer than a millisecond is cut off.
[[nodiscard]] Result<TimePoint> parse_time(std::string_view text);

/// With milliseconds, as Suomi.fi writes them.
[[nodiscard]] std::string format_time(TimePoint time);

/// Whether a validity [not_before, not_on_or_after) holds now, give or take `skew` at either end.
[[nodiscard]] constexpr bool has_begun(TimePoint not_before, TimePoint now, seconds skew) {
    return not_before <= now + skew;
}
[[nodiscard]] constexpr bool has_ended(TimePoint not_on_or_after, TimePoint now, seconds skew) {
    return not_on_or_after <= now - skew;
}

}  // namespace tunnus::saml
