// SPDX-License-Identifier: MIT
#include "oidc/protocol/request_object.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/fakes/random.hpp"
#include "tests/oidc/jose/tokens.hpp"
#include "tests/oidc/protocol/keys.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::string_view rfc9101_type = "oauth-authz-req+jwt";

/// A client with the key es256_key(), and objects that it signs.
struct RequestObject : testing::Test {
    Limits limits;
    TimePoint now = from_unix_s(1'900'000'000);
    Client core = client({});
    Client strict = client({{"require_signed_request_object", true}});

    static Client client(json::object const& more) {
        json::object members{{"jwks", tests::our_keys().to_json()}};
        for (auto const& member : more)
            members[member.key()] = member.value();
        return tests::client(members);
    }
    /// What every rule accepts, with `more` on top; null removes.
    [[nodiscard]] json::object claims(json::object const& more = {}) const {
        json::object object{{"iss", "rp"},
                            {"aud", "https://id.example"},
                            {"client_id", "rp"},
                            {"nbf", to_unix_s(now)},
                            {"exp", to_unix_s(now) + 300},
                            {"response_type", "code"},
                            {"redirect_uri", "https://rp.example/cb"},
                            {"state", "inner"}};
        return tests::changed(std::move(object), more);
    }
    static std::string sign(json::object const& object, std::string_view typ = rfc9101_type,
                            jose::SigningKey const& key = tests::es256_key()) {
        return jose::sign_jwt(key, typ, object);
    }
    Checked<ParsedForm> read(std::string_view object, Client const& by,
                             std::string_view outer = "client_id=rp&response_type=code",
                             bool pushed = false) {
        return read_request_object(object, parse_form(outer), by,
                                   {"https://id.example", by.jwks.get(), limits, pushed, now});
    }
    /// `accepted`, or the error.
    std::string answer(std::string_view object, Client const& by,
                       std::string_view outer = "client_id=rp&response_type=code") {
        auto const checked = read(object, by, outer);
        if (checked) return "accepted";
        EXPECT_EQ(checked.error().delivery, Delivery::redirect);
        return std::string(to_string(checked.error().error));
    }
    std::string strictly(json::object const& more) { return answer(sign(claims(more)), strict); }
    std::string loosely(json::object const& more) {
        return answer(sign(claims(more), "JWT"), core);
    }
};

TEST_F(RequestObject, GivesItsParametersAsAForm) {
    auto const object = sign(claims({{"max_age", 60},
                                     {"claims", {{"userinfo", {{"name", nullptr}}}}},
                                     {"resource", {"https://a.example", "https://b.example"}}}));
    auto const form = read(object, strict).value().form;
    EXPECT_EQ(form.get("state"), "inner");
    EXPECT_EQ(form.get("max_age"), "60");
    EXPECT_EQ(form.get("claims"), R"({"userinfo":{"name":null}})");
    EXPECT_EQ(form.all("resource").size(), 2U);
    for (auto const* name : {"iss", "aud", "nbf", "exp"})
        EXPECT_FALSE(form.find(name)) << name;
}

// The object of RFC 9101 §4, signed by a key of ours: it has neither exp nor typ.
TEST_F(RequestObject, Rfc9101Section4) {
    auto const by = client({{"client_id", "s6BhdRkqt3"}});
    json::object const object{{"iss", "s6BhdRkqt3"},
                              {"aud", "https://id.example"},
                              {"response_type", "code id_token"},
                              {"client_id", "s6BhdRkqt3"},
                              {"redirect_uri", "https://client.example.org/cb"},
                              {"scope", "openid"},
                              {"state", "af0ifjsldkj"},
                              {"nonce", "n-0S6_WzA2Mj"},
                              {"max_age", 86400}};
    auto const form =
        read(sign(object, "JWT"), by, "client_id=s6BhdRkqt3&response_type=id_token+code");
    ASSERT_TRUE(form);
    EXPECT_EQ(form->form.get("max_age"), "86400");
    EXPECT_EQ(form->form.get("redirect_uri"), "https://client.example.org/cb");
}

// The object of OpenID Connect Core §6.1, as it stands there, under the key that stands beside it.
TEST_F(RequestObject, OpenIdConnectCoreSection6_1) {
    // clang-format off
    constexpr std::string_view modulus =
        "y9Lqv4fCp6Ei-u2-ZCKq83YvbFEk6JMs_pSj76eMkddWRuWX2aBKGHAtKlE5P7_vn__PCKZWePt3vGkB6ePgzAFu08"
        "NmKemwE5bQI0e6kIChtt_6KzT5OaaXDFI6qCLJmk51Cc4VYFaxgqevMncYrzaW_50mZ1yGSFIQzLYP8bijAHGVjdEF"
        "gZaZEN9lsn_GdWLaJpHrB3ROlS50E45wxrlg9xMncVb8qDPuXZarvghLL0HzOuYRadBJVoWZowDNTpKpk2RklZ7QaB"
        "O7XDv3uR7s_sf2g-bAjSYxYUGsqkNA9b3xVW53am_UZZ3tZbFTIh557JICWKHlWj5uzeJXaw";
    constexpr std::string_view example =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsyYmRjIn0.ew0KICJpc3MiOiAiczZCaGRSa3F0MyIsDQogImF1ZCI6ICJodH"
        "RwczovL3NlcnZlci5leGFtcGxlLmNvbSIsDQogInJlc3BvbnNlX3R5cGUiOiAiY29kZSBpZF90b2tlbiIsDQogImNs"
        "aWVudF9pZCI6ICJzNkJoZFJrcXQzIiwNCiAicmVkaXJlY3RfdXJpIjogImh0dHBzOi8vY2xpZW50LmV4YW1wbGUub3"
        "JnL2NiIiwNCiAic2NvcGUiOiAib3BlbmlkIiwNCiAic3RhdGUiOiAiYWYwaWZqc2xka2oiLA0KICJub25jZSI6ICJu"
        "LTBTNl9XekEyTWoiLA0KICJtYXhfYWdlIjogODY0MDAsDQogImNsYWltcyI6IA0KICB7DQogICAidXNlcmluZm8iOi"
        "ANCiAgICB7DQogICAgICJnaXZlbl9uYW1lIjogeyJlc3NlbnRpYWwiOiB0cnVlfSwNCiAgICAgIm5pY2tuYW1lIjog"
        "bnVsbCwNCiAgICAgImVtYWlsIjogeyJlc3NlbnRpYWwiOiB0cnVlfSwNCiAgICAgImVtYWlsX3ZlcmlmaWVkIjogey"
        "Jlc3NlbnRpYWwiOiB0cnVlfSwNCiAgICAgInBpY3R1cmUiOiBudWxsDQogICAgfSwNCiAgICJpZF90b2tlbiI6IA0K"
        "ICAgIHsNCiAgICAgImdlbmRlciI6IG51bGwsDQogICAgICJiaXJ0aGRhdGUiOiB7ImVzc2VudGlhbCI6IHRydWV9LA"
        "0KICAgICAiYWNyIjogeyJ2YWx1ZXMiOiBbInVybjptYWNlOmluY29tbW9uOmlhcDpzaWx2ZXIiXX0NCiAgICB9DQog"
        "IH0NCn0.nwwnNsk1-ZkbmnvsF6zTHm8CHERFMGQPhos-EJcaH4Hh-sMgk8ePrGhw_trPYs8KQxsn6R9Emo_wHwajyF"
        "KzuMXZFSZ3p6Mb8dkxtVyjoy2GIzvuJT_u7PkY2t8QU9hjBcHs68PkgjDVTrG1uRTx0GxFbuPbj96tVuj11pTnmFCU"
        "R6IEOXKYr7iGOCRB3btfJhM0_AKQUfqKnRlrRscc8Kol-cSLWoYE9l5QqholImzjT_cMnNIznW9E7CDyWXTsO70xnB"
        "4SkG6pXfLSjLLlxmPGiyon_-Te111V8uE83IlzCYIb_NMXvtTIVc1jpspnTSD7xMbpL-2QgwUsAlMGzw";
    // clang-format on
    json::object const key{{"kty", "RSA"}, {"kid", "k2bdc"}, {"n", modulus}, {"e", "AQAB"}};
    auto const by =
        tests::client({{"client_id", "s6BhdRkqt3"}, {"jwks", {{"keys", json::array{key}}}}});
    auto const from = [&](std::string_view issuer) {
        return read_request_object(example,
                                   parse_form("client_id=s6BhdRkqt3&response_type=code%20id_token"),
                                   by, {issuer, by.jwks.get(), limits, false, now});
    };
    auto const read = from("https://server.example.com");
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->form.get("redirect_uri"), "https://client.example.org/cb");
    EXPECT_EQ(read->form.get("nonce"), "n-0S6_WzA2Mj");
    auto const claims = parse_json_object(read->form.get("claims")).value();
    EXPECT_EQ(claims.at("id_token").at("acr").at("values").at(0), "urn:mace:incommon:iap:silver");
    EXPECT_FALSE(from("https://other.example.com"));
}

