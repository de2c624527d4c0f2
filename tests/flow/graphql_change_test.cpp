// SPDX-License-Identifier: MIT
// Mutations of the API for services: the person's own profile by whoever may change it, download,
// erasure, and what nobody may (citizen-services.md 1.5, 1.7, 1.8; city-profile-ui.md 7, 8).
#include "tests/flow/graphql.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using boost::json::object;
using boost::json::value;
using testing::HasSubstr;

constexpr std::string_view profile = "/updateMyProfile/profile";

std::string at(std::string const& pointer) {
    return std::string(profile) + pointer;
}

class GraphqlChange : public GraphqlStory {
  protected:
    GraphqlChange() {
        product.personal.insert(product.personal.end(), {"work@example.org", "new@example.org"});
    }
    value email_id() {
        return ask(own, "{ myProfile { primaryEmail { id } } }").data("/myProfile/primaryEmail/id");
    }
    Told add_email(std::string const& address, bool primary = false) {
        return update(
            {{"addEmails", {{{"email", address}, {"emailType", "WORK"}, {"primary", primary}}}}});
    }
    /// Refused with this code, and nothing saved.
    void expect_refused(object const& input, std::string const& code) {
        auto const before = versions();
        auto const told = update(input);
        EXPECT_EQ(told.codes(), code) << boost::json::serialize(input);
        EXPECT_TRUE(told.data("/updateMyProfile").is_null());
        EXPECT_EQ(versions(), before);
    }
};

TEST_F(GraphqlChange, SavesNamesLanguageAndContactMethod) {
    auto const told = update({{"firstName", "Matti"},
                              {"lastName", "Meikäläinen"},
                              {"nickname", "Masa"},
                              {"language", "SWEDISH"},
                              {"contactMethod", "SMS"}});
    EXPECT_EQ(told.codes(), "") << told.response.body;
    EXPECT_EQ(told.data(at("/lastName")), "Meikäläinen");
    EXPECT_EQ(told.data(at("/language")), "SWEDISH");
    EXPECT_EQ(told.data(at("/contactMethod")), "SMS");
    EXPECT_EQ(told.data("/updateMyProfile/clientMutationId"), "17");
    auto const later = ask(own, "{ myProfile { nickname } }");
    EXPECT_EQ(later.data("/myProfile/nickname"), "Masa");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM audit_events WHERE kind = 'profile.changed' AND "
                            "client_id = 'profile-ui' AND fields LIKE '%\"base_profile\"%'"),
              1);
}

TEST_F(GraphqlChange, AddsChangesAndRemovesEmailAddresses) {
    product.run_job("mail");
    auto const added = add_email("work@example.org");
    EXPECT_EQ(added.data(at("/emails/edges/1/node/email")), "work@example.org");
    EXPECT_EQ(added.data(at("/emails/edges/1/node/verified")), false);
    EXPECT_EQ(added.data(at("/primaryEmail/email")), email.c_str());
    product.run_job("mail");
    EXPECT_EQ(product.mailbox.mails.back().to, "work@example.org") << "to be confirmed";

    auto const id = added.data(at("/emails/edges/1/node/id"));
    auto const old_id = added.data(at("/emails/edges/0/node/id"));
    auto const changed = update({{"addEmails", boost::json::array()},
                                 {"updateEmails",
                                  {{{"id", id},
                                    {"email", "new@example.org"},
                                    {"emailType", "OTHER"},
                                    {"primary", true}}}}});
    EXPECT_EQ(changed.data(at("/primaryEmail/email")), "new@example.org");
    EXPECT_EQ(changed.data(at("/primaryEmail/emailType")), "OTHER");
    EXPECT_EQ(changed.data(at("/emails/edges/0/node/primary")), false);
    auto const removed = update({{"removeEmails", {old_id}}});
    EXPECT_EQ(removed.codes(), "");
    EXPECT_TRUE(removed.data(at("/emails/edges/1")).is_null());
}

