// SPDX-License-Identifier: MIT
// What we send: the AuthnRequest of suomifi.md 2.1 and our metadata of its part 3.
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "saml/protocol/redirect_binding.hpp"
#include "saml/protocol/sp_metadata.hpp"
#include "tests/fakes/random.hpp"
#include "tests/saml/service_provider_world.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;

/// The request that the browser would carry, verified as the identity provider would.
std::string sent_request(Outgoing const& sent) {
    auto const start = std::string(idp_sso_url) + "?";
    EXPECT_TRUE(sent.url.starts_with(start)) << sent.url;
    std::vector<xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const message =
        parse_redirect_query(MessageKind::request, sent.url.substr(start.size()), keys, Limits());
    EXPECT_TRUE(message) << message.error().text();
    EXPECT_EQ(message->relay_state, "handle");
    return message->xml;
}

TEST(AuthnRequest, IsSignedAndInSchemaOrder) {
    World const world;
    fakes::SeededRandom random;
    ServiceProvider const provider(library(), world.settings);
    auto const sent = provider.make_authn_request({"handle", "sv", false, {}}, random, world.now);
    EXPECT_EQ(
        sent_request(sent),
        R"(<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID=")" + sent.id +
            R"(" Version="2.0" IssueInstant="2030-01-02T03:04:05.000Z" Destination="https://idp.example/sso")"
            R"( ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST")"
            R"( AssertionConsumerServiceURL="https://tunnus.example/suomifi/acs">)"
            R"(<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://tunnus.example/suomifi/sp</saml:Issuer>)"
            R"(<samlp:Extensions><vetuma xmlns="urn:vetuma:SAML:2.0:extensions"><LG>sv</LG></vetuma></samlp:Extensions>)"
            R"(<samlp:NameIDPolicy AllowCreate="true" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"></samlp:NameIDPolicy>)"
            "</samlp:AuthnRequest>");
    EXPECT_TRUE(xml::is_ncname(sent.id));
    EXPECT_GE(sent.id.size(), 44U);
    EXPECT_NE(provider.make_authn_request({"handle", "sv", false, {}}, random, world.now).id,
              sent.id);
}

