// SPDX-License-Identifier: MIT
// The API for services on the wire: what is a request, what it may cost, scripts of other origins,
// and what the city's own page asks (citizen-services.md 1.1, city-profile-ui.md 7).
#include "tests/flow/graphql.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using GraphqlWire = GraphqlStory;

std::string repeated(std::string const& text, int times, std::string const& middle,
                     std::string const& end) {
    std::string all = middle;
    for (int i = 0; i < times; ++i)
        all = text + all + end;
    return all;
}

TEST_F(GraphqlWire, TakesJsonAloneAndOneRequestAtATime) {
    for (auto const* const body :
         {"", "{", "[]", "[{\"query\":\"{ myProfile { id } }\"}]", "{\"query\":1}",
          "{\"query\":\"{ myProfile { id } }\",\"query\":\"{ services { edges { cursor } } }\"}"}) {
        auto const answer = call_api(product, own, body, "https://profile-ui.example");
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_THAT(answer.body, HasSubstr(R"("code":"GENERAL_ERROR")"));
        EXPECT_EQ(answer.headers.find("Access-Control-Allow-Origin"), "https://profile-ui.example");
    }
    HttpRequest form;
    form.method = Method::POST;
    form.path = "/graphql/";
    form.headers.add("Authorization", "Bearer " + own);
    form.headers.add("Content-Type", "application/x-www-form-urlencoded");
    form.body = "query=%7BmyProfile%7Bid%7D%7D";
    EXPECT_EQ(product.answer(std::move(form)).status, 415);
}

TEST_F(GraphqlWire, AnswersWhatIsWrongWithADocumentByItsGeneralCode) {
    for (auto const* const query :
         {"{", "{ shoes }", "{ myProfile }",
          "query A { myProfile { id } } query B { myProfile { id } }",
          "query($l: Language!) { myProfile { id } }", "{ myProfile { firstName(x: 1) } }",
          "subscription { myProfile { id } }"}) {
        auto const told = ask(own, query);
        EXPECT_THAT(told.codes(), StartsWith("GENERAL_ERROR")) << query;
        EXPECT_EQ(product.audited("data.read"), 0);
    }
}

TEST_F(GraphqlWire, BoundsDepthAliasesAndCost) {
    auto const described = [&](int depth) {
        return ask(own, "{ __type(name: \"Query\") { fields { type {" +
                            repeated(" ofType {", depth, " name ", "}") + "} } } }")
            .codes();
    };
    EXPECT_EQ(described(9), "");
    EXPECT_EQ(described(20), "GENERAL_ERROR");
    std::string many;
    for (int i = 0; i < 60; ++i)
        many += " a" + std::to_string(i) + ": firstName";
    EXPECT_EQ(ask(own, "{ myProfile {" + many + " } }").codes(), "GENERAL_ERROR");
    std::string roots;
    for (int i = 0; i < 11; ++i)
        roots += " r" + std::to_string(i) + ": myProfile { id }";
    EXPECT_EQ(ask(own, "{" + roots + " }").codes(), "GENERAL_ERROR");
    auto const costly = [&](std::string const& arguments) {
        std::string connections;
        for (char const alias : {'a', 'b', 'c', 'd', 'e', 'f'})
            connections += std::string(" ") + alias + ": serviceConnections" + arguments +
                           " { edges { node { service { allowedDataFields { edges { node { id "
                           "fieldName order label } } } } } } }";
        return ask(own, "{ myProfile {" + connections + " } }").codes();
    };
    EXPECT_EQ(costly(""), "GENERAL_ERROR");
    EXPECT_EQ(costly("(first: 10)"), "") << "a page that is asked for small costs less";
    EXPECT_EQ(costly("(last: 10)"), "");
}

TEST_F(GraphqlWire, DescribesItself) {
    auto const told = ask(own,
                          "{ __schema { queryType { name } types { name kind } } __type(name: "
                          "\"ProfileNode\") { fields { name } } }");
    EXPECT_EQ(told.codes(), "");
    EXPECT_EQ(told.data("/__schema/queryType/name"), "Query");
    EXPECT_EQ(told.data("/__type/fields/0/name"), "id");
    EXPECT_EQ(product.audited("data.read"), 0);
    auto const text = get("/graphql/");
    EXPECT_EQ(text.status, 200);
    EXPECT_THAT(text.body, HasSubstr("type ProfileNode implements Node {"));
    EXPECT_EQ(get("/graphql/?query=%7BmyProfile%7Bid%7D%7D").body, text.body) << "executes nothing";
}

// threats.md O-76
TEST_F(GraphqlWire, IsOpenToScriptsOfRegisteredOriginsAlone) {
    auto const body = R"({"query":"{ myProfile { id } }"})";
    auto const answer = call_api(product, own, body, "https://profile-ui.example");
    EXPECT_EQ(answer.headers.find("Access-Control-Allow-Origin"), "https://profile-ui.example");
    EXPECT_FALSE(call_api(product, own, body, "https://evil.example")
                     .headers.find("Access-Control-Allow-Origin"));
    HttpRequest preflight;
    preflight.method = Method::OPTIONS;
    preflight.path = "/graphql/";
    preflight.headers.add("Origin", "https://profile-ui.example");
    preflight.headers.add("Access-Control-Request-Method", "POST");
    auto const allowed = product.answer(std::move(preflight));
    EXPECT_EQ(allowed.status, 204);
    EXPECT_THAT(std::string(allowed.headers.find("Access-Control-Allow-Headers").value_or("")),
                HasSubstr("Content-Type"));
}