TEST_F(GraphqlChange, AddsChangesAndRemovesPhonesAndAddresses) {
    auto const added = update(
        {{"addPhones", {{{"phone", "040 1234567"}, {"phoneType", "MOBILE"}, {"primary", true}}}},
         {"addAddresses",
          {{{"address", "Katu 1"},
            {"postalCode", "00100"},
            {"city", "Helsinki"},
            {"countryCode", "FI"},
            {"addressType", "HOME"},
            {"primary", true}}}}});
    EXPECT_EQ(added.codes(), "") << added.response.body;
    EXPECT_EQ(added.data(at("/primaryPhone/phone")), "+358401234567");
    EXPECT_EQ(added.data(at("/primaryPhone/phoneType")), "MOBILE");
    EXPECT_EQ(added.data(at("/primaryAddress/address")), "Katu 1");
    EXPECT_EQ(added.data(at("/primaryAddress/countryCode")), "FI");
    auto const changed = update(
        {{"updatePhones",
          {{{"id", added.data(at("/primaryPhone/id"))}, {"phone", "+46 70 1234567"}}}},
         {"updateAddresses", {{{"id", added.data(at("/primaryAddress/id"))}, {"city", "Espoo"}}}}});
    EXPECT_EQ(changed.data(at("/primaryPhone/phone")), "+46701234567");
    EXPECT_EQ(changed.data(at("/primaryAddress/city")), "Espoo");
    EXPECT_EQ(changed.data(at("/primaryAddress/postalCode")), "00100");
    auto const removed = update({{"removePhones", {added.data(at("/primaryPhone/id"))}},
                                 {"removeAddresses", {added.data(at("/primaryAddress/id"))}}});
    EXPECT_TRUE(removed.data(at("/primaryPhone")).is_null());
    EXPECT_TRUE(removed.data(at("/primaryAddress")).is_null());
}

TEST_F(GraphqlChange, SaysByItsCodeWhyNothingIsSaved) {
    expect_refused({{"firstName", std::string(151, 'a')}}, "VALIDATION_ERROR");
    expect_refused({{"sensitivedata", {{"ssn", "010101-123N"}}}}, "VALIDATION_ERROR");
    expect_refused({{"addEmails", {{{"email", "nobody"}, {"emailType", "WORK"}}}}},
                   "INVALID_EMAIL_FORMAT");
    expect_refused({{"removeEmails", {email_id()}}}, "PROFILE_MUST_HAVE_PRIMARY_EMAIL");
    expect_refused({{"addPhones", {{{"phone", "112"}, {"phoneType", "HOME"}}}}},
                   "VALIDATION_ERROR");
    // Right in one part, wrong in another: nothing of it.
    expect_refused({{"nickname", "Masa"}, {"removePhones", {"UGhvbmVOb2RlOjE="}}},
                   "OBJECT_DOES_NOT_EXIST_ERROR");
    expect_refused({{"shoeSize", 44}}, "GENERAL_ERROR");
}

TEST_F(GraphqlChange, ChangesNoContactOfAnother) {
    auto const other_id = product.add_user("maija@example.org", password);
    Browser other(product);
    auto page_of_other = other.get_from_elsewhere(page.authorize());
    page_of_other =
        other.submit(page_of_other, {{"email", "maija@example.org"}, {"password", password}});
    auto const token = api_token(
        product,
        std::string(
            json_of(page.redeem(page_of_other.parameter("code"))).at("access_token").as_string()));
    auto const theirs =
        ask(token, "{ myProfile { primaryEmail { id email } } }").data("/myProfile/primaryEmail");
    ASSERT_EQ(theirs.at("email"), "maija@example.org");
    for (auto const& id :
         {theirs.at("id"), value("RW1haWxOb2RlOjE="), value("?"), value("UGhvbmVOb2RlOjE=")}) {
        expect_refused({{"removeEmails", {id}}}, "OBJECT_DOES_NOT_EXIST_ERROR");
        expect_refused({{"updateEmails", {{{"id", id}, {"primary", true}}}}},
                       "OBJECT_DOES_NOT_EXIST_ERROR");
    }
    EXPECT_EQ(product.count("SELECT version FROM profile_light WHERE user_id = '" + other_id + "'"),
              1);
}

