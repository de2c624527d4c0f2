// SPDX-License-Identifier: MIT
#include "plugins/profile/light.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/email_address.hpp"
#include "idp/base/json.hpp"
#include "idp/base/json_schema.hpp"
#include "idp/base/showable.hpp"

#include <unicode/uloc.h>

#include <algorithm>
#include <array>
#include <span>

namespace tunnus::plugin::profile {
namespace {

namespace json = boost::json;

// Characters, as the city's interfaces have them (citizen-services.md 1.6).
constexpr std::size_t max_name = 150;
constexpr std::size_t max_nickname = 32;
constexpr std::size_t max_phone = 255;  // as typed
constexpr std::size_t max_street = 128;
constexpr std::size_t max_postal_code = 32;
constexpr std::size_t max_city = 64;

class EditCategory final : public ErrorCategory {
  public:
    [[nodiscard]] char const* name() const noexcept override { return "tunnus.profile.edit"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<EditErrc>(value)) {
            case EditErrc::invalid:
                return "invalid";
            case EditErrc::invalid_email:
                return "no e-mail address";
            case EditErrc::must_have_primary_email:
                return "there must be a primary e-mail address";
            case EditErrc::does_not_exist:
                return "no such contact";
            case EditErrc::missing:
                return "nothing is given";
            case EditErrc::too_many:
                return "too many contacts of this kind";
            case EditErrc::there_already:
                return "there already";
        }
        return "unknown";
    }
};

constexpr std::array<std::string_view, 6> type_names{"none",     "work",   "home",
                                                     "personal", "mobile", "other"};

std::optional<ContactType> contact_type_of(std::string_view text) {
    auto const found = std::ranges::find(type_names, text);
    if (found == type_names.end()) return std::nullopt;
    return static_cast<ContactType>(found - type_names.begin());
}

bool is_country_code(std::string_view text) {
    for (auto const* const* code = uloc_getISOCountries(); *code != nullptr; ++code)
        if (text == *code) return true;
    return false;
}

using enum ContactType;
constexpr std::array email_types{none, work, personal, other};
constexpr std::array phone_types{none, work, home, mobile, other};
constexpr std::array address_types{none, work, home, other};

// ---- As it is stored

std::string text_of(json::object const& object, std::string_view name) {
    return std::string(find_string(object, name).value_or(""));
}

void put(json::object& to, std::string_view name, std::string const& text) {
    if (!text.empty()) to[name] = text;
}

json::object stored(Email const& email) {
    return {{"id", email.id},
            {"address", email.address},
            {"type", to_string(email.type)},
            {"primary", email.primary},
            {"verified", email.verified}};
}
json::object stored(Phone const& phone) {
    return {{"id", phone.id},
            {"number", phone.number},
            {"type", to_string(phone.type)},
            {"primary", phone.primary},
            {"verified", phone.verified}};
}
json::object stored(Address const& address) {
    json::object object{
        {"id", address.id}, {"type", to_string(address.type)}, {"primary", address.primary}};
    put(object, "street", address.street);
    put(object, "postal_code", address.postal_code);
    put(object, "city", address.city);
    put(object, "country", address.country);
    put(object, "formatted", address.formatted);
    put(object, "region", address.region);
    return object;
}

ContactType stored_type(json::object const& object) {
    return contact_type_of(text_of(object, "type")).value_or(none);
}
void read(json::object const& object, Email& email) {
    email = {text_of(object, "id"), text_of(object, "address"), stored_type(object),
             is_true(object, "primary"), is_true(object, "verified")};
}
void read(json::object const& object, Phone& phone) {
    phone = {text_of(object, "id"), text_of(object, "number"), stored_type(object),
             is_true(object, "primary"), is_true(object, "verified")};
}
void read(json::object const& object, Address& address) {
    address = {
        text_of(object, "id"),      text_of(object, "street"),    text_of(object, "postal_code"),
        text_of(object, "city"),    text_of(object, "country"),   stored_type(object),
        is_true(object, "primary"), text_of(object, "formatted"), text_of(object, "region")};
}

template <class Contact>
void put_all(json::object& to, std::string_view name, std::vector<Contact> const& contacts) {
    if (contacts.empty()) return;
    json::array list;
    for (auto const& contact : contacts)
        list.push_back(stored(contact));
    to[name] = std::move(list);
}
/// False when the member is no list of objects.
template <class Contact>
bool read_all(json::object const& from, std::string_view name, std::vector<Contact>& contacts) {
    auto const* list = from.if_contains(name);
    if (list == nullptr) return true;
    if (!list->is_array()) return false;
    for (auto const& element : list->get_array()) {
        if (!element.is_object()) return false;
        read(element.get_object(), contacts.emplace_back());
    }
    return true;
}

template <class Contact>
Contact const* primary_of(std::vector<Contact> const& contacts) {
    auto const found = std::ranges::find(contacts, true, &Contact::primary);
    return found == contacts.end() ? nullptr : &*found;
}

// ---- Edits

Error refused(std::string member, EditErrc code = EditErrc::invalid) {
    return {code, std::move(member)};
}

/// Takes a text that may be empty.
Result<> take(std::optional<std::string> const& given, std::size_t most, std::string const& member,
              std::string& to) {
    if (!given) return {};
    if (!given->empty() && !is_showable(*given, most)) return refused(member);
    to = *given;
    return {};
}

Result<> take_choice(std::optional<std::string> const& given,
                     std::initializer_list<std::string_view> choices, std::string const& member,
                     std::string& to) {
    if (!given) return {};
    if (std::ranges::find(choices, *given) == choices.end()) return refused(member);
    to = *given;
    return {};
}

Result<> take_type(std::optional<std::string> const& given, std::span<ContactType const> types,
                   std::string const& member, ContactType& to) {
    if (!given) return {};
    auto const type = contact_type_of(*given);
    if (!type || std::ranges::find(types, *type) == types.end()) return refused(member);
    to = *type;
    return {};
}

/// The values of one edit, without `primary`. A new contact lacks nothing that it needs.
Result<> change(Email& email, EmailEdit const& edit, std::string const& at) {
    if (auto taken = take_type(edit.type, email_types, at + ".emailType", email.type); !taken)
        return taken;
    if (!edit.address && !email.address.empty()) return {};
    auto const parsed = parse_email_address(edit.address.value_or(""));
    if (!parsed) return refused(at + ".email", EditErrc::invalid_email);
    if (email.address == parsed->address) return {};
    email.address = parsed->address;
    email.verified = false;
    return {};
}
Result<> change(Phone& phone, PhoneEdit const& edit, std::string const& at) {
    if (auto taken = take_type(edit.type, phone_types, at + ".phoneType", phone.type); !taken)
        return taken;
    if (!edit.number && !phone.number.empty()) return {};
    auto number = normalise_phone(edit.number.value_or(""));
    if (number.empty()) return refused(at + ".phone");
    if (phone.number == number) return {};
    phone.number = std::move(number);
    phone.verified = false;
    return {};
}
Result<> change(Address& address, AddressEdit const& edit, std::string const& at) {
    auto const before = address;
    if (auto taken = take_type(edit.type, address_types, at + ".addressType", address.type); !taken)
        return taken;
    if (auto taken = take(edit.street, max_street, at + ".address", address.street); !taken)
        return taken;
    if (auto taken =
            take(edit.postal_code, max_postal_code, at + ".postalCode", address.postal_code);
        !taken)
        return taken;
    if (auto taken = take(edit.city, max_city, at + ".city", address.city); !taken) return taken;
    if (edit.country && !edit.country->empty() && !is_country_code(*edit.country))
        return refused(at + ".countryCode");
    if (edit.country) address.country = *edit.country;
    if (address.street.empty() && address.postal_code.empty() && address.city.empty())
        return refused(at + ".address", EditErrc::missing);
    bool const is_moved = address.street != before.street || address.city != before.city ||
                          address.postal_code != before.postal_code ||
                          address.country != before.country;
    if (is_moved) address.formatted = address.region = {};
    return {};
}

bool are_same(Email const& one, Email const& other) {
    auto const first = parse_email_address(one.address);
    auto const second = parse_email_address(other.address);
    return first && second && first->lookup_key == second->lookup_key;
}
bool are_same(Phone const& one, Phone const& other) {
    return one.number == other.number;
}
bool are_same(Address const&, Address const&) {
    return false;  // two people at one address are two addresses
}

template <class Contact>
bool is_twin(std::vector<Contact> const& contacts, Contact const& one) {
    return std::ranges::any_of(
        contacts, [&](Contact const& other) { return other.id != one.id && are_same(one, other); });
}

template <class Contact>
void make_primary(std::vector<Contact>& contacts, std::string const& id) {
    for (auto& contact : contacts)
        contact.primary = contact.id == id;
}

template <class Contact>
void remove_one(std::vector<Contact>& contacts, std::string const& id) {
    std::erase_if(contacts, [&](Contact const& one) { return one.id == id; });
}

/// One kind of contact: what goes, what changes, what is new, and which is primary in the end.
template <class Contact, class Edit>
struct Kind {
    std::string_view name;  ///< Emails
    std::vector<Edit> const& additions;
    std::vector<Edit> const& updates;
    std::vector<std::string> const& removals;

