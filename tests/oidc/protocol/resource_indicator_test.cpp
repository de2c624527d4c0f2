// SPDX-License-Identifier: MIT
#include "oidc/protocol/resource_indicator.hpp"

#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using Words = std::vector<std::string>;

struct ResourceIndicator : testing::Test {
    Client client =
        tests::client({{"resources", {"https://api.example/a", "urn:example:b", "service"}}});
    std::string answer(Words const& asked) {
        auto const checked = check_resources(client, asked, Delivery::redirect);
        return checked ? "accepted" : std::string(to_string(checked.error().error));
    }
};

TEST_F(ResourceIndicator, TakesRegisteredAbsoluteUrisOnce) {
    Words const asked{"urn:example:b", "https://api.example/a", "urn:example:b"};
    EXPECT_EQ(check_resources(client, asked, Delivery::json).value(),
              (Words{"urn:example:b", "https://api.example/a"}));
    EXPECT_TRUE(check_resources(client, {}, Delivery::json)->empty());
}

// RFC 8707 §2.
TEST_F(ResourceIndicator, RefusesEverythingElse) {
    for (std::string const resource : {"https://api.example/a/", "HTTPS://api.example/a", "service",
                                       "", ":x", "1a:b", "https://c.example/#x"})
        EXPECT_EQ(answer({"urn:example:b", resource}), "invalid_target") << resource;
    EXPECT_EQ(check_resources(client, {"x"}, Delivery::redirect).error().delivery,
              Delivery::redirect);
}

// RFC 8707 §2.2.
TEST_F(ResourceIndicator, ATokenIsForAPartOfWhatWasGranted) {
    Words const granted{"https://a.example", "https://b.example"};
    auto const narrowed = [&](Words const& from, Words const& asked, bool openid) {
        return narrow_resources(from, asked, openid, "https://id.example");
    };
    EXPECT_EQ(narrowed(granted, {"https://b.example"}, true).value(), (Words{"https://b.example"}));
    EXPECT_EQ(narrowed(granted, {}, false).value(), granted);
    EXPECT_EQ(narrowed(granted, {}, true).value(),
              (Words{"https://a.example", "https://b.example", "https://id.example"}));
    EXPECT_TRUE(narrowed({}, {}, true)->empty());
    EXPECT_EQ(narrowed(granted, {"https://c.example"}, true).error().error,
              OAuthError::invalid_target);
    EXPECT_EQ(narrowed({}, {"https://a.example"}, true).error().error, OAuthError::invalid_target);
}

}  // namespace
}  // namespace tunnus::oidc
