// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_values.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/json.hpp"
#include "idp/base/time_text.hpp"
#include "plugins/profile/graphql_page.hpp"
#include "plugins/profile/graphql_schema.hpp"

#include <unicode/uloc.h>

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string_view language_of(LightData const& data) {
    return data.language == "sv" ? "SWEDISH" : data.language == "en" ? "ENGLISH" : "FINNISH";
}

object node(Email const& email) {
    return {{"id", global_id("EmailNode", email.id)},
            {"primary", email.primary},
            {"email", email.address},
            {"emailType", to_upper(to_string(email.type))},
            {"verified", email.verified}};
}
object node(Phone const& phone) {
    return {{"id", global_id("PhoneNode", phone.id)},
            {"primary", phone.primary},
            {"phone", phone.number},
            {"phoneType", to_upper(to_string(phone.type))}};
}
object node(Address const& address) {
    return {{"id", global_id("AddressNode", address.id)},
            {"primary", address.primary},
            {"address", address.street.empty() ? address.formatted : address.street},
            {"postalCode", address.postal_code},
            {"city", address.city},
            {"countryCode", address.country},
            {"addressType", to_upper(to_string(address.type))}};
}

template <class Contact>
array nodes(std::vector<Contact> const& contacts) {
    array all;
    for (auto const& contact : contacts)
        all.push_back(node(contact));
    return all;
}
template <class Contact>
value node_or_null(Contact const* contact) {
    return contact ? value(node(*contact)) : value(nullptr);
}

/// The object, or null where all that it says is empty.
value unless_empty(object said) {
    bool const says_something =
        std::ranges::any_of(said, [](auto const& one) { return !one.value().as_string().empty(); });
    return says_something ? value(std::move(said)) : value(nullptr);
}

/// ISO 3166-1: the two letters for the register's three; empty where there are none.
std::string two_letters(std::string_view three) {
    for (auto const* const* code = uloc_getISOCountries(); *code != nullptr; ++code)
        if (three == uloc_getISO3Country(("und_" + std::string(*code)).c_str())) return *code;
    return {};
}

object texts_value(Text const& text) {
    return {{"FI", text.fi}, {"SV", text.sv}, {"EN", text.en}};
}

array data_field_nodes(std::vector<std::string> const& names,
                       std::vector<DataField> const& fields) {
    array all;
    for (auto const& name : names) {
        auto const declared = std::ranges::find(fields, name, &DataField::name);
        object one{{"id", global_id("AllowedDataFieldNode", name)},
                   {"fieldName", name},
                   {"order", static_cast<std::int64_t>(all.size()) + 1}};
        if (declared != fields.end()) one["label"] = texts_value(declared->title);
        all.push_back(std::move(one));
    }
    return all;
}

// ---- Download

object leaf(std::string_view key, value said) {
    return {{"key", key}, {"value", std::move(said)}};
}
object branch(std::string_view key, array children) {
    return {{"key", key}, {"children", std::move(children)}};
}

/// `postalCode` is POSTAL_CODE there.
std::string key_of(std::string_view member) {
    std::string key;
    for (char const c : member) {
        if (c >= 'A' && c <= 'Z') key += '_';
        key += c;
    }
    return to_upper(key);
}

/// The object's texts and flags as leaves, objects as branches; identifiers are not the person's.
array leaves(object const& of) {
    array all;
    for (auto const& [name, said] : of) {
        if (name == "id" || name == owner_member || said.is_null()) continue;
        if (auto const* const below = said.if_object())
            all.push_back(branch(key_of(name), leaves(*below)));
        else
            all.push_back(leaf(key_of(name), said));
    }
    return all;
}
template <class Contact>
object contact_branch(std::string_view key, std::string_view one_key,
                      std::vector<Contact> const& contacts) {
    array all;
    for (auto const& contact : contacts)
        all.push_back(branch(one_key, leaves(node(contact))));
    return branch(key, std::move(all));
}

}  // namespace

object profile_value(LightData const& data, std::string_view user_id, std::string id) {
    return {{owner_member, user_id},
            {"id", std::move(id)},
            {"firstName", data.first_name},
            {"lastName", data.last_name},
            {"nickname", data.nickname},
            {"language", language_of(data)},
            {"contactMethod", data.contact_method == "sms" ? "SMS" : "EMAIL"},
            {"primaryEmail", node_or_null(data.primary_email())},
            {"primaryPhone", node_or_null(data.primary_phone())},
            {"primaryAddress", node_or_null(data.primary_address())},
            {"emails", nodes(data.emails)},
            {"phones", nodes(data.phones)},
            {"addresses", nodes(data.addresses)}};
}

