// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_context.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "plugins/profile/graphql/schema.hpp"
#include "plugins/profile/graphql_schema.hpp"
#include "plugins/profile/graphql_values.hpp"

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

using graphql::FieldError;

bool contains(std::vector<std::string> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// The part of a person's data that a field shows; empty where it shows none, or where what stands
/// below it does.
std::string_view part_of(graphql::Type const& type, graphql::Field const& field) {
    static std::map<std::string_view, std::string_view> const by_field{
        {data_field::email, data_part::email},
        {data_field::phone, data_part::phone},
        {data_field::address, data_part::address},
        {data_field::personal_identity_code, data_part::sensitive}};
    if (type.name == "ProfileNode" || type.name == "RestrictedProfileNode") {
        if (field.name == "verifiedPersonalInformation") return {};
        auto const found = by_field.find(field.permission);
        return found == by_field.end() ? data_part::base : found->second;
    }
    if (type.name != "VerifiedPersonalInformationNode") return {};
    if (field.name == "permanentAddress") return data_part::permanent_address;
    if (field.name == "temporaryAddress") return data_part::temporary_address;
    if (field.name == "permanentForeignAddress") return data_part::foreign_address;
    return data_part::official;
}

boost::json::array to_array(std::set<std::string, std::less<>> const& names) {
    boost::json::array all;
    for (auto const& name : names)
        all.emplace_back(name);
    return all;
}

}  // namespace

bool ApiContext::is_profile_service() const {
    return caller_.service && caller_.service->is_profile_service && !caller_.handed_on;
}

bool ApiContext::may_use(std::string_view data_field) const {
    return is_profile_service() || contains(caller_.data_fields, data_field);
}

std::optional<FieldError> ApiContext::permit(graphql::Visit const& visit) {
    auto const part = part_of(visit.parent_type, visit.field);
    if (part.empty() && visit.field.permission.empty()) return std::nullopt;
    auto const* const parent = visit.parent.if_object();
    auto const owner = parent ? find_string(*parent, owner_member).value_or("") : "";
    auto const& permission = visit.field.permission;
    // Whoever has a person's access token may have what its own registration names, no more.
    bool const by_registration = visit.parent_type.name == "RestrictedProfileNode";
    bool const may =
        permission.empty() ||
        (by_registration ? caller_.service && std::ranges::any_of(caller_.service->data_fields,
                                                                  [&](auto const& one) {
                                                                      return one.name == permission;
                                                                  })
                         : may_use(permission));
    if (may) {
        if (!part.empty()) note_read(owner, part);
        return std::nullopt;
    }
    auto error = refuse(owner, part, error_code::field_not_allowed,
                        "the service is not permitted this field");
    error.extensions["field_name"] = visit.field.name;
    return error;
}

std::optional<FieldError> ApiContext::refuse_unidentified(std::string_view user_id) {
    if (caller_.service) return std::nullopt;
    return refuse(user_id, data_part::base, error_code::service_not_identified,
                  "the token's client belongs to no registered service");
}

std::optional<FieldError> ApiContext::refuse_unconnected() {
    if (auto refused = refuse_unidentified(caller_.user_id)) return refused;
    if (erased_ || caller_.user_id.empty())
        return refuse({}, data_part::base, error_code::permission_denied, "nobody is signed in");
    if (!is_profile_service() && caller_.data_fields.empty())
        return refuse(caller_.user_id, data_part::base, error_code::permission_denied,
                      "the person permits the service nothing");
    return std::nullopt;
}

std::optional<FieldError> ApiContext::refuse_others() {
    if (auto refused = refuse_unconnected()) return refused;
    if (is_profile_service()) return std::nullopt;
    return refuse(caller_.user_id, data_part::base, error_code::permission_denied,
                  "this is for the profile service alone");
}

Result<Records const*> ApiContext::own_records() {
    if (!records_) {
        auto found = parts_.records.find(caller_.user_id);
        if (!found) return found.error();
        records_ = std::move(*found);
    }
    return &*records_;
}

FieldError ApiContext::refuse(std::string_view user_id, std::string_view part,
                              std::string_view code, std::string message) {
    auto& one = noted(user_id);
    one.refused.emplace(part);
    one.codes.emplace(code);
    return {std::string(code), std::move(message), {}, {}};
}

void ApiContext::note_read(std::string_view user_id, std::string_view part) {
    noted(user_id).read.emplace(part);
}

FieldError ApiContext::failed(Error const& error) {
    return {error_code::general, "the service cannot answer now", error.text(), {}};
}

AuditEvent ApiContext::event(AuditKind kind, std::string_view user_id,
                             boost::json::object fields) const {
    AuditEvent event;
    event.kind = kind;
    event.at = parts_.host.clock().now();
    event.event_id = event.request_id = caller_.event_id;
    event.user_id = user_id;
    event.client_id = caller_.client_id;
    event.fields = std::move(fields);
    if (caller_.service) event.fields["service"] = caller_.service->name;
    return event;
}

std::vector<AuditEvent> ApiContext::take_events() {
    std::vector<AuditEvent> events;
    for (auto const& [user_id, one] : by_person_) {
        if (!one.read.empty())
            events.push_back(event(AuditKind::data_read, user_id, {{"parts", to_array(one.read)}}));
        if (!one.refused.empty())
            events.push_back(
                event(AuditKind::data_refused, user_id,
                      {{"parts", to_array(one.refused)}, {"codes", to_array(one.codes)}}));
    }
    by_person_.clear();
    return events;
}

std::string profile_id(Host& host, std::string_view user_id, RegisteredService const& service) {
    constexpr unsigned by_a_rule_of_our_own = 8;
    auto const digest = host.blind_index("profile_id", service.name + "\n" + std::string(user_id));
    return uuid_text(digest.substr(0, 16), by_a_rule_of_our_own);
}

}  // namespace tunnus::plugin::profile
