// SPDX-License-Identifier: MIT
// JSON written straight into one text, for the answers of the hot path: no tree is built.
#pragma once

#include <boost/json/value.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// Writes the members of one object in the order of the calls. Names are literals of the program or
/// claim names and are escaped like values. Texts are UTF-8 already.
class JsonWriter {
  public:
    explicit JsonWriter(std::size_t expected_bytes = 512) {
        text_.reserve(expected_bytes);
        text_.push_back('{');
    }
    JsonWriter& member(std::string_view name, std::string_view value);
    JsonWriter& member(std::string_view name, char const* value) {
        return member(name, std::string_view(value));
    }
    JsonWriter& member(std::string_view name, std::int64_t value);
    JsonWriter& member(std::string_view name, bool value);
    JsonWriter& member(std::string_view name, std::vector<std::string> const& values);
    /// Exactly a json::value: nothing else is to become one on the way.
    JsonWriter& member(std::string_view name, std::same_as<boost::json::value> auto const& value) {
        return value_member(name, value);
    }
    /// The finished object; the writer is done.
    [[nodiscard]] std::string finish() && {
        text_.push_back('}');
        return std::move(text_);
    }

  private:
    JsonWriter& value_member(std::string_view name, boost::json::value const& value);
    void name(std::string_view name);
    void quoted(std::string_view text);
    std::string text_;
};

}  // namespace tunnus::oidc