    [[nodiscard]] std::string at(std::string_view what, std::size_t index) const {
        return element_path(std::string(what) + std::string(name), index);
    }

    Result<> apply(std::vector<Contact>& contacts, std::size_t most, Random& random) const {
        std::string primary;
        for (std::size_t i = 0; i < removals.size(); ++i) {
            auto const before = contacts.size();
            remove_one(contacts, removals[i]);
            if (contacts.size() == before)
                return refused(at("remove", i), EditErrc::does_not_exist);
        }
        for (std::size_t i = 0; i < updates.size(); ++i) {
            auto const found =
                std::ranges::find(contacts, updates[i].id.value_or(""), &Contact::id);
            if (found == contacts.end()) return refused(at("update", i), EditErrc::does_not_exist);
            if (auto changed = change(*found, updates[i], at("update", i)); !changed)
                return changed;
            if (is_twin(contacts, *found)) return refused(at("update", i), EditErrc::there_already);
            if (updates[i].primary.value_or(false)) primary = found->id;
        }
        for (std::size_t i = 0; i < additions.size(); ++i) {
            if (contacts.size() >= most) return refused(at("add", i), EditErrc::too_many);
            auto& added = contacts.emplace_back();
            added.id = random_uuid(random);
            if (auto changed = change(added, additions[i], at("add", i)); !changed) return changed;
            if (is_twin(contacts, added)) return refused(at("add", i), EditErrc::there_already);
            if (additions[i].primary.value_or(false)) primary = added.id;
        }
        if (!primary.empty()) make_primary(contacts, primary);
        return {};
    }
};

template <class Contact>
void keep_one_primary(std::vector<Contact>& contacts) {
    if (!contacts.empty() && primary_of(contacts) == nullptr) contacts.front().primary = true;
}

}  // namespace