// A session's cookie opens nothing here (threats.md W-05).
TEST_F(GraphqlWire, TakesNoCookie) {
    auto const answer = browser.post_from_elsewhere("/graphql/", {{"query", "{myProfile{id}}"}});
    EXPECT_EQ(answer.status, 401);
}

// ---- What the city's own page asks

constexpr auto page_fragments = R"(
fragment Address on AddressNode { id primary address postalCode city countryCode addressType __typename }
fragment Email on EmailNode { id primary email emailType __typename }
fragment Phone on PhoneNode { id primary phone phoneType __typename }
fragment Addresses on ProfileNode { primaryAddress { ...Address __typename }
  addresses { edges { node { ...Address __typename } __typename } __typename } __typename }
fragment Emails on ProfileNode { primaryEmail { ...Email __typename }
  emails { edges { node { ...Email __typename } __typename } __typename } __typename }
fragment Phones on ProfileNode { primaryPhone { ...Phone __typename }
  phones { edges { node { ...Phone __typename } __typename } __typename } __typename }
fragment Basic on ProfileNode { id firstName lastName nickname language ...Addresses ...Emails ...Phones __typename }
)";
constexpr auto official_fragment = R"(
fragment Official on ProfileNode { verifiedPersonalInformation { firstName lastName givenName
  nationalIdentificationNumber municipalityOfResidence municipalityOfResidenceNumber
  permanentAddress { streetAddress postalCode postOffice __typename }
  permanentForeignAddress { streetAddress additionalAddress countryCode __typename } __typename } __typename }
)";

TEST_F(GraphqlWire, AnswersTheProfilePagesQueries) {
    auto const mine =
        ask(own,
            "query MyProfile { myProfile { ...Basic availableLoginMethods { method createdAt "
            "credentialId userLabel __typename } ...Official __typename } }" +
                std::string(page_fragments) + official_fragment);
    EXPECT_EQ(mine.codes(), "PERMISSION_DENIED_ERROR") << "at a light login, and nothing else";
    EXPECT_EQ(mine.path(), "myProfile.verifiedPersonalInformation");
    EXPECT_EQ(mine.data("/myProfile/__typename"), "ProfileNode");
    EXPECT_EQ(mine.data("/myProfile/primaryEmail/__typename"), "EmailNode");
    EXPECT_EQ(mine.data("/myProfile/emails/__typename"), "EmailNodeConnection");
    EXPECT_EQ(mine.data("/myProfile/availableLoginMethods/0/__typename"), "LoginMethodNode");

    token_of(library);
    auto const services = ask(
        own,
        "query ServiceConnections($language: TranslationLanguage!) { myProfile { id "
        "serviceConnections { edges { node { createdAt service { name title(language: $language) "
        "description(language: $language) allowedDataFields { edges { node { fieldName "
        "label(language: $language) __typename } __typename } __typename } __typename } __typename "
        "} "
        "__typename } __typename } __typename } }",
        {{"language", "EN"}});
    EXPECT_EQ(services.codes(), "");
    EXPECT_EQ(services.data("/myProfile/serviceConnections/edges/0/node/service/title"), "Books");
    EXPECT_EQ(services.data("/myProfile/serviceConnections/__typename"),
              "ServiceConnectionTypeConnection");
    auto const gdpr =
        ask(own,
            "query GdprServiceConnections { myProfile { id serviceConnections { "
            "edges { node { service { name gdprQueryScope gdprDeleteScope } } } } } }");
    EXPECT_EQ(gdpr.codes(), "");

    auto const updated = ask(
        own,
        "mutation UpdateMyProfile($input: UpdateMyProfileMutationInput!) { updateMyProfile(input: "
        "$input) { profile { ...Basic __typename } __typename } }" +
            std::string(page_fragments),
        {{"input",
          {{"profile",
            {{"addPhones", {{{"phone", "0401234567"}, {"phoneType", "OTHER"}, {"primary", true}}}},
             {"updatePhones", boost::json::array()}}}}}});
    EXPECT_EQ(updated.codes(), "") << updated.response.body;
    EXPECT_EQ(updated.data("/updateMyProfile/__typename"), "UpdateMyProfileMutationPayload");
    EXPECT_EQ(updated.data("/updateMyProfile/profile/primaryPhone/phoneType"), "OTHER");

    auto const erased =
        ask(own,
            "mutation GdprDeleteMyProfile($input: DeleteMyProfileMutationInput!, $language: "
            "TranslationLanguage!) { deleteMyProfile(input: $input) { results { success errors { "
            "code } "
            "service { name title(language: $language) } } } }",
            {{"input", {{"authorizationCode", "c"}, {"dryRun", false}}}, {"language", "FI"}});
    EXPECT_EQ(erased.codes(), "CONNECTED_SERVICE_DELETION_NOT_ALLOWED_ERROR");
    auto const erased_one =
        ask(own,
            "mutation GdprDeleteMyServiceData($input: DeleteMyServiceDataMutationInput!) { "
            "deleteMyServiceData(input: $input) { result { success errors { code } } } }",
            {{"input", {{"authorizationCode", "c"}, {"serviceName", "books"}, {"dryRun", false}}}});
    EXPECT_EQ(erased_one.codes(), "CONNECTED_SERVICE_DELETION_NOT_ALLOWED_ERROR");
}

}  // namespace
}  // namespace tunnus::flow
