// SPDX-License-Identifier: MIT
// Who is meant by an assertion of an identity provider that we know by its configuration alone.
#pragma once

#include "plugins/suomifi/family.hpp"

#include <string>
#include <vector>

namespace tunnus::plugin::organisation {

struct MappedAttribute {
    std::string name;        ///< on the wire; FriendlyName is never looked at (threats.md S-20)
    std::string plain_name;  ///< in Identity::attributes
    bool required = false;   ///< a message without it is refused
    bool many = false;       ///< a list; otherwise a second value refuses the message (S-19)
};

struct Mapping {
    std::string subject_attribute;  ///< empty: the NameID is the person's lasting key
    std::vector<MappedAttribute> attributes;
    std::size_t value_bytes = 1'024;  ///< limits.saml_value_bytes
};

/// saml::Reason: wrong_name_id for a NameID that is no lasting key, missing_attribute_value,
/// repeated_attribute, bad_attribute_value (not printable text, S-22). A subject never belongs to
/// two people: by NameID it holds the format and the identity provider's qualifier as well.
[[nodiscard]] Result<suomifi::Person> read_person(saml::AuthenticatedSubject const& subject,
                                                  Mapping const& mapping);

}  // namespace tunnus::plugin::organisation
