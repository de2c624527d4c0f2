// SPDX-License-Identifier: MIT
// JSON that people write: with comments and trailing commas, and with the line of everything, for
// error messages that can be acted on. Otherwise as strict as parse_json.
#pragma once

#include "idp/base/result.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <string_view>

namespace tunnus {

struct LocatedJson {
    boost::json::value value;
    std::map<std::string, std::size_t>
        lines;  ///< by path as json_schema.hpp writes it: of the key, or of an element's begin

    /// The line of `path`, or of the nearest thing around it that was written.
    [[nodiscard]] std::size_t line_of(std::string path) const;
};

/// Lines end by LF or CRLF; a byte order mark is passed over. Bounds: 1 MiB, depth 32. The error's
/// detail is `LINE: what is wrong`, with the path where there is one: `12: listen[0].port: is given
/// twice`.
[[nodiscard]] Result<LocatedJson> parse_located_json(std::string_view text);

}  // namespace tunnus
