// SPDX-License-Identifier: MIT
#include "plugins/mandates/settings.hpp"

#include "tests/fakes/host.hpp"
#include "tests/fakes/rsa_signer.hpp"

#include <gtest/gtest.h>

namespace tunnus::plugin::mandates {
namespace {

class SettingsTest : public testing::Test {
  protected:
    SettingsTest() {
        host_.secrets = {{"key", "a key"}, {"password", "a password"}, {"empty", ""}};
        host_.config = {
            {"base_url", "https://valtuudet.example"},
            {"client_id", "abcd1234"},
            {"api_key", {{"file", "key"}}},
            {"oauth_password", {{"file", "password"}}},
            {"timeout_ms", 2000},
            {"authenticator", "suomifi"},
            {"services",
             {{"grants", {{"person", {"ALL", "urn:a", "urn:b"}}, {"organisation", {"NIMKO"}}}},
              {"care", {{"own_matters", false}, {"releases_identifier", true}}}}}};
    }
    std::string why_refused() {
        try {
            static_cast<void>(read_settings(host_));
        } catch (std::runtime_error const& refusal) {
            return refusal.what();
        }
        return {};
    }
    static MandateRequest asking(std::vector<std::string> scopes, boost::json::array details = {}) {
        return {
            .scopes = std::move(scopes), .authorization_details = std::move(details), .known = {}};
    }
    static boost::json::object detail(std::string kind, boost::json::array themes) {
        return {{"type", "mandate"}, {"kind", std::move(kind)}, {"themes", std::move(themes)}};
    }
    using Texts = std::vector<std::string>;
    fakes::FakeHost host_{"mandates"};
};

TEST_F(SettingsTest, AreReadWithTheAddressToComeBackTo) {
    auto const settings = read_settings(host_);
    EXPECT_EQ(settings.return_uri, "https://tunnus.example/mandates/callback");
    EXPECT_TRUE(settings.rest_api_key.empty());
    EXPECT_TRUE(settings.services.at("grants").own_matters);
    EXPECT_FALSE(settings.services.at("grants").releases_identifier);
    EXPECT_FALSE(settings.services.at("care").own_matters);
}

TEST_F(SettingsTest, NameTheKeyThatIsWrong) {
    EXPECT_EQ(why_refused(), "");
    host_.config["rest_api_key"] = {{"file", "empty"}};
    EXPECT_EQ(why_refused(), "config.rest_api_key: is empty");
    host_.config["api_key"] = {{"file", "gone"}};
    EXPECT_TRUE(why_refused().starts_with("config.api_key: "));
    for (auto const* url : {"http://valtuudet.example", "https://valtuudet.example/path",
                            "https://valtuudet.example/?x=1", "valtuudet.example", ""}) {
        host_.config["base_url"] = url;
        EXPECT_TRUE(why_refused().starts_with("config.base_url: ")) << url;
    }
}

// threats.md M-06: who asks for signed answers takes no other beside them.
TEST_F(SettingsTest, M06_SignedAnswersAndQuestionsWithoutASessionExcludeEachOther) {
    host_.files["key.pem"] = fakes::RsaSigner().public_key();
    host_.config["signed_answers"] = {{"public_key_file", "key.pem"}, {"audience", "us"}};
    EXPECT_EQ(why_refused(), "");
    EXPECT_FALSE(read_settings(host_).signed_answers->may_lack.end_user);
    host_.config["rest_api_key"] = {{"file", "key"}};
    EXPECT_TRUE(why_refused().starts_with("config.rest_api_key: ")) << why_refused();
    host_.config.erase("rest_api_key");
    host_.config["signed_answers"].as_object()["may_lack"] = {"end_user", "exp"};
    auto const may_lack = read_settings(host_).signed_answers->may_lack;
    EXPECT_TRUE(may_lack.end_user && may_lack.exp);
    EXPECT_FALSE(may_lack.iat);
}

TEST_F(SettingsTest, AServiceGetsWhatItAsksForOfWhatItMay) {
    auto const settings = read_settings(host_);
    auto const of = [&](MandateRequest const& request) {
        return accepted_by(settings, "grants", request);
    };
    EXPECT_EQ(of(asking({"mandate:person"})).person, (Texts{"ALL", "urn:a", "urn:b"}));
    EXPECT_TRUE(of(asking({"mandate:person"})).organisation.empty());
    EXPECT_EQ(of(asking({"mandate:organisation"})).organisation, Texts{"NIMKO"});
    EXPECT_TRUE(of(asking({})).nothing());
    auto const named = asking({"mandate:person"}, {detail("person", {"urn:b", "urn:c"})});
    EXPECT_EQ(of(named).person, Texts{"urn:b"}) << "by name no more than named";
    EXPECT_TRUE(of(asking({}, {detail("person", {"urn:c"})})).nothing());
    EXPECT_TRUE(of(asking({}, {detail("organisation", {"ALL"})})).nothing());
}

TEST_F(SettingsTest, AServiceThatIsNotListedLetsNobodyAct) {
    auto const settings = read_settings(host_);
    EXPECT_TRUE(accepted_by(settings, "other", asking({"mandate:person"})).nothing());
    EXPECT_TRUE(accepted_by(settings, "care", asking({"mandate:person"})).nothing());
}

TEST_F(SettingsTest, ThemesAreComparedAsExactTexts) {
    EXPECT_EQ(matching({"http://a/x"}, {"https://a/x", "http://a/x/", "HTTP://a/x"}), Texts{});
    EXPECT_EQ(matching({"b", "a"}, {"a", "b", "c"}), (Texts{"b", "a"}));
    EXPECT_EQ(themes_of({"ALL", "http://a/x", "TJ"}), Texts{"http://a/x"});
}

}  // namespace
}  // namespace tunnus::plugin::mandates