TEST_F(RequestObject, MergesByOpenIdConnectCore61) {
    auto const object = sign(claims(), "JWT");
    auto const form =
        read(object, core, "client_id=rp&response_type=code&state=outer&nonce=outer").value().form;
    EXPECT_EQ(form.get("state"), "inner");
    EXPECT_EQ(form.get("nonce"), "outer");
    EXPECT_EQ(answer(object, core, "client_id=rp"), "invalid_request");
    EXPECT_EQ(answer(object, core, "client_id=rp&response_type=id_token"), "invalid_request");
}

TEST_F(RequestObject, TakesWhatIsInsideAloneByRfc9101_O41) {
    std::string_view const outer = "client_id=rp&response_type=token&state=outer&nonce=outer";
    for (auto const& [typ, by, pushed] :
         {std::tuple(rfc9101_type, &core, false), std::tuple(std::string_view("JWT"), &core, true),
          std::tuple(std::string_view("JWT"), &strict, false)}) {
        auto const form = read(sign(claims({{"state", nullptr}}), typ), *by, outer, pushed);
        ASSERT_TRUE(form) << typ;
        EXPECT_FALSE(form->form.find("state"));
        EXPECT_FALSE(form->form.find("nonce"));
        EXPECT_EQ(form->form.get("response_type"), "code");
    }
}

