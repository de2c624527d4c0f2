// SPDX-License-Identifier: MIT
#include "oidc/key_ring.hpp"

#include "oidc/protocol/id_token_hint.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/jose/soft_token.hpp"

#include <latch>
#include <thread>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using namespace std::chrono_literals;

struct KeyRingTest : EndpointTest {
    std::string signing_kid() { return ring.signing_key("ES256")->kid(); }
    std::size_t published() {
        auto const document = parse_json_object(ring.current()->jwks_json).value();
        return document.at("keys").as_array().size();
    }
};
struct Documents : EndpointTest {
    static HttpRequest get(std::string path) {
        HttpRequest request;
        request.path = std::move(path);
        return request;
    }
    HttpResponse ask_preflight(std::string path, std::string_view origin) {
        auto request = get(std::move(path));
        request.method = Method::OPTIONS;
        request.headers.add("Origin", origin);
        return done(preflight(provider, request));
    }
};

TEST_F(KeyRingTest, MakesAKeyAtFirstStartAndKeepsIt) {
    EXPECT_EQ(published(), 1U);
    auto const kid = signing_kid();
    KeyRing again(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                  {"ES256"});
    ASSERT_TRUE(again.load_or_create());
    EXPECT_EQ(again.signing_key("ES256")->kid(), kid);
    EXPECT_EQ(again.signing_key("RS256"), nullptr);
}

TEST_F(KeyRingTest, MakesAKeyForAnAlgorithmThatIsNew) {
    KeyRing again(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                  {"ES256", "EdDSA"});
    ASSERT_TRUE(again.load_or_create());
    EXPECT_TRUE(again.signing_key("EdDSA"));
    EXPECT_EQ(again.current()->keys.size(), 2U);
}

TEST_F(KeyRingTest, SignsByEveryAlgorithm_Rfc7518_3_1) {
    std::vector<std::string> const algorithms{"RS256", "RS384", "RS512", "PS256", "PS384",
                                              "PS512", "ES256", "ES384", "ES512", "EdDSA"};
    KeyRing all(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                algorithms);
    ASSERT_TRUE(all.load_or_create());
    EXPECT_EQ(all.current()->keys.size(), algorithms.size());
    for (auto const& alg : algorithms) {
        auto const key = all.signing_key(alg);
        ASSERT_TRUE(key) << alg;
        auto const token = jose::sign_jws(*key, "JWT", R"({"sub":"alice"})");
        EXPECT_TRUE(jose::VerifiedJwt::verify(token, all.current()->verification,
                                              jose::find_algorithm(alg).value()))
            << alg;
        boost::json::object const said{{"iss", provider.issuer},
                                       {"sub", "alice"},
                                       {"aud", "rp"},
                                       {"iat", to_unix_s(store.now())},
                                       {"exp", to_unix_s(store.now()) + 60}};
        EXPECT_TRUE(check_id_token_hint(jose::sign_jwt(*key, "JWT", said), provider.issuer,
                                        all.current()->verification, limits, store.now()))
            << alg;
    }
}

TEST_F(KeyRingTest, AnnouncesThenSignsThenRetires_J18_J19) {
    auto const old_kid = signing_kid();
    auto const old_token = text(redeem(new_code()), "id_token");
    auto const etag = ring.current()->etag;
    ASSERT_TRUE(ring.rotate({0s, 1h, 1h}));
    EXPECT_EQ(published(), 2U);
    EXPECT_NE(ring.current()->etag, etag);
    EXPECT_EQ(signing_kid(), old_kid);

    store.clock.advance(1h);
    EXPECT_NE(signing_kid(), old_kid);
    ASSERT_TRUE(ring.refresh());
    EXPECT_EQ(published(), 2U);
    auto const accepts = [&] {
        return jose::VerifiedJwt::verify(old_token, ring.current()->verification,
                                         {jose::Algorithm::ES256})
            .has_value();
    };
    EXPECT_TRUE(accepts());

    store.clock.advance(1h);
    ASSERT_TRUE(ring.refresh());
    EXPECT_EQ(published(), 1U);
    EXPECT_FALSE(accepts());
    EXPECT_EQ(store.audited(AuditKind::key_rotated), 2);
}

