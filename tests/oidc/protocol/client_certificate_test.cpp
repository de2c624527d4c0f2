// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_certificate.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "oidc/protocol/client_authentication.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "tests/oidc/protocol/certificates.hpp"
#include "tests/oidc/protocol/keys.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

using tests::TestCertificate;
using Kind = CertificateSubject::Kind;

constexpr TimePoint now = from_unix_s(1'700'000'000);

bool matches(TestCertificate const& certificate, Kind kind, std::string value) {
    return has_subject(certificate.der(), {kind, std::move(value)});
}

// RFC 8705 §2.1.2 with RFC 4514 §2 and §4
TEST(CertificateSubjectName, IsComparedAsADistinguishedName) {
    TestCertificate const certificate(
        {.subject = {{"C", "FI"}, {"O", "City, Digital"}, {"OU", "A+B"}, {"CN", "Library RP"}}});
    auto const is = [&](std::string value) { return matches(certificate, Kind::dn, value); };
    EXPECT_TRUE(is(R"(CN=Library RP,OU=A\+B,O=City\, Digital,C=FI)"));
    EXPECT_TRUE(is(R"(cn=library rp, ou=a\+b, o=city\2C digital, c=fi)"));
    EXPECT_TRUE(is(R"(2.5.4.3=Library RP,OU=A\+B,O=City\, Digital,C=FI)"));
    EXPECT_TRUE(is(R"(CN = Library  RP ,OU=A\+B,O=City\, Digital,C=FI)"));
    EXPECT_FALSE(is(R"(C=FI,O=City\, Digital,OU=A\+B,CN=Library RP)"));
    EXPECT_FALSE(is(R"(CN=Library RP,OU=A\+B,O=City\, Digital)"));
    EXPECT_FALSE(is(R"(CN=Library RP,OU=A\+B,O=City\, Digital,C=FI,DC=x)"));
    EXPECT_FALSE(is(R"(CN=Library RP2,OU=A\+B,O=City\, Digital,C=FI)"));
    EXPECT_FALSE(is(R"(CN=Library RP)"));
    EXPECT_FALSE(is(""));
}

TEST(CertificateSubjectName, MayHoldAnyUnicode) {
    TestCertificate const certificate({.subject = {{"CN", "Lu\xc4\x8di\xc4\x87"}}});
    EXPECT_TRUE(matches(certificate, Kind::dn, R"(CN=Lu\C4\8Di\C4\87)"));
    EXPECT_TRUE(matches(certificate, Kind::dn, "CN=Lu\xc4\x8di\xc4\x87"));
    EXPECT_FALSE(matches(certificate, Kind::dn, "CN=Lucic"));
}

TEST(CertificateSubjectName, IsRegisteredInTheFormOfRfc4514) {
    for (auto const* good : {"CN=a", "CN=a,O=b", "UID=1+CN=a,DC=example,DC=net", "1.2.3.4=x"})
        EXPECT_TRUE(is_distinguished_name(good)) << good;
    for (auto const* bad : {"", "a", "CN", "=a", "CN=a,", "CN=a;O=b", "CN=\"a\"", "CN=#0401",
                            "nonsense=a", "CN=a\\", "CN=a\\x", "C=Finland"})
        EXPECT_FALSE(is_distinguished_name(bad)) << bad;
    auto object = tests::metadata({{"token_endpoint_auth_method", "tls_client_auth"},
                                   {"tls_client_auth_subject_dn", "no name"}});
    EXPECT_FALSE(parse_client(object));
    object["tls_client_auth_subject_dn"] = "CN=a";
    EXPECT_TRUE(parse_client(object));
}

TEST(CertificateSubjectName, MayBeAnAlternativeName) {
    TestCertificate const certificate(
        {.subject_alt_name = "DNS:rp.example,DNS:other.example,URI:https://rp.example/a,"
                             "IP:192.0.2.1,IP:2001:db8::1,email:ops@RP.example"});
    EXPECT_TRUE(matches(certificate, Kind::san_dns, "rp.example"));
    EXPECT_TRUE(matches(certificate, Kind::san_dns, "OTHER.example"));
    EXPECT_FALSE(matches(certificate, Kind::san_dns, "evil.rp.example"));
    EXPECT_FALSE(matches(certificate, Kind::san_dns, "rp.exampl"));
    EXPECT_TRUE(matches(certificate, Kind::san_uri, "https://rp.example/a"));
    EXPECT_FALSE(matches(certificate, Kind::san_uri, "https://rp.example/A"));
    EXPECT_TRUE(matches(certificate, Kind::san_ip, "192.0.2.1"));
    EXPECT_TRUE(matches(certificate, Kind::san_ip, "2001:db8:0::1"));
    EXPECT_FALSE(matches(certificate, Kind::san_ip, "192.0.2.2"));
    EXPECT_FALSE(matches(certificate, Kind::san_ip, "rp.example"));
    EXPECT_TRUE(matches(certificate, Kind::san_email, "ops@rp.example"));
    EXPECT_FALSE(matches(certificate, Kind::san_email, "Ops@rp.example"));
    // A name of another kind, or in the subject, is none.
    EXPECT_FALSE(matches(certificate, Kind::san_dns, "client"));
    EXPECT_FALSE(matches(certificate, Kind::san_uri, "rp.example"));
    EXPECT_FALSE(has_subject("not a certificate", {Kind::san_dns, "rp.example"}));
    EXPECT_FALSE(has_subject(certificate.der() + "x", {Kind::san_dns, "rp.example"}));
}

struct Authorities : testing::Test {
    TestCertificate const root{{.subject = {{"CN", "root"}}, .is_authority = true}};
    TestCertificate const middle{{.subject = {{"CN", "middle"}}, .is_authority = true}, &root};
    CertificateAuthorities const trusted = CertificateAuthorities::parse(root.pem()).value();
};

TEST_F(Authorities, VouchForWhatTheyIssued) {
    TestCertificate const client({}, &root);
    EXPECT_TRUE(trusted.vouch_for(client.der(), now));
    EXPECT_FALSE(trusted.vouch_for(TestCertificate({}).der(), now));
    TestCertificate const other_root({.subject = {{"CN", "root"}}, .is_authority = true});
    EXPECT_FALSE(trusted.vouch_for(TestCertificate({}, &other_root).der(), now));
    EXPECT_FALSE(trusted.vouch_for("not a certificate", now));
    EXPECT_FALSE(trusted.vouch_for("", now));
}

TEST_F(Authorities, VouchWhileItIsValid) {
    TestCertificate const client({}, &root);
    EXPECT_FALSE(trusted.vouch_for(client.der(), from_unix_s(1'599'999'999)));
    EXPECT_FALSE(trusted.vouch_for(client.der(), from_unix_s(1'800'000'001)));
}

TEST_F(Authorities, VouchForTlsClientsOnly) {
    EXPECT_TRUE(
        trusted.vouch_for(TestCertificate({.extended_key_usage = "clientAuth"}, &root).der(), now));
    EXPECT_FALSE(
        trusted.vouch_for(TestCertificate({.extended_key_usage = "serverAuth"}, &root).der(), now));
}

TEST_F(Authorities, MayBeIntermediateOnes) {
    TestCertificate const client({}, &middle);
    EXPECT_FALSE(trusted.vouch_for(client.der(), now));
    auto const both = CertificateAuthorities::parse(root.pem() + middle.pem()).value();
    EXPECT_TRUE(both.vouch_for(client.der(), now));
    EXPECT_TRUE(CertificateAuthorities::parse(middle.pem()).value().vouch_for(client.der(), now));
    // A client is no authority.
    TestCertificate const grandchild({}, &client);
    EXPECT_FALSE(both.vouch_for(grandchild.der(), now));
}

TEST_F(Authorities, AreAtLeastOne) {
    EXPECT_FALSE(CertificateAuthorities::parse(""));
    EXPECT_FALSE(CertificateAuthorities::parse("nothing in PEM"));
}

TEST_F(Authorities, AreReadToTheLast) {
    auto const one = root.pem();
    EXPECT_TRUE(CertificateAuthorities::parse(one + "\n# and that is all\n"));
    EXPECT_FALSE(CertificateAuthorities::parse(
        one + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    EXPECT_FALSE(CertificateAuthorities::parse(one + one.substr(0, one.size() / 2)));
}

struct ClientByCertificate : Authorities {
    CertificatePolicy policy{true, std::make_shared<CertificateAuthorities const>(trusted), {}};
    Limits limits;
    std::vector<std::string> endpoints;

    static Client pki_client(boost::json::object const& more = {}) {
        auto object = tests::metadata({{"token_endpoint_auth_method", "tls_client_auth"},
                                       {"tls_client_auth_san_dns", "rp.example"}});
        object.erase("client_secret");
        for (auto const& member : more)
            object[member.key()] = member.value();
        return parse_client(object).value();
    }
    static Client self_signed_client(TestCertificate const& certificate) {
        auto jwk = tests::es256_key().verification_key().public_jwk();
        jwk["x5c"] = {encode_base64(certificate.der())};
        auto object =
            tests::metadata({{"token_endpoint_auth_method", "self_signed_tls_client_auth"},
                             {"jwks", boost::json::object{{"keys", boost::json::array{jwk}}}}});
        object.erase("client_secret");
        return parse_client(object).value();
    }
    bool proves(Client const& client, std::string const& der,
                PresentedCredentials const& credentials = {"rp", {}}) {
        auto const shared = std::make_shared<Client const>(client);
        auto const proven = authenticate_client(
            credentials, shared, {"https://id.example", endpoints, client.jwks.get(), limits, now},
            {der, policy});
        if (!proven) {
            EXPECT_EQ(proven.error().error, OAuthError::invalid_client);
        }
        return proven.has_value();
    }
};

// RFC 8705 §2.1
TEST_F(ClientByCertificate, Rfc8705Section21) {
    TestCertificate const good({.subject_alt_name = "DNS:rp.example"}, &root);
    EXPECT_TRUE(proves(pki_client(), good.der()));
    EXPECT_FALSE(proves(pki_client(), ""));
    EXPECT_FALSE(
        proves(pki_client(), TestCertificate({.subject_alt_name = "DNS:rp.example"}).der()));
    EXPECT_FALSE(proves(pki_client(),
                        TestCertificate({.subject_alt_name = "DNS:other.example"}, &root).der()));
    policy.authorities = nullptr;
    EXPECT_FALSE(proves(pki_client(), good.der()));
}

// The certificate and the thumbprint of RFC 8705 appendix A.
TEST(CertificateThumbprint, Rfc8705AppendixA) {
    auto const der = decode_base64(
        "MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx"
        "ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG"
        "SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ"
        "/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID"
        "SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV"
        "bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=");
    ASSERT_TRUE(der);
    EXPECT_EQ(certificate_thumbprint(*der), "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0");
}

// RFC 8705 §2.2
TEST_F(ClientByCertificate, Rfc8705Section22) {
    TestCertificate const own({});
    auto const client = self_signed_client(own);
    EXPECT_TRUE(proves(client, own.der()));
    EXPECT_FALSE(proves(client, TestCertificate({}).der()));
    EXPECT_FALSE(proves(client, TestCertificate({}, &root).der()));
    EXPECT_FALSE(proves(client, ""));
}

TEST_F(ClientByCertificate, IsNotTakenForAnotherMethod_O50) {
    TestCertificate const good({.subject_alt_name = "DNS:rp.example"}, &root);
    auto const by_secret = tests::client();
    EXPECT_FALSE(proves(by_secret, good.der()));
    EXPECT_FALSE(
        proves(pki_client(), good.der(),
               {"rp", Secret(std::string("x")), TokenEndpointAuthMethod::client_secret_post}));
}

TEST_F(ClientByCertificate, IsRefusedWhereCertificatesCannotArrive) {
    EXPECT_TRUE(policy.reject(pki_client()).empty());
    policy.authorities = nullptr;
    EXPECT_FALSE(policy.reject(pki_client()).empty());
    EXPECT_TRUE(policy.reject(self_signed_client(root)).empty());
    policy.accepted = false;
    EXPECT_FALSE(policy.reject(self_signed_client(root)).empty());
    EXPECT_FALSE(
        policy.reject(tests::client({{"tls_client_certificate_bound_access_tokens", true}}))
            .empty());
    EXPECT_TRUE(policy.reject(tests::client()).empty());
}

// RFC 8705 §3.1, RFC 9449 §6.1
TEST(Confirmations, ReadAsTheyWereWritten) {
    EXPECT_EQ(Confirmation().to_json(), "");
    EXPECT_EQ(Confirmation::from_json("").value(), Confirmation());
    Confirmation const both{"a", "b"};
    EXPECT_EQ(both.to_json(), R"({"jkt":"a","x5t#S256":"b"})");
    EXPECT_EQ(Confirmation::from_json(both.to_json()).value(), both);
    for (auto const* bad : {"{}", "x", R"({"other":"a"})", R"({"jkt":1})"})
        EXPECT_FALSE(Confirmation::from_json(bad)) << bad;
    EXPECT_EQ(certificate_thumbprint("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

TEST(Confirmations, AreMetByWhatTheyName) {
    Confirmation const nobodys;
    EXPECT_FALSE(nobodys.binds());
    EXPECT_TRUE(nobodys.is_met_by({}));
    Confirmation const both{"a", "b"};
    EXPECT_TRUE(both.is_met_by({"a", "b"}));
    EXPECT_FALSE(both.is_met_by({"a", ""}));
    EXPECT_FALSE(both.is_met_by({"", "b"}));
    EXPECT_FALSE(both.is_met_by({"b", "a"}));
    EXPECT_TRUE((Confirmation{"a", ""}).is_met_by({"a", "c"}));
}

}  // namespace
}  // namespace tunnus::oidc
