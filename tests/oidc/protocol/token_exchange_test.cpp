// SPDX-License-Identifier: MIT
#include "oidc/protocol/token_exchange.hpp"

#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

Client client() {
    return parse_client(tests::metadata({{"resources", {"https://api.example", "profile-api"}}}))
        .value();
}

Form form(std::string_view more) {
    std::string text = "subject_token=t&subject_token_type=" + std::string(access_token_type);
    std::string_view const names[] = {"resource", "audience"};
    return parse_form(text.append(more), 64, names).form;
}

OAuthError error(Form const& asked) {
    auto const request = parse_token_exchange(client(), asked);
    return request ? OAuthError::server_error : request.error().error;
}

TEST(TokenExchange, ReadsWhatIsAsked_Rfc8693_2_1) {
    auto const asked = form(
        "&resource=https%3A%2F%2Fapi.example&audience=profile-api&audience=profile-api"
        "&requested_token_type=urn:ietf:params:oauth:token-type:access_token"
        "&actor_token=a&actor_token_type=urn:ietf:params:oauth:token-type:access_token");
    auto const request = parse_token_exchange(client(), asked).value();
    EXPECT_EQ(request.subject_token, "t");
    EXPECT_EQ(request.actor_token, "a");
    EXPECT_EQ(request.targets, (std::vector<std::string>{"https://api.example", "profile-api"}));
    EXPECT_TRUE(parse_token_exchange(client(), form(""))->targets.empty());
}

TEST(TokenExchange, TakesAndGivesAccessTokensOnly_O82) {
    auto const with_type = [](std::string_view type) {
        return parse_form("subject_token=t&subject_token_type=" + std::string(type)).form;
    };
    EXPECT_EQ(error(with_type("urn:ietf:params:oauth:token-type:id_token")),
              OAuthError::invalid_request);
    EXPECT_EQ(error(with_type("urn:ietf:params:oauth:token-type:jwt")),
              OAuthError::invalid_request);
    EXPECT_EQ(error(with_type("")), OAuthError::invalid_request);
    for (auto const* more :
         {"&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token",
          "&requested_token_type=urn:ietf:params:oauth:token-type:id_token", "&actor_token=a",
          "&actor_token_type=urn:ietf:params:oauth:token-type:access_token",
          "&actor_token=a&actor_token_type=urn:ietf:params:oauth:token-type:id_token"})
        EXPECT_EQ(error(form(more)), OAuthError::invalid_request) << more;
    EXPECT_EQ(error(parse_form("audience=profile-api").form), OAuthError::invalid_request);
}

TEST(TokenExchange, IsForRegisteredTargetsAlone_O82) {
    EXPECT_EQ(error(form("&resource=https%3A%2F%2Fother.example")), OAuthError::invalid_target);
    EXPECT_EQ(error(form("&audience=profile-api&audience=other")), OAuthError::invalid_target);
    EXPECT_EQ(error(form("&audience=Profile-API")), OAuthError::invalid_target);
}

TEST(TokenExchange, SaysWhoActsForWhom_Rfc8693_4_1) {
    auto const first = add_actor({}, "gateway");
    EXPECT_EQ(first, (boost::json::object{{"sub", "gateway"}}));
    auto const second = add_actor(first, "archive");
    EXPECT_EQ(second, (boost::json::object{{"sub", "archive"}, {"act", {{"sub", "gateway"}}}}));
    EXPECT_EQ(count_actors({}), 0U);
    EXPECT_EQ(count_actors(second), 2U);
}

}  // namespace
}  // namespace tunnus::oidc
