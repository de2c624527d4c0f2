// SPDX-License-Identifier: MIT
#include "oidc/endpoints/request_uri.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/jwe.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

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
    BegunAuthorization accepted(HttpRequest const& request) {
        return std::get<BegunAuthorization>(begun(request));
    }
    std::string error_of(HttpRequest const& request) { return field(refused(request), "error"); }

    int status = 200;
    std::string object;
};

TEST_F(RequestUri, FetchesTheObjectFromARegisteredAddress) {
    auto const begun = accepted(come("https://rp.example/object"));
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
    auto const begun = accepted(come("https://rp.example/object", {{"request", ""}}));
    EXPECT_EQ(begun.request.state, "fetched");
}

TEST_F(RequestUri, FetchesNothingWhereEveryRequestMustBePushed) {
    provider.require_pushed_authorization_requests = true;
    refused(come("https://rp.example/object"));
    EXPECT_TRUE(http.requests().empty());
}

TEST_F(RequestUri, IsFetchedOnlyWhereTheCallerMayBlock) {
    auto const fetches = [this](HttpRequest const& request) {
        return std::holds_alternative<MustFetch>(begin_authorization(provider, request));
    };
    EXPECT_FALSE(fetches(authorize()));
    EXPECT_FALSE(fetches(come("urn:ietf:params:oauth:request_uri:x")));
    EXPECT_FALSE(fetches(come("https://rp.example/other")));
    EXPECT_TRUE(fetches(come("https://rp.example/object")));
    auto posted = come("https://rp.example/object");
    posted.method = Method::POST;
    posted.headers.set("Content-Type", "application/x-www-form-urlencoded");
    posted.body = std::exchange(posted.query, {});
    EXPECT_TRUE(fetches(posted));
    EXPECT_TRUE(http.requests().empty());
}

// OpenID Connect Core §10.1.1: by a key that must be fetched, as by one that is registered.
TEST_F(RequestUri, MayBeSignedByAKeyThatIsFetched) {
    auto registration = tests::service(
        {{"jwks_uri", "https://rp.example/jwks"}, {"request_uris", {"https://rp.example/object"}}});
    clients.add(parse_client(registration).value());
    http.set_server([this](OutboundRequest const& request) -> Result<OutboundResponse> {
        if (request.url == "https://rp.example/object") return OutboundResponse{200, {}, object};
        return OutboundResponse{200, {}, boost::json::serialize(tests::our_keys().to_json())};
    });
    auto const by_value = authorize({{"request", object}});
    ASSERT_TRUE(std::holds_alternative<MustFetch>(begin_authorization(provider, by_value)));
    EXPECT_TRUE(http.requests().empty());
    EXPECT_EQ(accepted(come("https://rp.example/object")).request.state, "fetched");
    EXPECT_EQ(http.requests().size(), 2U);
    EXPECT_EQ(std::get<BegunAuthorization>(begin_authorization(provider, by_value)).request.state,
              "fetched");
    EXPECT_EQ(http.requests().size(), 2U);
}

TEST_F(RequestUri, MayBeEncryptedAndSignedByAKeyThatIsFetched) {
    KeyRing both(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                 {"ES256", "ECDH-ES"});
    ASSERT_TRUE(both.load_or_create());
    ASSERT_TRUE(ring.refresh());
    clients.add(parse_client(tests::service({{"jwks_uri", "https://rp.example/jwks"}})).value());
    http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
        return OutboundResponse{200, {}, boost::json::serialize(tests::our_keys().to_json())};
    });
    auto const sealed =
        jose::EncryptionKey::parse(both.current()->decryption.at(0).public_jwk(),
                                   jose::KeyManagement::ECDH_ES)
            .value()
            .encrypt(jose::ContentEncryption::A128CBC_HS256, "JWT", object, store.random);
    auto const by_value = authorize({{"request", sealed}});
    ASSERT_TRUE(std::holds_alternative<MustFetch>(begin_authorization(provider, by_value)));
    EXPECT_EQ(accepted(by_value).request.state, "fetched");
    EXPECT_EQ(http.requests().size(), 1U);
}

}  // namespace
}  // namespace tunnus::oidc
