// SPDX-License-Identifier: MIT
// NameID (core §2.2.3): what the identity provider calls this login, needed for logout and never an
// account's key (suomifi.md part 2).
#pragma once

#include "saml/reason.hpp"
#include "saml/xml/element.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

inline constexpr std::string_view transient_name_id_format =
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

struct NameId {
    std::string value;
    std::string name_qualifier;                    ///< the identity provider's entity id, or empty
    std::string sp_name_qualifier;                 ///< the service provider's entity id, or empty
    std::string format{transient_name_id_format};  ///< as given: empty where nothing is said
    /// Absent means unspecified (core §8.3.1).
    [[nodiscard]] std::string_view meant_format() const;
    friend bool operator==(NameId const&, NameId const&) = default;
};

/// Which NameIDs a party is believed to give. Suomi.fi's are transient; another identity provider
/// may name its people for good.
enum class NameIdFormats { transient, any };

[[nodiscard]] Result<NameId> parse_name_id(xml::Element const& element, std::size_t max_bytes);

/// Reason::wrong_name_id for another format, and unless the qualifiers that are there name these
/// two parties.
[[nodiscard]] Result<> check_name_id(NameId const& name_id, std::string_view idp_entity_id,
                                     std::string_view sp_entity_id,
                                     NameIdFormats formats = NameIdFormats::transient);

[[nodiscard]] std::string build_name_id(NameId const& name_id);

}  // namespace tunnus::saml
