// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_details.hpp"

#include "idp/base/limits.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

struct AuthorizationDetails : testing::Test {
    Limits limits;
    Client client = tests::client({{"authorization_details_types", {"payment_initiation"}}});
    // The shape of the example of RFC 9396 §2, without what the check does not need.
    std::vector<AuthorizationDetailsType> types{
        {"payment_initiation",
         JsonSchema::make(
             json::parse(R"({"type": "object", "required": ["type", "instructedAmount"],
             "properties": {"type": {"type": "string"}, "creditorName": {"type": "string"},
                 "actions": {"type": "array", "items": {"type": "string"}},
                 "instructedAmount": {"type": "object", "required": ["currency", "amount"],
                     "properties": {"currency": {"type": "string"}, "amount": {"type": "string"}},
                     "additionalProperties": false}},
             "additionalProperties": false})")
                 .as_object())
             .value()},
        {"other", JsonSchema::make({{"type", "object"}}).value()}};

    static constexpr std::string_view good =
        R"([{"type":"payment_initiation","actions":["initiate"],"creditorName":"Merchant A",)"
        R"("instructedAmount":{"currency":"EUR","amount":"123.50"}}])";

    std::string answer(std::string_view text) {
        auto const parsed =
            parse_authorization_details(text, client, types, limits, Delivery::redirect);
        return parsed ? "accepted" : std::string(to_string(parsed.error().error));
    }
};

TEST_F(AuthorizationDetails, Rfc9396Section2) {
    auto const parsed = parse_authorization_details(good, client, types, limits, Delivery::json);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(json::serialize(*parsed), good);
    EXPECT_EQ(answer(""), "accepted");
    EXPECT_EQ(answer("[]"), "accepted");
}

// RFC 9396 §5.
TEST_F(AuthorizationDetails, RefusesWhatDoesNotFollowItsType) {
    for (
        std::string const text :
        {"{}", "[", "[1]", "null", R"([{}])", R"([{"type":1}])", R"([{"type":"unknown"}])",
         R"([{"type":"other"}])", R"([{"type":"payment_initiation"}])",
         R"([{"type":"payment_initiation","instructedAmount":{"currency":"EUR"}}])",
         R"([{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":1}}])",
         R"([{"type":"payment_initiation","x":1,"instructedAmount":{"currency":"E","amount":"1"}}])"})
        EXPECT_EQ(answer(text), "invalid_authorization_details") << text;
}

TEST_F(AuthorizationDetails, AreBounded) {
    std::string const one(good.substr(1, good.size() - 2));
    std::string list = one;
    for (std::size_t i = 1; i < limits.authorization_details; ++i)
        list += "," + one;
    EXPECT_EQ(answer("[" + list + "]"), "accepted");
    EXPECT_EQ(answer("[" + list + "," + one + "]"), "invalid_authorization_details");
    EXPECT_EQ(answer("[" + std::string(10'000, ' ') + "]"), "invalid_authorization_details");
    EXPECT_EQ(answer(std::string(1'000, '[') + std::string(1'000, ']')),
              "invalid_authorization_details");
}

// RFC 9396 §6.
TEST_F(AuthorizationDetails, ATokenHasAPartOfWhatWasGranted) {
    auto const granted = json::parse(R"([{"type":"a","x":1},{"type":"b"}])").as_array();
    EXPECT_EQ(narrow_authorization_details(granted, "", limits).value(), granted);
    EXPECT_EQ(narrow_authorization_details(granted, R"([{"x":1,"type":"a"}])", limits)->size(), 1U);
    for (auto const* asked : {R"([{"type":"a","x":2}])", R"([{"type":"c"}])", "[", "{}"})
        EXPECT_EQ(narrow_authorization_details(granted, asked, limits).error().error,
                  OAuthError::invalid_authorization_details)
            << asked;
}

}  // namespace
}  // namespace tunnus::oidc
