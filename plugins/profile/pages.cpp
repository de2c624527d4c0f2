// SPDX-License-Identifier: MIT
#include "plugins/profile/pages.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/time_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::size_t events_shown = 100;

/// Without the blanks that pasting brings.
std::optional<std::string> given(Form const& form, std::string_view name) {
    auto const value = form.find(name);
    if (!value) return std::nullopt;
    return std::string(trim(*value));
}

std::optional<std::string> upper_case(std::optional<std::string> const& text) {
    return text ? std::optional(to_upper(*text)) : std::nullopt;
}

/// The edit that a form of the details page asks for: one of its parts, or one button of a contact.
LightEdit edit_of(Form const& form) {
    LightEdit edit;
    auto const part = form.get("part");
    if (part == "names") {
        edit.first_name = given(form, "first_name");
        edit.last_name = given(form, "last_name");
        edit.nickname = given(form, "nickname");
        edit.language = given(form, "language");
    } else if (part == "email") {
        edit.add_emails.push_back({{}, given(form, "email"), given(form, "type"), {}});
    } else if (part == "phone") {
        edit.add_phones.push_back({{}, given(form, "phone"), given(form, "type"), {}});
    } else if (part == "address") {
        edit.add_addresses.push_back({{},
                                      given(form, "street"),
                                      given(form, "postal_code"),
                                      given(form, "city"),
                                      upper_case(given(form, "country")),
                                      given(form, "type"),
                                      {}});
    }
    if (auto const id = given(form, "remove_email")) edit.remove_emails = {*id};
    if (auto const id = given(form, "remove_phone")) edit.remove_phones = {*id};
    if (auto const id = given(form, "remove_address")) edit.remove_addresses = {*id};
    if (auto const id = given(form, "primary_email"))
        edit.update_emails.push_back({*id, {}, {}, true});
    if (auto const id = given(form, "primary_phone"))
        edit.update_phones.push_back({*id, {}, {}, true});
    if (auto const id = given(form, "primary_address"))
        edit.update_addresses.push_back({*id, {}, {}, {}, {}, {}, true});
    return edit;
}

/// The input of the page that an edit's member came from.
std::string input_of(std::string_view member) {
    static constexpr std::pair<std::string_view, std::string_view> inputs[] = {
        {"firstName", "first_name"},
        {"lastName", "last_name"},
        {"nickname", "nickname"},
        {".email", "email"},
        {".phone", "phone"},
        {".countryCode", "country"},
        {".postalCode", "postal_code"},
        {".city", "city"},
        {".address", "street"}};
    for (auto const& [end, input] : inputs)
        if (member.ends_with(end)) return std::string(input);
    return "form";
}

std::string_view text_of(Error const& error, std::string_view input) {
    if (error.code == EditErrc::must_have_primary_email) return "error_primary_email";
    if (error.code == EditErrc::does_not_exist) return "error_gone";
    if (error.code == EditErrc::too_many) return "error_too_many";
    if (error.code == EditErrc::there_already) return "error_there_already";
    if (error.code == EditErrc::missing) return "error_street";
    if (input == "email") return "error_email";
    if (input == "phone") return "error_phone";
    if (input == "country") return "error_country";
    return "error_text";
}

/// `consent.given` is told by the text `event_consent_given`.
std::string text_of(AuditKind kind) {
    std::string key = "event_" + std::string(to_string(kind));
    std::ranges::replace(key, '.', '_');
    return key;
}

std::string name_of(Light const& light) {
    auto const& data = light.data;
    bool const both = !data.first_name.empty() && !data.last_name.empty();
    return data.first_name + (both ? " " : "") + data.last_name;
}

bool has_gdpr_api(Host& host, std::string_view name) {
    auto const service = host.services().find_service(name);
    return service && service->gdpr;
}

std::string line_of(Address const& address) {
    std::string line = address.street.empty() ? address.formatted : address.street;
    for (auto const* part : {&address.postal_code, &address.city, &address.country})
        if (!part->empty()) line += (line.empty() ? "" : ", ") + *part;
    return line;
}

}  // namespace

