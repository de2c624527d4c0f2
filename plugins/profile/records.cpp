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

Result<boost::json::object> open(Host& host, std::string_view context, std::string const& sealed) {
    auto plain = host.open(context, sealed);
    if (!plain) return plain.error();
    auto object = parse_json_object(*plain);
    wipe(*plain);
    return object;
}

sql::Value seal_light(Host& host, LightData const& data) {
    auto plain = boost::json::serialize(to_json(data));
    auto sealed = sql::blob(host.seal(light_context, plain));
    wipe(plain);
    return sealed;
}

}  // namespace

bool has_non_disclosure_order(boost::json::object const& official) {
    return is_true(official, "non_disclosure_order");
}

bool is_protected(boost::json::object const& official) {
    auto const* checked = official.if_contains("population_register_checked");
    bool const unknown = checked && checked->is_bool() && !checked->as_bool();
    return unknown || has_non_disclosure_order(official);
}

std::string foreign_locality(boost::json::object const& official, std::string_view locale) {
    auto place = official_text(official, "permanent_foreign_locality", locale);
    return place.empty()
               ? std::string(find_string(official, "permanent_foreign_locality_plain").value_or(""))
               : place;
}

std::string official_text(boost::json::object const& official, std::string const& name,
                          std::string_view locale) {
    bool const swedish = locale == "sv";
    auto const first = find_string(official, name + (swedish ? "_sv" : "_fi")).value_or("");
    return std::string(first.empty()
                           ? find_string(official, name + (swedish ? "_fi" : "_sv")).value_or("")
                           : first);
}

boost::json::object make_official(boost::json::object const& attributes, std::string_view acr) {
    bool const hidden = is_protected(attributes);
    boost::json::object official;
    for (auto const& [name, value] : attributes)
        if (is_kept(name) && !(hidden && tells_where(name))) official[name] = value;
    official[proven_acr] = acr;
    return official;
}

std::optional<LightData> seed_light(LightData const& light, boost::json::object const& attributes,
                                    bool is_new, Random& random) {
    auto seeded = is_new ? light_from_claims(attributes, random) : light;
    if (seeded.first_name.empty() && seeded.last_name.empty()) {
        seeded.first_name = find_string(attributes, "given_name").value_or("");
        seeded.last_name = find_string(attributes, "family_name").value_or("");
    }
    // An address from a register is not proven to be the person's mailbox (threats.md L-30).
    auto const email = find_string(attributes, "email");
    if (email && is_true(attributes, "email_verified")) {
        // What a new account brings says itself when it was changed.
        if (!is_new && seeded.sign_in_email != *email) seeded.claims.erase("updated_at");
        seeded = with_sign_in_email(std::move(seeded), std::string(*email), random);
    }
    if (seeded == light) return std::nullopt;
    return seeded;
}

LightData told_light(Records const& records) {
    auto data = records.light ? records.light->data : LightData();
    if (records.official && is_protected(records.official->data)) data.addresses.clear();
    return data;
}

Result<Records> RecordStore::find(std::string_view user_id) {
    auto const row =
        host_.database().find({"SELECT l.sealed, l.updated_at, l.version, o.sealed, o.refreshed_at "
                               "FROM (SELECT ? AS user_id) u "
                               "LEFT JOIN profile_light l ON l.user_id = u.user_id "
                               "LEFT JOIN profile_official o ON o.user_id = u.user_id",
                               {sql::value(user_id)},
                               {}});
    if (!row) return row.error();
    Records records;
    if (!(*row)->is_null(0)) {
        auto const stored = open(host_, light_context, (*row)->bytes(0));
        if (!stored) return stored.error();
        auto data = light_from_json(*stored);
        if (!data) return data.error();
        records.light = Light{std::move(*data), (*row)->time(1), (*row)->integer(2)};
    }
    if (!(*row)->is_null(3)) {
        auto data = open(host_, official_context, (*row)->bytes(3));
        if (!data) return data.error();
        records.official = Official{std::move(*data), (*row)->time(4)};
    }
    return records;
}

sql::Statement RecordStore::replacing_light(std::string_view user_id, Light const& before,
                                            LightData const& after,
                                            std::optional<std::uint64_t> expected_rows) {
    return {
        "UPDATE profile_light SET sealed = ?, updated_at = ?, version = version + 1 "
        "WHERE user_id = ? AND version = ?",
        {seal_light(host_, after), sql::value(host_.clock().now()), sql::value(user_id),
         sql::value(before.version)},
        expected_rows};
}

std::vector<sql::Statement> RecordStore::replacing(
    std::string_view user_id, std::optional<Light> const& before,
    std::optional<LightData> const& light, std::optional<boost::json::object> const& official) {
    auto const now = sql::value(host_.clock().now());
    std::vector<sql::Statement> steps;
    if (light && before)
        steps.push_back(replacing_light(user_id, *before, *light, {}));
    else if (light)
        steps.push_back(
            {"INSERT INTO profile_light (user_id, sealed, updated_at, version) VALUES (?, ?, ?, 1) "
             "/*sqlite ON CONFLICT DO NOTHING */ "
             "/*M! ON DUPLICATE KEY UPDATE version = version */",
             {sql::value(user_id), seal_light(host_, *light), now},
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

Result<Verdict> RecordStore::save(std::string_view user_id, std::optional<Light> const& before,
                                  LightData const& after, AuditEvent audit,
                                  std::vector<sql::Statement> more) {
    auto const now = sql::value(host_.clock().now());
    auto steps = std::move(more);
    if (before)
        steps.push_back(replacing_light(user_id, *before, after, 1));
    else
        steps.push_back(
            {"INSERT INTO profile_light (user_id, sealed, updated_at, version) VALUES (?, ?, ?, 1)",
             {sql::value(user_id), seal_light(host_, after), now},
             1});
    auto verdict = host_.database().commit(sql::Write::adding("profile.save", std::move(steps)));
    if (!verdict || *verdict == Verdict::lost) return verdict;
    if (auto recorded = host_.audit().record(std::move(audit)); !recorded) return recorded.error();
    return verdict;
}

sql::Statement RecordStore::erasing_official(std::string_view user_id) {
    return {"DELETE FROM profile_official WHERE user_id = ?", {sql::value(user_id)}, {}};
}

std::vector<sql::Statement> RecordStore::erasing(std::string_view user_id) {
    std::vector<sql::Statement> steps;
    for (auto const sql : {"DELETE FROM profile_light WHERE user_id = ?",
                           "DELETE FROM profile_official WHERE user_id = ?",
                           "DELETE FROM profile_email_codes WHERE user_id = ?",
                           "DELETE FROM profile_read_tokens WHERE user_id = ?"})
        steps.push_back({sql, {sql::value(user_id)}, {}});
    return steps;
}

Result<> RecordStore::erase(std::string_view user_id, std::vector<sql::Statement> more) {
    auto steps = std::move(more);
    for (auto& step : erasing(user_id))
        steps.push_back(std::move(step));
    auto const erased =
        host_.database().commit(std::make_unique<sql::Write>("profile.erase", std::move(steps)));
    if (!erased) return erased.error();
    return {};
}

}  // namespace tunnus::plugin::profile
