// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"
#include "plugins/api/entry.hpp"
#include "tests/fakes/host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

extern "C" TunnusPluginV1 const* tunnus_plugin_v1_profile();

namespace tunnus::plugin {
namespace {

using boost::json::object;

constexpr auto substantial = "http://ftn.ficora.fi/2017/loa2";

class ProfileTest : public ::testing::Test {
  protected:
    ProfileTest() {
        host_.config = {
            {"official_from", {"suomifi"}},
            {"api_audience", "profile-api"},
            {"loa", {{substantial, "substantial"}, {"http://ftn.ficora.fi/2017/loa3", "high"}}},
            {"trust_frameworks", {{substantial, "fi_ftn"}, {"unheard_of", "eidas"}}}};
        plugin_ = host_.create(*tunnus_plugin_v1_profile());
    }
    void signs_in(std::string_view method, object attributes, std::string_view user = "user-1",
                  bool created = false, std::string acr = {}) {
        Identity identity;
        identity.acr = std::move(acr);
        if (identity.acr.empty()) identity.acr = method == "suomifi" ? substantial : "light";
        identity.attributes = std::move(attributes);
        auto writes = plugin_->account_listener()->signed_in(
            {std::string(user), created, {}, {{std::string(method), std::move(identity)}}});
        ASSERT_TRUE(writes);
        for (auto const& event : writes->audit)
            ASSERT_TRUE(host_.audit().record(event));
        ASSERT_TRUE(host_.database().commit(
            std::make_unique<sql::Write>("signed_in", std::move(writes->steps))));
    }
    static object register_data() {
        return {{"national_identification_number", "010594Y9021"},
                {"given_name", "Liisa"},
                {"first_names", "Liisa Maria"},
                {"family_name", "Lahtinen"},
                {"email", "register@example.org"},
                {"permanent_street_address_fi", "Kotikatu 1"},
                {"permanent_street_address_sv", "Hemgatan 1"},
                {"permanent_postal_code", "00100"},
                {"permanent_post_office_fi", "HELSINKI"},
                {"home_municipality_number", "091"},
                {"home_municipality_name_fi", "Helsinki"},
                {"population_register_checked", true}};
    }
    object claims(std::vector<std::string> scopes, std::string acr,
                  std::vector<std::string> names = {}, std::string locale = "fi",
                  Destination destination = Destination::userinfo) {
        return plugin_->claims_source()
            ->claims({.user_id = "user-1",
                      .client_id = "c",
                      .acr = std::move(acr),
                      .scopes = std::move(scopes),
                      .claim_names = std::move(names),
                      .destination = destination,
                      .locale = std::move(locale)})
            .value();
    }
    /// What is vouched for, whole; empty when nothing is.
    object attested(std::string acr, Destination destination = Destination::userinfo) {
        auto const found = plugin_->claims_source()
                               ->claims({.user_id = "user-1",
                                         .client_id = "c",
                                         .acr = std::move(acr),
                                         .scopes = {},
                                         .claim_names = {},
                                         .destination = destination,
                                         .locale = "fi",
                                         .verified_names = {"given_name"}})
                               .value();
        auto const* list = found.if_contains("verified_claims");
        return list && !list->as_array().empty() ? list->as_array().front().as_object() : object();
    }
    /// What `tunnus users add --claims` brings, with an e-mail address.
    static object given_claims() {
        return {{"email", "liisa@example.org"},
                {"email_verified", true},
                {"given_name", "Lissu"},
                {"family_name", "Laakso"},
                {"name", "Lissu Laakso"},
                {"middle_name", "M"},
                {"nickname", "Lissu"},
                {"preferred_username", "lissu"},
                {"profile", "https://example.org/lissu"},
                {"picture", "https://example.org/lissu.png"},
                {"website", "https://example.org/"},
                {"gender", "female"},
                {"birthdate", "1990-01-02"},
                {"zoneinfo", "Europe/Helsinki"},
                {"locale", "fi-FI"},
                {"phone_number", "+358401234567"},
                {"phone_number_verified", true},
                {"address", {{"street_address", "Omatie 3"}, {"country", "FI"}}},
                {"updated_at", 1'700'000'000}};
    }
    void is_created_with(object claims) { signs_in("password", std::move(claims), "user-1", true); }
    std::int64_t now_s() const { return to_unix_s(host_.manual_clock.now()); }

    fakes::FakeHost host_{"profile"};
    Plugin* plugin_ = nullptr;
};

TEST_F(ProfileTest, ALevelThatIsNotStrongNeverTouchesTheOfficialLayer) {
    object const app{{"family_name", "Nguyen"}, {"given_name", "Thi Mai"}};
    constexpr auto level = "urn:oid:1.2.246.517.3002.110.7";
    signs_in("suomifi", register_data());
    signs_in("suomifi", app, "user-1", false, level);
    EXPECT_EQ(claims({"profile"}, substantial).at("family_name"), "Lahtinen");
    EXPECT_EQ(claims({"profile"}, level).at("family_name"), "Lahtinen") << "as first seeded";
    signs_in("suomifi", app, "user-2", true, level);
    EXPECT_EQ(plugin_->account_listener()->export_data("user-2").value(),
              (object{{"light", {{"first_name", "Thi Mai"}, {"last_name", "Nguyen"}}}}));
}

TEST_F(ProfileTest, GivesOfficialDataByScopeAtAStrongLevel) {
    signs_in("suomifi", register_data());
    EXPECT_EQ(claims({"profile"}, substantial), (object{{"name", "Liisa Lahtinen"},
                                                        {"given_name", "Liisa"},
                                                        {"family_name", "Lahtinen"},
                                                        {"birthdate", "1994-05-01"},
                                                        {"updated_at", now_s()}}));
    EXPECT_EQ(claims({"national_id"}, substantial), (object{{"national_id_num", "010594Y9021"}}));
    EXPECT_EQ(claims({"municipality"}, substantial).at("municipality"),
              (object{{"code", "091"}, {"name", "Helsinki"}}));
    EXPECT_EQ(claims({"address"}, substantial, {}, "sv").at("address"),
              (object{{"street_address", "Hemgatan 1"},
                      {"postal_code", "00100"},
                      {"locality", "HELSINKI"},
                      {"country", "FI"},
                      {"formatted", "Hemgatan 1\n00100 HELSINKI"}}));
    EXPECT_EQ(claims({"loa"}, substantial), (object{{"loa", "substantial"}}));
    EXPECT_EQ(claims({"openid"}, substantial), object());
}

// threats.md I11
TEST_F(ProfileTest, GivesNoOfficialDataInALightLogin) {
    signs_in("suomifi", register_data());
    EXPECT_EQ(claims({"address", "municipality", "national_id"}, "light"), object());
    EXPECT_EQ(claims({}, "light", {"national_id_num", "address", "birthdate"}), object());
    EXPECT_EQ(claims({"profile"}, "light"), (object{{"name", "Liisa Lahtinen"},
                                                    {"given_name", "Liisa"},
                                                    {"family_name", "Lahtinen"},
                                                    {"updated_at", now_s()}}))
        << "the light names, which the strong login seeded";
    EXPECT_EQ(claims({"loa"}, "light"), (object{{"loa", "low"}}));
    EXPECT_EQ(claims({"loa"}, ""), (object{{"loa", "low"}}));
}

// threats.md I5: an ID token passes through the browser and is kept by services for longer than any
// access token.
TEST_F(ProfileTest, PutsNeitherIdentityCodeNorOfficialAddressIntoAToken) {
    signs_in("suomifi", register_data());
    auto const all = [&](Destination destination) {
        return claims({"profile", "address", "national_id"}, substantial,
                      {"national_id_num", "address"}, "fi", destination);
    };
    ASSERT_TRUE(all(Destination::userinfo).contains("national_id_num"));
    ASSERT_TRUE(all(Destination::userinfo).contains("address"));
    for (auto const token : {Destination::id_token, Destination::access_token}) {
        EXPECT_FALSE(all(token).contains("national_id_num"));
        EXPECT_FALSE(all(token).contains("address"));
        EXPECT_EQ(all(token).at("name").as_string(), "Liisa Lahtinen");
    }
}

// ---- OpenID Connect for Identity Assurance

TEST_F(ProfileTest, VouchesForWhatTheRegisterSaidAtThatLogin) {
    signs_in("suomifi", register_data());
    auto const verified = attested(substantial);
    EXPECT_EQ(
        verified.at("verification"),
        (object{
            {"trust_framework", "fi_ftn"},
            {"assurance_level", "substantial"},
            {"time", rfc3339(host_.clock().now())},
            {"evidence",
             {object{{"type", "electronic_record"},
                     {"record",
                      {{"type", "population_register"},
                       {"source",
                        {{"name", "Digi- ja väestötietovirasto"}, {"country_code", "FI"}}}}}}}}}));
    EXPECT_EQ(verified.at("claims").at("given_name"), "Liisa");
    EXPECT_EQ(verified.at("claims").at("national_id_num"), "010594Y9021");
    EXPECT_EQ(verified.at("claims").at("address").at("locality"), "HELSINKI");
    auto const high = attested("http://ftn.ficora.fi/2017/loa3");
    EXPECT_EQ(high.at("verification").at("assurance_level"), "substantial")
        << "the level of the login that brought them, not of this one";
    auto const offer = plugin_->claims_source()->verified_claims_offer();
    EXPECT_EQ(offer.trust_frameworks, (std::vector<std::string>{"fi_ftn"}));
    for (auto const& claim : verified.at("claims").as_object())
        EXPECT_TRUE(std::ranges::count(offer.claims, std::string_view(claim.key()))) << claim.key();
}

TEST_F(ProfileTest, VouchesForNothingThatThePersonSaid) {
    is_created_with(given_claims());
    EXPECT_TRUE(attested(substantial).empty()) << "nothing official";
    auto sparse = register_data();
    for (auto const* name : {"permanent_street_address_fi", "permanent_street_address_sv",
                             "permanent_postal_code", "permanent_post_office_fi", "given_name"})
        sparse.erase(name);
    sparse.erase("first_names");
    signs_in("suomifi", sparse);
    auto const verified = attested(substantial).at("claims").as_object();
    EXPECT_FALSE(verified.contains("address")) << "the person's own";
    EXPECT_FALSE(verified.contains("given_name"));
    EXPECT_EQ(verified.at("family_name"), "Lahtinen");
    EXPECT_FALSE(verified.contains("middle_name"));
}

// threats.md I11, I5
TEST_F(ProfileTest, VouchesForNothingInALightLoginAndForLessInAToken) {
    signs_in("suomifi", register_data());
    ASSERT_FALSE(attested(substantial).empty());
    EXPECT_TRUE(attested("light").empty());
    auto const token = attested(substantial, Destination::id_token).at("claims").as_object();
    EXPECT_EQ(token.at("given_name"), "Liisa");
    EXPECT_FALSE(token.contains("national_id_num"));
    EXPECT_FALSE(token.contains("address"));
}

TEST_F(ProfileTest, ShowsNoRegisterAsEvidenceThatWasNotAsked) {
    auto unasked = register_data();
    unasked.erase("population_register_checked");
    signs_in("suomifi", unasked);
    EXPECT_FALSE(attested(substantial).at("verification").as_object().contains("evidence"));
}

TEST_F(ProfileTest, VouchesForNothingByALevelWithoutATrustFramework) {
    signs_in("suomifi", register_data(), "user-1", false, "http://ftn.ficora.fi/2017/loa3");
    EXPECT_EQ(claims({"profile"}, substantial).at("family_name"), "Lahtinen");
    EXPECT_TRUE(attested(substantial).empty());
}

TEST_F(ProfileTest, GivesASingleClaimByItsName) {
    signs_in("suomifi", register_data());
    EXPECT_EQ(claims({"openid"}, substantial, {"given_name"}), (object{{"given_name", "Liisa"}}));
}

// threats.md I3
TEST_F(ProfileTest, LeavesAnEditThatWasMadeWhileThePersonSignedIn) {
    signs_in("password", {{"email", "liisa@example.org"}, {"email_verified", true}});
    Identity identity;
    identity.acr = "light";
    identity.attributes = {{"email", "uusi@example.org"}, {"email_verified", true}};
    auto const login = plugin_->account_listener();
    auto writes = login->signed_in({"user-1", false, {}, {{"password", identity}}}).value();
    signs_in("suomifi", register_data());  // names come meanwhile
    ASSERT_TRUE(host_.database().commit(
        std::make_unique<sql::Write>("signed_in", std::move(writes.steps))));
    EXPECT_EQ(claims({"profile"}, "light").at("given_name"), "Liisa");
    signs_in("password", {{"email", "uusi@example.org"}, {"email_verified", true}});
    EXPECT_EQ(claims({"email"}, "light").at("email"), "uusi@example.org") << "by the next login";
}

TEST_F(ProfileTest, GivesTheVerifiedAddressOfTheSignInAndNeverTheRegisters) {
    signs_in("suomifi", register_data());
    EXPECT_EQ(claims({"email"}, substantial), object());
    signs_in("password", {{"email", "liisa@example.org"}, {"email_verified", true}});
    EXPECT_EQ(claims({"email"}, "light"),
              (object{{"email", "liisa@example.org"}, {"email_verified", true}}));
    signs_in("password", {{"email", "uusi@example.org"}, {"email_verified", true}});
    EXPECT_EQ(claims({"email"}, "light").at("email").as_string(), "uusi@example.org");
    signs_in("password", {{"email", "unproven@example.org"}, {"email_verified", false}});
    EXPECT_EQ(claims({"email"}, "light").at("email").as_string(), "uusi@example.org");
}

// ---- What an account is created with

// OpenID Connect Core §5.1, §5.4
TEST_F(ProfileTest, GivesTheClaimsThatAnAccountWasCreatedWithByTheStandardScopes) {
    is_created_with(given_claims());
    EXPECT_EQ(claims({"profile", "email", "phone", "address"}, "light"), given_claims());
    EXPECT_EQ(claims({"phone"}, "light"),
              (object{{"phone_number", "+358401234567"}, {"phone_number_verified", true}}));
    EXPECT_EQ(claims({"address"}, "light").at("address"), given_claims().at("address"));
    EXPECT_EQ(claims({"openid"}, "light", {"nickname"}), (object{{"nickname", "Lissu"}}));
    auto const scopes = plugin_->scope_source()->scopes();
    EXPECT_TRUE(std::ranges::any_of(scopes, [](Scope const& s) { return s.name == "phone"; }));
}

TEST_F(ProfileTest, LetsOfficialDataWinOverThemAtAStrongLevelAlone) {
    is_created_with(given_claims());
    signs_in("suomifi", register_data());
    auto const strong = claims({"profile", "address"}, substantial);
    EXPECT_EQ(strong.at("name").as_string(), "Liisa Lahtinen");
    EXPECT_EQ(strong.at("given_name").as_string(), "Liisa");
    EXPECT_FALSE(strong.contains("middle_name")) << "no mixture of two names";
    EXPECT_EQ(strong.at("birthdate").as_string(), "1994-05-01");
    EXPECT_EQ(strong.at("nickname").as_string(), "Lissu");
    EXPECT_EQ(strong.at("address").at("street_address").as_string(), "Kotikatu 1");
    EXPECT_EQ(strong.at("updated_at").as_int64(), now_s());
    auto const light = claims({"profile", "address"}, "light");
    EXPECT_EQ(light.at("name").as_string(), "Lissu Laakso");
    EXPECT_EQ(light.at("birthdate").as_string(), "1990-01-02");
    EXPECT_EQ(light.at("address").at("street_address").as_string(), "Omatie 3");
}

// threats.md M-10
TEST_F(ProfileTest, GivesNoOwnAddressOfAPersonUnderANonDisclosureOrder) {
    is_created_with(given_claims());
    auto ordered = register_data();
    ordered["non_disclosure_order"] = true;
    signs_in("suomifi", ordered);
    EXPECT_EQ(claims({"address"}, substantial), object());
    EXPECT_EQ(claims({"address"}, "light"), object());
}

// threats.md I5
TEST_F(ProfileTest, TakesNoOfficialDataAndNoMalformedOnesFromWhatAnAccountIsCreatedWith) {
    auto given = register_data();
    given["national_id_num"] = "010594Y9021";
    given["municipality"] = {{"code", "091"}};
    given["loa"] = "high";
    given["sub"] = "somebody";
    given["nickname"] = 5;
    given["phone_number_verified"] = true;
    given["address"] = {{"street_address", 5}, {"note", "x"}};
    given["updated_at"] = "yesterday";
    given.erase("email");
    is_created_with(given);
    auto const names = plugin_->claims_source()->claims_supported();
    auto const all =
        claims({"national_id", "municipality", "address", "phone"}, substantial, names);
    EXPECT_EQ(all, (object{{"given_name", "Liisa"},
                           {"family_name", "Lahtinen"},
                           {"name", "Liisa Lahtinen"},
                           {"updated_at", now_s()},
                           {"loa", "substantial"}}));
}

TEST_F(ProfileTest, TakesThemOnceAndStatesANewTimeWhenOtherDataCome) {
    is_created_with(given_claims());
    signs_in("password", {{"nickname", "Toinen"}, {"updated_at", 1}});
    EXPECT_EQ(claims({"profile"}, "light").at("nickname").as_string(), "Lissu");
    EXPECT_EQ(claims({"profile"}, "light").at("updated_at").as_int64(), 1'700'000'000);
    signs_in("password", {{"email", "uusi@example.org"}, {"email_verified", true}});
    EXPECT_EQ(claims({"profile"}, "light").at("updated_at").as_int64(), now_s());
}

TEST_F(ProfileTest, ReplacesOfficialDataWholeAndClearsWhatIsAbsent) {
    signs_in("suomifi", register_data());
    auto moved = register_data();
    moved.erase("permanent_street_address_sv");
    moved.erase("home_municipality_number");
    moved.erase("home_municipality_name_fi");
    moved["permanent_street_address_fi"] = "Uusikatu 2";
    signs_in("suomifi", moved);
    EXPECT_EQ(
        claims({"address"}, substantial, {}, "sv").at("address").at("street_address").as_string(),
        "Uusikatu 2");
    EXPECT_EQ(claims({"municipality"}, substantial), object());
}

// threats.md M-10
TEST_F(ProfileTest, StoresNoAddressUnderANonDisclosureOrder) {
    signs_in("suomifi", register_data());
    ASSERT_NE(claims({"address"}, substantial), object());
    auto const stored = [&] {
        return boost::json::serialize(plugin_->account_listener()->export_data("user-1").value());
    };
    auto ordered = register_data();
    ordered["non_disclosure_order"] = true;
    signs_in("suomifi", ordered);
    EXPECT_EQ(claims({"address", "municipality"}, substantial), object());
    EXPECT_EQ(stored().find("Kotikatu"), std::string::npos);
    EXPECT_EQ(stored().find("091"), std::string::npos);
    auto unchecked = register_data();
    unchecked["population_register_checked"] = false;
    signs_in("suomifi", unchecked);
    EXPECT_EQ(claims({"address", "municipality"}, substantial), object()) << "it must be assumed";
}

// citizen-services.md H22, H27
TEST_F(ProfileTest, KeepsOfTheRegistersDataTheBasicOnesAlone) {
    auto data = register_data();
    data["temporary_street_address_fi"] = "Mökkitie 3";
    auto const kept = [&] {
        return plugin_->account_listener()
            ->export_data("user-1")
            .value()
            .at("official")
            .as_object();
    };
    signs_in("suomifi", data);
    auto basic = data;
    basic.erase("email");
    basic["proven_acr"] = substantial;
    EXPECT_EQ(kept(), basic);
    data["electronic_identification_number"] = "12345678N";
    data["finnish_citizen"] = true;
    data["common_name"] = "Lahtinen Liisa Maria";
    data["display_name"] = "Liisa Lahtinen";
    data["something_new"] = "x";
    signs_in("suomifi", data);
    EXPECT_EQ(kept(), basic);
}

TEST_F(ProfileTest, LeavesNamesThatThePersonHasAsTheyAre) {
    signs_in("password", {{"given_name", "Lissu"}, {"family_name", "L"}});
    signs_in("suomifi", register_data());
    EXPECT_EQ(claims({"profile"}, "light").at("given_name").as_string(), "Lissu");
    EXPECT_EQ(claims({"profile"}, substantial).at("given_name").as_string(), "Liisa");
}

TEST_F(ProfileTest, NamesAPersonOfAnEidasLoginByThatLogin) {
    signs_in("suomifi", {{"eidas_identifier", "SE/FI/1"},
                         {"first_names", "Astrid"},
                         {"eidas_family_name", "Berg"},
                         {"date_of_birth", "1980-02-03"}});
    auto const profile = claims({"profile"}, substantial);
    EXPECT_EQ(profile.at("name").as_string(), "Astrid Berg");
    EXPECT_EQ(profile.at("birthdate").as_string(), "1980-02-03");
    EXPECT_EQ(claims({"national_id"}, substantial), object());
}

TEST_F(ProfileTest, TakesOfficialDataFromTheConfiguredMethodsAlone) {
    signs_in("password", register_data());
    EXPECT_EQ(claims({"national_id", "address"}, substantial), object());
}

TEST_F(ProfileTest, StatesUpdatedAtAsANumberOfSeconds) {
    signs_in("suomifi", register_data());
    auto const first = now_s();
    host_.manual_clock.advance(seconds(100));
    signs_in("suomifi", register_data());
    EXPECT_EQ(claims({"profile"}, "light").at("updated_at").as_int64(), first);
    EXPECT_EQ(claims({"profile"}, substantial).at("updated_at").as_int64(), first + 100);
}

// threats.md I5
TEST_F(ProfileTest, KeepsNothingReadable) {
    signs_in("suomifi", register_data());
    auto const row = host_.database()
                         .find({"SELECT o.sealed, l.sealed FROM profile_official o "
                                "JOIN profile_light l ON l.user_id = o.user_id",
                                {},
                                {}})
                         .value();
    for (std::size_t column : {0u, 1u}) {
        EXPECT_EQ(row->bytes(column).find("Liisa"), std::string::npos);
        EXPECT_EQ(row->bytes(column).find("010594Y9021"), std::string::npos);
    }
    for (auto const& event : host_.recording_audit.events())
        EXPECT_EQ(boost::json::serialize(event.fields).find("Liisa"), std::string::npos);
}

TEST_F(ProfileTest, KnowsNothingOfAStranger) {
    signs_in("suomifi", register_data(), "user-2");
    EXPECT_EQ(claims({"profile", "email", "address", "national_id"}, substantial), object());
}

TEST_F(ProfileTest, IsExportedAndErased) {
    signs_in("suomifi", register_data());
    auto* const listener = plugin_->account_listener();
    auto const data = listener->export_data("user-1").value();
    EXPECT_EQ(data.at("official").at("given_name").as_string(), "Liisa");
    EXPECT_EQ(data.at("light").at("first_name").as_string(), "Liisa");
    ASSERT_TRUE(listener->erase("user-1"));
    EXPECT_EQ(listener->export_data("user-1").value(), object());
}

}  // namespace
}  // namespace tunnus::plugin
