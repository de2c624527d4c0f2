// SPDX-License-Identifier: MIT
// Official data through the API for services: at strong levels alone, field by field, and none of a
// person who is protected (citizen-services.md 1.3, 1.6, 1.8; H23, H26, H27).
#include "tests/flow/graphql.hpp"
#include "tests/flow/strong_login.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto official =
    R"({ myProfile { firstName verifiedPersonalInformation { firstName lastName
    givenName nationalIdentificationNumber municipalityOfResidence municipalityOfResidenceNumber
    permanentAddress { streetAddress postalCode postOffice } temporaryAddress { streetAddress }
    permanentForeignAddress { streetAddress additionalAddress countryCode } } } })";

class GraphqlOfficial : public StrongLogin {
  protected:
    GraphqlOfficial() : StrongLogin(with_api(strong_configuration())) {
        product.personal.emplace_back("maija@example.org");
    }

    std::string token_after(Service const& service, Page end) {
        if (end.shows("consent-allow")) end = browser.submit(end, {{"decision", "allow"}});
        EXPECT_FALSE(end.parameter("code").empty()) << end.status << end.body;
        return api_token(
            product,
            std::string(
                json_of(service.redeem(end.parameter("code"))).at("access_token").as_string()));
    }
    /// Of the first login of a person whom the register describes so.
    std::string strong_token(Service const& service, Message message) {
        return token_after(service, make_light_account(browser, identify(browser, service, message),
                                                       "maija@example.org"));
    }
    static Message resident(bool order = false) {
        Message message;
        auto const add = [&](std::string const& oid, std::string const& text) {
            message.attributes.emplace_back("urn:oid:1.2.246.517.2002.2." + oid, text);
        };
        add("18", "091");
        add("19", "Helsinki");
        add("20", "Helsingfors");
        add("4", "Mannerheimintie 1");
        add("5", "Mannerheimvägen 1");
        add("6", "00100");
        add("7", "Helsinki");
        if (order) add("27", "1");
        return message;
    }
    Told ask(std::string const& token, std::string const& query) {
        return ask_api(product, token, query);
    }

    Service page{product, "profile-ui", "https://profile-ui.example/cb", false};
};

TEST_F(GraphqlOfficial, GivesThePersonsOwnPageWhatTheRegisterSays) {
    auto const told = ask(strong_token(page, resident()), official);
    EXPECT_EQ(told.codes(), "") << told.response.body;
    std::string const at = "/myProfile/verifiedPersonalInformation";
    EXPECT_EQ(told.data(at + "/firstName"), "Nordea Maija");
    EXPECT_EQ(told.data(at + "/givenName"), "Maija");
    EXPECT_EQ(told.data(at + "/lastName"), "Demo");
    EXPECT_EQ(told.data(at + "/nationalIdentificationNumber"), "210281-9988");
    EXPECT_EQ(told.data(at + "/municipalityOfResidence"), "Helsinki");
    EXPECT_EQ(told.data(at + "/municipalityOfResidenceNumber"), "091");
    EXPECT_EQ(told.data(at + "/permanentAddress/streetAddress"), "Mannerheimintie 1");
    EXPECT_EQ(told.data(at + "/permanentAddress/postOffice"), "Helsinki");
    EXPECT_TRUE(told.data(at + "/temporaryAddress").is_null());
    EXPECT_TRUE(told.data(at + "/permanentForeignAddress").is_null());
}

TEST_F(GraphqlOfficial, GivesAServiceThePermittedFieldsOfItAlone) {
    auto const told = ask(strong_token(library, resident()), official);
    std::string const at = "/myProfile/verifiedPersonalInformation";
    EXPECT_EQ(told.data(at + "/lastName"), "Demo");
    EXPECT_TRUE(told.data(at + "/nationalIdentificationNumber").is_null());
    EXPECT_TRUE(told.data(at + "/municipalityOfResidence").is_null());
    EXPECT_TRUE(told.data(at + "/permanentAddress").is_null());
    EXPECT_EQ(told.codes(),
              "FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR "
              "FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR");
    EXPECT_THAT(told.response.body, Not(HasSubstr("9988")));
    EXPECT_THAT(told.response.body, Not(HasSubstr("Mannerheim")));
}

