// SPDX-License-Identifier: MIT
#include "oidc/endpoints/request_uri.hpp"

#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/keys.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;

struct RequestUri : EndpointTest {
    RequestUri() {
        clients.add(parse_client(tests::service({{"jwks", tests::our_keys().to_json()},
                                                 {"request_uris", {"https://rp.example/object"}}}))
                        .value());
        http.set_server([this](OutboundRequest const&) -> Result<OutboundResponse> {
            return OutboundResponse{status, {}, object};
        });
        object = jose::sign_jwt(tests::es256_key(), "JWT",
                                {{"iss", "rp"}, {"aud", provider.issuer}, {"state", "fetched"}});
    }
    HttpRequest come(std::string const& request_uri, Fields more = {}) {
        more["request_uri"] = request_uri;
        return authorize(more);
    }
    std::string error_of(HttpRequest const& request) { return field(refused(request), "error"); }

    int status = 200;
    std::string object;
};

TEST_F(RequestUri, FetchesTheObjectFromARegisteredAddress) {
    auto const begun = std::get<BegunAuthorization>(
        begin_authorization(provider, come("https://rp.example/object")));
    EXPECT_EQ(begun.request.state, "fetched");
    EXPECT_EQ(begun.request.nonce, "n-0S6_WzA2Mj");
    ASSERT_EQ(http.requests().size(), 1U);
    EXPECT_EQ(http.requests()[0].url, "https://rp.example/object");
    EXPECT_EQ(http.requests()[0].body_limit, limits.request_object_bytes);
    EXPECT_EQ(http.requests()[0].timeout, limits.http_timeout);
}

// OpenID Connect Core §6.2: the fragment is a hash of the content, not part of the address.
TEST_F(RequestUri, LooksPastTheFragment) {
    begin(
        {{"request_uri", "https://rp.example/object#GkurKxf5T0Y-mnPFCHqWOMiZi4VS138cQO_V7PZHAdM"}});
    ASSERT_EQ(http.requests().size(), 1U);
    EXPECT_EQ(http.requests()[0].url, "https://rp.example/object");
}

TEST_F(RequestUri, FetchesNothingElse_O34) {
    for (auto const* address :
         {"https://rp.example/object2", "http://rp.example/object", "https://rp.example/",
          "http://169.254.169.254/latest", "https://rp.example/object?x=1", "file:///etc/passwd"})
        EXPECT_EQ(error_of(come(address)), "invalid_request_uri") << address;
    EXPECT_EQ(
        error_of(come("https://rp.example/object",
                      {{"client_id", "other"}, {"redirect_uri", "https://other.example/cb"}})),
        "request_uri_not_supported");
    EXPECT_TRUE(http.requests().empty());
}

TEST_F(RequestUri, RefusesWhatItCannotGet) {
    for (int const bad : {404, 500, 302}) {
        status = bad;
        EXPECT_EQ(error_of(come("https://rp.example/object")), "invalid_request_uri") << bad;
    }
    status = 200;
    object = "no object";
    EXPECT_EQ(error_of(come("https://rp.example/object")), "invalid_request_object");
    object.clear();
    EXPECT_EQ(error_of(come("https://rp.example/object")), "invalid_request_uri");
    http.set_server({});
    EXPECT_EQ(error_of(come("https://rp.example/object")), "invalid_request_uri");
}

TEST_F(RequestUri, ComesWithoutAnObjectByValue) {
    EXPECT_EQ(error_of(come("https://rp.example/object", {{"request", object}})),
              "invalid_request");
    EXPECT_TRUE(http.requests().empty());
}

// What was fetched counts, whatever stands beside it.
TEST_F(RequestUri, TakesTheObjectOverAnEmptyOneBesideIt) {
    auto const begun = std::get<BegunAuthorization>(
        begin_authorization(provider, come("https://rp.example/object", {{"request", ""}})));
    EXPECT_EQ(begun.request.state, "fetched");
}

TEST_F(RequestUri, FetchesNothingWhereEveryRequestMustBePushed) {
    provider.require_pushed_authorization_requests = true;
    refused(come("https://rp.example/object"));
    EXPECT_TRUE(http.requests().empty());
}

TEST_F(RequestUri, WaitsOnTheOutboundLane) {
    EXPECT_EQ(lane_of_authorization(authorize()), Lane::fast);
    EXPECT_EQ(lane_of_authorization(come("https://rp.example/object")), Lane::outbound);
    EXPECT_EQ(lane_of_authorization(come("urn:ietf:params:oauth:request_uri:x")), Lane::fast);
    HttpRequest posted;
    posted.method = Method::POST;
    posted.body = come("https://rp.example/object").query;
    EXPECT_EQ(lane_of_authorization(posted), Lane::outbound);
    // A spelling that the lane did not see is not fetched on the fast one.
    auto hidden = come("https://rp.example/object");
    hidden.query.replace(hidden.query.find("request_uri"), 11, "request%5Furi");
    EXPECT_EQ(lane_of_authorization(hidden), Lane::fast);
    EXPECT_EQ(error_of(hidden), "invalid_request_uri");
    EXPECT_TRUE(http.requests().empty());
}

}  // namespace
}  // namespace tunnus::oidc
