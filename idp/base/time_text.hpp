// SPDX-License-Identifier: MIT
// Times as people and machines read them.
#pragma once

#include "idp/base/clock.hpp"

#include <string>
#include <string_view>

namespace tunnus {

/// `2030-01-02T03:04:05.678Z`, years 0 to 9999.
[[nodiscard]] std::string rfc3339(TimePoint time);
/// `Wed, 02 Jan 2030 03:04:05 GMT`: RFC 9110 §5.6.7 with the zone `GMT`, RFC 5322 §3.3 with
/// `+0000`.
[[nodiscard]] std::string imf_date(TimePoint time, std::string_view zone);
/// In Finland's time zone and the language's own form: `2.1.2030`, `2.1.2030 klo 5.04` (fi), `2 Jan
/// 2030, 05:04` (en).
[[nodiscard]] std::string date_text(TimePoint time, std::string_view locale);
[[nodiscard]] std::string date_time_text(TimePoint time, std::string_view locale);

}  // namespace tunnus