// keys.rotation: announced a day before the old one has signed for ninety, gone a day after.
TEST_F(KeyRingTest, RotatesOnASchedule_J18_J19) {
    KeyRotation const rotation{90 * 24h, 24h, 24h};
    auto const old_kid = signing_kid();
    store.clock.advance(89 * 24h - 1s);
    ASSERT_TRUE(ring.keep(rotation));
    EXPECT_EQ(published(), 1U);
    store.clock.advance(1s);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(ring.keep(rotation));
        EXPECT_EQ(published(), 2U);
        EXPECT_EQ(signing_kid(), old_kid);
    }
    store.clock.advance(24h);
    auto const kid = signing_kid();
    EXPECT_NE(kid, old_kid);
    ASSERT_TRUE(ring.keep(rotation));
    EXPECT_EQ(published(), 2U);
    store.clock.advance(24h);
    ASSERT_TRUE(ring.keep(rotation));
    EXPECT_EQ(published(), 1U);
    EXPECT_EQ(signing_kid(), kid);
    EXPECT_EQ(store.audited(AuditKind::key_rotated), 2);
}

TEST_F(KeyRingTest, AnnouncesAlsoWhatItsTimeWasMissedFor) {
    auto const old_kid = signing_kid();
    store.clock.advance(400 * 24h);
    ASSERT_TRUE(ring.keep({90 * 24h, 24h, 24h}));
    EXPECT_EQ(published(), 2U);
    EXPECT_EQ(signing_kid(), old_kid);
    store.clock.advance(24h);
    EXPECT_NE(signing_kid(), old_kid);
}

