// SPDX-License-Identifier: MIT
// application/x-www-form-urlencoded, for bodies and query strings alike: the one parser of them
// (threats.md 6.3).
#pragma once

#include "idp/base/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnus {

/// The fields of a form. No name occurs twice, also not in another encoding, but for those that
/// parse_form was told of; values are valid UTF-8 without NUL.
class Form {
  public:
    /// The decoded value; empty optional when the field is absent. A field sent as `name=` is an
    /// empty text.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    /// The value, or an empty text when absent: RFC 6749 §3.1 treats both alike.
    [[nodiscard]] std::string_view get(std::string_view name) const;
    /// Every value that is not empty, for the names that may repeat.
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& fields() const {
        return fields_;
    }
    void add(std::string name, std::string value) {
        fields_.emplace_back(std::move(name), std::move(value));
    }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// What was wrong with a form and, for a repeated field, which one: OAuth answers depend on it.
struct FormError {
    enum class Kind { malformed, repeated_field, too_many_fields } kind{};
    std::string field;
};
/// The fields that could be read stand in `form` even when there is an error, first values first,
/// so that a caller who must redirect can still find `client_id`, `redirect_uri` and `state`; with
/// a repeated one of these it must not redirect. After too_many_fields the rest is unread and may
/// hold repeats: such a caller must not redirect either. Empty pairs (`a=1&&b=2`) are passed over.
struct ParsedForm {
    Form form;
    std::optional<FormError> error;
    std::vector<std::string> repeated;  ///< every name that occurs more than once
};
/// A name of `repeatable` may occur several times: `resource` of RFC 8707, for example.
[[nodiscard]] ParsedForm parse_form(std::string_view text, std::size_t max_fields = 64,
                                    std::span<std::string_view const> repeatable = {});

/// Builds `a=b&c=d` with every reserved byte escaped.
[[nodiscard]] std::string build_form(
    std::vector<std::pair<std::string_view, std::string_view>> const& fields);
/// The address, which has no fragment, with the fields behind the query that it has.
[[nodiscard]] std::string add_to_query(
    std::string address, std::vector<std::pair<std::string_view, std::string_view>> const& fields);

}  // namespace tunnus