boost::system::error_code make_error_code(EditErrc code) {
    static EditCategory const category;
    return {static_cast<int>(code), category};
}

std::string_view to_string(ContactType type) {
    return type_names[static_cast<std::size_t>(type)];
}

Email const* LightData::primary_email() const {
    return primary_of(emails);
}
Email const* LightData::told_email() const {
    auto const* primary = primary_email();
    if (primary == nullptr || primary->verified) return primary;
    auto const verified = std::ranges::find(emails, true, &Email::verified);
    return verified == emails.end() ? primary : &*verified;
}
Phone const* LightData::primary_phone() const {
    return primary_of(phones);
}
Address const* LightData::primary_address() const {
    return primary_of(addresses);
}

json::object to_json(LightData const& data) {
    json::object object;
    put(object, "first_name", data.first_name);
    put(object, "last_name", data.last_name);
    put(object, "nickname", data.nickname);
    put(object, "language", data.language);
    put(object, "contact_method", data.contact_method);
    put_all(object, "emails", data.emails);
    put_all(object, "phones", data.phones);
    put_all(object, "addresses", data.addresses);
    put(object, "sign_in_email", data.sign_in_email);
    if (!data.claims.empty()) object["claims"] = data.claims;
    return object;
}

Result<LightData> light_from_json(json::object const& stored) {
    LightData data;
    data.first_name = text_of(stored, "first_name");
    data.last_name = text_of(stored, "last_name");
    data.nickname = text_of(stored, "nickname");
    data.language = text_of(stored, "language");
    data.contact_method = text_of(stored, "contact_method");
    data.sign_in_email = text_of(stored, "sign_in_email");
    bool const lists = read_all(stored, "emails", data.emails) &&
                       read_all(stored, "phones", data.phones) &&
                       read_all(stored, "addresses", data.addresses);
    auto const* claims = stored.if_contains("claims");
    if (!lists || (claims && !claims->is_object()))
        return Error(BaseErrc::malformed, "stored light data");
    if (claims) data.claims = claims->get_object();
    return data;
}

