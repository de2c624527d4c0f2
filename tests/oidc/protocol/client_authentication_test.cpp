// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_authentication.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/oidc/protocol/keys.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

constexpr std::string_view secret = "correct horse battery staple";

std::string basic(std::string_view pair) {
    return "Basic " + encode_base64(pair);
}

/// A request to the token endpoint, and who it proves to be.
struct ClientAuthentication : testing::Test {
    tests::KnownClients clients{
        tests::metadata(),
        tests::metadata(
            {{"client_id", "poster"}, {"token_endpoint_auth_method", "client_secret_post"}}),
        tests::public_client()};
    Limits limits;
    std::vector<std::string> endpoints{"https://id.example/token"};
    TimePoint now = from_unix_s(1'700'000'000);
    std::string certificate;
    CertificatePolicy policy;
    std::vector<std::string> authorization;
    std::vector<std::pair<std::string, std::string>> fields;

    /// The client's id, or the error.
    std::string proven() {
        Headers headers;
        for (auto const& value : authorization)
            headers.add("Authorization", value);
        Form form;
        for (auto const& [name, value] : fields)
            form.add(name, value);
        auto const credentials = parse_credentials(headers, form, limits);
        if (!credentials) return std::string(to_string(credentials.error().error));
        auto const proven = prove(*credentials);
        if (!proven) return std::string(to_string(proven.error().error));
        return proven->client->client_id;
    }
    Checked<AuthenticatedClient> prove(PresentedCredentials const& credentials) {
        auto client = clients.find(credentials.client_id);
        auto const* keys = client ? client->jwks.get() : nullptr;
        return authenticate_client(credentials, std::move(client),
                                   {"https://id.example", endpoints, keys, limits, now},
                                   {certificate, policy});
    }
    std::string proven_by_basic(std::string const& header) {
        authorization = {header};
        fields.clear();
        return proven();
    }
};

TEST_F(ClientAuthentication, TakesEachClientByItsRegisteredMethod) {
    EXPECT_EQ(proven_by_basic(basic("rp:correct+horse+battery+staple")), "rp");
    authorization.clear();
    fields = {{"client_id", "poster"}, {"client_secret", std::string(secret)}};
    EXPECT_EQ(proven(), "poster");
    fields = {{"client_id", "app"}};
    EXPECT_EQ(proven(), "app");
}

TEST_F(ClientAuthentication, Rfc6749Section2_3_1) {
    clients.add(parse_client(tests::metadata({{"client_id", "s6BhdRkqt3"},
                                              {"client_secret", "7Fjfp0ZBr1KtDRbnfVdmIw"}}))
                    .value());
    EXPECT_EQ(proven_by_basic("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"), "s6BhdRkqt3");
}

TEST_F(ClientAuthentication, DecodesTheHalvesOfBasicAsForms_O51) {
    auto odd = tests::metadata({{"client_id", "a%b:c"}, {"client_secret", "p+q r:\xc3\xa4"}});
    clients.add(parse_client(odd).value());
    EXPECT_EQ(proven_by_basic(basic("a%25b%3Ac:p%2Bq+r%3A%C3%A4")), "a%b:c");
    EXPECT_EQ(proven_by_basic(basic("rp:correct%20horse%20battery%20staple")), "rp");
    EXPECT_EQ(proven_by_basic("basic " + encode_base64("rp:correct+horse+battery+staple")), "rp");
}

TEST_F(ClientAuthentication, RefusesAMalformedBasicHeader_O51) {
    for (std::string const& header :
         {std::string("Basic"), std::string("Basic "), std::string("Basic !!!"), basic("rp"),
          basic(""), basic(":secret"), basic("rp:%zz"), basic("rp:%00"), basic("rp:\xff"),
          std::string("Bearer x"), std::string("Basicx cnA6eA=="),
          basic(std::string(20'000, 'a') + ":x"), std::string("Basic cnA6eA")})
        EXPECT_EQ(proven_by_basic(header), "invalid_client") << header.substr(0, 40);
}

TEST_F(ClientAuthentication, RefusesTwoMethodsTogether_O49) {
    authorization = {basic("rp:correct+horse+battery+staple")};
    ASSERT_EQ(proven(), "rp");
    fields = {{"client_id", "rp"}};
    EXPECT_EQ(proven(), "rp");
    fields = {{"client_id", "poster"}};
    EXPECT_EQ(proven(), "invalid_request");
    fields = {{"client_secret", std::string(secret)}};
    EXPECT_EQ(proven(), "invalid_request");
    fields = {{"client_assertion", "x"}};
    EXPECT_EQ(proven(), "invalid_request");
    authorization.clear();
    fields = {{"client_id", "poster"}, {"client_secret", "x"}, {"client_assertion", "x"}};
    EXPECT_EQ(proven(), "invalid_request");
    fields.clear();
    authorization = {basic("rp:correct+horse+battery+staple"), basic("rp:x")};
    EXPECT_EQ(proven(), "invalid_request");
}

TEST_F(ClientAuthentication, RefusesAWrongSecretAndAnotherMethod_O50) {
    EXPECT_EQ(proven_by_basic(basic("rp:wrong")), "invalid_client");
    EXPECT_EQ(proven_by_basic(basic("unknown:wrong")), "invalid_client");
    EXPECT_EQ(proven_by_basic(basic("poster:correct+horse+battery+staple")), "invalid_client");
    EXPECT_EQ(proven_by_basic(basic("app:")), "invalid_client");
    authorization.clear();
    fields = {{"client_id", "rp"}, {"client_secret", std::string(secret)}};
    EXPECT_EQ(proven(), "invalid_client");
    fields = {{"client_id", "rp"}};
    EXPECT_EQ(proven(), "invalid_client");
    fields = {{"client_id", "app"}, {"client_secret", std::string(secret)}};
    EXPECT_EQ(proven(), "invalid_client");
    fields = {{"client_id", "poster"}, {"client_secret", ""}};
    EXPECT_EQ(proven(), "invalid_client");
    fields.clear();
    EXPECT_EQ(proven(), "invalid_client");
}

TEST_F(ClientAuthentication, RefusesEveryOtherSecret_O52) {
    for (std::string const& other :
         {std::string(secret) + " ", std::string(secret) + std::string(1, '\0'),
          std::string(secret.substr(0, 8)), std::string(1'000'000, 'x'), std::string()})
        EXPECT_EQ(proven_by_basic(basic("rp:" + percent_encode(other))), "invalid_client");
}

TEST_F(ClientAuthentication, SaysTheSameForEveryReason_I7) {
    auto const refusal = [&](std::string_view client_id, std::string_view client_secret) {
        return prove({std::string(client_id), Secret(std::string(client_secret)),
                      TokenEndpointAuthMethod::client_secret_basic})
            .error()
            .description;
    };
    EXPECT_EQ(refusal("rp", "wrong"), refusal("unknown", "wrong"));
    EXPECT_EQ(refusal("rp", "wrong"), refusal("poster", secret));
}

TEST_F(ClientAuthentication, RefusesADisabledClient_O58) {
    clients.add(tests::client({{"disabled", true}}));
    EXPECT_EQ(proven_by_basic(basic("rp:correct+horse+battery+staple")), "invalid_client");
}

// What an assertion must say is client_assertion_test.cpp; here, whose it is.
struct ClientByAssertion : ClientAuthentication {
    ClientByAssertion() {
        clients.add(client_with_keys("signer", {}));
        clients.add(client_with_keys("other", {}));
    }
    static Client client_with_keys(std::string_view client_id, boost::json::object more) {
        auto object = tests::metadata({{"client_id", client_id},
                                       {"token_endpoint_auth_method", "private_key_jwt"},
                                       {"jwks", tests::our_keys().to_json()}});
        object.erase("client_secret");
        for (auto const& member : more)
            object[member.key()] = member.value();
        return parse_client(object).value();
    }
    std::string assertion(std::string_view client_id) {
        return jose::sign_jwt(tests::es256_key(), "JWT",
                              {{"iss", client_id},
                               {"sub", client_id},
                               {"aud", "https://id.example"},
                               {"jti", "1"},
                               {"exp", to_unix_s(now) + 60}});
    }
    std::string proven_by(std::string const& text, std::string client_id = {}) {
        fields = {{"client_assertion", text},
                  {"client_assertion_type", std::string(client_assertion_type)}};
        if (!client_id.empty()) fields.emplace_back("client_id", std::move(client_id));
        return proven();
    }
};

TEST_F(ClientByAssertion, IsTheOneThatSigned) {
    EXPECT_EQ(proven_by(assertion("signer")), "signer");
    EXPECT_EQ(proven_by(assertion("signer"), "signer"), "signer");
    EXPECT_EQ(proven_by(assertion("signer"), "other"), "invalid_client");
    EXPECT_EQ(proven_by(assertion("nobody")), "invalid_client");
}

TEST_F(ClientByAssertion, IsRefusedWithoutTheTypeOfRfc7523_O54) {
    ASSERT_EQ(proven_by(assertion("signer")), "signer");
    fields.pop_back();
    EXPECT_EQ(proven(), "invalid_client");
    for (auto const* type : {"", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}) {
        fields = {{"client_assertion", assertion("signer")}, {"client_assertion_type", type}};
        EXPECT_EQ(proven(), "invalid_client");
    }
    fields = {{"client_id", "signer"},
              {"client_assertion_type", std::string(client_assertion_type)}};
    EXPECT_EQ(proven(), "invalid_client");
}

TEST_F(ClientByAssertion, IsRefusedByAnotherMethodThanRegistered_O50) {
    for (auto const* client_id : {"rp", "poster", "app"})
        EXPECT_EQ(proven_by(assertion(client_id)), "invalid_client");
    fields = {{"client_id", "signer"}};
    EXPECT_EQ(proven(), "invalid_client");
    fields = {{"client_id", "signer"}, {"client_secret", ""}};
    EXPECT_EQ(proven(), "invalid_client");
    EXPECT_EQ(proven_by_basic(basic("signer:")), "invalid_client");
}

}  // namespace
}  // namespace tunnus::oidc