std::vector<RouteSource::PluginRoute> ProfilePages::routes() {
    using enum Method;
    using Page = Outcome (ProfilePages::*)(Caller const&);
    auto const at = [this](Method method, std::string path, Page page) {
        return RouteSource::PluginRoute{
            .method = method,
            .path = std::move(path),
            .handler = [this, page](HttpRequest const&,
                                    Caller const& caller) { return (this->*page)(caller); },
            .form = true};
    };
    auto strong = at(GET, "strong", &ProfilePages::details);
    strong.handler = [this](HttpRequest const&, Caller const&) -> Outcome { return to(""); };
    for (auto const& level : levels_)
        strong.acr_values.push_back(level.first);
    return {at(GET, "", &ProfilePages::details),
            at(POST, "", &ProfilePages::edit),
            at(GET, "email", &ProfilePages::show_email),
            at(POST, "email", &ProfilePages::confirm_email),
            at(GET, "services", &ProfilePages::services),
            at(POST, "services", &ProfilePages::withdraw),
            at(GET, "log", &ProfilePages::log),
            std::move(strong)};
}

HttpResponse ProfilePages::to(std::string_view path) const {
    return redirect_response(host_.issuer() + "/profile/" + std::string(path));
}

HttpResponse ProfilePages::busy(Caller const& caller, Error const& error) {
    host_.log().error("profile.unavailable", {{"error", error.text()}});
    return host_.error_page(503, "temporarily_unavailable", "error_busy", caller);
}

AuditEvent ProfilePages::changed(Caller const& caller) const {
    AuditEvent event;
    event.kind = AuditKind::profile_changed;
    event.at = host_.clock().now();
    event.event_id = event.request_id = caller.event_id;
    event.user_id = caller.user_id;
    event.fields = {{"by", "person"}, {"light", true}, {"official", false}};
    return event;
}

// ---- Details

Outcome ProfilePages::details(Caller const& caller) {
    return show_details(200, caller, {});
}

array ProfilePages::official_groups(Caller const& caller, Records const& records) const {
    if (!records.official || !is_strong(caller)) return {};
    auto const& data = records.official->data;
    auto const value_of = [&](std::string const& name) {
        auto value = std::string(find_string(data, name).value_or(""));
        return value.empty() ? official_text(data, name, caller.locale) : value;
    };
    auto const joined = [&](std::initializer_list<char const*> names) {
        std::string line;
        for (auto const* name : names)
            if (auto const value = value_of(name); !value.empty())
                line += (line.empty() ? "" : ", ") + value;
        return line;
    };
    array rows;
    auto const add = [&](std::string_view label, std::string const& value) {
        if (!value.empty())
            rows.push_back(object{{"label", host_.text(caller.locale, label)}, {"value", value}});
    };
    add("official_first_names", value_of("first_names"));
    add("official_given_name", value_of("given_name"));
    add("official_family_name", joined({"family_name", "eidas_family_name"}));
    add("official_identity_code", value_of("national_identification_number"));
    add("official_birth_date", value_of("date_of_birth"));
    add("official_municipality", value_of("home_municipality_name"));
    add("official_permanent_address",
        joined({"permanent_street_address", "permanent_postal_code", "permanent_post_office"}));
    add("official_temporary_address",
        joined({"temporary_street_address", "temporary_postal_code", "temporary_post_office"}));
    std::string abroad = value_of("permanent_foreign_street_address");
    for (auto const& part :
         {foreign_locality(data, caller.locale), value_of("permanent_foreign_country_code")})
        if (!part.empty()) abroad += (abroad.empty() ? "" : ", ") + part;
    add("official_foreign_address", abroad);
    return {object{{"title", host_.text(caller.locale, "official_title")},
                   {"updated", date_text(records.official->refreshed_at, caller.locale)},
                   {"rows", std::move(rows)}}};
}

