// SPDX-License-Identifier: MIT
#include "oidc/protocol/dpop.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "tests/oidc/protocol/dpop_proofs.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::int64_t now_s = 1'700'000'000;

struct Dpop : testing::Test {
    Limits limits;
    std::vector<std::string> urls{"https://id.example/token"};
    DpopNonces nonces{Secret("the key of all nodes"), seconds(300), DpopNonces::Demand::optional};
    TimePoint now = from_unix_s(now_s);
    std::optional<std::string_view> access_token;
    json::object header = tests::proof_header();
    json::object claims{{"jti", "-BwC3ESc6acc2lTc"},
                        {"htm", "POST"},
                        {"htu", "https://id.example/token"},
                        {"iat", now_s}};

    std::string proof() const { return tests::proof(header, claims); }
    Checked<std::optional<DpopProof>> check(std::vector<std::string> const& fields) {
        Headers headers;
        for (auto const& field : fields)
            headers.add("DPoP", field);
        return check_dpop_proof(headers, {"POST", urls, nonces, limits, now, access_token});
    }
    /// "taken", or the error.
    std::string verdict(std::string const& text) {
        auto const checked = check({text});
        return checked ? "taken" : std::string(to_string(checked.error().error));
    }
    /// The members with one of another value, or without it (null).
    static json::object changed(json::object members, std::string_view name, json::value value) {
        if (value.is_null())
            members.erase(name);
        else
            members[name] = std::move(value);
        return members;
    }
    std::string with_claim(std::string_view name, json::value_ref const& value) {
        return verdict(tests::proof(header, changed(claims, name, value)));
    }
    std::string with_header(std::string_view name, json::value_ref const& value) {
        return verdict(tests::proof(changed(header, name, value), claims));
    }
};

constexpr auto refused = "invalid_dpop_proof";

TEST_F(Dpop, SaysWhichKeyAndWhatIsUsedUp) {
    auto const checked = check({proof()});
    ASSERT_TRUE(checked) << checked.error().detail;
    EXPECT_EQ((*checked)->jkt, tests::es256_key().verification_key().thumbprint());
    EXPECT_EQ((*checked)->jti, "-BwC3ESc6acc2lTc");
    // As long as it could be taken again: a minute of life, and clocks that differ.
    EXPECT_GE((*checked)->expires_at, from_unix_s(now_s + 120));
}

TEST_F(Dpop, IsNoneWithoutTheField) {
    auto const checked = check({});
    ASSERT_TRUE(checked);
    EXPECT_FALSE(*checked);
}

// RFC 9449 §4.3, step 1; oidc-conformance.md 4.2
TEST_F(Dpop, Rfc9449Section43OneFieldWithOneJwt) {
    EXPECT_EQ(verdict(proof()), "taken");
    EXPECT_FALSE(check({proof(), proof()}));
    EXPECT_EQ(verdict(""), refused);
    EXPECT_EQ(verdict("not a JWT"), refused);
    EXPECT_EQ(verdict(proof() + ", " + proof()), refused);
    EXPECT_EQ(verdict(proof() + ".x"), refused);  // J-11
}

// Steps 3 to 8, J-01, J-02, J-16
TEST_F(Dpop, Rfc9449Section43HeaderMembers) {
    EXPECT_EQ(with_header("typ", nullptr), refused);
    EXPECT_EQ(with_header("typ", "JWT"), refused);
    EXPECT_EQ(with_header("typ", "at+jwt"), refused);
    EXPECT_EQ(with_header("alg", nullptr), refused);
    EXPECT_EQ(with_header("alg", "none"), refused);
    EXPECT_EQ(with_header("alg", "RS256"), refused);
    EXPECT_EQ(with_header("alg", "HS256"), refused);
    EXPECT_EQ(with_header("jwk", nullptr), refused);
    EXPECT_EQ(with_header("jwk", "text"), refused);
    EXPECT_EQ(with_header("jwk", json::object{{"kty", "oct"}, {"k", "AAAA"}}), refused);
    EXPECT_EQ(with_header("jwk", tests::strangers_key().verification_key().public_jwk()), refused);
    auto const own = jose::SigningKey::parse(tests::private_proof_jwk()).value();
    auto with_private_key = tests::proof_header(own);
    ASSERT_EQ(verdict(tests::proof(with_private_key, claims, own)), "taken");
    with_private_key["jwk"] = parse_json_object(tests::private_proof_jwk().reveal()).value();
    EXPECT_EQ(verdict(tests::proof(with_private_key, claims, own)), refused);
    EXPECT_EQ(with_header("crit", json::array{"exp"}), refused);  // J-08
    EXPECT_EQ(with_header("more", "members"), "taken");
}

