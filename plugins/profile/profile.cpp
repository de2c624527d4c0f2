// SPDX-License-Identifier: MIT
// The plugin: which interfaces it takes part in.
#include "idp/base/limits.hpp"
#include "plugins/api/entry.hpp"
#include "plugins/profile/claims.hpp"
#include "plugins/profile/gdpr_pages.hpp"
#include "plugins/profile/graphql_api.hpp"
#include "plugins/profile/migrations.hpp"
#include "plugins/profile/pages.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace tunnus::plugin::profile {
namespace {

struct Settings {
    std::vector<std::string> official_from;  ///< authenticators that speak for the register
    LevelMap levels;
    FrameworkMap frameworks;
    std::string strong_acr;    ///< the lowest of them
    std::string api_audience;  ///< for whom access tokens for the API are
};

Settings read_settings(boost::json::object const& configuration) {
    Settings settings;
    for (auto const& name : configuration.at("official_from").as_array())
        settings.official_from.emplace_back(name.as_string());
    auto const& levels = configuration.at("loa").as_object();
    if (levels.empty()) throw std::runtime_error("config.loa: names no level");
    settings.strong_acr = levels.begin()->key();
    for (auto const& level : levels)
        settings.levels.emplace(level.key(), level.value().as_string());
    settings.api_audience = configuration.at("api_audience").as_string();
    for (auto const& framework : configuration.at("trust_frameworks").as_object())
        if (levels.contains(framework.key()))
            settings.frameworks.emplace(framework.key(), framework.value().as_string());
    return settings;
}

class ProfilePlugin final : public Plugin,
                            private ScopeSource,
                            private ClaimsSource,
                            private AccountListener,
                            private RouteSource {
  public:
    ProfilePlugin(Host& host, Settings settings)
        : settings_(std::move(settings)),
          host_(host),
          store_(host),
          emails_(host),
          gdpr_(host, settings_.levels),
          pages_(host, store_, emails_, settings_.levels),
          gdpr_pages_(host, store_, gdpr_, settings_.levels),
          tokens_(host),
          api_({host, store_, emails_, tokens_, gdpr_, settings_.levels, settings_.official_from},
               settings_.api_audience),
          scopes_(make_scopes(settings_.strong_acr)) {}

    ScopeSource* scope_source() override { return this; }
    ClaimsSource* claims_source() override { return this; }
    AccountListener* account_listener() override { return this; }
    RouteSource* route_source() override { return this; }
    std::vector<Job*> jobs() override { return {&gdpr_}; }
    [[nodiscard]] std::vector<std::string> pages() const override {
        return {"details",  "confirm_email", "services", "log",
                "download", "erase",         "erasing",  "erased"};
    }

  private:
    [[nodiscard]] std::vector<PluginRoute> routes() override {
        auto all = pages_.routes();
        for (auto& more : {gdpr_pages_.routes(), api_.routes()})
            all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] std::vector<Scope> scopes() const override { return scopes_; }
    [[nodiscard]] std::vector<DataField> data_fields() const override { return make_data_fields(); }
    [[nodiscard]] std::vector<std::string> claims_supported() const override {
        return claim_names(scopes_);
    }
    [[nodiscard]] Result<boost::json::object> claims(ClaimsQuery const& query) override {
        auto each = claims_of_each({&query, 1});
        if (!each) return each.error();
        return std::move(each->front());
    }
    [[nodiscard]] Result<std::vector<boost::json::object>> claims_of_each(
        std::span<ClaimsQuery const> queries) override {
        bool const reads = std::ranges::any_of(
            queries, [&](auto const& query) { return asks_for_records(query, scopes_); });
        auto const records =
            reads ? store_.find(queries.front().user_id) : Result<Records>(Records());
        if (!records) return records.error();
        std::vector<boost::json::object> each;
        for (auto const& query : queries)
            each.push_back(
                make_claims(query, *records, scopes_, settings_.levels, settings_.frameworks));
        return each;
    }
    [[nodiscard]] VerifiedClaimsOffer verified_claims_offer() const override {
        return make_verified_offer(settings_.frameworks);
    }
    [[nodiscard]] bool quick() const override { return true; }

    /// A strong login replaces the official layer whole, so what it no longer brings is gone; what
    /// is less than strong never touches it, also by the same method. Light data are only seeded,
    /// and filled by the claims that another method creates an account with.
    [[nodiscard]] Result<Writes> signed_in(SignedIn const& login) override {
        auto const records = store_.find(login.user_id);
        if (!records) return records.error();
        std::optional<LightData> light;
        std::optional<boost::json::object> official;
        for (auto const& [method, identity] : login.proofs) {
            bool const is_official = std::ranges::find(settings_.official_from, method) !=
                                         settings_.official_from.end() &&
                                     settings_.levels.contains(identity.acr);
            auto const present = light            ? *light
                                 : records->light ? records->light->data
                                                  : LightData();
            bool const is_new = login.created && !is_official && !light;
            // Of a merge the address that one signs in with may be gone.
            bool const is_seed = login.merged_user_id.empty() || is_official;
            if (auto seeded = is_seed
                                  ? seed_light(present, identity.attributes, is_new, host_.random())
                                  : std::nullopt)
                light = std::move(seeded);
            if (is_official) official = make_official(identity.attributes, identity.acr);
        }
        Writes writes;
        if (!login.merged_user_id.empty()) {
            auto const going = store_.find(login.merged_user_id);
            if (!going) return going.error();
            auto const present = light            ? *light
                                 : records->light ? records->light->data
                                                  : LightData();
            if (going->light)
                light = merged(present, going->light->data, host_.limits().profile_contacts);
        }
        if (!light && !official && login.merged_user_id.empty()) return writes;
        writes.steps = store_.replacing(login.user_id, records->light, light, official);
        if (!login.merged_user_id.empty()) {
            // Nothing of either is lost: where an edit was first, the merge is.
            for (auto& step : writes.steps)
                if (light && &step == &writes.steps.front()) step.expected_rows = 1;
            std::ranges::move(RecordStore::erasing(login.merged_user_id),
                              std::back_inserter(writes.steps));
            std::ranges::move(GdprRuns::erasing(login.merged_user_id),
                              std::back_inserter(writes.steps));
        }
        AuditEvent event;
        event.kind = AuditKind::profile_changed;
        event.at = host_.clock().now();
        event.user_id = login.user_id;
        event.fields = {
            {"by", "sign_in"}, {"light", light.has_value()}, {"official", official.has_value()}};
        writes.audit.push_back(std::move(event));
        return writes;
    }
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view user_id) override {
        auto records = store_.find(user_id);
        if (!records) return records.error();
        boost::json::object data;
        if (records->light) data["light"] = to_json(records->light->data);
        if (records->official) data["official"] = std::move(records->official->data);
        return data;
    }
    [[nodiscard]] Result<> erase(std::string_view user_id) override {
        return store_.erase(user_id, GdprRuns::erasing(user_id));
    }
    /// What the register says stands by strong logins alone.
    [[nodiscard]] Result<Writes> method_removed(std::string_view user_id,
                                                std::string_view authenticator) override {
        Writes writes;
        auto const& official = settings_.official_from;
        if (std::ranges::find(official, authenticator) != official.end())
            writes.steps.push_back(RecordStore::erasing_official(user_id));
        return writes;
    }
    [[nodiscard]] Result<std::string> notice_address(std::string_view user_id) override {
        auto const records = store_.find(user_id);
        if (!records) return records.error();
        auto const* told = records->light ? records->light->data.told_email() : nullptr;
        return told != nullptr && told->verified ? told->address : std::string();
    }

