// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_input.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/json.hpp"
#include "plugins/profile/graphql_context.hpp"
#include "plugins/profile/graphql_page.hpp"
#include "plugins/profile/graphql_schema.hpp"

namespace tunnus::plugin::profile {
namespace {

using boost::json::object;
using graphql::FieldError;

using Text = std::optional<std::string>;

Text text_in(object const& input, std::string_view name) {
    auto const text = find_string(input, name);
    return text ? Text(std::string(*text)) : std::nullopt;
}

/// An enumeration's value as the light layer has it.
Text lower_in(object const& input, std::string_view name) {
    auto const text = find_string(input, name);
    return text ? Text(to_lower(*text)) : std::nullopt;
}

std::optional<bool> flag_in(object const& input, std::string_view name) {
    auto const* const value = input.if_contains(name);
    return value && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

/// Of a contact: one that is none of its type is nobody's.
Text id_in(object const& input, std::string_view type) {
    auto const global = text_in(input, "id");
    return global ? Text(id_within(type, *global)) : std::nullopt;
}

void read(object const& input, EmailEdit& edit) {
    edit = {id_in(input, "EmailNode"), text_in(input, "email"), lower_in(input, "emailType"),
            flag_in(input, "primary")};
}
void read(object const& input, PhoneEdit& edit) {
    edit = {id_in(input, "PhoneNode"), text_in(input, "phone"), lower_in(input, "phoneType"),
            flag_in(input, "primary")};
}
void read(object const& input, AddressEdit& edit) {
    edit = {id_in(input, "AddressNode"),   text_in(input, "address"),
            text_in(input, "postalCode"),  text_in(input, "city"),
            text_in(input, "countryCode"), lower_in(input, "addressType"),
            flag_in(input, "primary")};
}

/// Reads a ProfileInput, member by member.
class Reader {
  public:
    explicit Reader(object const& input) : input_(input) {}

    void text(char const* member, std::string_view field, Text& to) {
        if ((to = text_in(input_, member))) note(member, field, data_part::base);
    }
    template <class Edit>
    void contacts(std::string const& member, std::string_view field, std::string_view part,
                  std::vector<Edit>& to) {
        for (auto const* item : items(member, field, part))
            read(item->get_object(), to.emplace_back());
    }
    void ids(std::string const& member, std::string_view type, std::string_view field,
             std::string_view part, std::vector<std::string>& to) {
        for (auto const* item : items(member, field, part))
            to.push_back(id_within(type, item->get_string()));
    }
    void note(std::string member, std::string_view field, std::string_view part) {
        changes.push_back({field, part, std::move(member)});
    }

    std::vector<ProfileInput::Change> changes;

  private:
    /// Those of the list that are not null.
    std::vector<boost::json::value const*> items(std::string const& member, std::string_view field,
                                                 std::string_view part) {
        std::vector<boost::json::value const*> all;
        auto const* const list = input_.if_contains(member);
        if (!list || !list->is_array()) return all;
        for (auto const& item : list->get_array())
            if (!item.is_null()) all.push_back(&item);
        if (!all.empty()) note(member, field, part);
        return all;
    }

    object const& input_;
};

FieldError invalid(std::string message) {
    return {error_code::validation, std::move(message), {}, {}};
}

bool is_given(object const& input, std::string_view name) {
    auto const* const value = input.if_contains(name);
    return value && !value->is_null() && !(value->is_string() && value->get_string().empty());
}

}  // namespace

boost::system::result<ProfileInput, FieldError> read_profile_input(object const& input) {
    if (is_given(input, "image")) return invalid("image is no longer kept");
    if (is_given(input, "sensitivedata"))
        return invalid("sensitivedata: identity codes come from the population register alone");
    ProfileInput read;
    auto& edit = read.edit;
    Reader reader(input);
    reader.text("firstName", data_field::name, edit.first_name);
    reader.text("lastName", data_field::name, edit.last_name);
    reader.text("nickname", data_field::name, edit.nickname);
    if (auto const language = text_in(input, "language")) {
        edit.language = *language == "SWEDISH" ? "sv" : *language == "ENGLISH" ? "en" : "fi";
        reader.note("language", {}, data_part::base);
    }
    if ((edit.contact_method = lower_in(input, "contactMethod")))
        reader.note("contactMethod", {}, data_part::base);

    auto const contacts = [&](std::string const& kind, std::string_view type,
                              std::string_view field, std::string_view part, auto& add,
                              auto& update, auto& remove) {
        reader.contacts("add" + kind, field, part, add);
        reader.contacts("update" + kind, field, part, update);
        reader.ids("remove" + kind, type, field, part, remove);
    };
    contacts("Emails", "EmailNode", data_field::email, data_part::email, edit.add_emails,
             edit.update_emails, edit.remove_emails);
    contacts("Phones", "PhoneNode", data_field::phone, data_part::phone, edit.add_phones,
             edit.update_phones, edit.remove_phones);
    contacts("Addresses", "AddressNode", data_field::address, data_part::address,
             edit.add_addresses, edit.update_addresses, edit.remove_addresses);
    read.changes = std::move(reader.changes);
    return read;
}

FieldError to_field_error(Error const& error) {
    auto const refused = [&](char const* code, char const* why) {
        return FieldError{code, error.detail + ": " + why, {}, {}};
    };
    if (error.code.category() != make_error_code(EditErrc::invalid).category())
        return ApiContext::failed(error);
    if (error.code == EditErrc::invalid_email)
        return refused(error_code::invalid_email_format, "it is no e-mail address");
    if (error.code == EditErrc::must_have_primary_email)
        return refused(error_code::profile_must_have_primary_email,
                       "there must be a primary e-mail address");
    if (error.code == EditErrc::does_not_exist)
        return refused(error_code::object_does_not_exist, "there is no such contact");
    return refused(error_code::validation, "it cannot be taken so");
}

}  // namespace tunnus::plugin::profile
