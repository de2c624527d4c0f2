// SPDX-License-Identifier: MIT
// What we send: the AuthnRequest of suomifi.md 2.1 and our metadata of its part 3.
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