object official_value(object const& official, std::string_view user_id, std::string_view locale) {
    auto const plain = [&](std::string_view name) {
        return std::string(find_string(official, name).value_or(""));
    };
    auto const translated = [&](std::string const& name) {
        return official_text(official, name, locale);
    };
    auto first = plain("first_names");
    if (first.empty()) first = plain("given_name");
    auto last = plain("family_name");
    if (last.empty()) last = plain("eidas_family_name");
    auto const finnish_address = [&](std::string const& kind) {
        return unless_empty({{"streetAddress", translated(kind + "_street_address")},
                             {"postalCode", plain(kind + "_postal_code")},
                             {"postOffice", translated(kind + "_post_office")}});
    };
    auto place = foreign_locality(official, locale);
    return {
        {owner_member, user_id},
        {"firstName", std::move(first)},
        {"lastName", std::move(last)},
        {"givenName", plain("given_name")},
        {"nationalIdentificationNumber", plain("national_identification_number")},
        {"municipalityOfResidence", translated("home_municipality_name")},
        {"municipalityOfResidenceNumber", plain("home_municipality_number")},
        {"permanentAddress", finnish_address("permanent")},
        {"temporaryAddress", finnish_address("temporary")},
        {"permanentForeignAddress",
         unless_empty({{"streetAddress", plain("permanent_foreign_street_address")},
                       {"additionalAddress", std::move(place)},
                       {"countryCode", two_letters(plain("permanent_foreign_country_code"))}})}};
}

object service_value(RegisteredService const& service, std::vector<DataField> const& fields) {
    std::vector<std::string> names;
    for (auto const& field : service.data_fields)
        names.push_back(field.name);
    auto const gdpr = service.gdpr.value_or(RegisteredService::GdprApi());
    return {{"id", global_id("ServiceNode", service.name)},
            {"name", service.name},
            {"title", texts_value(service.title)},
            {"description", texts_value(service.description)},
            {"privacyPolicyUrl", texts_value(service.privacy_policy_url)},
            {"termsOfUseUrl", texts_value(service.terms_of_use_url)},
            {"allowedDataFields", data_field_nodes(names, fields)},
            {"gdprUrl", gdpr.url},
            {"gdprQueryScope", gdpr.query_scope},
            {"gdprDeleteScope", gdpr.delete_scope},
            {"requiresServiceConnection", !service.is_profile_service}};
}

object connection_value(Permission const& permission, RegisteredService const& service,
                        std::vector<DataField> const& fields) {
    return {{"id", global_id("ServiceConnectionType", permission.service)},
            {"service", service_value(service, fields)},
            {"createdAt", rfc3339(permission.given_at)},
            {"enabled", true}};
}

value in_language(value const& texts, object const& arguments) {
    auto const* const all = texts.if_object();
    if (!all) return nullptr;
    return all->at(find_string(arguments, "language").value_or("FI"));
}

object profile_tree(Records const& records, bool is_strong) {
    auto const data = records.light ? records.light->data : LightData();
    array all{leaf("FIRST_NAME", value(data.first_name)),
              leaf("LAST_NAME", value(data.last_name)),
              leaf("NICKNAME", value(data.nickname)),
              leaf("LANGUAGE", value(data.language.empty() ? "fi" : data.language)),
              leaf("CONTACT_METHOD", value(data.contact_method)),
              contact_branch("EMAILS", "EMAIL", data.emails),
              contact_branch("PHONES", "PHONE", data.phones),
              contact_branch("ADDRESSES", "ADDRESS", data.addresses)};
    constexpr std::string_view official_key = "VERIFIEDPERSONALINFORMATION";
    if (records.official && is_strong)
        all.push_back(branch(official_key,
                             leaves(official_value(records.official->data, "", data.language))));
    else if (records.official)
        all.push_back(object{{"key", official_key}, {"error", error_code::insufficient_loa}});
    return branch("PROFILE", std::move(all));
}

}  // namespace tunnus::plugin::profile