TEST(AuthnRequest, AsksForLevelsAndAFreshProofOnlyWhenTold) {
    World const world;
    fakes::SeededRandom random;
    ServiceProvider const provider(library(), world.settings);
    auto const text = sent_request(
        provider.make_authn_request({"handle", "", true, {std::string(loa3)}}, random, world.now));
    EXPECT_NE(text.find(R"( ForceAuthn="true")"), std::string::npos);
    EXPECT_EQ(text.find("Extensions"), std::string::npos);
    EXPECT_NE(
        text.find(
            R"(<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef)"
            R"( xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">http://ftn.ficora.fi/2017/loa3<)"),
        std::string::npos);
    EXPECT_EQ(outcome_of(xml::Document::parse(library(), text)), "accepted");
}

TEST(AuthnRequest, S121IsNotMadeWhenTheMetadataHasExpired) {
    World world;
    world.settings.idp.valid_until = world.now;
    fakes::SeededRandom random;
    ServiceProvider const provider(library(), world.settings);
    EXPECT_FALSE(provider.usable(world.now));
    EXPECT_TRUE(provider.usable(world.now - seconds(1)));
    EXPECT_THROW((void)provider.make_authn_request({}, random, world.now), std::invalid_argument);
    EXPECT_EQ(world.word(), "metadata_expired");
}

TEST(SpMetadata, HoldsWhatSuomiFiAsksForAndIsSigned) {
    auto const& key = fake_idp().sp;
    SpMetadata metadata;
    metadata.id = "_m1";
    metadata.entity_id = sp_entity_id;
    metadata.entity_attributes = {{"FinnishAuthMethod", "", {std::string(loa2)}}};
    metadata.display_name = {"Palvelu <1>", "Tjänst", "Service"};
    metadata.signing_certificates = {key.certificate()};
    metadata.encryption_certificates = {key.certificate()};
    metadata.assertion_consumer_service_url = acs_url;
    metadata.requested_attributes = {{"urn:oid:1.2.246.21", "nationalIdentificationNumber"}};
    metadata.contacts = {{"technical", "A", "B", "tech@tunnus.example"}};
    auto const text =
        xml::sign(library(), build_sp_metadata(metadata), key.private_key(), key.certificate());
    ASSERT_TRUE(text) << text.error().text();
    auto const document = xml::Document::parse(library(), *text);
    ASSERT_TRUE(document) << document.error().text();
    std::vector<xml::Certificate> const keys{key.certificate()};
    EXPECT_EQ(outcome_of(xml::verify_signature(*document, document->root(), keys)), "accepted");
    EXPECT_TRUE(document->root().children()[0].is(xml::ns::signature, "Signature"));
    for (std::string_view const piece :
         {R"(entityID="https://tunnus.example/suomifi/sp")", R"(Name="FinnishAuthMethod")",
          R"(AuthnRequestsSigned="true" WantAssertionsSigned="true")",
          R"(<mdui:DisplayName xml:lang="fi">Palvelu &lt;1&gt;</mdui:DisplayName>)",
          R"(use="encryption")", R"(Location="https://tunnus.example/suomifi/acs")",
          R"(FriendlyName="nationalIdentificationNumber" Name="urn:oid:1.2.246.21")",
          "<md:EmailAddress>mailto:tech@tunnus.example</md:EmailAddress>"})
        EXPECT_NE(text->find(piece), std::string::npos) << piece;
    EXPECT_EQ(text->find("HTTP-Artifact"), std::string::npos) << "S-123";
}

// The elements' order is the schema's; two certificates of each use, as in a rollover.
TEST(SpMetadata, IsThisDocument) {
    TestKey const next;
    auto const& key = fake_idp().sp;
    SpMetadata metadata;
    metadata.id = "_m1";
    metadata.entity_id = sp_entity_id;
    metadata.entity_attributes = {{"FinnishAuthMethod", "Method", {"one", "two"}},
                                  {"EidasSupport", "", {"full"}}};
    metadata.display_name = {"Nimi", "Namn", "Name"};
    metadata.description = {"Kuvaus", "Beskrivning", "Description"};
    metadata.privacy_statement_url = {"https://t.example/fi", "https://t.example/sv",
                                      "https://t.example/en"};
    metadata.logo = {"https://t.example/logo.png", 80, 60};
    metadata.service_name = {"Asiointi", "Tjänsten", "The service"};
    metadata.signing_certificates = {key.certificate(), next.certificate()};
    metadata.encryption_certificates = {next.certificate(), key.certificate()};
    metadata.assertion_consumer_service_url = acs_url;
    metadata.single_logout_url = "https://tunnus.example/suomifi/slo";
    metadata.requested_attributes = {{"urn:oid:2.5.4.3", "cn"}};
    metadata.organization_name = {"Kaupunki", "Staden", "The city"};
    metadata.organization_url = {"https://t.example/fi", "https://t.example/sv",
                                 "https://t.example/en"};
    metadata.contacts = {{"technical", "A", "B", "tech@tunnus.example"},
                         {"support", "C", "D", "help@tunnus.example"}};
    auto const languages = [](std::string const& name, std::string const& fi, std::string const& sv,
                              std::string const& en) {
        std::string text;
        for (auto const& [language, value] : {std::pair{"fi", fi}, {"sv", sv}, {"en", en}})
            text.append("<")
                .append(name)
                .append(" xml:lang=\"")
                .append(language)
                .append("\">")
                .append(value)
                .append("</")
                .append(name)
                .append(">");
        return text;
    };
    auto const certificate = [](std::string const& use, TestKey const& of) {
        return R"(<md:KeyDescriptor use=")" + use +
               R"("><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>)" +
               "<ds:X509Certificate>" + encode_base64(of.certificate().der()) +
               "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";
    };
    std::string const attribute =
        R"(" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">)";
    std::string const value = R"(<saml:AttributeValue xsi:type="xs:string">)";
    EXPECT_EQ(
        build_sp_metadata(metadata),
        R"(<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_m1" entityID=")" +
            std::string(sp_entity_id) +
            R"("><md:Extensions><mdattr:EntityAttributes)"
            R"( xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute")"
            R"( xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion")"
            R"( xmlns:xs="http://www.w3.org/2001/XMLSchema")"
            R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
            R"(<saml:Attribute Name="FinnishAuthMethod" FriendlyName="Method)" +
            attribute + value + "one</saml:AttributeValue>" + value +
            "two</saml:AttributeValue></saml:Attribute>" + R"(<saml:Attribute Name="EidasSupport)" +
            attribute + value +
            "full</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions>"
            R"(<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true")"
            R"( protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:Extensions>)"
            R"(<mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">)" +
            languages("mdui:DisplayName", "Nimi", "Namn", "Name") +
            languages("mdui:Description", "Kuvaus", "Beskrivning", "Description") +
            languages("mdui:PrivacyStatementURL", "https://t.example/fi", "https://t.example/sv",
                      "https://t.example/en") +
            R"(<mdui:Logo height="60" width="80">https://t.example/logo.png</mdui:Logo>)"
            "</mdui:UIInfo></md:Extensions>" +
            certificate("signing", key) + certificate("signing", next) +
            certificate("encryption", next) + certificate("encryption", key) +
            R"(<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect")"
            R"( Location="https://tunnus.example/suomifi/slo"></md:SingleLogoutService>)"
            R"(<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST")"
            R"( Location="https://tunnus.example/suomifi/slo"></md:SingleLogoutService>)"
            "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>"
            R"(<md:AssertionConsumerService index="1" isDefault="true")"
            R"( Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location=")" +
            std::string(acs_url) +
            R"("></md:AssertionConsumerService>)"
            R"(<md:AttributeConsumingService index="1" isDefault="true">)" +
            languages("md:ServiceName", "Asiointi", "Tjänsten", "The service") +
            R"(<md:RequestedAttribute FriendlyName="cn" Name="urn:oid:2.5.4.3")"
            R"( NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">)"
            "</md:RequestedAttribute></md:AttributeConsumingService></md:SPSSODescriptor>"
            "<md:Organization>" +
            languages("md:OrganizationName", "Kaupunki", "Staden", "The city") +
            languages("md:OrganizationDisplayName", "Kaupunki", "Staden", "The city") +
            languages("md:OrganizationURL", "https://t.example/fi", "https://t.example/sv",
                      "https://t.example/en") +
            R"(</md:Organization><md:ContactPerson contactType="technical"><md:GivenName>A</md:GivenName>)"
            "<md:SurName>B</md:SurName><md:EmailAddress>mailto:tech@tunnus.example</"
            "md:EmailAddress>"
            R"(</md:ContactPerson><md:ContactPerson contactType="support"><md:GivenName>C</md:GivenName>)"
            "<md:SurName>D</md:SurName><md:EmailAddress>mailto:help@tunnus.example</"
            "md:EmailAddress>"
            "</md:ContactPerson></md:EntityDescriptor>");
}

TEST(SpMetadata, NamesTheServiceThatAsksForAttributesByItsEntityIdWhenItHasNoOtherName) {
    SpMetadata metadata;
    metadata.entity_id = sp_entity_id;
    metadata.requested_attributes = {{"urn:oid:1.2.246.21", "nationalIdentificationNumber"}};
    auto const text = build_sp_metadata(metadata);
    EXPECT_NE(text.find(R"(isDefault="true"><md:ServiceName xml:lang="en">)" +
                        std::string(sp_entity_id) + "</md:ServiceName>"),
              std::string::npos)
        << text;
}

}  // namespace
}  // namespace tunnus::saml