Outcome ProfilePages::show_details(int status, Caller const& caller,
                                   std::optional<Fault> const& fault) {
    auto const records = records_.find(caller.user_id);
    if (!records) return busy(caller, records.error());
    auto const light = records->light.value_or(Light());
    auto const& data = light.data;
    auto const type_text = [&](ContactType type) {
        return host_.text(caller.locale, "type_" + std::string(to_string(type)));
    };
    array emails;
    for (auto const& one : data.emails)
        emails.push_back({{"id", one.id},
                          {"value", one.address},
                          {"type", type_text(one.type)},
                          {"primary", one.primary},
                          {"can_be_primary", one.verified && !one.primary},
                          {"verified", one.verified}});
    array phones;
    for (auto const& one : data.phones)
        phones.push_back({{"id", one.id},
                          {"value", one.number},
                          {"type", type_text(one.type)},
                          {"primary", one.primary}});
    array addresses;
    for (auto const& one : data.addresses)
        addresses.push_back({{"id", one.id},
                             {"value", line_of(one)},
                             {"type", type_text(one.type)},
                             {"primary", one.primary}});
    auto const& form = caller.form;
    auto const part = fault ? form.get("part") : std::string_view();
    bool const again = part == "names";
    auto language = again ? std::string(form.get("language")) : data.language;
    if (language.empty()) language = caller.locale;
    bool const is_order =
        is_strong(caller) && records->official && has_non_disclosure_order(records->official->data);
    bool const is_silent = is_strong(caller) && records->official && !is_order &&
                           is_protected(records->official->data);
    object model{{"nav", {{"details", true}}},
                 {"groups", official_groups(caller, *records)},
                 {"light_only", !is_strong(caller)},
                 {"protected", is_order},
                 {"register_silent", is_silent},
                 {"first_name", again ? form.get("first_name") : std::string_view(data.first_name)},
                 {"last_name", again ? form.get("last_name") : std::string_view(data.last_name)},
                 {"nickname", again ? form.get("nickname") : std::string_view(data.nickname)},
                 {"is_fi", language == "fi"},
                 {"is_sv", language == "sv"},
                 {"is_en", language == "en"},
                 {"any_emails", !emails.empty()},
                 {"any_phones", !phones.empty()},
                 {"any_addresses", !addresses.empty()},
                 {"emails", std::move(emails)},
                 {"phones", std::move(phones)},
                 {"addresses", std::move(addresses)}};
    if (auto const name = name_of(light); !name.empty()) model["person"] = name;
    for (auto const* typed : {"email", "phone", "street", "postal_code", "city", "country"})
        model[typed] = fault ? form.get(typed) : std::string_view();
    for (std::string const kind : {"email", "phone", "address"})
        if (part == kind) model[kind + "_type"] = {{form.get("type"), true}};
    if (fault) model["errors"] = {{fault->input, host_.text(caller.locale, fault->text)}};
    return host_.page(status, "details", std::move(model), caller);
}

Outcome ProfilePages::edit(Caller const& caller) {
    auto const records = records_.find(caller.user_id);
    if (!records) return busy(caller, records.error());
    auto const before = records->light ? records->light->data : LightData();
    if (auto const id = given(caller.form, "confirm_email")) {
        auto const email = std::ranges::find(before.emails, *id, &Email::id);
        if (email == before.emails.end()) return to("");
        auto const is_out = emails_.is_out(caller.user_id, *email);
        if (!is_out) return busy(caller, is_out.error());
        return *is_out ? Outcome(to("email?id=" + email->id)) : send_code(caller, *email);
    }
    // Services go on writing to an address that is proven.
    if (auto const id = given(caller.form, "primary_email")) {
        auto const email = std::ranges::find(before.emails, *id, &Email::id);
        if (email != before.emails.end() && !email->verified)
            return show_details(422, caller, Fault{"form", "error_unverified_primary"});
    }
    auto const after =
        edited(before, edit_of(caller.form), host_.limits().profile_contacts, host_.random());
    if (!after) {
        auto const input = input_of(after.error().detail);
        return show_details(422, caller, Fault{input, std::string(text_of(after.error(), input))});
    }
    if (*after == before) return to("");
    auto const saved = records_.save(caller.user_id, records->light, *after, changed(caller));
    if (!saved) return busy(caller, saved.error());
    if (*saved == Verdict::lost) return show_details(409, caller, Fault{"form", "error_conflict"});
    if (after->emails.size() > before.emails.size()) return send_code(caller, after->emails.back());
    return to("");
}

// ---- Confirming an e-mail address

Outcome ProfilePages::send_code(Caller const& caller, Email const& email) {
    if (email.verified) return to("");
    auto const sent = emails_.send(caller.user_id, email, caller);
    if (!sent) return busy(caller, sent.error());
    if (*sent == EmailConfirmation::Sent::too_many)
        return show_code(429, caller, email, Fault{"form", "error_too_many_mails"});
    return to("email?id=" + email.id);
}

Outcome ProfilePages::show_code(int status, Caller const& caller, Email const& email,
                                std::optional<Fault> const& fault) {
    object model{{"nav", {{"details", true}}}, {"id", email.id}, {"email", email.address}};
    if (fault) model["errors"] = {{fault->input, host_.text(caller.locale, fault->text)}};
    return host_.page(status, "confirm_email", std::move(model), caller);
}

Outcome ProfilePages::show_email(Caller const& caller) {
    auto const records = records_.find(caller.user_id);
    if (!records) return busy(caller, records.error());
    auto const emails = records->light ? records->light->data.emails : std::vector<Email>();
    auto const email = std::ranges::find(emails, caller.form.get("id"), &Email::id);
    if (email == emails.end() || email->verified) return to("");
    return show_code(200, caller, *email, {});
}

