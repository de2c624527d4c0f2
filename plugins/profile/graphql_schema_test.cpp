// SPDX-License-Identifier: MIT
// The API's names and shapes are what services rely on: a change of them is a change of
// graphql_schema.graphql, seen by who reviews it.
#include "plugins/profile/graphql_schema.hpp"

#include "plugins/profile/claims.hpp"
#include "plugins/profile/graphql/engine.hpp"
#include "plugins/profile/graphql/sdl.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <fstream>

namespace tunnus::plugin::profile {
namespace {

graphql::Resolution nobody(graphql::Call const&) {
    return graphql::Resolved(nullptr);
}

ResolverTable all_operations() {
    ResolverTable table;
    for (auto const* const name :
         {"myProfile", "profile", "profiles", "downloadMyProfile", "claimableProfile",
          "profileWithAccessToken", "serviceConnectionWithUserId", "services"})
        table[std::string("Query.") + name] = &nobody;
    for (auto const* const name :
         {"addServiceConnection", "createMyProfile", "createProfile",
          "createOrUpdateProfileWithVerifiedPersonalInformation", "createOrUpdateUserProfile",
          "updateMyProfile", "updateProfile", "deleteMyProfile", "deleteMyServiceData",
          "claimProfile", "createMyProfileTemporaryReadAccessToken"})
        table[std::string("Mutation.") + name] = &nobody;
    return table;
}

TEST(GraphqlSchema, IsWhatServicesRelyOn) {
    std::ifstream file(TUNNUS_SOURCE_DIR "/plugins/profile/graphql_schema.graphql");
    std::string const expected{std::istreambuf_iterator<char>(file), {}};
    auto const printed = graphql::print_sdl(make_graphql_schema(all_operations()));
    if (printed != expected) std::ofstream(TUNNUS_BINARY_DIR "/graphql_schema.graphql") << printed;
    EXPECT_TRUE(printed == expected)
        << "the schema has changed: compare build's graphql_schema.graphql";
}

TEST(GraphqlSchema, WantsAResolverForEachOperationAndNoneForNothing) {
    ASSERT_NO_THROW(static_cast<void>(make_graphql_schema(all_operations())));
    auto table = all_operations();
    table.erase("Query.myProfile");
    EXPECT_THROW(static_cast<void>(make_graphql_schema(table)), std::logic_error);
    table = all_operations();
    table["ProfileNode.shoeSize"] = &nobody;
    EXPECT_THROW(static_cast<void>(make_graphql_schema(table)), std::logic_error);
}

/// What the city's own profile page asks, with the __typename that its client adds everywhere.
constexpr auto my_profile = R"(query MyProfile { myProfile { ...All __typename } }
fragment Email on EmailNode { id email emailType primary __typename }
fragment Emails on ProfileNode { primaryEmail { ...Email __typename }
    emails { edges { node { ...Email __typename } __typename } __typename } __typename }
fragment All on ProfileNode { id firstName lastName nickname language ...Emails
    availableLoginMethods { method createdAt credentialId userLabel __typename }
    primaryAddress { id address city postalCode countryCode addressType primary __typename }
    addresses { edges { node { id address city __typename } __typename } __typename }
    primaryPhone { id phone phoneType primary __typename }
    phones { edges { node { id phone __typename } __typename } __typename }
    verifiedPersonalInformation { firstName lastName givenName nationalIdentificationNumber
        municipalityOfResidence municipalityOfResidenceNumber
        permanentAddress { streetAddress postalCode postOffice __typename }
        permanentForeignAddress { streetAddress additionalAddress countryCode __typename }
        __typename } __typename })";

class AllowedFields : public graphql::Context {
  public:
    explicit AllowedFields(std::string refused) : refused_(std::move(refused)) {}
    std::optional<graphql::FieldError> permit(graphql::Visit const& visit) override {
        if (visit.field.permission != refused_) return std::nullopt;
        return graphql::FieldError{error_code::field_not_allowed, "not allowed", "", {}};
    }

  private:
    std::string refused_;
};

graphql::Response ask_my_profile(std::string const& refused) {
    static auto const person = boost::json::parse(R"({"id": "UA==", "firstName": "Aino",
        "lastName": "Virtanen", "primaryEmail": {"id": "RQ==", "email": "aino@example.org",
        "primary": true}, "verifiedPersonalInformation": {"firstName": "Aino Maria"}})");
    auto table = all_operations();
    table["Query.myProfile"] = [](graphql::Call const&) -> graphql::Resolution {
        return graphql::Resolved::borrowed(person);
    };
    graphql::Engine const engine(make_graphql_schema(table), {});
    AllowedFields context(refused);
    return engine.execute({my_profile, "MyProfile", {}}, context);
}

TEST(GraphqlSchema, AnswersTheProfilePageWithinTheUsualBounds) {
    auto const response = ask_my_profile("nothing");
    ASSERT_TRUE(response.errors.empty()) << response.body;
    auto const profile = boost::json::parse(response.body).at("data").at("myProfile");
    EXPECT_EQ(profile.at("__typename"), "ProfileNode");
    EXPECT_EQ(profile.at("primaryEmail").at("__typename"), "EmailNode");
    EXPECT_TRUE(profile.at("emails").is_null());
}

TEST(GraphqlSchema, WhatIsRefusedTakesNothingElseWithIt) {
    auto const response = ask_my_profile(data_field::name);
    auto const profile = boost::json::parse(response.body).at("data").at("myProfile");
    EXPECT_TRUE(profile.at("firstName").is_null());
    EXPECT_TRUE(profile.at("verifiedPersonalInformation").at("firstName").is_null());
    EXPECT_EQ(profile.at("primaryEmail").at("email"), "aino@example.org");
    ASSERT_EQ(response.errors.size(), 6U);
    EXPECT_EQ(response.errors[0].code, error_code::field_not_allowed);
}

}  // namespace
}  // namespace tunnus::plugin::profile
