// SPDX-License-Identifier: MIT
// A wrong configuration stops the start and names its key (threats.md START, S-25, S-121).
#include "plugins/suomifi/settings.hpp"

#include "idp/base/json.hpp"
#include "idp/base/json_schema.hpp"
#include "tests/saml/suomifi_world.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace tunnus::plugin::suomifi {
namespace {

using namespace saml::test;

std::string outcome(SuomifiWorld& world) {
    try {
        (void)read_settings(world.host, library());
        return "accepted";
    } catch (std::runtime_error const& error) {
        return error.what();
    }
}
template <class Change>
std::string after(Change change) {
    SuomifiWorld world;
    change(world);
    return outcome(world);
}
template <class Change>
std::string with_idp(Change change) {
    return after([&](SuomifiWorld& world) { change(world.host.config["idp"].as_object(), world); });
}
bool starts(std::string const& text, std::string_view with) {
    return text.starts_with(with);
}

std::string signed_metadata(TestKey const& signer, std::string const& more = "") {
    auto const certificate =
        tag("ds:X509Certificate", "", encode_base64(fake_idp().signing.certificate_der()));
    auto const key =
        tag("md:KeyDescriptor", R"(use="signing")",
            tag("ds:KeyInfo", saml::test::attribute("xmlns:ds", saml::xml::ns::signature),
                tag("ds:X509Data", "", certificate)));
    auto const sso = tag("md:SingleSignOnService",
                         R"(Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" )" +
                             saml::test::attribute("Location", idp_sso_url),
                         "");
    auto const entity =
        tag("md:EntityDescriptor",
            saml::test::attribute("xmlns:md", saml::xml::ns::metadata) + R"( ID="_m1" )" +
                saml::test::attribute("entityID", idp_entity_id) + more,
            tag("md:IDPSSODescriptor",
                saml::test::attribute("protocolSupportEnumeration", saml::xml::ns::protocol),
                key + sso));
    return sign(entity, signer);
}

TEST(Settings, TheConfigurationOfTheTestsIsGood) {
    SuomifiWorld world;
    auto const settings = read_settings(world.host, library());
    EXPECT_EQ(settings.service_provider.acs_url, acs_url);
    EXPECT_TRUE(settings.service_provider.require_response_signature);
    EXPECT_TRUE(settings.service_provider.require_encryption);
    EXPECT_FALSE(settings.service_provider.allow_cbc);
    EXPECT_EQ(settings.service_provider.skew, seconds(60));
    EXPECT_FALSE(settings.allow_test_identity_codes);
}

TEST(Settings, TheSchemaIsOneAndTheExampleFitsIt) {
    auto schema = JsonSchema::make(parse_json_object(config_schema()).value());
    ASSERT_TRUE(schema) << schema.error().text();
    SuomifiWorld world;
    boost::json::value config = world.host.config;
    auto violation = schema->find_violation(config);
    EXPECT_FALSE(violation) << violation->path << ": " << violation->message;
    schema->add_defaults(config);
    world.host.config = config.as_object();
    EXPECT_EQ(outcome(world), "accepted");
    config.as_object()["other"] = 1;
    EXPECT_TRUE(schema->find_violation(config));
    std::ifstream file(TUNNUS_SOURCE_DIR "/plugins/suomifi/example.json");
    std::string const example(std::istreambuf_iterator<char>(file), {});
    violation = schema->find_violation(parse_json(example).value());
    EXPECT_FALSE(violation) << violation->path << ": " << violation->message;
}

TEST(Settings, S25S121NeedsAKeyOfTheIdentityProvider) {
    EXPECT_EQ(with_idp([](auto& idp, auto&) { idp["certificate_files"] = boost::json::array(); }),
              "idp.certificate_files: at least one is needed");
    EXPECT_TRUE(
        starts(with_idp([](auto& idp, auto&) { idp["certificate_files"] = {"missing.pem"}; }),
               "certificate_files: "));
}

TEST(Settings, S122RefusesAnEndpointElsewhere) {
    for (auto const* url : {"http://idp.example/sso", "https://evil.example/", "http://127.0.0.1/"})
        EXPECT_TRUE(starts(with_idp([&](auto& idp, auto&) { idp["sso_url"] = url; }),
                           "idp.sso_url: metadata_location"))
            << url;
}

