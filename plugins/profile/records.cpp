// SPDX-License-Identifier: MIT
#include "plugins/profile/records.hpp"

#include "idp/base/json.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace tunnus::plugin::profile {

namespace {

constexpr std::string_view light_context = "light";
constexpr std::string_view official_context = "official";

bool tells_where(std::string_view name) {
    return name.starts_with("home_municipality_") || name.starts_with("permanent_") ||
           name.starts_with("temporary_");
}

/// The register's basic data as citizens' services know them (citizen-services.md H22, H27 and
/// 1.6), and the two flags by which they are kept from sight. What else comes is not ours to keep:
/// citizenship, the electronic identification number.
bool is_kept(std::string_view name) {
    static constexpr std::array<std::string_view, 8> kept{"national_identification_number",
                                                          "given_name",
                                                          "first_names",
                                                          "family_name",
                                                          "eidas_family_name",
                                                          "date_of_birth",
                                                          "non_disclosure_order",
                                                          "population_register_checked"};
    return tells_where(name) || std::ranges::find(kept, name) != kept.end();
}

bool is_true(boost::json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value && value->is_bool() && value->as_bool();
}

void take_texts(boost::json::object& to, boost::json::object const& from,
                std::initializer_list<std::string_view> names) {
    for (auto const name : names)
        if (auto const text = find_string(from, name); text && !text->empty())
            to[name] = boost::json::string(*text);
}

Result<boost::json::object> open(Host& host, std::string_view context, std::string const& sealed) {
    auto plain = host.open(context, sealed);
    if (!plain) return plain.error();
    auto object = parse_json_object(*plain);
    wipe(*plain);
    return object;
}

}  // namespace

bool is_protected(boost::json::object const& official) {
    auto const* checked = official.if_contains("population_register_checked");
    bool const unknown = checked && checked->is_bool() && !checked->as_bool();
    return unknown || is_true(official, "non_disclosure_order");
}

boost::json::object make_official(boost::json::object const& attributes) {
    bool const hidden = is_protected(attributes);
    boost::json::object official;
    for (auto const& [name, value] : attributes)
        if (is_kept(name) && !(hidden && tells_where(name))) official[name] = value;
    return official;
}

boost::json::object make_own_claims(boost::json::object const& attributes) {
    boost::json::object own;
    take_texts(own, attributes,
               {"given_name", "family_name", "name", "middle_name", "nickname",
                "preferred_username", "profile", "picture", "website", "gender", "birthdate",
                "zoneinfo", "locale", "phone_number"});
    if (own.contains("phone_number"))
        own["phone_number_verified"] = is_true(attributes, "phone_number_verified");
    if (auto const* given = attributes.if_contains("address"); given && given->is_object()) {
        boost::json::object address;
        take_texts(address, given->get_object(),
                   {"formatted", "street_address", "locality", "region", "postal_code", "country"});
        if (!address.empty()) own["address"] = std::move(address);
    }
    if (auto const* at = attributes.if_contains("updated_at"); at && at->is_int64())
        own["updated_at"] = *at;
    return own;
}

std::optional<boost::json::object> seed_light(boost::json::object const& light,
                                              boost::json::object const& attributes,
                                              boost::json::object const& claims) {
    auto seeded = light;
    for (auto const& claim : claims)
        seeded[claim.key()] = claim.value();
    bool const has_names = seeded.contains("given_name") || seeded.contains("family_name");
    if (!has_names)
        for (auto const* name : {"given_name", "family_name"})
            if (auto const* value = attributes.if_contains(name); value && value->is_string())
                seeded[name] = *value;
    // An address from a register is not proven to be the person's mailbox (threats.md L-30).
    if (is_true(attributes, "email_verified") && find_string(attributes, "email")) {
        seeded["email"] = attributes.at("email");
        seeded["email_verified"] = true;
    }
    if (seeded == light) return std::nullopt;
    if (!claims.contains("updated_at")) seeded.erase("updated_at");
    return seeded;
}

Result<Records> RecordStore::find(std::string_view user_id) {
    auto const row = host_.database().find(
        {"SELECT l.sealed, l.updated_at, o.sealed, o.refreshed_at FROM (SELECT ? AS user_id) u "
         "LEFT JOIN profile_light l ON l.user_id = u.user_id "
         "LEFT JOIN profile_official o ON o.user_id = u.user_id",
         {sql::value(user_id)},
         {}});
    if (!row) return row.error();
    Records records;
    if (!(*row)->is_null(0)) {
        auto data = open(host_, light_context, (*row)->bytes(0));
        if (!data) return data.error();
        records.light = Light{std::move(*data), (*row)->time(1)};
    }
    if (!(*row)->is_null(2)) {
        auto data = open(host_, official_context, (*row)->bytes(2));
        if (!data) return data.error();
        records.official = Official{std::move(*data), (*row)->time(3)};
    }
    return records;
}

std::vector<sql::Statement> RecordStore::replacing(
    std::string_view user_id, std::optional<boost::json::object> const& light,
    std::optional<boost::json::object> const& official) {
    auto const now = sql::value(host_.clock().now());
    std::vector<sql::Statement> steps;
    if (light)
        steps.push_back(
            {"INSERT INTO profile_light (user_id, sealed, updated_at) VALUES (?, ?, ?) "
             "/*sqlite ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, "
             "updated_at = excluded.updated_at */ "
             "/*M! ON DUPLICATE KEY UPDATE sealed = VALUES(sealed), "
             "updated_at = VALUES(updated_at) */",
             {sql::value(user_id),
              sql::blob(host_.seal(light_context, boost::json::serialize(*light))), now},
             {}});
    if (official)
        steps.push_back(
            {"INSERT INTO profile_official (user_id, sealed, refreshed_at) VALUES (?, ?, ?) "
             "/*sqlite ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, "
             "refreshed_at = excluded.refreshed_at */ "
             "/*M! ON DUPLICATE KEY UPDATE sealed = VALUES(sealed), "
             "refreshed_at = VALUES(refreshed_at) */",
             {sql::value(user_id),
              sql::blob(host_.seal(official_context, boost::json::serialize(*official))), now},
             {}});
    return steps;
}

Result<> RecordStore::erase(std::string_view user_id) {
    std::vector<sql::Statement> steps;
    for (auto const sql : {"DELETE FROM profile_light WHERE user_id = ?",
                           "DELETE FROM profile_official WHERE user_id = ?"})
        steps.push_back({sql, {sql::value(user_id)}, {}});
    auto const erased =
        host_.database().commit(std::make_unique<sql::Write>("profile.erase", std::move(steps)));
    if (!erased) return erased.error();
    return {};
}

}  // namespace tunnus::plugin::profile