Result<LightData> edited(LightData data, LightEdit const& edit, std::size_t most, Random& random) {
    auto const before = data;
    if (auto taken = take(edit.first_name, max_name, "firstName", data.first_name); !taken)
        return taken.error();
    if (auto taken = take(edit.last_name, max_name, "lastName", data.last_name); !taken)
        return taken.error();
    if (auto taken = take(edit.nickname, max_nickname, "nickname", data.nickname); !taken)
        return taken.error();
    if (auto taken = take_choice(edit.language, {"fi", "sv", "en"}, "language", data.language);
        !taken)
        return taken.error();
    if (auto taken = take_choice(edit.contact_method, {"email", "sms"}, "contactMethod",
                                 data.contact_method);
        !taken)
        return taken.error();

    bool const had_primary_email = data.primary_email() != nullptr;
    Kind<Email, EmailEdit> const emails{"Emails", edit.add_emails, edit.update_emails,
                                        edit.remove_emails};
    Kind<Phone, PhoneEdit> const phones{"Phones", edit.add_phones, edit.update_phones,
                                        edit.remove_phones};
    Kind<Address, AddressEdit> const addresses{"Addresses", edit.add_addresses,
                                               edit.update_addresses, edit.remove_addresses};
    if (auto done = emails.apply(data.emails, most, random); !done) return done.error();
    if (auto done = phones.apply(data.phones, most, random); !done) return done.error();
    if (auto done = addresses.apply(data.addresses, most, random); !done) return done.error();
    if (had_primary_email && data.primary_email() == nullptr)
        return refused("removeEmails", EditErrc::must_have_primary_email);
    keep_one_primary(data.emails);
    keep_one_primary(data.phones);
    keep_one_primary(data.addresses);
    // Claims that the account came with say no longer what they said.
    if (data.first_name != before.first_name || data.last_name != before.last_name)
        data.claims.erase("name");
    if (data != before) data.claims.erase("updated_at");
    return data;
}

LightData merged(LightData into, LightData const& from, std::size_t most) {
    for (auto const member :
         {&LightData::first_name, &LightData::last_name, &LightData::nickname, &LightData::language,
          &LightData::contact_method, &LightData::sign_in_email})
        if ((into.*member).empty()) into.*member = from.*member;
    auto const take = [&](auto& mine, auto const& theirs, auto const& is_same) {
        bool const had_none = mine.empty();
        for (auto contact : theirs) {
            auto const there =
                std::ranges::find_if(mine, [&](auto const& one) { return is_same(one, contact); });
            if (there != mine.end()) {
                if constexpr (requires { there->verified; })
                    there->verified = there->verified || contact.verified;
                continue;
            }
            if (mine.size() >= most) continue;
            contact.primary = had_none && contact.primary;
            mine.push_back(std::move(contact));
        }
    };
    take(into.emails, from.emails, [](Email const& a, Email const& b) {
        auto const x = parse_email_address(a.address);
        auto const y = parse_email_address(b.address);
        return a.address == b.address || (x && y && x->lookup_key == y->lookup_key);
    });
    take(into.phones, from.phones,
         [](Phone const& a, Phone const& b) { return a.number == b.number; });
    take(into.addresses, from.addresses, [](Address const& a, Address const& b) {
        return a.street == b.street && a.postal_code == b.postal_code && a.city == b.city &&
               a.country == b.country && a.formatted == b.formatted;
    });
    for (auto const& claim : from.claims)
        into.claims.emplace(claim.key(), claim.value());
    return into;
}

LightData with_verified(LightData data, std::string_view email) {
    for (auto& one : data.emails)
        if (one.address == email) one.verified = true;
    return data;
}

