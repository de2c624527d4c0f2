// SPDX-License-Identifier: MIT
#include "oidc/protocol/service.hpp"

#include "idp/base/limits.hpp"
#include "oidc/protocol/acr.hpp"
#include "oidc/protocol/consent_word.hpp"
#include "oidc/protocol/scope.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

boost::json::object library() {
    return boost::json::parse(R"({
        "name": "library",
        "title": {"fi": "Kirjasto", "sv": "Bibliotek", "en": "Library"},
        "client_ids": ["rp", "rp-mobile"],
        "data_fields": [
            {"name": "email", "purpose": {"fi": "Muistutukset"}},
            {"name": "name", "purpose": {"fi": "Kortti", "sv": "Kort", "en": "Card"}}],
        "minimum_acr": "substantial",
        "privacy_policy_url": {"fi": "https://library.example/tietosuoja"},
        "text_version": "7",
        "gdpr": {"url": "https://library.example/gdpr/$user_uuid", "query_scope": "gdprquery",
                 "delete_scope": "gdprdelete", "audience": "library-api"}})")
        .as_object();
}

std::string complaint_about(boost::json::object const& more) {
    auto const service = parse_service(tests::changed(library(), more));
    return service ? "" : service.error().detail;
}

TEST(RegisteredService, IsReadInThreeLanguages) {
    auto const service = parse_service(library()).value();
    EXPECT_EQ(service.title.in("sv"), "Bibliotek");
    ASSERT_EQ(service.data_fields.size(), 2U);
    EXPECT_EQ(service.data_fields[0].purpose.in("sv"), "Muistutukset") << "as in Finnish";
    EXPECT_EQ(service.privacy_policy_url.in("en"), "https://library.example/tietosuoja");
    EXPECT_TRUE(service.terms_of_use_url.empty());
    ASSERT_TRUE(service.gdpr);
    EXPECT_EQ(service.gdpr->audience, "library-api");
    EXPECT_FALSE(service.is_profile_service);
}

TEST(RegisteredService, IsRefusedNamingTheMember) {
    EXPECT_EQ(complaint_about({}), "");
    EXPECT_THAT(complaint_about({{"name", "The Library"}}), testing::StartsWith("name: "));
    EXPECT_THAT(complaint_about({{"title", {{"en", "Library"}}}}),
                testing::StartsWith("title.fi: "));
    EXPECT_THAT(complaint_about({{"title", {{"fi", "a\u202Eb"}}}}), testing::StartsWith("title: "));
    EXPECT_THAT(complaint_about({{"privacy_policy_url", {{"fi", "javascript:alert(1)"}}}}),
                testing::StartsWith("privacy_policy_url: "));
    EXPECT_THAT(complaint_about({{"client_ids", boost::json::array()}}),
                testing::StartsWith("client_ids: "));
    EXPECT_THAT(complaint_about({{"colour", "blue"}}), testing::StartsWith("colour: "));
    boost::json::object const field{{"name", "email"}, {"purpose", {{"fi", "Muistutukset"}}}};
    EXPECT_EQ(complaint_about({{"data_fields", {field, field}}}),
              "data_fields[1].name: stands there twice");
    boost::json::array many;
    for (int i = 0; i < 33; ++i)
        many.push_back(
            boost::json::object{{"name", "f" + std::to_string(i)}, {"purpose", {{"fi", "x"}}}});
    EXPECT_EQ(complaint_about({{"data_fields", many}}), "data_fields: too many");
    Limits few;
    few.service_clients = 1;
    EXPECT_EQ(parse_service(library(), few).error().detail, "client_ids: too many");
}

TEST(RegisteredService, IsWhatItsClientsAreKnownBy) {
    auto const service =
        std::make_shared<RegisteredService const>(parse_service(library()).value());
    auto const client = in_service(tests::client(), service);
    EXPECT_EQ(client.name("en"), "Library");
    EXPECT_EQ(client.consent_version, "7");
    EXPECT_EQ(client.service, service);
}

TEST(RegisteredService, HasALevelThatItsClientsCanOnlyRaise) {
    std::vector<std::string> const levels{"low", "substantial", "high"};
    auto const service =
        std::make_shared<RegisteredService const>(parse_service(library()).value());
    auto const minimum_with = [&](std::vector<std::string> of_client) {
        auto client = tests::client();
        client.default_acr_values = std::move(of_client);
        return minimum_levels(in_service(client, service), levels);
    };
    EXPECT_THAT(minimum_with({}), ElementsAre("substantial"));
    EXPECT_THAT(minimum_with({"high"}), ElementsAre("high"));
    EXPECT_THAT(minimum_with({"low"}), ElementsAre("substantial"));
    EXPECT_THAT(minimum_with({"low", "high"}), ElementsAre("high"));
    EXPECT_THAT(minimum_levels(tests::client(), levels), IsEmpty());
}