TEST_F(Dpop, IsNotSignedWithRs256) {
    EXPECT_FALSE(dpop_algorithms.contains(jose::Algorithm::RS256));
    EXPECT_FALSE(dpop_algorithms.contains(jose::Algorithm::HS256));
    for (auto const name : dpop_algorithm_names)
        EXPECT_TRUE(dpop_algorithms.contains(jose::find_algorithm(name).value()));
}

TEST_F(Dpop, Rfc9449Section43Claims) {
    for (auto const* name : {"jti", "htm", "htu", "iat"})
        EXPECT_EQ(with_claim(name, nullptr), refused) << name;
    EXPECT_EQ(with_claim("jti", ""), refused);
    EXPECT_EQ(with_claim("jti", 7), refused);
    EXPECT_EQ(with_claim("htm", "GET"), refused);
    EXPECT_EQ(with_claim("htm", "post"), refused);
    EXPECT_EQ(with_claim("more", "claims"), "taken");
}

// Step 9, RFC 3986 §6.2.2 and §6.2.3; oidc-conformance.md 4.2
TEST_F(Dpop, IsForThisAddressAfterNormalisation) {
    for (auto const* same : {"https://id.example/token?a=b", "https://id.example/token#part",
                             "https://id.example/token?a=b#part", "HTTPS://ID.EXAMPLE/token",
                             "https://id.example:443/token"})
        EXPECT_EQ(with_claim("htu", same), "taken") << same;
    for (auto const* other :
         {"https://id.example/userinfo", "http://id.example/token", "https://id.example:444/token",
          "https://other.example/token", "https://id.example/token/", "https://id.example/TOKEN",
          "https://x@id.example/token", "/token", "", "?"})
        EXPECT_EQ(with_claim("htu", other), refused) << other;
    urls.emplace_back("https://mtls.id.example/token");
    EXPECT_EQ(with_claim("htu", "https://mtls.id.example/token"), "taken");
}