TEST_F(GraphqlChange, SavesNothingWhereAnotherWasFirst) {
    ASSERT_TRUE(product.opened_database->commit(
        sql::Write::adding("test", {{"CREATE TRIGGER first BEFORE UPDATE ON profile_light BEGIN "
                                     "SELECT RAISE(IGNORE); END",
                                     {},
                                     {}}})));
    expect_refused({{"nickname", "Masa"}}, "DATA_CONFLICT_ERROR");
}

TEST_F(GraphqlChange, LetsAServiceChangeWhatItMayReadAlone) {
    auto const token = token_of(library);
    auto const change = [&](std::string const& input) {
        return ask(token, "mutation { updateMyProfile(input: {profile: {" + input +
                              "}}) { profile { firstName } } }");
    };
    EXPECT_EQ(change(R"(firstName: "Matias", addPhones: [])").codes(), "");
    auto const before = versions();
    auto const refused =
        change(R"(firstName: "X", addPhones: [{phone: "0401234567", phoneType: HOME}])");
    EXPECT_EQ(refused.codes(), "FIELD_NOT_ALLOWED_ERROR");
    EXPECT_EQ(refused.body.at_pointer("/errors/0/extensions/field_name"), "addPhones");
    EXPECT_EQ(versions(), before);
    EXPECT_EQ(ask(token_of(kiosk),
                  "mutation { updateMyProfile(input: {profile: {nickname: \"x\"}}) "
                  "{ clientMutationId } }")
                  .codes(),
              "SERVICE_NOT_IDENTIFIED_ERROR");
}

TEST_F(GraphqlChange, MakesAProfileOnce) {
    auto const create = [&] {
        return ask(own, R"(mutation { createMyProfile(input: {profile: {nickname: "Uusi"}}) {
                            profile { nickname } } })");
    };
    EXPECT_EQ(create().codes(), "PROFILE_ALREADY_EXISTS_FOR_USER_ERROR");
    ASSERT_TRUE(product.opened_database->commit(
        sql::Write::adding("test", {{"DELETE FROM profile_light", {}, {}}})));
    EXPECT_TRUE(ask(own, "{ myProfile { id } }").data("/myProfile").is_null());
    EXPECT_EQ(update({{"nickname", "Masa"}}).codes(), "PROFILE_DOES_NOT_EXIST_ERROR");
    EXPECT_EQ(create().data("/createMyProfile/profile/nickname"), "Uusi");
    EXPECT_EQ(create().codes(), "PROFILE_ALREADY_EXISTS_FOR_USER_ERROR");
}

// ---- Download and erasure

constexpr auto download = R"({ downloadMyProfile(authorizationCode: "dummyKeycloakAuthCode") })";
constexpr auto erase =
    R"(mutation { deleteMyProfile(input: {authorizationCode: "dummyKeycloakAuthCode",
    dryRun: false}) { results { success } } })";

TEST_F(GraphqlChange, GivesThePersonTheirDataAsJson) {
    update({{"firstName", "Matti"}});
    auto const told = ask(own, download);
    EXPECT_EQ(told.codes(), "") << told.response.body;
    auto const tree = boost::json::parse(told.data("/downloadMyProfile").as_string());
    EXPECT_EQ(tree.at("key"), "DATA");
    EXPECT_EQ(tree.at_pointer("/children/0/key"), "PROFILE");
    EXPECT_EQ(tree.at_pointer("/children/0/children/0"),
              value({{"key", "FIRST_NAME"}, {"value", "Matti"}}));
    EXPECT_THAT(boost::json::serialize(tree), HasSubstr(email));
    EXPECT_EQ(product.audited("data.exported"), 1);
}

