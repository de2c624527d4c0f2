// SPDX-License-Identifier: MIT
#include "plugins/suomifi/attributes.hpp"

#include "idp/base/check_character.hpp"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace tunnus::plugin::suomifi {
namespace {

using saml::Reason;

constexpr std::string_view identity_code_name = "national_identification_number";
constexpr std::string_view eidas_identifier_name = "eidas_identifier";
constexpr std::string_view uid_name = "foreign_person_identifier";

// Endings of the friendly names: S is Finnish, R is Swedish.
constexpr std::array definitions{
    AttributeDefinition{"urn:oid:1.2.246.21", "nationalIdentificationNumber", identity_code_name,
                        Grammar::identity_code},
    AttributeDefinition{"urn:oid:1.2.246.22", "electronicIdentificationNumber",
                        "electronic_identification_number", Grammar::sign9},
    AttributeDefinition{"urn:oid:2.5.4.3", "cn", "common_name", Grammar::text},
    AttributeDefinition{"urn:oid:2.16.840.1.113730.3.1.241", "displayName", "display_name",
                        Grammar::text},
    AttributeDefinition{"urn:oid:2.5.4.42", "givenName", "given_name", Grammar::text},
    AttributeDefinition{"urn:oid:2.5.4.4", "sn", "family_name", Grammar::text},
    AttributeDefinition{"http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName",
                        "FirstName", "first_names", Grammar::text},
    AttributeDefinition{"urn:oid:0.9.2342.19200300.100.1.3", "mail", "email", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.18", "KotikuntaKuntanumero",
                        "home_municipality_number", Grammar::digits3},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.19", "KotikuntaKuntaS",
                        "home_municipality_name_fi", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.20", "KotikuntaKuntaR",
                        "home_municipality_name_sv", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.4", "VakinainenKotimainenLahiosoiteS",
                        "permanent_street_address_fi", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.5", "VakinainenKotimainenLahiosoiteR",
                        "permanent_street_address_sv", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.6", "VakinainenKotimainenLahiosoitePostinumero",
                        "permanent_postal_code", Grammar::digits5},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.7",
                        "VakinainenKotimainenLahiosoitePostitoimipaikkaS",
                        "permanent_post_office_fi", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.8",
                        "VakinainenKotimainenLahiosoitePostitoimipaikkaR",
                        "permanent_post_office_sv", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.11", "VakinainenUlkomainenLahiosoite",
                        "permanent_foreign_street_address", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.12",
                        "VakinainenUlkomainenLahiosoitePaikkakuntaJaValtioS",
                        "permanent_foreign_locality_fi", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.13",
                        "VakinainenUlkomainenLahiosoitePaikkakuntaJaValtioR",
                        "permanent_foreign_locality_sv", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.14",
                        "VakinainenUlkomainenLahiosoitePaikkakuntaJaValtioSelvakielinen",
                        "permanent_foreign_locality_plain", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.15",
                        "VakinainenUlkomainenLahiosoiteValtiokoodi3",
                        "permanent_foreign_country_code", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.31", "TilapainenKotimainenLahiosoiteS",
                        "temporary_street_address_fi", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.32", "TilapainenKotimainenLahiosoiteR",
                        "temporary_street_address_sv", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.33",
                        "TilapainenKotimainenLahiosoitePostinumero", "temporary_postal_code",
                        Grammar::digits5},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.34",
                        "TilapainenKotimainenLahiosoitePostitoimipaikkaS",
                        "temporary_post_office_fi", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.35",
                        "TilapainenKotimainenLahiosoitePostitoimipaikkaR",
                        "temporary_post_office_sv", Grammar::text},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.27", "TurvakieltoTieto", "non_disclosure_order",
                        Grammar::flag},
    AttributeDefinition{"urn:oid:1.2.246.517.2002.2.26", "SuomenKansalaisuusTietokoodi",
                        "finnish_citizen", Grammar::flag},
    // Whether the population register answered; sent always. `false`: whatever else is absent is
    // unknown, and a non-disclosure order must be assumed (suomifi.md part 4).
    AttributeDefinition{"urn:oid:1.2.246.517.3002.111.2", "", "population_register_checked",
                        Grammar::boolean},
    AttributeDefinition{"http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier",
                        "PersonIdentifier", eidas_identifier_name, Grammar::text},
    AttributeDefinition{"http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName",
                        "FamilyName", "eidas_family_name", Grammar::text},
    AttributeDefinition{"http://eidas.europa.eu/attributes/naturalperson/DateOfBirth",
                        "DateOfBirth", "date_of_birth", Grammar::date},
    // Of the Finnish Authenticator.
    AttributeDefinition{"urn:oid:1.2.246.517.3002.111.17", "foreignPersonIdentifier", uid_name,
                        Grammar::uid},
    AttributeDefinition{"urn:oid:1.2.246.517.3002.111.17.1", "identityAssuranceLevel",
                        "identity_assurance_level", Grammar::text},
};

/// The definition of which this member has this value, or null.
AttributeDefinition const* find_by(std::string_view AttributeDefinition::*member,
                                   std::string_view value) {
    auto const found = std::ranges::find(definitions, value, member);
    return found == definitions.end() ? nullptr : &*found;
}

/// Letters, marks, numbers, punctuation, symbols and U+0020: no control or formatting character
/// (zero width, bidi), no other kind of space, nothing unassigned.
bool is_printable(UChar32 character) {
    if (character == ' ') return true;
    constexpr auto refused =
        U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CN_MASK | U_GC_CO_MASK | U_GC_CS_MASK | U_GC_Z_MASK;
    return (U_GET_GC_MASK(character) & refused) == 0;
}