TEST_F(RequestObject, KeepsARepeatOutsideThatCounts_O20) {
    auto const outer = "client_id=rp&response_type=code&nonce=a&nonce=b&state=a&state=b";
    auto const merged = read(sign(claims(), "JWT"), core, outer).value();
    EXPECT_EQ(merged.repeated, std::vector<std::string>{"nonce"});
    EXPECT_TRUE(read(sign(claims()), core, outer).value().repeated.empty());
}

TEST_F(RequestObject, RefusesWhatIsNotTheClients_O42) {
    ASSERT_EQ(strictly({}), "accepted");
    ASSERT_EQ(loosely({}), "accepted");
    for (auto const& wrong : {json::object{{"client_id", "other"}}, json::object{{"iss", "other"}},
                              json::object{{"sub", "rp"}}, json::object{{"client_id", 7}}}) {
        EXPECT_EQ(strictly(wrong), "invalid_request_object") << json::serialize(wrong);
        EXPECT_EQ(loosely(wrong), "invalid_request_object") << json::serialize(wrong);
    }
    EXPECT_EQ(strictly({{"client_id", nullptr}}), "invalid_request_object");
    EXPECT_EQ(loosely({{"client_id", nullptr}}), "accepted");
}

TEST_F(RequestObject, RefusesAnotherAudience_O42_J15) {
    EXPECT_EQ(strictly({{"aud", {"https://other.example", "https://id.example"}}}), "accepted");
    for (auto const& aud : {json::value("https://id.example/"), json::value("rp"), json::value(1),
                            json::value{"https://other.example"}})
        for (auto const& given : {strictly({{"aud", aud}}), loosely({{"aud", aud}})})
            EXPECT_EQ(given, "invalid_request_object") << json::serialize(aud);
    EXPECT_EQ(strictly({{"aud", nullptr}}), "invalid_request_object");
    EXPECT_EQ(loosely({{"aud", nullptr}}), "accepted");
}