TEST_F(KeyRingTest, RotatesByCommandAloneWithoutASchedule) {
    store.clock.advance(10'000 * 24h);
    ASSERT_TRUE(ring.keep({0s, 24h, 24h}));
    EXPECT_EQ(published(), 1U);
}

// Two processes that look at the same time make one successor.
TEST_F(KeyRingTest, MakesOneSuccessorWhereTwoNodesLook) {
    KeyRotation const rotation{90 * 24h, 24h, 24h};
    store.clock.advance(89 * 24h);
    std::latch both(2);
    {
        std::vector<std::jthread> nodes;
        for (int i = 0; i < 2; ++i)
            nodes.emplace_back([&] {
                KeyRing node(stored_keys, *store.database, store.sealer, store.clock, store.random,
                             log, {"ES256"});
                both.arrive_and_wait();
                EXPECT_TRUE(node.keep(rotation));
                EXPECT_EQ(node.current()->keys.size(), 2U);
            });
    }
    ASSERT_TRUE(ring.refresh());
    EXPECT_EQ(published(), 2U);
}

TEST_F(KeyRingTest, RefusesWhatARevokedKeySigned) {
    auto const token = text(redeem(new_code()), "id_token");
    KeyRing other(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                  {"ES256"});
    ASSERT_TRUE(other.load_or_create());
    ASSERT_TRUE(ring.revoke(signing_kid()));
    ASSERT_TRUE(other.keep({0s, 24h, 24h}));
    for (auto const* node : {&ring, &other}) {
        EXPECT_EQ(node->current()->jwks_json, ring.current()->jwks_json);
        EXPECT_FALSE(jose::VerifiedJwt::verify(token, node->current()->verification,
                                               {jose::Algorithm::ES256}));
    }
    EXPECT_EQ(field(refused(authorize({{"id_token_hint", token}})), "error"), "invalid_request");
}

TEST_F(KeyRingTest, ReplacesARevokedKeyAtOnce) {
    auto const old_kid = signing_kid();
    ASSERT_TRUE(ring.revoke(old_kid));
    EXPECT_EQ(published(), 1U);
    EXPECT_NE(signing_kid(), old_kid);
    EXPECT_EQ(ring.revoke("unknown").error().code, BaseErrc::not_found);
}

// A token's key takes the place of ours, its successor the token's.
TEST_F(KeyRingTest, TakesUpTheKeysOfAToken) {
    auto& token = jose::tests::SoftToken::instance();
    for (auto const* label : {"first", "second"})
        token.add_key(label, "EC", "P-256");
    TokenKeys held{
        jose::Pkcs11::open(jose::tests::SoftToken::module, jose::tests::SoftToken::pin).value(),
        {{"ES256", jose::tests::SoftToken::uri("first")}},
        1h,
        1h};
    auto const starts = [&](TokenKeys const& keys) {
        auto started =
            std::make_unique<KeyRing>(stored_keys, *store.database, store.sealer, store.clock,
                                      store.random, log, std::vector<std::string>{"ES256"});
        EXPECT_TRUE(started->load_or_create(keys));
        return started;
    };
    auto const our_kid = signing_kid();
    auto node = starts(held);
    EXPECT_EQ(node->signing_key("ES256")->kid(), our_kid) << "announced";
    EXPECT_EQ(node->current()->keys.size(), 2U);
    store.clock.advance(1h);
    auto const first = node->signing_key("ES256")->kid();
    EXPECT_NE(first, our_kid);
    auto const jwt = jose::sign_jws(*node->signing_key("ES256"), "JWT", "{}");
    EXPECT_EQ(starts(held)->signing_key("ES256")->kid(), first) << "once and for all";
    ASSERT_TRUE(node->rotate({0s, 1h, 1h}));
    ASSERT_TRUE(node->keep({90 * 24h, 1h, 1h}));
    EXPECT_EQ(node->current()->keys.size(), 2U) << "its successors come from the token";

    held.objects.push_back({"ES256", jose::tests::SoftToken::uri("second")});
    node = starts(held);
    EXPECT_EQ(node->signing_key("ES256")->kid(), first);
    store.clock.advance(1h);
    EXPECT_NE(node->signing_key("ES256")->kid(), first);
    EXPECT_TRUE(
        jose::VerifiedJwt::verify(jwt, node->current()->verification, jose::Algorithm::ES256));
    store.clock.advance(1h);
    ASSERT_TRUE(node->refresh());
    EXPECT_EQ(node->current()->keys.size(), 1U);

    auto twice = held;
    twice.objects.push_back({"ES256", jose::tests::SoftToken::uri("second")});
    EXPECT_EQ(starts(twice)->current()->keys.size(), 1U) << "the same key";
    KeyRing without(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                    {"ES256"});
    auto const refused = without.load_or_create();
    ASSERT_FALSE(refused) << "whoever has no token cannot serve";
    EXPECT_EQ(refused.error().code, jose::JoseErrc::unknown_key);
    ASSERT_TRUE(node->revoke(node->signing_key("ES256")->kid()));
    EXPECT_FALSE(node->signing_key("ES256")) << "nobody puts a key of ours in its place";
    EXPECT_FALSE(starts(held)->signing_key("ES256"));
    EXPECT_TRUE(without.load_or_create()) << "none of its keys is in force";
    EXPECT_TRUE(without.signing_key("ES256"));
}

TEST_F(KeyRingTest, SignsWithTheAnnouncedKeyWhereTheOtherIsRevoked) {
    auto const old_kid = signing_kid();
    ASSERT_TRUE(ring.rotate({0s, 1h, 1h}));
    auto const set = ring.current();
    auto const announced = std::ranges::find_if(
        set->keys, [&](auto const& entry) { return entry.key->kid() != old_kid; });
    ASSERT_NE(announced, set->keys.end());
    EXPECT_EQ(signing_kid(), old_kid);
    ASSERT_TRUE(ring.revoke(old_kid));
    EXPECT_EQ(signing_kid(), announced->key->kid());
    EXPECT_EQ(published(), 1U);
}

// The key before the revoked one is on its way out, and nothing would come after it.
TEST_F(KeyRingTest, MakesAKeyWhereTheNewestIsRevoked) {
    KeyRing both(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                 {"ES256", "ECDH-ES"});
    ASSERT_TRUE(both.load_or_create());
    ASSERT_TRUE(both.rotate({0s, 1h, 1h}));
    store.clock.advance(1h);
    ASSERT_TRUE(both.revoke(both.signing_key("ES256")->kid()));
    for (auto const& key : std::vector(both.current()->decryption))
        if (both.current()->jwks_json.find(key.kid()) != std::string::npos) {
            ASSERT_TRUE(both.revoke(key.kid()));
            break;
        }
    store.clock.advance(2h);
    ASSERT_TRUE(both.keep({0s, 1h, 1h}));
    EXPECT_TRUE(both.signing_key("ES256"));
    EXPECT_EQ(both.current()->keys.size(), 1U);
    ASSERT_EQ(both.current()->decryption.size(), 1U);
    EXPECT_NE(both.current()->jwks_json.find(both.current()->decryption.front().kid()),
              std::string::npos);
}

TEST_F(KeyRingTest, PublishesKeysToEncryptToAndKeepsThem) {
    KeyRing both(stored_keys, *store.database, store.sealer, store.clock, store.random, log,
                 {"ES256", "ECDH-ES"});
    ASSERT_TRUE(both.load_or_create());
    ASSERT_EQ(both.current()->decryption.size(), 1U);
    auto const published_key = parse_json_object(both.current()->jwks_json)
                                   .value()
                                   .at("keys")
                                   .as_array()
                                   .at(1)
                                   .as_object();
    EXPECT_EQ(find_string(published_key, "use"), "enc");
    EXPECT_FALSE(published_key.contains("d"));
    EXPECT_FALSE(published_key.contains("alg")) << "the whole family of ECDH-ES may use it";
    auto const to_us =
        jose::EncryptionKey::parse(published_key, jose::KeyManagement::ECDH_ES_A256KW).value();
    auto const token =
        to_us.encrypt(jose::ContentEncryption::A256GCM, "JWT", "inside", store.random);

    ASSERT_TRUE(both.rotate({0s, 1h, 1h}));
    EXPECT_EQ(both.current()->decryption.size(), 2U);
    EXPECT_EQ(both.current()->jwks_json.find(*find_string(published_key, "kid")), std::string::npos)
        << "nobody is to take it anew (OpenID Connect Core §10.2.1)";
    auto const opened = [&] {
        auto const plain = jose::decrypt(token, both.current()->decryption, {});
        return plain ? *plain : plain.error().text();
    };
    EXPECT_EQ(opened(), "inside");
    ASSERT_TRUE(both.revoke(*find_string(published_key, "kid")));
    EXPECT_NE(opened(), "inside");
    EXPECT_EQ(both.current()->decryption.size(), 1U);
    EXPECT_TRUE(both.signing_key("ES256"));
}

TEST_F(KeyRingTest, PublishesNoPrivateMember) {
    auto const document = parse_json_object(ring.current()->jwks_json).value();
    for (auto const& key : document.at("keys").as_array()) {
        EXPECT_FALSE(key.as_object().contains("d"));
        EXPECT_EQ(key.at("use"), "sig");
        EXPECT_EQ(key.at("kid"), boost::json::value(signing_kid()));
    }
}

TEST_F(Documents, AreForEveryoneForAWhile) {
    for (auto const& response :
         {done(jwks(provider, get("/jwks.json"))),
          done(openid_configuration(provider, get("/.well-known/openid-configuration")))}) {
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
        EXPECT_EQ(response.headers.find("Cache-Control"), "public, max-age=300");
        EXPECT_EQ(response.headers.find("Access-Control-Allow-Origin"), "*");
    }
}

TEST_F(Documents, AnswerWith304WhenNothingChanged) {
    auto request = get("/jwks.json");
    auto const first = done(jwks(provider, request));
    request.headers.add("If-None-Match", first.headers.find("ETag").value());
    auto const second = done(jwks(provider, request));
    EXPECT_EQ(second.status, 304);
    EXPECT_TRUE(second.body.empty());
    ASSERT_TRUE(ring.rotate({0s, 1h, 1h}));
    EXPECT_EQ(done(jwks(provider, request)).status, 200);
}

TEST_F(Documents, StateTheConfiguredIssuerWhateverTheHost_O88) {
    auto request = get("/.well-known/openid-configuration");
    request.headers.add("Host", "evil.example");
    request.headers.add("X-Forwarded-Host", "evil.example");
    auto const metadata = json(done(openid_configuration(provider, request)));
    EXPECT_EQ(metadata.at("issuer"), "https://id.example");
    EXPECT_EQ(metadata.at("jwks_uri"), "https://id.example/jwks.json");
    EXPECT_EQ(metadata.at("id_token_signing_alg_values_supported"), boost::json::array{"ES256"});
    EXPECT_EQ(metadata.at("scopes_supported"),
              (boost::json::array{"openid", "offline_access", "profile", "open"}));
    EXPECT_EQ(metadata.at("acr_values_supported"), (boost::json::array{"light", "strong"}));
}

TEST_F(Documents, LetRegisteredOriginsCallTheTokenEndpoint_O76) {
    auto const good = ask_preflight("/token", "https://rp.example");
    EXPECT_EQ(good.status, 204);
    EXPECT_EQ(good.headers.find("Access-Control-Allow-Origin"), "https://rp.example");
    EXPECT_FALSE(good.headers.find("Access-Control-Allow-Credentials"));
    for (auto const* origin :
         {"https://evil.example", "null", "http://rp.example", "https://rp.example.evil.example"})
        EXPECT_FALSE(ask_preflight("/token", origin).headers.find("Access-Control-Allow-Origin"))
            << origin;
    EXPECT_EQ(ask_preflight("/jwks.json", "https://evil.example")
                  .headers.find("Access-Control-Allow-Origin"),
              "*");
}

}  // namespace
}  // namespace tunnus::oidc
