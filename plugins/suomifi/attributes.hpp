// SPDX-License-Identifier: MIT
// The attributes that Suomi.fi releases (suomifi.md part 4), under plain names of ours. They are
// known by their Name, never by FriendlyName (threats.md S-20).
#pragma once

#include "plugins/api/plugin.hpp"
#include "plugins/suomifi/family.hpp"
#include "saml/protocol/assertion.hpp"

#include <span>
#include <string_view>

namespace tunnus::plugin::suomifi {

/// What a value of the attribute looks like; anything else refuses the login (S-22). An empty value
/// counts as absent everywhere.
enum class Grammar {
    text,           ///< printable characters and plain blanks
    identity_code,  ///< a Finnish personal identity code
    sign9,          ///< eight digits and a digit or capital letter (SATU)
    uid,            ///< nine digits and the check character of an identity code
    digits3,
    digits5,
    date,     ///< YYYY-MM-DD
    flag,     ///< `1` or `0`, in JSON a boolean
    boolean,  ///< `true` or `false`, in JSON a boolean
};

/// Whether a value is what the grammar says.
[[nodiscard]] bool fits(Grammar grammar, std::string_view value);

struct AttributeDefinition {
    std::string_view name;           ///< on the wire
    std::string_view friendly_name;  ///< for our metadata
    std::string_view plain_name;     ///< in Identity::attributes
    Grammar grammar;
};
/// Every attribute we read. Others are passed over.
[[nodiscard]] std::span<AttributeDefinition const> attribute_definitions();
[[nodiscard]] AttributeDefinition const* find_by_plain_name(std::string_view plain_name);

struct PersonPolicy {
    bool allow_test_identity_codes = false;  ///< individual numbers 900-999
    std::size_t value_bytes = 1'024;
};
/// A Finnish level needs an identity code; eIDAS and the Finnish Authenticator need their own
/// identifier and must bring no identity code, which neither vouches for.
/// saml::Reason: missing_attribute_value, bad_attribute_value, repeated_attribute (an attribute
/// with two values, S-19), test_identity_code.
[[nodiscard]] Result<Person> read_person(std::span<saml::AttributeValues const> attributes,
                                         LevelOfAssurance const& level, PersonPolicy const& policy);

}  // namespace tunnus::plugin::suomifi