Outcome ProfilePages::confirm_email(Caller const& caller) {
    auto const records = records_.find(caller.user_id);
    if (!records) return busy(caller, records.error());
    if (!records->light) return to("");
    auto const& before = records->light->data;
    auto const email = std::ranges::find(before.emails, caller.form.get("id"), &Email::id);
    if (email == before.emails.end() || email->verified) return to("");
    if (caller.form.find("again")) return send_code(caller, *email);
    auto const verdict = emails_.try_code(caller.user_id, *email, caller.form.get("code"));
    if (!verdict) return busy(caller, verdict.error());
    if (*verdict != EmailConfirmation::Verdict::right)
        return show_code(
            422, caller, *email,
            Fault{"code", *verdict == EmailConfirmation::Verdict::wrong ? "error_code"
                                                                        : "error_code_expired"});
    std::vector<sql::Statement> used;
    used.push_back(emails_.use(caller.user_id, *email, caller.form.get("code")));
    auto const saved =
        records_.save(caller.user_id, records->light, with_verified(before, email->address),
                      changed(caller), std::move(used));
    if (!saved) return busy(caller, saved.error());
    if (*saved == Verdict::lost)
        return show_code(409, caller, *email, Fault{"form", "error_conflict"});
    return to("");
}

// ---- Services

Outcome ProfilePages::services(Caller const& caller) {
    auto const permissions = host_.permissions().of(caller.user_id, caller.locale);
    if (!permissions) return busy(caller, permissions.error());
    array services;
    for (auto const& one : *permissions) {
        array items;
        for (auto const& item : one.items) {
            object shown{{"title", item.title.in(caller.locale)}, {"description", false}};
            if (!item.description.empty())
                shown["description"] = item.description.in(caller.locale);
            items.push_back(std::move(shown));
        }
        object service{{"id", one.service},
                       {"name", one.title.in(caller.locale)},
                       {"description", false},
                       {"policy_uri", false},
                       {"terms_uri", false},
                       {"agreed", date_text(one.given_at, caller.locale)},
                       {"agreed_at", rfc3339(one.given_at)},
                       {"items", std::move(items)},
                       {"erasable", has_gdpr_api(host_, one.service)}};
        auto const put = [&](std::string_view name, Text const& text) {
            if (!text.in(caller.locale).empty()) service[name] = text.in(caller.locale);
        };
        put("description", one.description);
        put("policy_uri", one.privacy_policy_url);
        put("terms_uri", one.terms_of_use_url);
        services.push_back(std::move(service));
    }
    return host_.page(200, "services",
                      {{"nav", {{"services", true}}}, {"services", std::move(services)}}, caller);
}

Outcome ProfilePages::withdraw(Caller const& caller) {
    auto const service = caller.form.get("withdraw");
    if (!service.empty()) {
        auto const withdrawn =
            host_.permissions().withdraw(caller.user_id, service, caller.event_id);
        if (!withdrawn) return busy(caller, withdrawn.error());
    }
    return to("services");
}

// ---- What has happened

/// The parts of the data that an event names, in words.
std::string ProfilePages::parts_of(AuditEvent const& event, std::string_view locale) const {
    auto const* parts = event.fields.if_contains("parts");
    if (!parts || !parts->is_array()) return {};
    std::string text;
    for (auto const& part : parts->get_array())
        if (part.is_string())
            text += (text.empty() ? "" : ", ") +
                    host_.text(locale, "part_" + std::string(part.get_string()));
    return text;
}

Outcome ProfilePages::log(Caller const& caller) {
    auto const piece =
        host_.audit_trail().about(caller.user_id, caller.form.get("from"), events_shown);
    if (!piece) return busy(caller, piece.error());
    array shown;
    for (auto const& event : piece->events) {
        object one{{"what", host_.text(caller.locale, text_of(event.kind))},
                   {"time", date_time_text(event.at, caller.locale)},
                   {"time_at", rfc3339(event.at)},
                   {"service", false},
                   {"detail", false}};
        auto const service = host_.permissions().title_of(event.client_id);
        if (!service.empty()) one["service"] = service.in(caller.locale);
        if (auto const parts = parts_of(event, caller.locale); !parts.empty())
            one["detail"] = parts;
        shown.push_back(std::move(one));
    }
    object model{{"nav", {{"log", true}}}, {"events", std::move(shown)}, {"older", false}};
    if (!piece->older.empty()) model["older"] = piece->older;
    return host_.page(200, "log", std::move(model), caller);
}

}  // namespace tunnus::plugin::profile