TEST_F(GraphqlChange, ErasesThePersonAndTheirTokens) {
    auto const dry = ask(own,
                         "mutation { deleteMyProfile(input: {authorizationCode: \"\", dryRun: "
                         "true}) { results { success } } }");
    EXPECT_EQ(dry.codes(), "");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
    auto const told = ask(own, erase);
    EXPECT_EQ(told.codes(), "");
    EXPECT_TRUE(told.data("/deleteMyProfile/results").as_array().empty());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_light"), 0);
    EXPECT_EQ(call_api(product, own, R"({"query":"{ myProfile { id } }"})").status, 401);
}

TEST_F(GraphqlChange, DoesNothingMoreForAPersonWhoIsGone) {
    auto const told = ask(own, R"(mutation {
        a: deleteMyProfile(input: {authorizationCode: ""}) { results { success } }
        b: createMyProfile(input: {profile: {nickname: "x"}}) { profile { nickname } } })");
    EXPECT_EQ(told.codes(), "PERMISSION_DENIED_ERROR");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_light"), 0);
}

TEST_F(GraphqlChange, NeitherFetchesNorErasesWhereServicesAreConnected) {
    token_of(library);
    EXPECT_EQ(ask(own, download).codes(), "CONNECTED_SERVICE_DATA_QUERY_FAILED_ERROR");
    auto const refused = ask(own, erase);
    EXPECT_EQ(refused.codes(), "CONNECTED_SERVICE_DELETION_NOT_ALLOWED_ERROR");
    EXPECT_EQ(refused.body.at_pointer("/errors/0/extensions/services/0"), "books");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
    auto const of_service = [&](std::string const& name) {
        return ask(own,
                   "mutation { deleteMyServiceData(input: {authorizationCode: \"\", "
                   "serviceName: \"" +
                       name + "\"}) { result { success } } }")
            .codes();
    };
    EXPECT_EQ(of_service("books"), "CONNECTED_SERVICE_DELETION_NOT_ALLOWED_ERROR");
    EXPECT_EQ(of_service("gardens"), "SERVICE_CONNECTION_DOES_NOT_EXIST_ERROR");
    EXPECT_EQ(of_service("nobody"), "SERVICE_DOES_NOT_EXIST_ERROR");
}

TEST_F(GraphqlChange, DownloadsAndErasesForTheProfileServiceAlone) {
    auto const token = token_of(library);
    for (auto const* const operation :
         {download, erase,
          R"(mutation { createMyProfileTemporaryReadAccessToken(input: {}) { clientMutationId } })",
          R"(mutation { deleteMyServiceData(input: {authorizationCode: "", serviceName: "books"}) {
                result { success } } })"})
        EXPECT_EQ(ask(token, operation).codes(), "PERMISSION_DENIED_ERROR") << operation;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
}

// ---- Tokens of a person, and what is asked about people who are not there

constexpr auto make_token = R"(mutation { createMyProfileTemporaryReadAccessToken(input: {}) {
    temporaryReadAccessToken { token expiresAt } } })";
constexpr auto read_by_token = R"(query($token: UUID!) { profileWithAccessToken(token: $token) {
    id firstName primaryEmail { email } primaryPhone { phone } } })";

