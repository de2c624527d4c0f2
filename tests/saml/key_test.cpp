// SPDX-License-Identifier: MIT
#include "saml/xml/key.hpp"

#include "tests/saml/expect.hpp"
#include "tests/saml/fake_idp.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;
using xml::Certificate;
using xml::Digest;
using xml::PrivateKey;

TEST(Key, SignsAndVerifies) {
    auto const& key = fake_idp().sp;
    auto const signature = key.private_key().sign("message");
    EXPECT_TRUE(key.certificate().verifies("message", signature, Digest::sha256));
    EXPECT_FALSE(key.certificate().verifies("massage", signature, Digest::sha256));
    EXPECT_FALSE(key.certificate().verifies("message", signature, Digest::sha512));
    EXPECT_FALSE(fake_idp().signing.certificate().verifies("message", signature, Digest::sha256));
    EXPECT_FALSE(key.certificate().verifies("message", "", Digest::sha256));
    EXPECT_TRUE(key.private_key().belongs_to(key.certificate()));
    EXPECT_FALSE(key.private_key().belongs_to(fake_idp().signing.certificate()));
}

TEST(Key, ReadsPemAndDer) {
    auto const& key = fake_idp().sp;
    EXPECT_EQ(Certificate::parse_pem(key.certificate_pem())->der(), key.certificate_der());
    EXPECT_EQ(outcome_of(Certificate::parse_der(key.certificate_der() + "x")), "key_unusable");
    EXPECT_EQ(outcome_of(Certificate::parse_der("")), "key_unusable");
    EXPECT_EQ(outcome_of(Certificate::parse_pem("no pem")), "key_unusable");
    EXPECT_EQ(outcome_of(PrivateKey::parse_pem(Secret("no pem"))), "key_unusable");
}

TEST(Key, RefusesAShortKey) {
    TestKey const weak(1024);
    EXPECT_EQ(outcome_of(Certificate::parse_der(weak.certificate_der())), "key_unusable");
    EXPECT_EQ(outcome_of(PrivateKey::parse_pem(Secret(weak.private_pem()))), "key_unusable");
}

}  // namespace
}  // namespace tunnus::saml