bool is_text(std::string_view value) {
    auto const text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(value.data(), static_cast<std::int32_t>(value.size())));
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
        if (!is_printable(text.char32At(at))) return false;
    return true;
}

bool is_digits(std::string_view value, std::size_t size) {
    return value.size() == size &&
           std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_date(std::string_view value) {
    if (value.size() != 10 || value[4] != '-' || value[7] != '-') return false;
    auto const year = value.substr(0, 4);
    auto const month = value.substr(5, 2);
    auto const day = value.substr(8, 2);
    if (!is_digits(year, 4) || !is_digits(month, 2) || !is_digits(day, 2)) return false;
    auto const number = [](std::string_view digits) {
        int result = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), result);
        return result;
    };
    return std::chrono::year_month_day{std::chrono::year(number(year)),
                                       std::chrono::month(static_cast<unsigned>(number(month))),
                                       std::chrono::day(static_cast<unsigned>(number(day)))}
        .ok();
}

boost::json::value json_of(Grammar grammar, std::string_view value) {
    if (grammar == Grammar::flag) return value == "1";
    if (grammar == Grammar::boolean) return value == "true";
    return boost::json::string(value);
}

Result<boost::json::object> read_attributes(std::span<saml::AttributeValues const> attributes,
                                            std::size_t value_bytes) {
    boost::json::object plain;
    for (auto const& attribute : attributes) {
        auto const* definition = find_by(&AttributeDefinition::name, attribute.name);
        if (definition == nullptr || attribute.values.empty()) continue;
        if (attribute.values.size() > 1)
            return Error(Reason::repeated_attribute, std::string(definition->plain_name));
        auto const& value = attribute.values.front();
        if (value.empty()) continue;
        if (value.size() > value_bytes || !fits(definition->grammar, value))
            return Error(Reason::bad_attribute_value, std::string(definition->plain_name));
        plain[definition->plain_name] = json_of(definition->grammar, value);
    }
    return plain;
}

std::string_view text_of(boost::json::object const& attributes, std::string_view name) {
    auto const* value = attributes.if_contains(name);
    return value == nullptr ? std::string_view() : std::string_view(value->as_string());
}

Error missing(std::string_view name) {
    return Error(Reason::missing_attribute_value, std::string(name));
}

/// Of somebody who is known by the identifier of this name.
Result<Person> other_person(boost::json::object attributes, std::string_view identifier_name,
                            std::string_view prefix) {
    auto const identifier = text_of(attributes, identifier_name);
    if (identifier.empty()) return missing(identifier_name);
    if (!text_of(attributes, identity_code_name).empty())
        return Error(Reason::bad_attribute_value, "an identity code at a level without");
    Secret subject(std::string(prefix) + std::string(identifier));
    return Person{std::move(subject), std::move(attributes)};
}

/// The app tells all first names and no calling name. It is not what services know as `suomi_fi`.
Result<Person> foreigner(boost::json::object attributes) {
    if (!attributes.contains("given_name"))
        if (auto const names = text_of(attributes, "first_names"); !names.empty())
            attributes["given_name"] = boost::json::string(names);
    auto person = other_person(std::move(attributes), uid_name, "uid:");
    if (person) person->method_reference = "finnish_authenticator";
    return person;
}

Result<Person> finnish_person(boost::json::object attributes, PersonPolicy const& policy) {
    auto const code = PersonalIdentityCode::parse(text_of(attributes, identity_code_name));
    if (!code) return missing(identity_code_name);  // its grammar has been checked
    if (code->is_temporary() && !policy.allow_test_identity_codes)
        return Error(Reason::test_identity_code, "");
    return Person{Secret(std::string(code->reveal())), std::move(attributes)};
}

}  // namespace

bool fits(Grammar grammar, std::string_view value) {
    switch (grammar) {
        case Grammar::text:
            return is_text(value);
        case Grammar::identity_code:
            return PersonalIdentityCode::parse(value).has_value();
        case Grammar::sign9:
            return value.size() == 9 && is_digits(value.substr(0, 8), 8) &&
                   (is_digits(value.substr(8), 1) || (value[8] >= 'A' && value[8] <= 'Z'));
        case Grammar::uid:
            return value.size() == 10 && is_digits(value.substr(0, 9), 9) &&
                   check_character(value.substr(0, 9)) == value[9];
        case Grammar::digits3:
            return is_digits(value, 3);
        case Grammar::digits5:
            return is_digits(value, 5);
        case Grammar::date:
            return is_date(value);
        case Grammar::flag:
            return value == "1" || value == "0";
        case Grammar::boolean:
            return value == "true" || value == "false";
    }
    return false;
}

std::span<AttributeDefinition const> attribute_definitions() {
    return definitions;
}

AttributeDefinition const* find_by_plain_name(std::string_view plain_name) {
    return find_by(&AttributeDefinition::plain_name, plain_name);
}

Result<Person> read_person(std::span<saml::AttributeValues const> attributes,
                           LevelOfAssurance const& level, PersonPolicy const& policy) {
    auto plain = read_attributes(attributes, policy.value_bytes);
    if (!plain) return plain.error();
    switch (level.proves()) {
        case PersonKind::european:
            return other_person(std::move(*plain), eidas_identifier_name, "eidas:");
        case PersonKind::foreigner:
            return foreigner(std::move(*plain));
        case PersonKind::finnish:
            break;
    }
    return finnish_person(std::move(*plain), policy);
}

}  // namespace tunnus::plugin::suomifi
