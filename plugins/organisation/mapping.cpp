// SPDX-License-Identifier: MIT
#include "plugins/organisation/mapping.hpp"

#include "plugins/suomifi/attributes.hpp"

#include <algorithm>

namespace tunnus::plugin::organisation {
namespace {

using saml::Reason;

std::vector<std::string> const* find_values(saml::AuthenticatedSubject const& subject,
                                            std::string_view name) {
    auto const found = std::ranges::find(subject.attributes, name, &saml::AttributeValues::name);
    return found == subject.attributes.end() ? nullptr : &found->values;
}

bool is_good(std::string const& value, std::size_t value_bytes) {
    return value.size() <= value_bytes && suomifi::fits(suomifi::Grammar::text, value);
}

/// The one value; empty when there is none.
Result<std::string> read_one(saml::AuthenticatedSubject const& subject, std::string_view name,
                             std::string_view told_as, std::size_t value_bytes) {
    auto const* values = find_values(subject, name);
    if (values == nullptr || values->empty()) return std::string();
    if (values->size() > 1) return Error(Reason::repeated_attribute, std::string(told_as));
    if (!is_good(values->front(), value_bytes))
        return Error(Reason::bad_attribute_value, std::string(told_as));
    return values->front();
}

Result<boost::json::array> read_many(saml::AuthenticatedSubject const& subject,
                                     MappedAttribute const& attribute, std::size_t value_bytes) {
    boost::json::array list;
    auto const* values = find_values(subject, attribute.name);
    if (values == nullptr) return list;
    for (auto const& value : *values) {
        if (!is_good(value, value_bytes))
            return Error(Reason::bad_attribute_value, attribute.plain_name);
        if (!value.empty()) list.emplace_back(value);
    }
    return list;
}

Result<Secret> read_subject(saml::AuthenticatedSubject const& subject, Mapping const& mapping) {
    constexpr std::string_view told_as = "subject";
    if (!mapping.subject_attribute.empty()) {
        auto const value =
            read_one(subject, mapping.subject_attribute, told_as, mapping.value_bytes);
        if (!value) return value.error();
        if (value->empty()) return Error(Reason::missing_attribute_value, std::string(told_as));
        return Secret("attribute:" + *value);
    }
    auto const& name_id = subject.name_id;
    if (name_id.format == saml::transient_name_id_format)
        return Error(Reason::wrong_name_id, "transient, so no lasting key");
    return Secret("name_id:" + std::string(name_id.meant_format()) + "\n" + name_id.name_qualifier +
                  "\n" + name_id.value);
}

}  // namespace

Result<suomifi::Person> read_person(saml::AuthenticatedSubject const& subject,
                                    Mapping const& mapping) {
    auto key = read_subject(subject, mapping);
    if (!key) return key.error();
    boost::json::object plain;
    for (auto const& attribute : mapping.attributes) {
        if (attribute.many) {
            auto values = read_many(subject, attribute, mapping.value_bytes);
            if (!values) return values.error();
            if (!values->empty()) plain[attribute.plain_name] = std::move(*values);
        } else {
            auto const value =
                read_one(subject, attribute.name, attribute.plain_name, mapping.value_bytes);
            if (!value) return value.error();
            if (!value->empty()) plain[attribute.plain_name] = *value;
        }
        if (attribute.required && !plain.contains(attribute.plain_name))
            return Error(Reason::missing_attribute_value, attribute.plain_name);
    }
    return suomifi::Person{std::move(*key), std::move(plain)};
}

}  // namespace tunnus::plugin::organisation
