// SPDX-License-Identifier: MIT
// The light layer as values: what a person says of themselves, and how they may change it
// (citizen-services.md 1.5, 1.6; H34 to H38). Pure.
#pragma once

#include "idp/base/random.hpp"
#include "idp/base/result.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::plugin::profile {

/// What an e-mail address, a telephone number or an address is for.
enum class ContactType { none, work, home, personal, mobile, other };
[[nodiscard]] std::string_view to_string(ContactType type);

struct Email {
    std::string id;  ///< random UUID, as every contact's
    std::string address;
    ContactType type = ContactType::none;  ///< none, work, personal, other
    bool primary = false;
    bool verified = false;
    bool operator==(Email const&) const = default;
};
struct Phone {
    std::string id;
    std::string number;                    ///< E.164, `+358401234567`
    ContactType type = ContactType::none;  ///< none, work, home, mobile, other
    bool primary = false;
    bool verified = false;
    bool operator==(Phone const&) const = default;
};
struct Address {
    std::string id;
    std::string street;
    std::string postal_code;
    std::string city;
    std::string country;                   ///< ISO 3166-1 alpha-2, upper case; may be empty
    ContactType type = ContactType::none;  ///< none, work, home, other
    bool primary = false;
    /// What OpenID Connect Core §5.1.1 has besides, of an account that came with it; an edit of the
    /// address drops it.
    std::string formatted = {};
    std::string region = {};
    bool operator==(Address const&) const = default;
};

/// Of each kind exactly one is primary where there is any.
struct LightData {
    std::string first_name;
    std::string last_name;
    std::string nickname;
    std::string language;        ///< fi, sv or en; may be empty
    std::string contact_method;  ///< email or sms; may be empty
    std::vector<Email> emails;
    std::vector<Phone> phones;
    std::vector<Address> addresses;
    /// The verified address that the person last signed in with: where it changes, so does the
    /// primary one.
    std::string sign_in_email;
    /// Further standard claims (OpenID Connect Core §5.1) that the account came with.
    boost::json::object claims;
    bool operator==(LightData const&) const = default;

    /// Null where there is none.
    [[nodiscard]] Email const* primary_email() const;
    /// The one that services are told: the primary one, or, until that is verified, the oldest that
    /// is.
    [[nodiscard]] Email const* told_email() const;
    [[nodiscard]] Phone const* primary_phone() const;
    [[nodiscard]] Address const* primary_address() const;
};

/// As it is stored.
[[nodiscard]] boost::json::object to_json(LightData const& data);
/// BaseErrc::malformed for what to_json cannot have made.
[[nodiscard]] Result<LightData> light_from_json(boost::json::object const& stored);

/// Why an edit is refused; the error's detail is the member, in the names of ProfileInput
/// (`firstName`, `updateEmails[1].email`).
enum class EditErrc {
    invalid = 1,              ///< too long, cannot be shown, of no known type
    invalid_email,            ///< no e-mail address
    must_have_primary_email,  ///< it would be gone
    does_not_exist,           ///< no such contact of this person's
    missing,                  ///< nothing is given
    too_many,                 ///< contacts of this kind
    there_already,            ///< the same address or number
};
boost::system::error_code make_error_code(EditErrc code);

/// One contact to add or, where it has an id, to change; what is not given stays.
struct EmailEdit {
    std::optional<std::string> id;
    std::optional<std::string> address;
    std::optional<std::string> type;  ///< as to_string has it
    std::optional<bool> primary;
};
struct PhoneEdit {
    std::optional<std::string> id;
    std::optional<std::string> number;
    std::optional<std::string> type;
    std::optional<bool> primary;
};
struct AddressEdit {
    std::optional<std::string> id;
    std::optional<std::string> street;
    std::optional<std::string> postal_code;
    std::optional<std::string> city;
    std::optional<std::string> country;
    std::optional<std::string> type;
    std::optional<bool> primary;
};
/// ProfileInput without what is not the light layer's.
struct LightEdit {
    std::optional<std::string> first_name;
    std::optional<std::string> last_name;
    std::optional<std::string> nickname;
    std::optional<std::string> language;
    std::optional<std::string> contact_method;
    std::vector<EmailEdit> add_emails, update_emails;
    std::vector<PhoneEdit> add_phones, update_phones;
    std::vector<AddressEdit> add_addresses, update_addresses;
    std::vector<std::string> remove_emails, remove_phones, remove_addresses;  ///< ids
};
/// The data after the edit, or why nothing of it is done: removals first, then changes, then
/// additions. Making one primary unsets the others; the first of a kind is primary; where the
/// primary one goes, the oldest left is, but for e-mail: without another made primary the primary
/// address stays the person's. A changed address is unverified. At most `most` of each kind.
[[nodiscard]] Result<LightData> edited(LightData data, LightEdit const& edit, std::size_t most,
                                       Random& random);

/// Both of one person's, whose two accounts become one: what `into` has stands; of `from` come what
/// it lacks and, as long as there are fewer than `most` of a kind, the contacts that it does not
/// have, none of them primary beside one that is.
[[nodiscard]] LightData merged(LightData into, LightData const& from, std::size_t most);

/// This address is the person's mailbox: the contact of it, if there still is one, is verified.
[[nodiscard]] LightData with_verified(LightData data, std::string_view email);
/// The person has signed in with this verified address. One that is new becomes the primary one,
/// until the person says otherwise.
[[nodiscard]] LightData with_sign_in_email(LightData data, std::string const& email,
                                           Random& random);

/// What a person can have of their own among the standard claims of OpenID Connect Core §5.1 that
/// an account is made with; never what is the official layer's. Members of a wrong type are left
/// out.
[[nodiscard]] LightData light_from_claims(boost::json::object const& claims, Random& random);
/// The standard claims of the light layer, `address` too.
[[nodiscard]] boost::json::object to_claims(LightData const& data);

/// E.164 of what people write: `040 123 4567` and `00358 40…` as in Finland. Empty when it is no
/// number that can be called from elsewhere, or longer than anybody writes one.
[[nodiscard]] std::string normalise_phone(std::string_view text);

}  // namespace tunnus::plugin::profile

template <>
struct boost::system::is_error_code_enum<tunnus::plugin::profile::EditErrc> : std::true_type {};
