// SPDX-License-Identifier: MIT
// Services that register themselves (RFC 7591, 7592): from the registration to tokens.
#include "idp/base/json.hpp"
#include "tests/flow/story.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

namespace json = boost::json;

std::string configuration_with(std::string const& registration) {
    auto text = Product::shared_configuration();
    return text.insert(text.find("\"clients\""), "\"registration\": " + registration + ",\n");
}

HttpRequest call(Method method, std::string path, std::string_view token,
                 json::object const& body) {
    HttpRequest request;
    request.method = method;
    request.path = std::move(path);
    request.headers.add("Content-Type", "application/json");
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + std::string(token));
    if (!body.empty()) request.body = json::serialize(body);
    return request;
}

json::object read(HttpResponse const& response) {
    auto object = parse_json_object(response.body);
    return object ? std::move(*object) : json::object();
}
std::string text(json::object const& object, std::string_view name) {
    return std::string(find_string(object, name).value_or(""));
}

json::object discovery(Product& product) {
    return read(product.answer(call(Method::GET, "/.well-known/openid-configuration", "", {})));
}

json::object const lido{{"client_name", "Lido"},
                        {"redirect_uris", {"https://lido.example/cb"}},
                        {"token_endpoint_auth_method", "client_secret_post"},
                        {"id_token_signed_response_alg", "ES256"}};

TEST(FlowRegistration, IsNotThereUnlessTheConfigurationOpensIt_O77) {
    Product product;
    EXPECT_EQ(product.answer(call(Method::POST, "/register", "", lido)).status, 404);
    EXPECT_EQ(product.answer(call(Method::GET, "/register/x", "", {})).status, 404);
    EXPECT_FALSE(discovery(product).contains("registration_endpoint"));
}

class OpenRegistration : public Story {
  protected:
    OpenRegistration() : Story(configuration_with(R"({"mode": "open"})")) {}

    json::object registered(json::object const& metadata) {
        auto const response = product.answer(call(Method::POST, "/register", "", metadata));
        EXPECT_EQ(response.status, 201) << response.body;
        return read(response);
    }
};

TEST_F(OpenRegistration, LetsAServiceSignPeopleIn) {
    EXPECT_EQ(text(discovery(product), "registration_endpoint"), "https://tunnus.example/register");
    auto metadata = lido;
    metadata["token_endpoint_auth_method"] = "none";
    auto const client = registered(metadata);
    Service const service(product, text(client, "client_id"), "https://lido.example/cb", false);
    auto const tokens = json_of(service.redeem(code_of_a_login(service)));
    EXPECT_EQ(payload_of(text(tokens, "id_token")).at("aud"), client.at("client_id"));
    EXPECT_EQ(service.userinfo(text(tokens, "access_token")).status, 200);
}

TEST_F(OpenRegistration, LetsAServiceChangeAndGo) {
    auto const client = registered(lido);
    auto const own = "/register/" + text(client, "client_id");
    EXPECT_EQ(text(client, "registration_client_uri"), "https://tunnus.example" + own);

    auto const token = text(client, "registration_access_token");
    auto changed = lido;
    changed["client_id"] = client.at("client_id");
    changed["redirect_uris"] = json::array{"https://lido.example/new"};
    auto const replaced = product.answer(call(Method::PUT, own, token, changed));
    ASSERT_EQ(replaced.status, 200) << replaced.body;
    auto const next = text(read(replaced), "registration_access_token");
    EXPECT_EQ(product.answer(call(Method::GET, own, token, {})).status, 401);
    EXPECT_EQ(product.answer(call(Method::GET, own, next, {})).status, 200);
    EXPECT_EQ(product.answer(call(Method::DELETE_, own, next, {})).status, 204);
    EXPECT_EQ(product.answer(call(Method::DELETE_, own, next, {})).status, 401);
    EXPECT_EQ(product.audited("client.registered"), 3);
}

TEST(FlowRegistration, AsksForATokenWhereTheConfigurationSaysSo_O78) {
    setenv("TUNNUS_TEST_INITIAL_TOKEN", "an initial access token", 1);
    Product product(configuration_with(
        R"({"mode": "token", "initial_access_tokens": [{"env": "TUNNUS_TEST_INITIAL_TOKEN"}]})"));
    EXPECT_EQ(product.answer(call(Method::POST, "/register", "", lido)).status, 401);
    EXPECT_EQ(
        product.answer(call(Method::POST, "/register", "an initial access token", lido)).status,
        201);
}

}  // namespace
}  // namespace tunnus::flow