// Step 11, oidc-conformance.md 4.2, J-14
TEST_F(Dpop, IsFresh) {
    EXPECT_EQ(with_claim("iat", now_s - 10), "taken");
    EXPECT_EQ(with_claim("iat", now_s + 10), "taken");
    EXPECT_EQ(with_claim("iat", now_s + 60), "taken");
    EXPECT_EQ(with_claim("iat", now_s - 120), "taken");
    EXPECT_EQ(with_claim("iat", now_s - 121), refused);
    EXPECT_EQ(with_claim("iat", now_s + 61), refused);
    EXPECT_EQ(with_claim("iat", now_s - 3'600), refused);
    EXPECT_EQ(with_claim("iat", now_s + 3'600), refused);
    EXPECT_EQ(with_claim("iat", "now"), refused);
    EXPECT_EQ(with_claim("iat", 1.5), refused);
    EXPECT_EQ(with_claim("exp", now_s + 60), "taken");
    EXPECT_EQ(with_claim("nbf", now_s), "taken");
    EXPECT_EQ(with_claim("exp", now_s - 600), refused);
    EXPECT_EQ(with_claim("nbf", now_s + 600), refused);
}

// §4.3 step 12, §7
TEST_F(Dpop, IsForThisAccessToken) {
    access_token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    EXPECT_EQ(verdict(proof()), refused);
    EXPECT_EQ(with_claim("ath", "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"), "taken");
    EXPECT_EQ(with_claim("ath", encode_base64url(sha256("another token"))), refused);
    EXPECT_EQ(with_claim("ath", 1), refused);
}

// The proof of RFC 9449 §4.1, at the time at which it was made.
TEST_F(Dpop, Rfc9449Section41) {
    constexpr auto example =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik"
        "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR"
        "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE"
        "QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIj"
        "oiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwia"
        "WF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg"
        "4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    urls = {"https://server.example.com/token"};
    now = from_unix_s(1'562'262'616);
    auto const checked = check({example});
    ASSERT_TRUE(checked) << checked.error().detail;
    // §6.1 names the thumbprint of this key.
    EXPECT_EQ((*checked)->jkt, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    now += seconds(121);
    EXPECT_FALSE(check({example}));
}

// The proof of RFC 9449 §7.1, for the access token of that section.
TEST_F(Dpop, Rfc9449Section71) {
    constexpr auto example =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik"
        "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR"
        "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE"
        "QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIj"
        "oiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0Z"
        "WRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNF"
        "c05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71E"
        "OptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    std::vector<std::string> const resource{"https://resource.example.org/protectedresource"};
    Headers headers;
    headers.add("DPoP", example);
    auto const checked =
        check_dpop_proof(headers, {"GET", resource, nonces, limits, from_unix_s(1'562'262'618),
                                   "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"});
    EXPECT_TRUE(checked) << checked.error().detail;
}

// §8
TEST_F(Dpop, NonceIsTakenForOneToTwoLifetimes) {
    auto const nonce = nonces.current(now);
    EXPECT_EQ(with_claim("nonce", nonce), "taken");
    now += seconds(300);
    claims["iat"] = to_unix_s(now);
    EXPECT_EQ(with_claim("nonce", nonce), "taken");
    now += seconds(300);
    claims["iat"] = to_unix_s(now);
    EXPECT_EQ(with_claim("nonce", nonce), "use_dpop_nonce");
}

TEST_F(Dpop, NonceOfAnotherNodeWithTheSameKeyIsTaken) {
    DpopNonces const other(Secret("the key of all nodes"), seconds(300),
                           DpopNonces::Demand::required);
    EXPECT_EQ(with_claim("nonce", other.current(now)), "taken");
    EXPECT_EQ(with_claim("nonce", other.current(now + seconds(200))), "taken");
    DpopNonces const stranger(Secret("another key"), seconds(300), DpopNonces::Demand::required);
    EXPECT_EQ(with_claim("nonce", stranger.current(now)), "use_dpop_nonce");
    EXPECT_EQ(with_claim("nonce", "made up"), "use_dpop_nonce");
    EXPECT_EQ(with_claim("nonce", ""), "use_dpop_nonce");
    EXPECT_EQ(with_claim("nonce", 7), refused);
}

TEST_F(Dpop, NonceIsDemandedWhereThatIsConfigured) {
    EXPECT_EQ(verdict(proof()), "taken");
    nonces = DpopNonces(Secret("the key of all nodes"), seconds(300), DpopNonces::Demand::required);
    EXPECT_EQ(verdict(proof()), "use_dpop_nonce");
    EXPECT_EQ(with_claim("nonce", nonces.current(now)), "taken");
}

// §10.1; ensure-mismatched-dpop-jkt-fails
TEST(PushedDpopJkt, IsTheOneThatIsNamedOrProven) {
    EXPECT_EQ(pushed_dpop_jkt("", "").value(), "");
    EXPECT_EQ(pushed_dpop_jkt("a", "").value(), "a");
    EXPECT_EQ(pushed_dpop_jkt("", "b").value(), "b");
    EXPECT_EQ(pushed_dpop_jkt("a", "a").value(), "a");
    EXPECT_EQ(pushed_dpop_jkt("a", "b").error().error, OAuthError::invalid_dpop_proof);
}

TEST(DpopJkt, IsTheDigestOfAKey) {
    EXPECT_TRUE(is_jkt(tests::es256_key().verification_key().thumbprint()));
    for (auto const* bad : {"", "a", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4", "=", "%"})
        EXPECT_FALSE(is_jkt(bad)) << bad;
}

}  // namespace
}  // namespace tunnus::oidc