// threats.md O-79
TEST(RegisteredService, NamesThePersonInThePathOfItsGdprApiAlone) {
    auto const complaint = [](std::string const& url) {
        return complaint_about(
            {{"gdpr",
              {{"url", url}, {"query_scope", "q"}, {"delete_scope", "d"}, {"audience", "a"}}}});
    };
    for (auto const* const good :
         {"https://a.example/g/$user_uuid", "https://a.example/g?of=$profile_id",
          "https://a.example/g/$user_uuid/$user_uuid", "https://a.example",
          "http://127.0.0.1:8000/g/$user_uuid"})
        EXPECT_EQ(complaint(good), "") << good;
    for (auto const* const bad :
         {"https://$user_uuid.example/g", "https://a.example$user_uuid", "http://a.example/g",
          "https://a:b@a.example/g", "https://a.example/g#$user_uuid", "https://a.example/$other",
          "ftp://a.example/", "/g/$user_uuid"})
        EXPECT_EQ(complaint(bad).find("gdpr.url: "), 0U) << bad;
}

// threats.md O-79
TEST(RegisteredService, HasItsGdprApiAtNoInsideAddressUnlessThatIsAllowed) {
    auto const reason = [](std::string const& url, std::vector<IpNetwork> const& inside) {
        RegisteredService service;
        service.gdpr = RegisteredService::GdprApi{url, "q", "d", "a"};
        return reject_gdpr_address(service, inside);
    };
    std::vector<IpNetwork> const allowed{*IpNetwork::parse("10.0.0.0/8")};
    EXPECT_EQ(reason("https://a.example/g/$user_uuid", {}), "");
    EXPECT_EQ(reason("https://198.41.0.4/g", {}), "");
    EXPECT_EQ(reason("https://10.1.2.3/g", allowed), "");
    for (auto const* const inside : {"https://10.1.2.3/g", "https://169.254.169.254/latest",
                                     "https://[::1]/g", "http://127.0.0.1:8000/g"})
        EXPECT_NE(reason(inside, {}), "") << inside;
    EXPECT_NE(reason("https://192.168.1.1/", allowed), "");
}

TEST(RegisteredService, TakesNothingOfAnother) {
    auto const one = std::make_shared<RegisteredService const>(parse_service(library()).value());
    std::vector<std::shared_ptr<RegisteredService const>> const others{one};
    auto const complaint = [&](boost::json::object const& more) {
        auto const service = parse_service(tests::changed(library(), more)).value();
        auto const fits = check_beside(service, others);
        return fits ? std::string() : fits.error().detail;
    };
    EXPECT_EQ(complaint({{"name", "other"}, {"client_ids", boost::json::array{"own"}}}), "");
    EXPECT_EQ(complaint({{"client_ids", boost::json::array{"own"}}}),
              "name: there is a service " + one->name);
    EXPECT_EQ(complaint({{"name", "other"}}),
              "client_ids: " + one->client_ids[0] + " belongs to service " + one->name);
}

TEST(DataFieldWord, ChangesWithThePurposeInAnyLanguage) {
    RegisteredService::DataField const field{"email", {"a", "b", "c"}};
    EXPECT_TRUE(is_data_field_word(data_field_word(field)));
    EXPECT_FALSE(is_data_field_word("email"));
    EXPECT_NE(data_field_word(field), data_field_word({"email", {"a", "b", "d"}}));
    EXPECT_NE(data_field_word(field), data_field_word({"email", {"ab", "", "c"}}));
    EXPECT_NE(data_field_word(field), data_field_word({"name", {"a", "b", "c"}}));
}

TEST(PermittedFields, AreThoseOfTheServiceAsItIsNow) {
    auto service = parse_service(library()).value();
    std::vector<std::string> const given{data_field_word(service.data_fields[0]),
                                         data_field_word(service.data_fields[1]), "phone_number"};
    EXPECT_THAT(permitted_fields(service, given), ElementsAre("email", "name"));
    service.data_fields[0].purpose.en = "Advertisements";
    EXPECT_THAT(permitted_fields(service, given), ElementsAre("name"));
    service.data_fields.clear();
    EXPECT_THAT(permitted_fields(service, given), ElementsAre());
}

}  // namespace
}  // namespace tunnus::oidc