TEST_F(RequestObject, RefusesTimesThatDoNotSuit_O42_J14) {
    auto const at = [&](std::int64_t offset) { return to_unix_s(now) + offset; };
    EXPECT_EQ(strictly({{"nbf", at(8)}}), "accepted");
    EXPECT_EQ(strictly({{"exp", at(3'600)}}), "accepted");
    for (auto const& wrong :
         {json::object{{"exp", at(-61)}, {"nbf", at(-120)}}, json::object{{"exp", at(3'700)}},
          json::object{{"nbf", at(120)}}, json::object{{"exp", "soon"}}, json::object{{"exp", 1.5}},
          json::object{{"nbf", at(400)}}}) {
        EXPECT_EQ(strictly(wrong), "invalid_request_object") << json::serialize(wrong);
        EXPECT_EQ(loosely(wrong), "invalid_request_object") << json::serialize(wrong);
    }
    for (auto const& wrong :
         {json::object{{"exp", nullptr}}, json::object{{"nbf", nullptr}},
          json::object{{"nbf", at(-3'700)}}, json::object{{"nbf", at(-50)}, {"exp", at(3'590)}}})
        EXPECT_EQ(strictly(wrong), "invalid_request_object") << json::serialize(wrong);
    EXPECT_EQ(loosely({{"exp", nullptr}, {"nbf", nullptr}}), "accepted");
    EXPECT_EQ(answer(sign(claims({{"exp", nullptr}})), core), "invalid_request_object");
}

TEST_F(RequestObject, RefusesAnotherType_J16) {
    for (auto const* typ : {"at+jwt", "logout+jwt", "dpop+jwt", "client-authentication+jwt"})
        EXPECT_EQ(answer(sign(claims(), typ), strict), "invalid_request_object") << typ;
    EXPECT_EQ(answer(sign(claims(), "application/oauth-authz-req+jwt"), strict), "accepted");
}

TEST_F(RequestObject, RefusesAnotherKeyOrAlgorithm_O42_J01_J02) {
    EXPECT_EQ(answer(sign(claims(), rfc9101_type, tests::strangers_key()), strict),
              "invalid_request_object");
    EXPECT_EQ(answer(sign(claims()), client({{"request_object_signing_alg", "PS256"}})),
              "invalid_request_object");
    EXPECT_EQ(answer(sign(claims()), client({{"request_object_signing_alg", "ES256"}})),
              "accepted");
    auto const payload = encode_base64url(json::serialize(claims()));
    for (auto const* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({})"})
        for (std::string const signature : {"", "AAAA"})
            EXPECT_EQ(answer(encode_base64url(header) + "." + payload + "." + signature, core),
                      "invalid_request_object");
    // HMAC is by the client's secret, never by the text of a public key.
    auto const hmac = [](std::string_view secret) {
        json::object const jwk{
            {"kty", "oct"}, {"alg", "HS256"}, {"kid", "k"}, {"k", encode_base64url(secret)}};
        return jose::SigningKey::parse(Secret(json::serialize(jwk))).value();
    };
    auto const with_secret = client({{"client_secret", "a secret of thirty-two bytes and more"}});
    EXPECT_EQ(answer(sign(claims(), rfc9101_type, hmac("a secret of thirty-two bytes and more")),
                     with_secret),
              "accepted");
    auto const public_text = json::serialize(tests::es256_key().verification_key().public_jwk());
    EXPECT_EQ(answer(sign(claims(), rfc9101_type, hmac(public_text)), with_secret),
              "invalid_request_object");
}

TEST_F(RequestObject, TakesNoAlgorithmThatTheClientsProfileDoesNotPermit) {
    auto const algorithm = [&](std::string_view profile, jose::Algorithm alg) {
        auto const key = jose::SigningKey::parse(jose::generate_private_jwk(alg)).value();
        auto by = client({{"jwks", jose::JwkSet({key.verification_key()}).to_json()}});
        by.profile = profile;
        return answer(sign(claims(), rfc9101_type, key), by);
    };
    EXPECT_EQ(algorithm("", jose::Algorithm::RS256), "accepted");
    EXPECT_EQ(algorithm("fapi2", jose::Algorithm::ES256), "accepted");
    EXPECT_EQ(algorithm("fapi2", jose::Algorithm::RS256), "invalid_request_object");
    EXPECT_EQ(algorithm("fapi2-message-signing", jose::Algorithm::RS256), "invalid_request_object");
}

TEST_F(RequestObject, RefusesARequestInARequest) {
    EXPECT_EQ(strictly({{"request_uri", "urn:x"}}), "invalid_request_object");
    EXPECT_EQ(strictly({{"request", "a.b.c"}}), "invalid_request_object");
}

TEST_F(RequestObject, RefusesValuesThatAreNoParameters) {
    EXPECT_EQ(strictly({{"state", std::string("a\0b", 3)}}), "invalid_request_object");
    EXPECT_EQ(strictly({{"max_age", 1.5}}), "invalid_request_object");
    std::string const long_text(20'000, 'a');
    for (std::string_view const text : {"", "a", "a.b", "a.b.c", "a.b.c.d.e", long_text.c_str()})
        EXPECT_EQ(answer(text, core), "invalid_request_object") << text.substr(0, 20);
}

/// Objects encrypted to our key, as its owners publish it.
struct EncryptedRequestObject : RequestObject {
    static constexpr auto ecdh = jose::KeyManagement::ECDH_ES_A128KW;
    fakes::SeededRandom random;
    json::object const jwk = jose::tests::encryption_jwk(jose::KeyManagement::ECDH_ES);
    std::vector<jose::DecryptionKey> ours;

    EncryptedRequestObject() {
        auto any = jwk;
        any.erase("alg");
        ours.push_back(jose::tests::decryption_key(any));
    }
    std::string encrypt(std::string_view object, jose::KeyManagement alg = ecdh,
                        jose::ContentEncryption enc = jose::ContentEncryption::A256GCM) {
        return jose::EncryptionKey::parse(ours.front().public_jwk(), alg)
            .value()
            .encrypt(enc, "JWT", object, random);
    }
    std::string opened(std::string_view object, Client const& by) {
        auto const form =
            read_request_object(object, parse_form("client_id=rp&response_type=code"), by,
                                {"https://id.example", by.jwks.get(), limits, false, now, ours});
        return form ? std::string(form->form.get("state"))
                    : std::string(to_string(form.error().error));
    }
};

TEST_F(EncryptedRequestObject, IsReadAsTheSignedOneInside) {
    auto const signed_object = sign(claims());
    EXPECT_EQ(opened(encrypt(signed_object), strict), "inner");
    EXPECT_EQ(opened(encrypt(signed_object, jose::KeyManagement::ECDH_ES,
                             jose::ContentEncryption::A128CBC_HS256),
                     core),
              "inner");
}

TEST_F(EncryptedRequestObject, VouchesForNothingByItself) {
    EXPECT_EQ(opened(encrypt(json::serialize(claims())), core), "invalid_request_object");
    auto const none = encode_base64url(R"({"alg":"none"})") + "." +
                      encode_base64url(json::serialize(claims())) + ".";
    EXPECT_EQ(opened(encrypt(none), core), "invalid_request_object");
    auto const twice = encrypt(encrypt(sign(claims())));
    EXPECT_EQ(opened(twice, core), "invalid_request_object");
}

TEST_F(EncryptedRequestObject, IsForAKeyOfOursAndWhole_J10) {
    auto const good = encrypt(sign(claims()));
    EXPECT_EQ(opened(good, core), "inner");
    auto changed = good;
    changed[changed.size() - 3] = changed[changed.size() - 3] == 'A' ? 'B' : 'A';
    EXPECT_EQ(opened(changed, core), "invalid_request_object");
    ours = {jose::tests::decryption_key(jose::tests::encryption_jwk(jose::KeyManagement::ECDH_ES))};
    EXPECT_EQ(opened(good, core), "invalid_request_object");
    ours.clear();
    EXPECT_EQ(opened(good, core), "invalid_request_object");
}

TEST_F(EncryptedRequestObject, UsesWhatTheClientRegistered) {
    auto const by = client({{"request_object_encryption_alg", "ECDH-ES+A128KW"},
                            {"request_object_encryption_enc", "A256GCM"}});
    auto const object = sign(claims());
    EXPECT_EQ(opened(encrypt(object), by), "inner");
    EXPECT_EQ(opened(encrypt(object, jose::KeyManagement::ECDH_ES), by), "invalid_request_object");
    EXPECT_EQ(opened(encrypt(object, ecdh, jose::ContentEncryption::A128CBC_HS256), by),
              "invalid_request_object");
    EXPECT_EQ(opened(object, by), "inner") << "it may still leave it unencrypted";
}

}  // namespace
}  // namespace tunnus::oidc
