// SPDX-License-Identifier: MIT
#include "oidc/key_ring.hpp"

#include "oidc/protocol/id_token_hint.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/jose/soft_token.hpp"

#include <latch>
#include <thread>
#include <utility>

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
    ASSERT_TRUE(without.load_or_create()) << "a token that is lost stops nothing";
    EXPECT_FALSE(without.signing_key("ES256"));
    ASSERT_TRUE(node->revoke(node->signing_key("ES256")->kid()));
    EXPECT_FALSE(node->signing_key("ES256")) << "nobody puts a key of ours in its place";
    EXPECT_FALSE(starts(held)->signing_key("ES256"));
    EXPECT_TRUE(without.load_or_create()) << "none of its keys is in force";
    EXPECT_TRUE(without.signing_key("ES256"));
}

struct LostToken : KeyRingTest {
    LostToken() {
        auto& token = jose::tests::SoftToken::instance();
        if (std::exchange(fresh, false)) token.add_key("lost", "EC", "P-384");
        clients.add(parse_client(tests::service({{"id_token_signed_response_alg", "ES384"},
                                                 {"access_token_format", "jwt"},
                                                 {"authorization_signed_response_alg", "ES256"}}))
                        .value());
    }
    /// As at a start, on the same storage.
    Result<> start(TokenKeys keys) {
        node = std::make_unique<KeyRing>(stored_keys, *store.database, store.sealer, store.clock,
                                         store.random, log,
                                         std::vector<std::string>{"ES256", "ES384"});
        return node->load_or_create(std::move(keys));
    }
    static TokenKeys held(std::string const& label = "lost") {
        return {
            jose::Pkcs11::open(jose::tests::SoftToken::module, jose::tests::SoftToken::pin).value(),
            {{"ES384", jose::tests::SoftToken::uri(label)}},
            1h,
            1h};
    }
    static TokenKeys gone() {
        auto keys = held();
        keys.token = nullptr;
        return keys;
    }
    std::size_t logged(std::string_view event) {
        auto const lines = log.lines();
        return static_cast<std::size_t>(
            std::ranges::count(lines, event, &fakes::RecordingLog::Line::event));
    }
    static inline bool fresh = true;
    std::unique_ptr<KeyRing> node;
};

TEST_F(LostToken, StopsNoStartAndIsToldOfOnce) {
    ASSERT_TRUE(start(held()));
    auto const kid = node->signing_key("ES384")->kid();
    auto const jwt = jose::sign_jws(*node->signing_key("ES384"), "JWT", "{}");
    ASSERT_TRUE(start(gone()));
    EXPECT_FALSE(node->signing_key("ES384")) << "no key of ours takes its place";
    EXPECT_TRUE(node->signing_key("ES256"));
    ASSERT_EQ(node->current()->lost.size(), 2U) << "the key, and the object that would be one";
    EXPECT_TRUE(
        jose::VerifiedJwt::verify(jwt, node->current()->verification, jose::Algorithm::ES384))
        << "services go on verifying what it signed";
    EXPECT_NE(node->current()->jwks_json.find(kid), std::string::npos);
    auto const told = logged("key.lost");
    ASSERT_TRUE(node->keep({90 * 24h, 1h, 1h}));
    EXPECT_EQ(logged("key.lost"), told);
    EXPECT_EQ(told, 2U);
}

TEST_F(LostToken, IsAskedAgainUntilItIsThere) {
    ASSERT_TRUE(start(held("later")));
    EXPECT_FALSE(node->signing_key("ES384"));
    EXPECT_EQ(node->current()->lost.size(), 1U);
    jose::tests::SoftToken::instance().add_key("later", "EC", "P-384");
    ASSERT_TRUE(node->keep({0s, 1h, 1h}));
    EXPECT_TRUE(node->signing_key("ES384"));
    EXPECT_TRUE(node->current()->lost.empty());
    EXPECT_EQ(logged("key.found"), 1U);
}

TEST_F(LostToken, IsToldOfOnceWhereOnlyAnotherKeyIsFound) {
    auto keys = held("sooner");
    keys.objects.push_back({"ES384", jose::tests::SoftToken::uri("never")});
    ASSERT_TRUE(start(std::move(keys)));
    EXPECT_EQ(logged("key.lost"), 2U);
    jose::tests::SoftToken::instance().add_key("sooner", "EC", "P-384");
    ASSERT_TRUE(node->keep({0s, 1h, 1h}));
    EXPECT_EQ(node->current()->lost.size(), 1U);
    EXPECT_EQ(logged("key.found"), 1U);
    EXPECT_EQ(logged("key.lost"), 2U);
}

TEST_F(LostToken, TakesNoOtherKeyForTheOneThatIsLost) {
    ASSERT_TRUE(start(held()));
    auto records = stored_keys.all().value();
    auto const held_here = std::ranges::find(records, "ES384", &storage::SigningKey::alg);
    ASSERT_NE(held_here, records.end());
    auto other = *held_here;
    other.kid = "another kid under the same URI";
    ASSERT_EQ(store.commit(storage::change_keys({{other}, {}, {{held_here->kid, store.now()}}, {}},
                                                store.sealer, store.random)),
              Verdict::won);
    ASSERT_TRUE(node->refresh());
    EXPECT_FALSE(node->signing_key("ES384"));
    EXPECT_EQ(node->current()->lost.at(0).name, other.kid);
}

TEST_F(LostToken, LetsItsKeysBeRevoked) {
    ASSERT_TRUE(start(held()));
    auto const kid = node->signing_key("ES384")->kid();
    ASSERT_TRUE(start(gone()));
    ASSERT_TRUE(node->revoke(kid));
    EXPECT_EQ(node->current()->jwks_json.find(kid), std::string::npos);
    EXPECT_EQ(node->revoke(kid).error().code, BaseErrc::not_found);
}

TEST_F(LostToken, IsAFaultOfTheConfigurationWhereTheKeyDoesNotFit) {
    jose::tests::SoftToken::instance().add_key("wrong", "EC", "P-256");
    EXPECT_FALSE(start(held("wrong")));
}

// Never by another key or algorithm than the client registered: it is told to come later.
TEST_F(LostToken, EndsRequestsThatItWouldHaveSignedAndNoOther) {
    ASSERT_TRUE(start(held()));
    ASSERT_TRUE(start(gone()));
    auto const code = new_code();
    auto const refused =
        settle(token(provider_with(*node), post("/token", redemption(code))), database);
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(text(refused, "error"), "server_error");
    EXPECT_TRUE(refused.headers.find("Retry-After"));
    EXPECT_EQ(refused.body.find("_token\":"), std::string::npos);
    auto const others = field(
        sign_in({{"client_id", "other"}, {"redirect_uri", "https://other.example/cb"}}), "code");
    auto const served = settle(
        token(provider_with(*node),
              post("/token", redemption(others, {{"redirect_uri", "https://other.example/cb"}}),
                   "other")),
        database);
    EXPECT_EQ(served.status, 200) << served.body;

    ASSERT_TRUE(start(held()));
    auto const later =
        settle(token(provider_with(*node), post("/token", redemption(code))), database);
    EXPECT_EQ(later.status, 200) << "nothing was used up: " << later.body;
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
