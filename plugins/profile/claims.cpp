// SPDX-License-Identifier: MIT
#include "plugins/profile/claims.hpp"

#include "idp/base/json.hpp"
#include "idp/base/time_text.hpp"

#include <algorithm>
#include <array>

namespace tunnus::plugin::profile {

namespace {

using boost::json::object;

std::string text_of(object const& data, std::string_view name) {
    return std::string(find_string(data, name).value_or(""));
}

void put(object& claims, std::string_view name, std::string_view value) {
    if (!value.empty()) claims[name] = boost::json::string(value);
}

/// OpenID Connect Core §5.1.1, of the permanent address; empty when there is none.
object make_address(object const& official, std::string_view locale) {
    object address;
    auto street = official_text(official, "permanent_street_address", locale);
    auto const code = text_of(official, "permanent_postal_code");
    auto const office = official_text(official, "permanent_post_office", locale);
    if (!street.empty() || !code.empty()) {
        put(address, "street_address", street);
        put(address, "postal_code", code);
        put(address, "locality", office);
        address["country"] = "FI";
        put(address, "formatted", street + "\n" + code + " " + office);
        return address;
    }
    street = text_of(official, "permanent_foreign_street_address");
    if (street.empty()) return address;
    auto const place = foreign_locality(official, locale);
    put(address, "street_address", street);
    put(address, "locality", place);
    put(address, "country", text_of(official, "permanent_foreign_country_code"));
    put(address, "formatted", street + "\n" + place);
    return address;
}

/// The person's own address, unless the register tells to keep it secret where they live.
void put_own_address(object& claims, Records const& records, object const& light) {
    bool const secret = records.official && is_protected(records.official->data);
    auto const* address = light.if_contains("address");
    if (address && !secret) claims["address"] = *address;
}

object make_municipality(object const& official, std::string_view locale) {
    object municipality;
    put(municipality, "code", text_of(official, "home_municipality_number"));
    put(municipality, "name", official_text(official, "home_municipality_name", locale));
    return municipality;
}

std::string birth_date(object const& official) {
    auto const code =
        PersonalIdentityCode::parse(text_of(official, "national_identification_number"));
    return code ? code->birth_date() : text_of(official, "date_of_birth");
}

/// Claims that are the person's own at every level.
constexpr std::array<std::string_view, 10> own_claims{
    "nickname", "preferred_username", "profile", "picture",      "website",
    "gender",   "zoneinfo",           "locale",  "phone_number", "phone_number_verified"};

void copy(object& claims, std::string_view name, object const& from) {
    if (auto const* value = from.if_contains(name)) claims[name] = *value;
}

/// Names: the register's at a strong level, the person's own otherwise; never a mixture.
void put_names(object& claims, object const& own_names, object const& official) {
    auto given = text_of(official, "given_name");
    if (given.empty()) given = text_of(official, "first_names");
    auto family = text_of(official, "family_name");
    if (family.empty()) family = text_of(official, "eidas_family_name");
    bool const own = given.empty() && family.empty();
    if (own) {
        given = text_of(own_names, "given_name");
        family = text_of(own_names, "family_name");
    }
    put(claims, "given_name", given);
    put(claims, "family_name", family);
    bool const both = !given.empty() && !family.empty();
    put(claims, "name", given + (both ? " " : "") + family);
    if (!own) return;
    copy(claims, "middle_name", own_names);
    copy(claims, "name", own_names);
}

std::int64_t updated_at(Records const& records, object const& light, object const& official) {
    std::int64_t latest = records.light ? to_unix_s(records.light->updated_at) : 0;
    if (auto const* given = light.if_contains("updated_at"); given && given->is_int64())
        latest = given->as_int64();
    return official.empty() ? latest : std::max(latest, to_unix_s(records.official->refreshed_at));
}

/// What the register says, and may go where the query wants it.
object official_claims(object const& official, std::string_view locale, Destination destination) {
    object claims;
    put_names(claims, {}, official);
    put(claims, "birthdate", birth_date(official));
    if (auto place = make_municipality(official, locale); !place.empty())
        claims["municipality"] = std::move(place);
    // A token passes through other hands and is kept and logged by services: what the register
    // holds most dear goes to userinfo alone, whatever is asked (threats.md I5).
    if (destination != Destination::userinfo) return claims;
    put(claims, "national_id_num", text_of(official, "national_identification_number"));
    if (auto address = make_address(official, locale); !address.empty())
        claims["address"] = std::move(address);
    return claims;
}

constexpr std::string_view register_record = "population_register";

/// OpenID Identity Assurance: the register is evidence only where it was asked.
object make_verification(Official const& official, std::string_view framework,
                         std::string_view level) {
    object verification{
        {"trust_framework", framework},
        {"assurance_level", level},
        {"time", rfc3339(std::chrono::floor<seconds>(official.refreshed_at))},
    };
    if (is_true(official.data, "population_register_checked"))
        verification["evidence"].emplace_array().push_back(object{
            {"type", "electronic_record"},
            {"record",
             {{"type", register_record},
              {"source", {{"name", "Digi- ja väestötietovirasto"}, {"country_code", "FI"}}}}}});
    return verification;
}

/// Of the login that brought the data, whatever is this session's level: one attestation, or none.
boost::json::array make_attestations(Official const& official, ClaimsQuery const& query,
                                     LevelMap const& levels, FrameworkMap const& frameworks) {
    boost::json::array attestations;
    auto const framework = frameworks.find(text_of(official.data, proven_acr));
    if (framework == frameworks.end()) return attestations;
    auto const level = loa_of(levels, framework->first);
    if (level == "low") return attestations;
    attestations.push_back(
        object{{"verification", make_verification(official, framework->second, level)},
               {"claims", official_claims(official.data, query.locale, query.destination)}});
    return attestations;
}

}  // namespace

std::string_view loa_of(LevelMap const& levels, std::string_view acr) {
    auto const found = levels.find(acr);
    return found == levels.end() ? std::string_view("low") : std::string_view(found->second);
}

std::vector<Scope> make_scopes(std::string const& strong_acr) {
    return {
        {.name = "profile",
         .title = {"Nimi, syntymäaika ja perustiedot", "Namn, födelsedatum och grunduppgifter",
                   "Name, date of birth and basic details"},
         .description = {"Nimi ja syntymäaika ovat vahvassa tunnistautumisessa "
                         "väestötietojärjestelmän mukaiset.",
                         "Namn och födelsedatum är vid stark identifiering enligt "
                         "befolkningsdatasystemet.",
                         "Name and date of birth are from the population register when you have "
                         "identified strongly."},
         .claims = {"name", "given_name", "family_name", "middle_name", "nickname",
                    "preferred_username", "profile", "picture", "website", "gender", "birthdate",
                    "zoneinfo", "locale", "updated_at"},
         .ask_consent = true,
         .minimum_acr = {}},
        {.name = "email",
         .title = {"Sähköpostiosoite", "E-postadress", "E-mail address"},
         .description = {"Ensisijainen sähköpostiosoitteesi.", "Din primära e-postadress.",
                         "Your primary e-mail address."},
         .claims = {"email", "email_verified"},
         .ask_consent = true,
         .minimum_acr = {}},
        {.name = "phone",
         .title = {"Puhelinnumero", "Telefonnummer", "Telephone number"},
         .description = {"Numero, jonka olet antanut.", "Numret som du har uppgett.",
                         "The number you have given."},
         .claims = {"phone_number", "phone_number_verified"},
         .ask_consent = true,
         .minimum_acr = {}},
        {.name = "address",
         .title = {"Osoite", "Adress", "Address"},
         .description = {"Vakinainen osoite väestötietojärjestelmästä, kun olet tunnistautunut "
                         "vahvasti; muuten osoite, jonka olet antanut.",
                         "Stadigvarande adress ur befolkningsdatasystemet, när du har "
                         "identifierat dig starkt; annars adressen som du har uppgett.",
                         "Your permanent address from the population register when you have "
                         "identified strongly; otherwise the address you have given."},
         .claims = {"address"},
         .ask_consent = true,
         .minimum_acr = {}},
        {.name = "municipality",
         .title = {"Kotikunta", "Hemkommun", "Home municipality"},
         .description = {"Väestötietojärjestelmästä.", "Ur befolkningsdatasystemet.",
                         "From the population register."},
         .claims = {"municipality"},
         .ask_consent = true,
         .minimum_acr = strong_acr},
        {.name = "national_id",
         .title = {"Henkilötunnus", "Personbeteckning", "Personal identity code"},
         .description = {"Vain palvelulle, jolla on siihen oikeus.",
                         "Endast till en tjänst som har rätt till den.",
                         "Only for a service that is entitled to it."},
         .claims = {"national_id_num"},
         .ask_consent = true,
         .minimum_acr = strong_acr},
        {.name = "loa",
         .title = {"Tunnistautumisen taso", "Identifieringens nivå", "Level of identification"},
         .description = {"Miten varmasti olet tunnistautunut.", "Hur säkert du är identifierad.",
                         "How surely you have been identified."},
         .claims = {"loa"},
         .ask_consent = false,
         .minimum_acr = {}},
    };
}

std::vector<DataField> make_data_fields() {
    return {{data_field::name, {"Nimi", "Namn", "Name"}},
            {data_field::email, {"Sähköpostiosoite", "E-postadress", "E-mail address"}},
            {data_field::phone, {"Puhelinnumero", "Telefonnummer", "Telephone number"}},
            {data_field::address, {"Osoite", "Adress", "Address"}},
            {data_field::personal_identity_code,
             {"Henkilötunnus", "Personbeteckning", "Personal identity code"}},
            {data_field::municipality, {"Kotikunta", "Hemkommun", "Home municipality"}}};
}

std::vector<std::string> claim_names(std::span<Scope const> scopes) {
    std::vector<std::string> names;
    for (auto const& scope : scopes)
        names.insert(names.end(), scope.claims.begin(), scope.claims.end());
    return names;
}

bool asks_for_records(ClaimsQuery const& query, std::span<Scope const> scopes) {
    auto const is_more = [](std::string const& name) { return name != "loa"; };
    return !query.verified_names.empty() || std::ranges::any_of(query.claim_names, is_more) ||
           std::ranges::any_of(scopes, [&](Scope const& scope) {
               return std::ranges::find(query.scopes, scope.name) != query.scopes.end() &&
                      std::ranges::any_of(scope.claims, is_more);
           });
}

VerifiedClaimsOffer make_verified_offer(FrameworkMap const& frameworks) {
    VerifiedClaimsOffer offer;
    for (auto const& [acr, framework] : frameworks)
        if (std::ranges::find(offer.trust_frameworks, framework) == offer.trust_frameworks.end())
            offer.trust_frameworks.push_back(framework);
    if (offer.trust_frameworks.empty()) return offer;
    offer.claims = {"name",    "given_name",   "family_name",    "birthdate",
                    "address", "municipality", "national_id_num"};
    offer.evidence = {"electronic_record"};
    offer.electronic_records = {std::string(register_record)};
    return offer;
}

object make_claims(ClaimsQuery const& query, Records const& records, std::span<Scope const> scopes,
                   LevelMap const& levels, FrameworkMap const& frameworks) {
    static object const nothing;
    auto const loa = loa_of(levels, query.acr);
    bool const strong = loa != "low";
    auto const light = records.light ? to_claims(records.light->data) : object();
    auto const& official = strong && records.official ? records.official->data : nothing;

    auto all = official_claims(official, query.locale, query.destination);
    put_names(all, light, official);
    for (auto const name : own_claims)
        copy(all, name, light);
    if (!all.contains("birthdate")) copy(all, "birthdate", light);
    copy(all, "email", light);
    copy(all, "email_verified", light);
    if (auto const at = updated_at(records, light, official); at != 0) all["updated_at"] = at;
    if (make_address(official, query.locale).empty()) put_own_address(all, records, light);
    put(all, "loa", loa);

    object claims;
    auto const release = [&](std::string const& name) {
        if (auto const* value = all.if_contains(name)) claims[name] = *value;
    };
    for (auto const& scope : scopes)
        if (std::ranges::find(query.scopes, scope.name) != query.scopes.end())
            std::ranges::for_each(scope.claims, release);
    std::ranges::for_each(query.claim_names, release);
    if (strong && records.official && !query.verified_names.empty())
        claims["verified_claims"] = make_attestations(*records.official, query, levels, frameworks);
    return claims;
}

}  // namespace tunnus::plugin::profile