    Settings settings_;
    Host& host_;
    RecordStore store_;
    EmailConfirmation emails_;
    GdprWork gdpr_;
    ProfilePages pages_;
    GdprPages gdpr_pages_;
    ReadTokens tokens_;
    GraphqlApi api_;
    std::vector<Scope> scopes_;
};

Plugin* create(Host& host) {
    return new ProfilePlugin(host, read_settings(host.configuration()));
}

constexpr auto config_schema = R"({
    "type": "object", "additionalProperties": false,
    "properties": {
        "official_from": {"type": "array", "items": {"type": "string", "minLength": 1},
            "default": ["suomifi"],
            "description": "The authenticators whose attributes are the population register's."},
        "loa": {"type": "object", "minProperties": 1,
            "additionalProperties": {"type": "string", "enum": ["substantial", "high"]},
            "default": {
                "http://ftn.ficora.fi/2017/loa2": "substantial",
                "http://eidas.europa.eu/LoA/substantial": "substantial",
                "http://ftn.ficora.fi/2017/loa3": "high",
                "http://eidas.europa.eu/LoA/high": "high"},
            "description": "Strong levels, lowest first, and the loa of each. Official data are released at these alone."},
        "api_audience": {"type": "string", "minLength": 1, "default": "profile-api",
            "description": "The audience of access tokens for the API at /graphql/."},
        "trust_frameworks": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1},
            "default": {
                "http://ftn.ficora.fi/2017/loa2": "fi_ftn",
                "http://eidas.europa.eu/LoA/substantial": "eidas",
                "http://ftn.ficora.fi/2017/loa3": "fi_ftn",
                "http://eidas.europa.eu/LoA/high": "eidas"},
            "description": "The trust_framework of each strong level in verified_claims; fi_ftn is the Finnish Trust Network (act 617/2009). A level that is left out here or in loa verifies nothing."}
    }})";

}  // namespace
}  // namespace tunnus::plugin::profile

TUNNUS_PLUGIN(profile, "1.0", tunnus::plugin::profile::config_schema,
              tunnus::plugin::profile::migrations, &tunnus::plugin::profile::create)
