// SPDX-License-Identifier: MIT
// threats.md S-25, S-121, S-122 and the two root shapes of suomifi.md part 1.
#include "saml/protocol/idp_metadata.hpp"

#include "idp/base/limits.hpp"
#include "tests/saml/service_provider_world.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;

std::string key_descriptor(TestKey const& key, std::string_view use) {
    return tag("md:KeyDescriptor", use.empty() ? "" : test::attribute("use", use),
               tag("ds:KeyInfo", test::attribute("xmlns:ds", xml::ns::signature),
                   tag("ds:X509Data", "",
                       tag("ds:X509Certificate", "",
                           "\n" + encode_base64(key.certificate_der()) + "\n"))));
}
std::string endpoint(std::string_view name, std::string_view location) {
    return tag(name,
               R"(Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" )" +
                   test::attribute("Location", location),
               "");
}
std::string role(std::string const& keys, std::string_view sso = idp_sso_url) {
    return tag("md:IDPSSODescriptor",
               test::attribute("protocolSupportEnumeration", xml::ns::protocol),
               keys + endpoint("md:SingleLogoutService", "https://idp.example/slo") +
                   endpoint("md:SingleSignOnService", sso));
}
std::string entity(std::string const& body, std::string_view id = idp_entity_id,
                   std::string const& more = "") {
    return tag("md:EntityDescriptor",
               test::attribute("xmlns:md", xml::ns::metadata) + " " +
                   test::attribute("entityID", id) + more,
               body);
}
std::string entities(std::string const& body, std::string const& more = "") {
    return tag("md:EntitiesDescriptor", test::attribute("xmlns:md", xml::ns::metadata) + more,
               body);
}
std::string const keys = key_descriptor(fake_idp().signing, "signing");

Result<IdpMetadata> parse(std::string const& text, IdpMetadataPolicy policy = {}) {
    if (policy.entity_id.empty()) policy.entity_id = idp_entity_id;
    policy.now = at("2030-01-02T03:04:05Z");
    auto const document = xml::Document::parse(library(), text);
    if (!document) return document.error();
    return parse_idp_metadata(document->root(), policy, Limits());
}
std::string word(std::string const& text, IdpMetadataPolicy const& policy = {}) {
    return outcome_of(parse(text, policy));
}

TEST(IdpMetadata, ReadsEndpointsAndSigningKeys) {
    auto const metadata = parse(entity(role(keys + key_descriptor(fake_idp().sp, "encryption") +
                                            key_descriptor(fake_idp().stranger, ""))));
    ASSERT_TRUE(metadata) << metadata.error().text();
    EXPECT_EQ(metadata->single_sign_on_url, idp_sso_url);
    EXPECT_EQ(metadata->single_logout.location, "https://idp.example/slo");
    ASSERT_EQ(metadata->signing_certificates.size(), 2U) << "S-46: not the one for encryption";
    EXPECT_EQ(metadata->signing_certificates[0].der(), fake_idp().signing.certificate_der());
    EXPECT_EQ(metadata->valid_until, std::nullopt);
}

TEST(IdpMetadata, ChoosesTheEntityFromAList) {
    auto const other = entity(role(keys), "https://other.example/idp1");
    EXPECT_EQ(word(entities(other + entity(role(keys)))), "accepted");
    EXPECT_EQ(word(entities(entities(entity(role(keys))) + other)), "accepted");
    EXPECT_EQ(word(entities(other)), "metadata_entity");
    EXPECT_EQ(word(entities(entity(role(keys)) + entity(role(keys)))), "metadata_entity");
    EXPECT_EQ(word(entities(tag("md:Extensions", "", entity(role(keys))))), "metadata_entity");
    EXPECT_EQ(word(entity(role(keys), "https://idp.example/IDP1")), "metadata_entity");
    EXPECT_EQ(word(entity(role(keys) + role(keys))), "metadata_entity");
    EXPECT_EQ(word(entity("")), "metadata_entity");
}

TEST(IdpMetadata, S25RefusesAnEmptySetOfKeys) {
    EXPECT_EQ(word(entity(role(""))), "metadata_no_key");
    EXPECT_EQ(word(entity(role(key_descriptor(fake_idp().sp, "encryption")))), "metadata_no_key");
    EXPECT_EQ(word(entity(role(keys + keys + keys + keys + keys))), "metadata_no_key");
    auto broken = entity(role(keys));
    replace(broken, "<ds:X509Certificate>\n", "<ds:X509Certificate>AA");
    EXPECT_EQ(word(broken), "key_unusable");
}

TEST(IdpMetadata, S121HonoursValidUntilOfEveryLevel) {
    std::string const past = R"( validUntil="2030-01-02T03:04:05Z")";
    std::string const future = R"( validUntil="2030-01-03T00:00:00Z")";
    EXPECT_EQ(word(entity(role(keys), idp_entity_id, past)), "metadata_expired");
    EXPECT_EQ(word(entities(entity(role(keys), idp_entity_id, future), past)), "metadata_expired");
    auto const metadata = parse(entities(entity(role(keys), idp_entity_id, future),
                                         R"( validUntil="2031-01-01T00:00:00Z")"));
    ASSERT_TRUE(metadata);
    EXPECT_EQ(metadata->valid_until, at("2030-01-03T00:00:00Z"));
    EXPECT_EQ(word(entity(role(keys), idp_entity_id, R"( validUntil="tomorrow")")), "bad_time");
}

TEST(IdpMetadata, S122RefusesEndpointsElsewhere) {
    for (auto const* url : {"http://idp.example/sso", "https://user@idp.example/sso",
                            "https://evil.example/sso", "https://idp.example.evil/sso",
                            "javascript:alert(1)", "//idp.example/sso", "", "http://127.0.0.1/sso"})
        EXPECT_EQ(word(entity(role(keys, url))), "metadata_location") << url;
    IdpMetadataPolicy policy;
    policy.allowed_hosts = {"sso.example", "idp.example"};
    EXPECT_EQ(word(entity(role(keys, "https://sso.example/sso")), policy), "accepted");
    policy.allowed_hosts = {"127.0.0.1", "idp.example"};
    EXPECT_EQ(word(entity(role(keys, "http://127.0.0.1:8080/sso")), policy), "metadata_location");
    policy.allow_loopback_http = true;
    EXPECT_EQ(word(entity(role(keys, "http://127.0.0.1:8080/sso")), policy), "accepted");
    EXPECT_EQ(word(entity(role(keys, "http://idp.example/sso")), policy), "metadata_location");
}

}  // namespace
}  // namespace tunnus::saml
