// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_authentication.hpp"

#include "idp/base/encoding.hpp"
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
        auto const credentials = parse_credentials(headers, form);
        if (!credentials) return std::string(to_string(credentials.error().error));
        auto const client = authenticate_client(*credentials, clients);
        if (!client) return std::string(to_string(client.error().error));
        return (*client)->client_id;
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
        auto const checked =
            authenticate_client({std::string(client_id), Secret(std::string(client_secret)),
                                 TokenEndpointAuthMethod::client_secret_basic},
                                clients);
        return checked.error().description;
    };
    EXPECT_EQ(refusal("rp", "wrong"), refusal("unknown", "wrong"));
    EXPECT_EQ(refusal("rp", "wrong"), refusal("poster", secret));
}

TEST_F(ClientAuthentication, RefusesADisabledClient_O58) {
    clients.add(tests::client({{"disabled", true}}));
    EXPECT_EQ(proven_by_basic(basic("rp:correct+horse+battery+staple")), "invalid_client");
}

TEST_F(ClientAuthentication, DoesNotKnowAssertions) {
    fields = {{"client_id", "rp"}, {"client_assertion", "x"}, {"client_assertion_type", "y"}};
    EXPECT_EQ(proven(), "invalid_client");
}

}  // namespace
}  // namespace tunnus::oidc
