// SPDX-License-Identifier: MIT
// What every plugin of the tree must be, whatever it does: one suite, run over all of them.
#include "idp/base/json.hpp"
#include "idp/base/json_schema.hpp"
#include "plugins/host/builtin.hpp"
#include "plugins/host/entry_check.hpp"
#include "tests/fakes/host.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace tunnus::plugin {
namespace {

namespace fs = std::filesystem;

std::string read(fs::path const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
fs::path folder_of(TunnusPluginV1 const& entry) {
    return fs::path(TUNNUS_SOURCE_DIR) / "plugins" / entry.name;
}
std::string name_of(::testing::TestParamInfo<EntryFunction> const& info) {
    return info.param()->name;
}

class PluginConformance : public ::testing::TestWithParam<EntryFunction> {
  protected:
    TunnusPluginV1 const& entry_ = *GetParam()();
    /// The plugin's example of a configuration, valid and with its defaults.
    boost::json::object example() const {
        auto const schema =
            JsonSchema::make(parse_json_object(entry_.config_schema).value()).value();
        boost::json::value config = parse_json(read(folder_of(entry_) / "example.json")).value();
        auto const violation = schema.find_violation(config);
        EXPECT_FALSE(violation) << violation->path << ": " << violation->message;
        schema.add_defaults(config);
        return config.as_object();
    }
};

TEST_P(PluginConformance, HasAnEntryThatTheHostAccepts) {
    auto const checked = check_entry(&entry_, entry_.name);
    EXPECT_TRUE(checked) << checked.error().detail;
    EXPECT_TRUE(is_plugin_name(entry_.name));
    EXPECT_NE(std::string_view(entry_.version), "");
}

TEST_P(PluginConformance, DescribesItsConfigurationAndGivesAnExample) {
    EXPECT_TRUE(fs::exists(folder_of(entry_) / "README.md"));
    EXPECT_FALSE(example().empty());
}

TEST_P(PluginConformance, RefusesAnUnknownKey) {
    auto const schema = JsonSchema::make(parse_json_object(entry_.config_schema).value()).value();
    auto config = example();
    config["no_such_key"] = true;
    EXPECT_TRUE(schema.find_violation(config));
}

TEST_P(PluginConformance, KeepsToItsOwnTables) {
    std::span const migrations(entry_.migrations, entry_.migration_count);
    for (auto const& migration : migrations) {
        auto const named = check_table_names(entry_.name, migration);
        EXPECT_TRUE(named) << named.error().detail;
    }
    fakes::FakeHost host(entry_.name);
    EXPECT_TRUE(host.database().migrate(entry_.name, migrations));
    EXPECT_TRUE(host.database().migrate(entry_.name, migrations)) << "a second start";
}

TEST_P(PluginConformance, HasTheSameTextsInEveryLanguage) {
    auto const texts = folder_of(entry_) / "texts";
    if (!fs::exists(texts)) return;  // a plugin without pages
    std::set<std::string> expected;
    for (auto const* locale : {"fi", "sv", "en"}) {
        auto const file = parse_json_object(read(texts / (std::string(locale) + ".json")));
        ASSERT_TRUE(file) << locale;
        std::set<std::string> keys;
        for (auto const& member : *file)
            keys.emplace(member.key());
        if (expected.empty()) expected = keys;
        EXPECT_EQ(keys, expected) << locale;
    }
}

/// Those whose example needs no file of an administrator.
class PluginDeclarations : public PluginConformance {
  protected:
    PluginDeclarations() {
        host_.config = example();
        host_.bounds.argon2_memory_kib = 64;
        plugin_ = host_.create(entry_);
    }
    static void expect_text(Text const& text) {
        for (auto const& one : {text.fi, text.sv, text.en})
            EXPECT_NE(one, "");
    }
    fakes::FakeHost host_{entry_.name};
    Plugin* plugin_ = nullptr;
};

TEST_P(PluginDeclarations, NameNoClaimOfTheProvider) {
    auto* const source = plugin_->claims_source();
    if (!source) return;
    auto const claims = source->claims_supported();
    EXPECT_FALSE(claims.empty());
    for (auto const& claim : claims) {
        EXPECT_FALSE(is_reserved_claim(claim)) << claim;
        EXPECT_EQ(std::ranges::count(claims, claim), 1) << claim;
    }
}

TEST_P(PluginDeclarations, ExplainEveryScopeInThreeLanguages) {
    auto* const source = plugin_->scope_source();
    if (!source) return;
    auto* const claims_source = plugin_->claims_source();
    auto const claims =
        claims_source ? claims_source->claims_supported() : std::vector<std::string>();
    for (auto const& scope : source->scopes()) {
        EXPECT_NE(scope.name, "openid");
        EXPECT_NE(scope.name, "offline_access");
        expect_text(scope.title);
        for (auto const& claim : scope.claims)
            EXPECT_NE(std::ranges::find(claims, claim), claims.end()) << claim;
    }
}

TEST_P(PluginDeclarations, NameAMethodInThreeLanguagesWithItsLevels) {
    auto* const authenticator = plugin_->authenticator();
    if (!authenticator) return;
    expect_text(authenticator->label());
    EXPECT_FALSE(authenticator->acr_values().empty());
}

TEST_P(PluginDeclarations, GiveNothingAboutAStranger) {
    if (auto* const source = plugin_->claims_source()) {
        auto const claims = source->claims({});
        ASSERT_TRUE(claims);
        for (auto const& claim : *claims)
            EXPECT_FALSE(is_reserved_claim(claim.key()));
    }
    if (auto* const listener = plugin_->account_listener()) {
        EXPECT_TRUE(listener->export_data("nobody"));
        EXPECT_TRUE(listener->erase("nobody"));
    }
}

TEST_P(PluginDeclarations, RunTheirJobsOnAnEmptyDatabase) {
    for (auto* job : plugin_->jobs()) {
        EXPECT_NE(job->name(), "");
        EXPECT_GT(job->interval(), seconds(0));
        EXPECT_TRUE(job->run()) << job->name();
    }
}

std::vector<EntryFunction> without_files() {
    std::vector<EntryFunction> entries;
    for (auto const entry : builtin_entries()) {
        auto const example = read(folder_of(*entry()) / "example.json");
        if (example.find("\"file\"") == std::string::npos) entries.push_back(entry);
    }
    return entries;
}

INSTANTIATE_TEST_SUITE_P(Plugins, PluginConformance, ::testing::ValuesIn(builtin_entries()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Plugins, PluginDeclarations, ::testing::ValuesIn(without_files()),
                         name_of);

}  // namespace
}  // namespace tunnus::plugin
