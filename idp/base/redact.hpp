// SPDX-License-Identifier: MIT
// The last look at what goes into logs and audit records: texts in which a secret may stand by
// mistake (threats.md X-13). What is known to be one has a type that cannot get this far.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace tunnus {

/// The text with `[identity code]` for everything that reads as a personal identity code and
/// `[token]` for what looks like a JWT. Of a result beyond `max_bytes` the rest is `[cut]`: it is
/// cut last, so that no half of a secret is left at the edge.
[[nodiscard]] std::string redact(std::string_view text,
                                 std::size_t max_bytes = std::string_view::npos);

/// The same for every text in a value, names of members too.
[[nodiscard]] boost::json::value redact_json(boost::json::value const& value);

}  // namespace tunnus