TEST_F(GraphqlOfficial, ShowsNothingOfItToAServiceThatMayHaveNone) {
    Service const bulletins{product, "bulletins", "https://bulletins.example/cb", false};
    auto const token = strong_token(bulletins, resident());
    auto const query = "{ myProfile { verifiedPersonalInformation { lastName } } }";
    auto const told = ask(token, query);
    EXPECT_EQ(told.codes(), "FIELD_NOT_ALLOWED_ERROR");
    auto const own = token_after(page, browser.get_from_elsewhere(page.authorize()));
    EXPECT_EQ(ask(own, query).data("/myProfile/verifiedPersonalInformation/lastName"), "Demo");
    ASSERT_TRUE(product.opened_database->commit(
        sql::Write::adding("test", {{"DELETE FROM profile_official", {}, {}}})));
    EXPECT_EQ(ask(token, query).response.body, told.response.body) << "not even that there is none";
    auto const none = ask(own, query);
    EXPECT_EQ(none.codes(), "");
    EXPECT_TRUE(none.data("/myProfile/verifiedPersonalInformation").is_null());
}

TEST_F(GraphqlOfficial, GivesNothingOfItInALightLoginOfTheSamePerson) {
    strong_token(page, resident());
    Browser other(product);
    auto const end = sign_in_lightly(other, page, "maija@example.org");
    auto const light = token_after(page, end);
    auto const told = ask(light, official);
    EXPECT_EQ(told.codes(), "PERMISSION_DENIED_ERROR");
    EXPECT_TRUE(told.data("/myProfile/verifiedPersonalInformation").is_null());
    for (auto const* const operation :
         {R"({ downloadMyProfile(authorizationCode: "") })",
          R"(mutation { deleteMyProfile(input: {authorizationCode: ""}) { results { success } } })",
          R"(mutation { deleteMyServiceData(input: {authorizationCode: "", serviceName: "books"}) {
                result { success } } })"})
        EXPECT_EQ(ask(light, operation).codes(), "INSUFFICIENT_LOA_ERROR") << operation;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
}

TEST_F(GraphqlOfficial, TellsNoServiceWhereAProtectedPersonLives) {
    auto const own = strong_token(page, resident(true));
    auto const added = ask(own, R"(mutation { updateMyProfile(input: {profile: {addAddresses: [{
        address: "Salakatu 1", postalCode: "00100", city: "Helsinki", addressType: HOME}]}}) {
        profile { primaryAddress { address } } } })");
    EXPECT_EQ(added.data("/updateMyProfile/profile/primaryAddress/address"), "Salakatu 1")
        << "on the person's own page";
    auto const told = ask(own, official);
    EXPECT_TRUE(told.data("/myProfile/verifiedPersonalInformation/permanentAddress").is_null());
    EXPECT_EQ(told.data("/myProfile/verifiedPersonalInformation/municipalityOfResidence"), "");
    Service const parks{product, "parks", "https://parks.example/cb"};
    auto const theirs = ask(token_after(parks, browser.get_from_elsewhere(parks.authorize())),
                            "{ myProfile { primaryAddress { address } addresses { edges { node { "
                            "address } } } } }");
    EXPECT_EQ(theirs.codes(), "");
    EXPECT_TRUE(theirs.data("/myProfile/primaryAddress").is_null());
    EXPECT_TRUE(theirs.data("/myProfile/addresses/edges").as_array().empty());
}

TEST_F(GraphqlOfficial, DownloadsItAtAStrongLevel) {
    auto const told = ask(strong_token(page, resident()),
                          R"({ downloadMyProfile(authorizationCode: "dummyKeycloakAuthCode") })");
    EXPECT_EQ(told.codes(), "");
    EXPECT_THAT(told.response.body, HasSubstr("VERIFIEDPERSONALINFORMATION"));
    EXPECT_THAT(told.response.body, HasSubstr("Mannerheimintie 1"));
}

}  // namespace
}  // namespace tunnus::flow