TEST(Settings, S121ReadsMetadataSignedByThePinnedCertificate) {
    auto const with_metadata = [](std::string const& text) {
        return with_idp([&](auto& idp, SuomifiWorld& world) {
            idp = {{"entity_id", idp_entity_id},
                   {"metadata_file", "idp.xml"},
                   {"metadata_certificate_files", {"signer.pem"}}};
            world.host.files["idp.xml"] = text;
            world.host.files["signer.pem"] = fake_idp().stranger.certificate_pem();
        });
    };
    auto const& pinned = fake_idp().stranger;
    auto const good = signed_metadata(pinned);
    EXPECT_EQ(with_metadata(good), "accepted");
    EXPECT_EQ(with_metadata(signed_metadata(pinned, R"( validUntil="2030-01-03T00:00:00Z")")),
              "accepted");
    EXPECT_TRUE(
        starts(with_metadata(signed_metadata(pinned, R"( validUntil="2030-01-02T00:00:00Z")")),
               "idp.metadata_file: metadata_expired"));
    EXPECT_EQ(with_metadata(signed_metadata(fake_idp().signing)),
              "idp.metadata_file: signature_invalid");
    auto changed = good;
    replace(changed, "https://idp.example/sso", "https://idp.example/SSO");
    EXPECT_EQ(with_metadata(changed), "idp.metadata_file: signature_invalid");
    EXPECT_EQ(with_metadata("<!DOCTYPE x>" + good), "idp.metadata_file: xml_doctype");
    EXPECT_EQ(with_metadata("<a>" + good + "</a>"), "idp.metadata_file: signature_missing");
    EXPECT_EQ(with_metadata(std::string(300'000, 'x')), "idp.metadata_file: message_too_large");
}

TEST(Settings, RefusesAKeyThatDoesNotFit) {
    EXPECT_EQ(after([](SuomifiWorld& world) {
                  world.host.files["sp.pem"] = fake_idp().signing.certificate_pem();
              }),
              "signing: the key does not fit the certificate");
    EXPECT_TRUE(starts(after([](SuomifiWorld& world) { world.host.secrets["sp.key"] = "x"; }),
                       "signing: key_unusable"));
    EXPECT_TRUE(
        starts(after([](SuomifiWorld& world) { world.host.secrets.clear(); }), "signing: "));
}

TEST(Settings, ReadsFurtherDecryptionKeys) {
    SuomifiWorld world;
    auto const pair = [](std::string const& name) {
        return boost::json::object{{"key", {{"file", name + ".key"}}},
                                   {"certificate_file", name + ".pem"}};
    };
    world.host.config["decryption"] = {pair("sp"), pair("older")};
    auto const settings = read_settings(world.host, library());
    EXPECT_EQ(settings.service_provider.decryption_keys.size(), 2U);
    EXPECT_EQ(settings.metadata.encryption_certificates.size(), 2U);
    Message message;
    message.encryption.to = &fake_idp().sp_older;
    world.host.config["allow_test_identity_codes"] = true;
    EXPECT_EQ(word_of(world.log_in(message)), "identity") << "S-82";
}

TEST(Settings, RefusesARequestedAttributeThatDoesNotExist) {
    EXPECT_TRUE(
        starts(after([](SuomifiWorld& world) {
                   world.host.config["metadata"] = {{"requested_attributes", {"shoe_size"}}};
               }),
               "metadata.requested_attributes: \"shoe_size\""));
}

TEST(Settings, ProductionTakesNoTestTokensAndNoTestIdentityCodes) {
    auto const with = [](auto change) {
        return with_idp([&](boost::json::object& idp, SuomifiWorld& world) {
            idp = {{"entity_id", "https://tunnistautuminen.suomi.fi/idp1"},
                   {"sso_url", "https://tunnistautuminen.suomi.fi/sso"},
                   {"certificate_files", {"idp.pem"}}};
            change(world.host.config);
        });
    };
    EXPECT_EQ(with([](boost::json::object&) {}), "accepted");
    EXPECT_TRUE(starts(
        with([](boost::json::object& config) {
            config["levels"] = {{{"uri", "urn:oid:1.2.246.517.3002.110.999"}, {"acr", "test"}}};
        }),
        "levels: "));
    EXPECT_TRUE(starts(
        with([](boost::json::object& config) { config["allow_test_identity_codes"] = true; }),
        "allow_test_identity_codes: "));
}

TEST(Settings, NoAcrSaysMoreThanEveryLevelBehindItIsWorth) {
    constexpr auto app = "urn:oid:1.2.246.517.3002.110.7";
    auto const with = [](boost::json::array const& levels) {
        return after([&](SuomifiWorld& world) { world.host.config["levels"] = levels; });
    };
    EXPECT_EQ(with({{{"uri", app}, {"acr", app}}, {{"uri", loa2}, {"acr", "substantial"}}}),
              "accepted");
    EXPECT_TRUE(starts(with({{{"uri", app}, {"acr", "one"}}, {{"uri", loa2}, {"acr", "one"}}}),
                       "levels: the acr one would"));
    EXPECT_TRUE(starts(with({{{"uri", app}, {"acr", loa2}}}), "levels: the acr http"));
}

TEST(Settings, PublishesBothSignersAndTheKeysThatMayBeEncryptedTo) {
    SuomifiWorld world;
    auto const key = [](char const* name, bool published) {
        return boost::json::object{{"key", {{"file", std::string(name) + ".key"}}},
                                   {"certificate_file", std::string(name) + ".pem"},
                                   {"published", published}};
    };
    world.host.config["next_certificate_files"] = {"older.pem"};
    world.host.config["decryption"] = {key("sp", true), key("older", false)};
    auto const settings = read_settings(world.host, library());
    EXPECT_EQ(settings.metadata.signing_certificates.size(), 2U);
    EXPECT_EQ(settings.metadata.encryption_certificates.size(), 1U);
    EXPECT_EQ(settings.service_provider.decryption_keys.size(), 2U) << "both still open";
    world.host.config["decryption"] = {key("sp", false)};
    EXPECT_TRUE(starts(outcome(world), "decryption: "));
}

}  // namespace
}  // namespace tunnus::plugin::suomifi
