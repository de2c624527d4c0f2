// SPDX-License-Identifier: MIT
// The API for services: what a service gets of a person, and everything that it is refused
// (citizen-services.md 1.1 to 1.4, 1.8, 1.10; H52, H55).
#include "tests/flow/graphql.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;
using testing::Not;

class GraphqlQuery : public GraphqlStory {
  protected:
    GraphqlQuery() {
        auto const done =
            update({{"firstName", "Matti"},
                    {"addPhones", {{{"phone", "040 1234567"}, {"phoneType", "HOME"}}}}});
        EXPECT_EQ(done.codes(), "");
    }
    /// What the person's log says of the one such call of this client.
    std::string logged(char const* kind, char const* client_id) {
        auto const rows = product.database->query(
            {"SELECT fields FROM audit_events WHERE kind = ? AND client_id = ? AND user_id = ?",
             {sql::value(kind), sql::value(client_id), sql::value(user_id)},
             {}});
        return rows.value().size() == 1 ? (*rows)[0].text(0) : std::string();
    }
};

TEST_F(GraphqlQuery, GivesAServiceWhatThePersonPermits) {
    auto const token = token_of(library);
    auto const told = ask(token,
                          "{ myProfile { id firstName language primaryEmail { email verified "
                          "emailType primary } emails { edges { node { email } } } } }");
    EXPECT_EQ(told.codes(), "") << told.response.body;
    EXPECT_EQ(told.data("/myProfile/firstName"), "Matti");
    EXPECT_EQ(told.data("/myProfile/language"), "FINNISH");
    EXPECT_EQ(told.data("/myProfile/primaryEmail/email"), email.c_str());
    EXPECT_EQ(told.data("/myProfile/primaryEmail/verified"), true);
    EXPECT_EQ(told.data("/myProfile/emails/edges/0/node/email"), email.c_str());
    EXPECT_EQ(told.response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(logged("data.read", "library"),
              R"({"parts":["base_profile","email"],"service":"books"})");
    EXPECT_EQ(product.audited("data.refused"), 0);
}

TEST_F(GraphqlQuery, RefusesWhatThePersonWasNotAskedForAndGivesTheRest) {
    auto const told =
        ask(token_of(library),
            "{ myProfile { firstName phones { edges { node { phone } } } "
            "primaryPhone { phone } primaryAddress { city } sensitivedata { ssn } } }");
    EXPECT_EQ(told.data("/myProfile/firstName"), "Matti");
    EXPECT_TRUE(told.data("/myProfile/phones").is_null());
    EXPECT_TRUE(told.data("/myProfile/primaryPhone").is_null());
    EXPECT_EQ(told.codes(),
              "FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR "
              "FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR");
    EXPECT_EQ(told.path(0), "myProfile.phones");
    EXPECT_EQ(told.body.at_pointer("/errors/0/extensions/field_name"), "phones");
    EXPECT_THAT(told.response.body, Not(HasSubstr("401234567")));
    EXPECT_EQ(
        logged("data.refused", "library"),
        R"({"parts":["address","phone","sensitive_data"],"codes":["FIELD_NOT_ALLOWED_ERROR"],"service":"books"})");
}

TEST_F(GraphqlQuery, ARefusalDoesNotTellWhetherThereIsSomething) {
    auto const token = token_of(library);
    auto const query = "{ myProfile { primaryPhone { phone } primaryAddress { city } } }";
    auto const with_phone = ask(token, query).response.body;
    auto const node = ask(own, "{ myProfile { primaryPhone { id } } }");
    auto const removed = update({{"removePhones", {node.data("/myProfile/primaryPhone/id")}}});
    ASSERT_EQ(removed.codes(), "");
    EXPECT_EQ(ask(token, query).response.body, with_phone);
}

TEST_F(GraphqlQuery, NoAliasOrFragmentGoesRoundThePermission) {
    auto const token = token_of(library);
    for (auto const* const query :
         {"{ me: myProfile { firstName: primaryPhone { phone } } }",
          "{ myProfile { ...P } } fragment P on ProfileNode { email: phones { edges { node { phone "
          "} } } }",
          "{ myProfile { ... on Node { ... on ProfileNode { primaryPhone { phone } } } } }",
          "query($yes: Boolean = true) { myProfile { primaryPhone @include(if: $yes) { phone } } }",
          "mutation { updateMyProfile(input: {profile: {nickname: \"M\"}}) { profile { x: "
          "primaryPhone { phone } } } }"}) {
        auto const told = ask(token, query);
        EXPECT_EQ(told.codes(), "FIELD_NOT_ALLOWED_ERROR") << query;
        EXPECT_THAT(told.response.body, Not(HasSubstr("401234567"))) << query;
    }
}

TEST_F(GraphqlQuery, KnowsTheServiceByTheTokenAlone) {
    auto const token = token_of(parks);
    auto const told = ask(token,
                          "{ myProfile { primaryPhone { phone } firstName "
                          "serviceConnections { edges { node { service { name } } } } } }");
    EXPECT_EQ(told.data("/myProfile/primaryPhone/phone"), "+358401234567");
    EXPECT_TRUE(told.data("/myProfile/firstName").is_null());
    EXPECT_EQ(told.codes(), "FIELD_NOT_ALLOWED_ERROR");
    auto const input = R"(input: {serviceConnection: {service: {type: BERTH}}})";
    auto const added = ask(token, "mutation { addServiceConnection(" + std::string(input) +
                                      ") { serviceConnection { id } } }");
    EXPECT_EQ(added.codes(), "SERVICE_CONNECTION_ALREADY_EXISTS_ERROR");
    EXPECT_EQ(ask(own, "mutation { addServiceConnection(" + std::string(input) +
                           ") { serviceConnection { id } } }")
                  .codes(),
              "PERMISSION_DENIED_ERROR");
}

TEST_F(GraphqlQuery, RefusesAClientOfNoService) {
    auto const told = ask(token_of(kiosk), "{ myProfile { id } }");
    EXPECT_EQ(told.codes(), "SERVICE_NOT_IDENTIFIED_ERROR");
    EXPECT_TRUE(told.data("/myProfile").is_null());
    EXPECT_THAT(logged("data.refused", "kiosk"), HasSubstr("SERVICE_NOT_IDENTIFIED_ERROR"));
}

TEST_F(GraphqlQuery, TakesNoTokenForAnotherAudience) {
    auto const code = code_of_a_login(library);
    auto const login = std::string(json_of(library.redeem(code)).at("access_token").as_string());
    for (auto const& token : {login, std::string("nonsense"), std::string()}) {
        auto const answer = call_api(product, token, R"({"query":"{ myProfile { id } }"})",
                                     "https://library.example");
        EXPECT_EQ(answer.status, 401);
        EXPECT_THAT(answer.body, HasSubstr(R"("code":"JWT_AUTHENTICATION_ERROR")"));
        EXPECT_EQ(answer.headers.find("Access-Control-Allow-Origin"), "https://library.example");
    }
    EXPECT_EQ(ask(api_token(product, login), "{ myProfile { firstName } }").codes(), "");
}

TEST_F(GraphqlQuery, EndsWithThePermissionAlsoForTokensAlreadyOut) {
    auto const token = token_of(library);
    auto const body = R"({"query":"{ myProfile { firstName } }"})";
    ASSERT_EQ(call_api(product, token, body).status, 200);
    browser.submit(browser.get("/profile/services"), {{"withdraw", "books"}});
    EXPECT_EQ(call_api(product, token, body).status, 401);
    EXPECT_EQ(call_api(product, own, body).status, 200) << "another's is not touched";
}

TEST_F(GraphqlQuery, EndsWithTheAccount) {
    auto const token = token_of(library);
    product.disable_user(user_id);
    EXPECT_EQ(call_api(product, token, R"({"query":"{ myProfile { id } }"})").status, 401);
}

TEST_F(GraphqlQuery, GivesOfficialDataAtStrongLevelsAlone) {
    auto const query =
        "{ myProfile { id verifiedPersonalInformation { firstName "
        "nationalIdentificationNumber } } }";
    auto const told = ask(own, query);
    EXPECT_EQ(told.codes(), "PERMISSION_DENIED_ERROR");
    EXPECT_EQ(told.path(), "myProfile.verifiedPersonalInformation");
    EXPECT_TRUE(told.data("/myProfile/id").is_string());
    EXPECT_TRUE(told.data("/myProfile/verifiedPersonalInformation").is_null());
    EXPECT_EQ(logged("data.refused", "profile-ui"),
              R"({"parts":["verified_personal_information"],"codes":["PERMISSION_DENIED_ERROR"],)"
              R"("service":"profile"})");
}

TEST_F(GraphqlQuery, ShowsWhichServicesAreUsedToThePersonsOwnPageAlone) {
    auto const token = token_of(library);
    token_of(parks);
    auto const query =
        "query($language: TranslationLanguage!) { myProfile { id serviceConnections "
        "{ edges { node { createdAt enabled service { name "
        "title(language: $language) description(language: $language) gdprQueryScope "
        "requiresServiceConnection allowedDataFields { edges { node { fieldName "
        "label(language: $language) order } } } } } } } } }";
    auto const all = ask(own, query, {{"language", "SV"}});
    EXPECT_EQ(all.codes(), "") << all.response.body;
    std::string const first = "/myProfile/serviceConnections/edges/0/node";
    EXPECT_EQ(all.data(first + "/service/name"), "books");
    EXPECT_EQ(all.data(first + "/service/title"), "Böcker");
    EXPECT_EQ(all.data(first + "/service/description"), "Lainat")
        << "in Finnish where there is no other";
    EXPECT_EQ(all.data(first + "/service/allowedDataFields/edges/0/node/label"), "E-postadress");
    EXPECT_EQ(all.data("/myProfile/serviceConnections/edges/1/node/service/name"), "gardens");
    auto const seen = ask(token, query, {{"language", "FI"}});
    EXPECT_EQ(seen.data(first + "/service/name"), "books");
    EXPECT_TRUE(seen.data("/myProfile/serviceConnections/edges/1").is_null());
}

TEST_F(GraphqlQuery, KnowsThePersonByAnotherIdInEachService) {
    auto const id = [&](std::string const& token) {
        return ask(token, "{ myProfile { id } }").data("/myProfile/id");
    };
    auto const of_library = token_of(library);
    EXPECT_EQ(id(of_library), id(of_library));
    EXPECT_NE(id(of_library), id(token_of(parks)));
}

TEST_F(GraphqlQuery, TellsHowThePersonCanSignIn) {
    auto const told = ask(own,
                          "{ myProfile { loginMethods availableLoginMethods { method createdAt "
                          "credentialId userLabel } } }");
    EXPECT_EQ(told.data("/myProfile/availableLoginMethods/0/method"), "PASSWORD");
    EXPECT_TRUE(told.data("/myProfile/availableLoginMethods/0/createdAt").is_string());
    EXPECT_EQ(told.data("/myProfile/loginMethods/0"), "PASSWORD");
}

TEST_F(GraphqlQuery, GivesPages) {
    product.personal.insert(product.personal.end(), {"b@example.org", "c@example.org"});
    update({{"addEmails",
             {{{"email", "b@example.org"}, {"emailType", "WORK"}},
              {{"email", "c@example.org"}, {"emailType", "OTHER"}}}}});
    auto const told = ask(own,
                          "{ myProfile { emails(first: 1, offset: 1) { pageInfo { hasNextPage "
                          "hasPreviousPage endCursor } edges { node { email } } } "
                          "last: emails(last: 1) { edges { cursor node { email } } } } }");
    EXPECT_EQ(told.data("/myProfile/emails/edges/0/node/email"), "b@example.org");
    EXPECT_TRUE(told.data("/myProfile/emails/edges/1").is_null());
    EXPECT_EQ(told.data("/myProfile/emails/pageInfo/hasNextPage"), true);
    EXPECT_EQ(told.data("/myProfile/emails/pageInfo/hasPreviousPage"), true);
    EXPECT_EQ(told.data("/myProfile/last/edges/0/node/email"), "c@example.org");
    auto const after = ask(own,
                           "query($after: String) { myProfile { emails(after: $after) { edges { "
                           "node { email } } } } }",
                           {{"after", told.data("/myProfile/emails/pageInfo/endCursor")}});
    EXPECT_EQ(after.data("/myProfile/emails/edges/0/node/email"), "c@example.org");
    EXPECT_EQ(ask(own, "{ myProfile { emails(first: -1) { edges { cursor } } } }").codes(),
              "VALIDATION_ERROR");
}

TEST_F(GraphqlQuery, ReadsTheTokenAndTheRecordsOnceEach) {
    ask(own,
        "{ myProfile { firstName emails { edges { node { email } } } } again: myProfile { "
        "lastName } }");
    EXPECT_LE(product.history.back().reads, 2);
    EXPECT_EQ(product.history.back().writes, 1) << "the person's log";
}

}  // namespace
}  // namespace tunnus::flow