LightData with_sign_in_email(LightData data, std::string const& email, Random& random) {
    if (data.sign_in_email == email) return data;
    data.sign_in_email = email;
    auto known = std::ranges::find(data.emails, email, &Email::address);
    if (known == data.emails.end())
        known = data.emails.insert(known, {.id = random_uuid(random), .address = email});
    known->verified = true;
    make_primary(data.emails, std::string(known->id));
    return data;
}

LightData light_from_claims(json::object const& claims, Random& random) {
    static constexpr std::array<std::string_view, 10> further{
        "name",    "middle_name", "preferred_username", "profile",  "picture",
        "website", "gender",      "birthdate",          "zoneinfo", "locale"};
    LightData data;
    data.first_name = text_of(claims, "given_name");
    data.last_name = text_of(claims, "family_name");
    data.nickname = text_of(claims, "nickname");
    for (auto const name : further)
        put(data.claims, name, text_of(claims, name));
    if (auto const* at = claims.if_contains("updated_at"); at && at->is_int64())
        data.claims["updated_at"] = *at;
    auto const locale = text_of(claims, "locale").substr(0, 2);
    if (locale == "fi" || locale == "sv" || locale == "en") data.language = locale;
    if (auto const given = text_of(claims, "phone_number"); !given.empty()) {
        auto const number = normalise_phone(given);
        data.phones.push_back({.id = random_uuid(random),
                               .number = number.empty() ? given : number,
                               .type = none,
                               .primary = true,
                               .verified = is_true(claims, "phone_number_verified")});
    }
    if (auto const* address = claims.if_contains("address"); address && address->is_object()) {
        auto const& given = address->get_object();
        Address one{.id = random_uuid(random),
                    .street = text_of(given, "street_address"),
                    .postal_code = text_of(given, "postal_code"),
                    .city = text_of(given, "locality"),
                    .country = text_of(given, "country"),
                    .type = none,
                    .primary = true,
                    .formatted = text_of(given, "formatted"),
                    .region = text_of(given, "region")};
        bool const says_something = !one.street.empty() || !one.postal_code.empty() ||
                                    !one.city.empty() || !one.formatted.empty();
        if (says_something) data.addresses.push_back(std::move(one));
    }
    return data;
}

json::object to_claims(LightData const& data) {
    auto claims = data.claims;
    put(claims, "given_name", data.first_name);
    put(claims, "family_name", data.last_name);
    put(claims, "nickname", data.nickname);
    if (auto const* email = data.told_email()) {
        claims["email"] = email->address;
        claims["email_verified"] = email->verified;
    }
    if (auto const* phone = data.primary_phone()) {
        claims["phone_number"] = phone->number;
        claims["phone_number_verified"] = phone->verified;
    }
    if (auto const* address = data.primary_address()) {
        json::object object;
        put(object, "formatted", address->formatted);
        put(object, "street_address", address->street);
        put(object, "postal_code", address->postal_code);
        put(object, "locality", address->city);
        put(object, "region", address->region);
        put(object, "country", address->country);
        claims["address"] = std::move(object);
    }
    return claims;
}

std::string normalise_phone(std::string_view text) {
    constexpr std::string_view separators = " -./()\u00a0";
    constexpr std::size_t fewest_digits = 7;
    constexpr std::size_t most_digits = 15;  // E.164
    if (text.size() > max_phone) return {};
    std::string whole(text);
    // "+358 (0)40 …": the zero is dialled within the country alone.
    for (auto zero = whole.find("(0)"); zero != std::string::npos && whole.find('+') < zero;
         zero = whole.find("(0)"))
        whole.erase(zero, 3);
    std::string plain;
    for (char const c : whole)
        if (separators.find(c) == std::string_view::npos) plain += c;
    if (plain.starts_with("00"))
        plain = "+" + plain.substr(2);
    else if (plain.starts_with("0"))
        plain = "+358" + plain.substr(1);
    if (!plain.starts_with('+') || plain.starts_with("+0") || plain.starts_with("+3580")) return {};
    auto const digits = std::string_view(plain).substr(1);
    bool const is_number = std::ranges::all_of(digits, is_digit);
    return is_number && digits.size() >= fewest_digits && digits.size() <= most_digits
               ? plain
               : std::string();
}

}  // namespace tunnus::plugin::profile
