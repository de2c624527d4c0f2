// SPDX-License-Identifier: MIT
// The plugin's own test, as its author writes it: against the installed host of fakes.
#include "plugins/api/entry.hpp"
#include "tests/fakes/host.hpp"

#include <gtest/gtest.h>

extern "C" TunnusPluginV1 const* tunnus_plugin_v1();

namespace {

using namespace tunnus;

class ParkingTest : public testing::Test {
  protected:
    ParkingTest() { host_.config = {{"contact", "parking@example.org"}}; }

    fakes::FakeHost host_{"parking"};
};

TEST_F(ParkingTest, CountsThePlacesTaken) {
    auto& source = *host_.create(*tunnus_plugin_v1())->claims_source();
    plugin::ClaimsQuery query;
    query.user_id = "u-1";
    EXPECT_EQ(source.claims(query).value(), (boost::json::object{{"parking_place", 1}}));
    EXPECT_EQ(source.claims(query).value(), (boost::json::object{{"parking_place", 2}}));
}

TEST_F(ParkingTest, AsksForThePlate) {
    auto const routes = host_.create(*tunnus_plugin_v1())->route_source()->routes();
    plugin::Caller caller;
    caller.csrf = "token-1";
    caller.path = "/parking/";
    auto const page = std::get<HttpResponse>(routes.at(1).handler({}, caller));
    EXPECT_EQ(page.status, 422);
    EXPECT_EQ(page.body,
              "places\n{\"places\":12,\"errors\":{\"plate\":\"no_plate\"},\"csrf\":\"token-1\","
              "\"action\":\"/parking/\"}");
}

}  // namespace
