// SPDX-License-Identifier: MIT
#include "idp/base/form.hpp"

#include "idp/base/encoding.hpp"

#include <algorithm>

namespace tunnus {
namespace {

std::optional<std::string> decode(std::string_view text) {
    auto decoded = percent_decode(text, Plus::is_space);
    if (decoded && decoded->find('\0') != std::string::npos) return std::nullopt;
    return decoded;
}

/// Takes the text before the next '&' off the front of `rest`.
std::string_view next_pair(std::string_view& rest) {
    auto const end = std::min(rest.find('&'), rest.size());
    auto const pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return pair;
}

void remember_repeat(ParsedForm& parsed, std::string const& name) {
    if (std::ranges::find(parsed.repeated, name) == parsed.repeated.end())
        parsed.repeated.push_back(name);
}

}  // namespace

std::optional<std::string_view> Form::find(std::string_view name) const {
    for (auto const& [field, value] : fields_)
        if (field == name) return value;
    return std::nullopt;
}

std::string_view Form::get(std::string_view name) const {
    return find(name).value_or(std::string_view());
}

std::vector<std::string> Form::all(std::string_view name) const {
    std::vector<std::string> values;
    for (auto const& [field, value] : fields_)
        if (field == name && !value.empty()) values.push_back(value);
    return values;
}

ParsedForm parse_form(std::string_view text, std::size_t max_fields,
                      std::span<std::string_view const> repeatable) {
    ParsedForm parsed;
    auto const fail = [&](FormError::Kind kind, std::string field = {}) {
        if (!parsed.error) parsed.error = FormError{kind, std::move(field)};
    };
    while (!text.empty()) {
        auto const pair = next_pair(text);
        if (pair.empty()) continue;
        auto const equals = std::min(pair.find('='), pair.size());
        auto name = decode(pair.substr(0, equals));
        if (!name || name->empty()) {
            fail(FormError::Kind::malformed);
            continue;
        }
        bool const may_repeat = std::ranges::find(repeatable, *name) != repeatable.end();
        if (!may_repeat && parsed.form.find(*name)) {
            remember_repeat(parsed, *name);
            fail(FormError::Kind::repeated_field, *name);
            continue;
        }
        if (parsed.form.fields().size() == max_fields) {
            fail(FormError::Kind::too_many_fields);
            break;
        }
        auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!value) {
            fail(FormError::Kind::malformed, *name);
            continue;
        }
        parsed.form.add(std::move(*name), std::move(*value));
    }
    return parsed;
}

std::string build_form(std::vector<std::pair<std::string_view, std::string_view>> const& fields) {
    std::string text;
    for (auto const& [name, value] : fields) {
        if (!text.empty()) text.push_back('&');
        text.append(percent_encode(name)).append("=").append(percent_encode(value));
    }
    return text;
}

std::string add_to_query(std::string address,
                         std::vector<std::pair<std::string_view, std::string_view>> const& fields) {
    auto const query = address.find('?');
    if (query == std::string::npos)
        address.push_back('?');
    else if (query + 1 != address.size() && !address.ends_with('&'))
        address.push_back('&');
    return address.append(build_form(fields));
}

}  // namespace tunnus