TEST_F(GraphqlChange, LetsWhoHasThePersonsTokenReadWhatItsServiceMayHave) {
    update({{"firstName", "Matti"}});
    auto const made = ask(own, make_token);
    EXPECT_EQ(made.codes(), "") << made.response.body;
    auto const token =
        made.data("/createMyProfileTemporaryReadAccessToken/temporaryReadAccessToken/token");
    // Another person's call.
    product.add_user("maija@example.org", password);
    Browser other(product);
    auto theirs = other.get_from_elsewhere(library.authorize());
    theirs = other.submit(theirs, {{"email", "maija@example.org"}, {"password", password}});
    theirs = other.submit(theirs, {{"decision", "allow"}});
    auto const caller = api_token(
        product,
        std::string(
            json_of(library.redeem(theirs.parameter("code"))).at("access_token").as_string()));
    auto const told = ask(caller, read_by_token, {{"token", token}});
    EXPECT_EQ(told.data("/profileWithAccessToken/firstName"), "Matti");
    EXPECT_EQ(told.data("/profileWithAccessToken/primaryEmail/email"), email.c_str());
    EXPECT_TRUE(told.data("/profileWithAccessToken/primaryPhone").is_null());
    EXPECT_EQ(told.codes(), "FIELD_NOT_ALLOWED_ERROR");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM audit_events WHERE kind = 'data.read' AND "
                            "client_id = 'library' AND user_id = '" +
                            user_id + "'"),
              1)
        << "in the log of whose data it is";
    EXPECT_EQ(ask(token_of(kiosk), read_by_token, {{"token", token}}).codes(),
              "SERVICE_NOT_IDENTIFIED_ERROR");
}

TEST_F(GraphqlChange, APersonsTokenEndsWithItsTimeOrTheNext) {
    auto const make = [&] {
        return ask(own, make_token)
            .data("/createMyProfileTemporaryReadAccessToken/temporaryReadAccessToken/token");
    };
    auto const read = [&](value const& token) {
        return ask(own, "query($t: UUID!) { profileWithAccessToken(token: $t) { id } }",
                   {{"t", token}})
            .codes();
    };
    auto const first = make();
    auto const second = make();
    EXPECT_EQ(read(first), "OBJECT_DOES_NOT_EXIST_ERROR");
    EXPECT_EQ(read(second), "");
    EXPECT_EQ(ask(own, read_by_token, {{"token", second}}).codes(),
              "FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR FIELD_NOT_ALLOWED_ERROR")
        << "another's data, of which the page's registration names none";
    product.clock.advance(std::chrono::hours(49));
    own = token_of(page);
    EXPECT_EQ(read(second), "TOKEN_EXPIRED_ERROR");
    EXPECT_EQ(product.count(
                  "SELECT COUNT(*) FROM profile_read_tokens WHERE CAST(digest AS TEXT) LIKE '%" +
                  std::string(second.as_string()) + "%'"),
              0);
}

TEST_F(GraphqlChange, AnswersNobodyWhatIsForStaff) {
    auto const id = "aWQ=";
    auto const uuid = "5a0b5f5e-7f0c-4c53-8a3e-0b5b0d8d6c11";
    object const variables{{"id", id}, {"uuid", uuid}};
    for (auto const* const operation :
         {"query($id: ID!) { profile(id: $id) { id } }",
          R"({ profiles(firstName: "M") { count edges { node { id } } } })",
          R"(query($uuid: UUID!) {
                serviceConnectionWithUserId(userId: $uuid, serviceClientId: "library") { id } })",
          "{ services { edges { node { name } } } }",
          "mutation { createProfile(input: {profile: {}}) { profile { id } } }",
          "mutation($id: ID!) { updateProfile(input: {profile: {id: $id}}) { profile { id } } }",
          R"(mutation($uuid: UUID!) {
                createOrUpdateUserProfile(input: {userId: $uuid, profile: {}}) { profile { id } } })",
          R"(mutation($uuid: UUID!) { createOrUpdateProfileWithVerifiedPersonalInformation(
                input: {userId: $uuid, profile: {}}) { profile { id } } })"})
        EXPECT_EQ(ask(own, operation, variables).codes(), "PERMISSION_DENIED_ERROR") << operation;
    EXPECT_EQ(ask(own, "query($uuid: UUID!) { claimableProfile(token: $uuid) { id } }", variables)
                  .codes(),
              "OBJECT_DOES_NOT_EXIST_ERROR");
    EXPECT_EQ(
        ask(own,
            "mutation($uuid: UUID!) { claimProfile(input: {token: $uuid}) { profile { id } } }",
            variables)
            .codes(),
        "OBJECT_DOES_NOT_EXIST_ERROR");
}

}  // namespace
}  // namespace tunnus::flow
