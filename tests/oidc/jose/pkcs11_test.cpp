// SPDX-License-Identifier: MIT
#include "oidc/jose/pkcs11.hpp"

#include "oidc/jose/jws.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/oidc/jose/soft_token.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace tunnus::jose::tests {
namespace {

auto& token() {
    return SoftToken::instance();
}

struct Pkcs11Test : testing::Test {
    static void SetUpTestSuite() {
        token().add_key("ec", "EC", "P-256");
        token().add_key("wide", "EC", "P-384");
        token().add_key("rsa", "RSA", std::size_t{2'048});
    }
    std::shared_ptr<Pkcs11> module = Pkcs11::open(SoftToken::module, SoftToken::pin).value();

    static bool verifies(SigningKey const& key, std::string const& jwt, Algorithm algorithm) {
        auto const only = VerificationKey::parse(key.verification_key().public_jwk()).value();
        return VerifiedJwt::verify(jwt, JwkSet({only}), algorithm).has_value();
    }
};

TEST_F(Pkcs11Test, SignsWithKeysThatStayInTheToken) {
    for (auto const& [label, algorithm] : {std::pair("ec", Algorithm::ES256),
                                           {"wide", Algorithm::ES384},
                                           {"rsa", Algorithm::RS256},
                                           {"rsa", Algorithm::RS512},
                                           {"rsa", Algorithm::PS256},
                                           {"rsa", Algorithm::PS384}}) {
        auto const key = module->load(SoftToken::uri(label), algorithm);
        ASSERT_TRUE(key) << label << key.error().text();
        auto const jwt = sign_jws(*key, "JWT", R"({"sub":"alice"})");
        EXPECT_TRUE(verifies(*key, jwt, algorithm)) << name_of(algorithm);
        EXPECT_EQ(key->kid(), key->verification_key().thumbprint());
        EXPECT_FALSE(key->verification_key().public_jwk().contains("d"));
        auto changed = jwt;
        changed[changed.size() - 10] = changed[changed.size() - 10] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(verifies(*key, changed, algorithm));
    }
}

TEST_F(Pkcs11Test, SignsForManyThreadsAtOnce) {
    auto const key = module->load(SoftToken::uri("ec"), Algorithm::ES256).value();
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 50; ++n)
                    good +=
                        verifies(key, sign_jws(key, "JWT", R"({"sub":"bob"})"), Algorithm::ES256);
            });
    }
    EXPECT_EQ(good, 200);
}

TEST_F(Pkcs11Test, OpensAgainBesideAnother) {
    auto const key = module->load(SoftToken::uri("ec"), Algorithm::ES256).value();
    {
        auto const again = Pkcs11::open(SoftToken::module, SoftToken::pin).value();
        EXPECT_EQ(again->load(SoftToken::uri("ec"), Algorithm::ES256).value().kid(), key.kid());
    }
    EXPECT_TRUE(verifies(key, sign_jws(key, "JWT", "{}"), Algorithm::ES256));
}

TEST_F(Pkcs11Test, RefusesWhatItCannotSignWith) {
    EXPECT_EQ(module->load(SoftToken::uri("absent"), Algorithm::ES256).error().code,
              JoseErrc::unknown_key);
    EXPECT_EQ(module->load(SoftToken::uri("rsa"), Algorithm::ES256).error().code,
              JoseErrc::malformed_key);
    EXPECT_EQ(module->load(SoftToken::uri("ec"), Algorithm::ES384).error().code,
              JoseErrc::malformed_key);
    EXPECT_EQ(module->load(SoftToken::uri("ec"), Algorithm::EdDSA).error().code,
              JoseErrc::unsupported_key);
    auto const told = module->load(SoftToken::uri("ec") + "?pin-value=1234", Algorithm::ES256);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, JoseErrc::unsupported_key);
    EXPECT_EQ(told.error().text().find("1234"), std::string::npos);
}

}  // namespace
}  // namespace tunnus::jose::tests
