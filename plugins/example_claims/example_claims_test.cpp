// SPDX-License-Identifier: MIT
#include "plugins/api/entry.hpp"
#include "tests/fakes/host.hpp"

#include <gtest/gtest.h>

extern "C" TunnusPluginV1 const* tunnus_plugin_v1_example_claims();

namespace tunnus::plugin {
namespace {

class ExampleClaimsTest : public ::testing::Test {
  protected:
    ExampleClaimsTest() { host_.config = {{"greeting", "Hyvää päivää!"}}; }
    Plugin& plugin() { return *host_.create(*tunnus_plugin_v1_example_claims()); }

    fakes::FakeHost host_{"example_claims"};
};

TEST_F(ExampleClaimsTest, ReleasesTheGreetingOfTheConfiguration) {
    auto const claims = plugin().claims_source()->claims({});
    EXPECT_EQ(claims.value(), (boost::json::object{{"greeting", "Hyvää päivää!"}}));
}

TEST_F(ExampleClaimsTest, AsksForConsentInThreeLanguages) {
    auto const scope = plugin().scope_source()->scopes().at(0);
    EXPECT_EQ(scope.name, "greeting");
    EXPECT_EQ(scope.claims, plugin().claims_source()->claims_supported());
    EXPECT_TRUE(scope.ask_consent);
    for (auto const& text : {scope.title.fi, scope.title.sv, scope.title.en})
        EXPECT_NE(text, "");
}

}  // namespace
}  // namespace tunnus::plugin
