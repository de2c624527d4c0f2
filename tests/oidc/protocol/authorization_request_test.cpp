// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_request.hpp"

#include "idp/base/limits.hpp"
#include "oidc/jose/jwt.hpp"
#include "tests/oidc/jose/tokens.hpp"
#include "tests/oidc/protocol/keys.hpp"
#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tunnus::oidc {
namespace {

using Fields = std::map<std::string, std::string>;
using Words = std::vector<std::string>;

/// A provider with two levels, two scopes and the clients of threats.md section 2.
struct AuthorizationRequestCheck : testing::Test {
    Limits limits;
    tests::KnownClients clients{tests::metadata(), tests::public_client()};
    std::vector<ScopeInfo> scopes{{"profile", {"name", "given_name"}, true, ""},
                                  {"hetu", {"hetu"}, true, "strong"}};
    Words claims_supported{"name", "given_name", "hetu", "locale"};
    Words levels{"light", "strong"};
    TimePoint now = from_unix_s(1'900'000'000);

    static Fields good(Fields const& more = {}) {
        Fields fields{{"client_id", "rp"},
                      {"redirect_uri", "https://rp.example/cb"},
                      {"response_type", "code"},
                      {"scope", "openid profile"},
                      {"state", "af0ifjsldkj"},
                      {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
                      {"code_challenge_method", "S256"}};
        for (auto const& [name, value] : more) {
            if (value == "(absent)")
                fields.erase(name);
            else
                fields[name] = value;
        }
        return fields;
    }
    static std::string text_of(Fields const& fields) {
        std::vector<std::pair<std::string_view, std::string_view>> list(fields.begin(),
                                                                        fields.end());
        return build_form(list);
    }
    CheckedAuthorization check_text(std::string_view text) {
        return check_authorization_request(
            parse_form(text), {"https://id.example", limits, clients, scopes, claims_supported,
                               levels, tests::our_keys(), now});
    }
    CheckedAuthorization check(Fields const& more) { return check_text(text_of(good(more))); }

    AuthorizationRequest accepted(Fields const& more = {}) {
        auto checked = check(more);
        if (auto* refused = std::get_if<RefusedAuthorization>(&checked))
            throw std::runtime_error("refused: " + refused->refusal.description);
        return std::get<AcceptedAuthorization>(checked).request;
    }
    /// `page`, `redirect(error)` or `accepted`.
    static std::string answer(CheckedAuthorization const& checked) {
        auto const* refused = std::get_if<RefusedAuthorization>(&checked);
        if (refused == nullptr) return "accepted";
        bool const redirects = refused->refusal.delivery == Delivery::redirect;
        EXPECT_EQ(redirects, refused->request.has_value());
        return redirects ? "redirect(" + std::string(to_string(refused->refusal.error)) + ")"
                         : "page";
    }
    std::string answer(Fields const& more) { return answer(check(more)); }
    std::string hint(std::string_view iss, std::string_view aud, std::string_view sub,
                     jose::SigningKey const& key = tests::es256_key(),
                     std::string_view typ = "JWT") {
        return jose::sign_jwt(key, typ,
                              {{"iss", iss},
                               {"aud", aud},
                               {"sub", sub},
                               {"iat", to_unix_s(now) - 7'200},
                               {"exp", to_unix_s(now) - 3'600}});
    }
};

TEST_F(AuthorizationRequestCheck, AcceptsAnOrdinaryRequest) {
    auto const request = accepted({{"nonce", "n-0S6_WzA2Mj"}, {"login_hint", "a@b.example"}});
    EXPECT_EQ(request.client_id, "rp");
    EXPECT_EQ(request.redirect_uri.text(), "https://rp.example/cb");
    EXPECT_EQ(request.response_type.text(), "code");
    EXPECT_EQ(request.response_way.mode, ResponseMode::query);
    EXPECT_EQ(request.scope, (Words{"openid", "profile"}));
    EXPECT_EQ(request.state, "af0ifjsldkj");
    EXPECT_EQ(request.nonce, "n-0S6_WzA2Mj");
    EXPECT_TRUE(request.code_challenge);
    EXPECT_EQ(request.login_hint, "a@b.example");
    EXPECT_FALSE(request.prompt.none || request.prompt.login || request.max_age);
}

TEST_F(AuthorizationRequestCheck, IgnoresUnknownParameters) {
    EXPECT_EQ(answer({{"extra", "foobar"}, {"display", "popup"}, {"claims_locales", "se"}}),
              "accepted");
}

TEST_F(AuthorizationRequestCheck, ShowsAPageForAClientItCannotName_O16) {
    for (std::string const id : {"", "(absent)", "unknown", "rp ", "RP"})
        EXPECT_EQ(answer({{"client_id", id}}), "page") << id;
    EXPECT_EQ(answer({{"client_id", std::string(5'000, 'a')}}), "page");
    EXPECT_EQ(answer(check_text(text_of(good()) + "&client_id=rp")), "page");
    clients.add(tests::client({{"disabled", true}}));
    EXPECT_EQ(answer(Fields{}), "page");
}

TEST_F(AuthorizationRequestCheck, ShowsAPageForARedirectUriThatIsNotRegistered_O14_O15) {
    for (std::string const uri :
         {"", "(absent)", "https://evil.example/cb", "http://rp.example/cb"})
        EXPECT_EQ(answer({{"redirect_uri", uri}}), "page") << uri;
    EXPECT_EQ(answer({{"redirect_uri", std::string(10'000, 'a')}}), "page");
    auto const text = text_of(good());
    EXPECT_EQ(answer(check_text(text + "&redirect_uri=https%3A%2F%2Frp.example%2Fcb")), "page");
    EXPECT_EQ(answer(check_text(text + "&redirect_uri=https%3A%2F%2Fevil.example")), "page");
    EXPECT_EQ(answer(check_text(text + "&redirect_uri=")), "page");
}

TEST_F(AuthorizationRequestCheck, RefusesARepeatedParameter_O20) {
    auto const text = text_of(good({{"nonce", "n"}, {"prompt", "login"}}));
    ASSERT_EQ(answer(check_text(text)), "accepted");
    for (std::string const name : {"state", "scope", "nonce", "code_challenge", "prompt",
                                   "response_type", "response_mode=query&response_mode", "x=1&x"})
        EXPECT_EQ(answer(check_text(text + "&" + name + "=a")), "redirect(invalid_request)")
            << name;
}

TEST_F(AuthorizationRequestCheck, AnswersARepeatedStateWithoutState_O20) {
    auto const checked = check_text(text_of(good()) + "&state=other");
    EXPECT_FALSE(std::get<RefusedAuthorization>(checked).request->state);
}

TEST_F(AuthorizationRequestCheck, TakesNoResponseTypeThatIsNotRegistered_O21) {
    for (std::string const type :
         {"token", "id_token", "code token", "none", "unknown", "code code", "code unknown"})
        EXPECT_EQ(answer({{"response_type", type}}), "redirect(unsupported_response_type)") << type;
    EXPECT_EQ(answer({{"response_type", "(absent)"}}), "redirect(invalid_request)");
}

/// A client with every response type.
struct HybridAuthorizationRequest : AuthorizationRequestCheck {
    HybridAuthorizationRequest() { register_with({}); }
    void register_with(boost::json::object more) {
        more["grant_types"] = {"authorization_code", "implicit", "refresh_token"};
        more["response_types"] = {"code",          "id_token",   "id_token token",
                                  "code id_token", "code token", "code id_token token"};
        clients.add(tests::client(more));
    }
};

TEST_F(HybridAuthorizationRequest, TakesItsWordsInAnyOrder) {
    for (auto const& [asked, text] :
         std::map<std::string, std::string>{{"id_token", "id_token"},
                                            {"token id_token", "id_token token"},
                                            {"id_token code", "code id_token"},
                                            {"token code id_token", "code id_token token"},
                                            {"token code", "code token"}}) {
        auto const request = accepted({{"response_type", asked}, {"nonce", "n"}});
        EXPECT_EQ(request.response_type.text(), text);
        EXPECT_EQ(request.response_way.mode, ResponseMode::fragment);
        EXPECT_FALSE(request.response_way.jwt);
    }
    EXPECT_EQ(answer({{"response_type", "token"}, {"nonce", "n"}}),
              "redirect(unsupported_response_type)");
}

// OpenID Connect Core §3.2.2.1 and §3.3.2.11; `code token` gives no ID token by the browser.
TEST_F(HybridAuthorizationRequest, DemandsANonceForAnIdTokenByTheBrowser) {
    for (std::string const type :
         {"id_token", "id_token token", "code id_token", "code id_token token"})
        EXPECT_EQ(answer({{"response_type", type}}), "redirect(invalid_request)") << type;
    EXPECT_EQ(answer({{"response_type", "code token"}}), "accepted");
    EXPECT_EQ(answer({{"response_type", "code"}}), "accepted");
}

TEST_F(HybridAuthorizationRequest, DemandsTheScopeOpenidForAnIdToken) {
    EXPECT_EQ(answer({{"response_type", "id_token"}, {"nonce", "n"}, {"scope", "profile"}}),
              "redirect(invalid_scope)");
}

// OpenID Connect Core §11.
TEST_F(HybridAuthorizationRequest, GivesNoOfflineAccessWithoutACode) {
    Fields const asked{{"nonce", "n"}, {"scope", "openid offline_access"}};
    auto with = asked;
    with["response_type"] = "id_token token";
    EXPECT_FALSE(accepted(with).has_scope("offline_access"));
    with["response_type"] = "code id_token";
    EXPECT_TRUE(accepted(with).has_scope("offline_access"));
}

TEST_F(HybridAuthorizationRequest, NeedsPkceForACodeAlone) {
    Fields const bare{
        {"nonce", "n"}, {"code_challenge", "(absent)"}, {"code_challenge_method", "(absent)"}};
    auto with = bare;
    with["response_type"] = "id_token token";
    EXPECT_EQ(answer(with), "accepted");
    with["response_type"] = "code id_token";
    EXPECT_EQ(answer(with), "redirect(invalid_request)");
}

TEST_F(HybridAuthorizationRequest, PutsNoTokenIntoAQuery_O22) {
    for (std::string const mode : {"query", "query.jwt"}) {
        auto const checked = check({{"response_type", "code token"}, {"response_mode", mode}});
        EXPECT_EQ(answer(checked), "redirect(invalid_request)");
        EXPECT_EQ(std::get<RefusedAuthorization>(checked).request->response_way.mode,
                  ResponseMode::fragment);
    }
    EXPECT_EQ(answer({{"response_type", "code"}, {"response_mode", "query.jwt"}}), "accepted");
    // JARM §2.3.1: nobody reads it where it is encrypted.
    auto const key =
        jose::tests::public_part(jose::tests::encryption_jwk(jose::KeyManagement::ECDH_ES));
    register_with({{"jwks", {{"keys", boost::json::array{key}}}},
                   {"authorization_encrypted_response_alg", "ECDH-ES"}});
    EXPECT_EQ(answer({{"response_type", "code token"}, {"response_mode", "query.jwt"}}),
              "accepted");
    EXPECT_EQ(answer({{"response_type", "code token"}, {"response_mode", "query"}}),
              "redirect(invalid_request)");
}

TEST_F(HybridAuthorizationRequest, IsTheSameAfterItWasStored) {
    auto const request = accepted(
        {{"response_type", "code id_token"}, {"response_mode", "form_post.jwt"}, {"nonce", "n"}});
    auto const stored = AuthorizationRequest::from_json(request.to_json()).value();
    EXPECT_EQ(stored.response_type.text(), "code id_token");
    EXPECT_EQ(stored.response_way.mode, ResponseMode::form_post);
    EXPECT_TRUE(stored.response_way.jwt);
}

TEST_F(AuthorizationRequestCheck, RefusesTheCodeToAClientWithoutThatGrant) {
    clients.add(tests::client({{"client_id", "machine"}, {"grant_types", {"client_credentials"}}}));
    EXPECT_EQ(answer({{"client_id", "machine"}}), "redirect(unauthorized_client)");
}

TEST_F(AuthorizationRequestCheck, KnowsItsResponseModes_O22) {
    using enum ResponseMode;
    struct Way {
        ResponseMode mode;
        bool jwt;
    };
    for (auto const& [name, way] :
         std::map<std::string, Way>{{"query", {query, false}},
                                    {"fragment", {fragment, false}},
                                    {"form_post", {form_post, false}},
                                    {"jwt", {query, true}},
                                    {"query.jwt", {query, true}},
                                    {"fragment.jwt", {fragment, true}},
                                    {"form_post.jwt", {form_post, true}}}) {
        auto const found = accepted({{"response_mode", name}}).response_way;
        EXPECT_EQ(found.mode, way.mode) << name;
        EXPECT_EQ(found.jwt, way.jwt) << name;
    }
    for (std::string const mode : {"web_message", ".jwt", "jwt.jwt", "QUERY", "unknown"}) {
        auto const checked = check({{"response_mode", mode}, {"state", "back"}});
        EXPECT_EQ(answer(checked), "redirect(invalid_request)") << mode;
        EXPECT_EQ(std::get<RefusedAuthorization>(checked).request->state, "back");
        auto const& way = std::get<RefusedAuthorization>(checked).request->response_way;
        EXPECT_EQ(way.mode, query);
        EXPECT_FALSE(way.jwt);
    }
}

TEST_F(AuthorizationRequestCheck, DemandsPkce_O23) {
    EXPECT_EQ(answer({{"code_challenge", "(absent)"}, {"code_challenge_method", "(absent)"}}),
              "redirect(invalid_request)");
    EXPECT_EQ(answer({{"code_challenge_method", "plain"}}), "redirect(invalid_request)");
}

TEST_F(AuthorizationRequestCheck, ChecksTheScope_O24) {
    EXPECT_EQ(accepted({{"scope", "profile"}}).scope, (Words{"profile"}));
    EXPECT_EQ(accepted({{"scope", "openid hetu nonsense"}}).scope, (Words{"openid"}));
    for (std::string const scope : {"a\"b", "open\nid", "(absent)", "hetu"})
        EXPECT_EQ(answer({{"scope", scope}}), "redirect(invalid_scope)") << scope;
    EXPECT_EQ(answer({{"scope", std::string(10'240, 'a')}}), "redirect(invalid_scope)");
}

TEST_F(AuthorizationRequestCheck, ReadsPrompt_O26) {
    EXPECT_TRUE(accepted({{"prompt", "none"}}).prompt.none);
    auto const both = accepted({{"prompt", "login consent"}}).prompt;
    EXPECT_TRUE(both.login && both.consent && !both.none);
    EXPECT_TRUE(accepted({{"prompt", "select_account"}}).prompt.select_account);
    EXPECT_EQ(answer({{"prompt", "unheard_of"}}), "accepted");
    for (std::string const prompt : {"none login", "login none", "none none", "none x"})
        EXPECT_EQ(answer({{"prompt", prompt}}), "redirect(invalid_request)") << prompt;
}

TEST_F(AuthorizationRequestCheck, ReadsMaxAge_O26) {
    EXPECT_EQ(accepted({{"max_age", "0"}}).max_age, seconds(0));
    EXPECT_EQ(accepted({{"max_age", "15000"}}).max_age, seconds(15'000));
    for (std::string const age :
         {"-1", "-0", "99999999999999999999", "abc", "1.5", "1 ", "+1", "0x1"})
        EXPECT_EQ(answer({{"max_age", age}}), "redirect(invalid_request)") << age;
    clients.add(tests::client({{"default_max_age", 60}}));
    EXPECT_EQ(accepted().max_age, seconds(60));
    EXPECT_EQ(accepted({{"max_age", "5"}}).max_age, seconds(5));
}

TEST_F(AuthorizationRequestCheck, LetsTheClientsMinimumWin_O27) {
    EXPECT_EQ(accepted({{"acr_values", "strong light"}}).acr_values, (Words{"strong", "light"}));
    clients.add(tests::client({{"default_acr_values", {"strong"}}}));
    EXPECT_EQ(accepted({{"acr_values", "light"}}).acr_values, (Words{"strong"}));
    EXPECT_EQ(accepted().acr_values, (Words{"strong"}));
}

TEST_F(AuthorizationRequestCheck, RefusesAnEssentialAcrThatNobodyReaches_O27) {
    auto const request =
        accepted({{"claims", R"({"id_token":{"acr":{"essential":true,"values":["strong"]}}})"}});
    EXPECT_TRUE(request.acr_essential);
    EXPECT_EQ(request.acr_values, (Words{"strong"}));
    EXPECT_EQ(answer({{"claims", R"({"id_token":{"acr":{"essential":true,"value":"moon"}}})"}}),
              "redirect(unmet_authentication_requirements)");
    EXPECT_EQ(answer({{"claims", R"({"id_token":{"acr":{"value":"moon"}}})"}}), "accepted");
    EXPECT_EQ(answer({{"acr_values", "moon"}}), "accepted");
}

TEST_F(AuthorizationRequestCheck, KeepsTheStateByteForByte_O28) {
    for (std::string const state : {"<script>", "a\r\nb", "\xc3\xa4\xe2\x82\xac", "%", "a b+c"})
        EXPECT_EQ(accepted({{"state", state}}).state, state);
    EXPECT_FALSE(accepted({{"state", "(absent)"}}).state);
    EXPECT_EQ(accepted({{"state", std::string(2'048, 's')}}).state->size(), 2'048U);
    auto const checked = check({{"state", std::string(2'049, 's')}});
    EXPECT_EQ(answer(checked), "redirect(invalid_request)");
    EXPECT_FALSE(std::get<RefusedAuthorization>(checked).request->state);
}

TEST_F(AuthorizationRequestCheck, BoundsTheNonce_O29) {
    EXPECT_EQ(accepted({{"nonce", "\"\xf0\x9f\x99\x82"}}).nonce, "\"\xf0\x9f\x99\x82");
    EXPECT_EQ(answer({{"nonce", std::string(513, 'n')}}), "redirect(invalid_request)");
}

TEST_F(AuthorizationRequestCheck, ReadsClaims_O30) {
    auto const request =
        accepted({{"claims", R"({"userinfo":{"given_name#fi":{"essential":true},"unheard_of":null},
                        "id_token":{"locale":null,"auth_time":{"essential":true}},"x":1})"}});
    ASSERT_EQ(request.claims.userinfo.size(), 1U);
    EXPECT_EQ(request.claims.userinfo[0].name, "given_name#fi");
    EXPECT_TRUE(request.claims.userinfo[0].essential);
    EXPECT_EQ(request.claims.id_token.size(), 2U);
    std::string const deep = "{\"userinfo\":" + std::string(1'000, '[') + "}";
    for (std::string const& claims :
         {std::string("not json"), std::string("[]"), std::string(R"({"userinfo":[]})"),
          std::string(R"({"userinfo":{"name":1}})"), deep,
          std::string(R"({"userinfo":{"name":null,"name":null}})"),
          std::string(R"({"userinfo":{"name":{"essential":1}}})"),
          "{\"x\":\"" + std::string(100'000, 'a') + "\"}"})
        EXPECT_EQ(answer({{"claims", claims}}), "redirect(invalid_request)")
            << claims.substr(0, 60);
}

TEST_F(AuthorizationRequestCheck, GivesAClaimOnlyWithAScopeOfTheClient_O30) {
    std::string const asks_hetu = R"({"userinfo":{"hetu":{"essential":true},"name":null}})";
    EXPECT_EQ(find_claim(accepted({{"claims", asks_hetu}}).claims.userinfo, "hetu"), nullptr);
    EXPECT_NE(find_claim(accepted({{"claims", asks_hetu}}).claims.userinfo, "name"), nullptr);
    clients.add(tests::client({{"scope", "openid hetu"}}));
    auto const fields = Fields{{"claims", asks_hetu}, {"scope", "openid"}};
    EXPECT_NE(find_claim(accepted(fields).claims.userinfo, "hetu"), nullptr);
}

TEST_F(AuthorizationRequestCheck, TakesAnExpiredHintOfItsOwn_O31) {
    auto const request =
        accepted({{"id_token_hint", hint("https://id.example", "rp", "248289761001")}});
    EXPECT_EQ(request.hinted_subject, "248289761001");
}

TEST_F(AuthorizationRequestCheck, RefusesAHintItCannotBelieve_O31) {
    auto const genuine = hint("https://id.example", "rp", "s");
    ASSERT_EQ(answer({{"id_token_hint", genuine}}), "accepted");
    auto const unsigned_hint =
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." +
        genuine.substr(genuine.find('.') + 1, genuine.rfind('.') - genuine.find('.'));
    for (auto const& text :
         {hint("https://id.example", "rp", "s", tests::strangers_key()),
          hint("https://other.example", "rp", "s"), hint("https://id.example", "app", "s"),
          hint("https://id.example", "rp", "s", tests::es256_key(), "logout+jwt"), unsigned_hint,
          std::string("a.b.c"), genuine + "x"})
        EXPECT_EQ(answer({{"id_token_hint", text}}), "redirect(invalid_request)");
}

TEST_F(AuthorizationRequestCheck, TakesASubjectClaimAsADemand) {
    std::string const claims = R"({"id_token":{"sub":{"value":"alice"}}})";
    EXPECT_EQ(accepted({{"claims", claims}}).hinted_subject, "alice");
    auto const other = hint("https://id.example", "rp", "bob");
    EXPECT_EQ(answer({{"claims", claims}, {"id_token_hint", other}}), "redirect(invalid_request)");
}

TEST_F(AuthorizationRequestCheck, PassesOverHintsItCannotUse_O32_O33) {
    EXPECT_EQ(accepted({{"login_hint", "<b>\r\n"}}).login_hint, "<b>\r\n");  // escaped when shown
    EXPECT_EQ(accepted({{"login_hint", std::string(513, 'a')}}).login_hint, "");
    EXPECT_EQ(accepted({{"ui_locales", "../../etc/passwd fi-FI  sv"}}).ui_locales,
              (Words{"fi-FI", "sv"}));
    EXPECT_EQ(accepted({{"ui_locales", std::string(1'000'000, 'a')}}).ui_locales, Words());
}

TEST_F(AuthorizationRequestCheck, FetchesNothing_O34) {
    EXPECT_EQ(answer({{"request_uri", "https://rp.example/object"}}),
              "redirect(request_uri_not_supported)");
    EXPECT_EQ(answer({{"registration", "{}"}}), "redirect(registration_not_supported)");
}

/// A client whose objects tests::es256_key() signs.
struct SignedAuthorizationRequest : AuthorizationRequestCheck {
    SignedAuthorizationRequest() { register_with({}); }
    void register_with(boost::json::object more) {
        more["jwks"] = tests::our_keys().to_json();
        clients.add(tests::client(more));
    }
    std::string object(boost::json::object claims, std::string_view typ = "JWT") {
        claims["iss"] = claims["client_id"] = "rp";
        claims["aud"] = "https://id.example";
        claims["nbf"] = to_unix_s(now);
        claims["exp"] = to_unix_s(now) + 60;
        return jose::sign_jwt(tests::es256_key(), typ, claims);
    }
};

// oidcc-ensure-request-object-with-redirect-uri: the one inside counts.
TEST_F(SignedAuthorizationRequest, TakesWhatIsInsideBeforeWhatIsOutside) {
    register_with({{"redirect_uris", {"https://rp.example/cb", "https://rp.example/in"}}});
    auto const request = accepted(
        {{"request", object({{"redirect_uri", "https://rp.example/in"}, {"state", "in"}})}});
    EXPECT_EQ(request.redirect_uri.text(), "https://rp.example/in");
    EXPECT_EQ(request.state, "in");
    EXPECT_EQ(answer({{"request", object({{"redirect_uri", "https://evil.example"}})}}), "page");
}

TEST_F(SignedAuthorizationRequest, AnswersABadObjectAtTheRedirectUriOutside_O42) {
    auto const checked = check({{"request", object({}) + "A"}});
    EXPECT_EQ(answer(checked), "redirect(invalid_request_object)");
    EXPECT_EQ(std::get<RefusedAuthorization>(checked).request->state, "af0ifjsldkj");
    EXPECT_EQ(answer({{"request", "eyJ.e30."}}), "redirect(invalid_request_object)");
    EXPECT_EQ(answer({{"request", "eyJ.e30."}, {"redirect_uri", "(absent)"}}), "page");
    EXPECT_EQ(answer({{"request", object({})}, {"request_uri", "https://rp.example/object"}}),
              "redirect(invalid_request)");
}

TEST_F(SignedAuthorizationRequest, CanBeDemanded) {
    register_with({{"require_signed_request_object", true}});
    EXPECT_EQ(answer(Fields{}), "redirect(invalid_request)");
    // Nothing outside counts any more: what is missing inside is missing.
    EXPECT_EQ(answer({{"request", object({{"response_type", "code"}})}}), "page");
    EXPECT_EQ(answer({{"request",
                       object({{"response_type", "code"},
                               {"redirect_uri", "https://rp.example/cb"},
                               {"scope", "openid"},
                               {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
                               {"code_challenge_method", "S256"}})}}),
              "accepted");
}

TEST_F(AuthorizationRequestCheck, KeepsTheThumbprintOfADpopKey) {
    constexpr auto jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    EXPECT_EQ(accepted({{"dpop_jkt", jkt}}).dpop_jkt, jkt);
    EXPECT_FALSE(accepted().dpop_jkt);
    EXPECT_EQ(answer({{"dpop_jkt", "short"}}), "redirect(invalid_request)");
    auto const stored = AuthorizationRequest::from_json(accepted({{"dpop_jkt", jkt}}).to_json());
    EXPECT_EQ(stored->dpop_jkt, jkt);
}

/// A request wrong in two ways is refused for the first: each line spoils one more thing than the
/// line below it.
TEST_F(AuthorizationRequestCheck, RefusesInTheOrderOfItsList) {
    struct Fault {
        std::string name;
        std::string value;
        std::string description;
    };
    // In the order of refusal.
    std::vector<Fault> const faults{
        {"client_id", "unknown", "client_id is unknown"},
        {"request", "x", "the request object is not valid"},
        {"redirect_uri", "https://evil.example/cb",
         "redirect_uri is not registered for this client"},
        {"response_mode", "unknown", "response_mode is unknown"},
        {"state", std::string(2'049, 's'), "state is too long"},
        {"request_uri", "https://rp.example/object", "request_uri is unknown"},
        {"response_type", "token", "response_type is not one that this client registered"},
        {"scope", "\"", "scope is malformed"},
        {"resource", "https://a.example", "resource is not one of this client"},
        {"authorization_details", "{}", "authorization_details is no list, or too long"},
        {"nonce", std::string(513, 'n'), "nonce is too long"},
        {"code_challenge", "(absent)", "code_challenge_method without code_challenge"},
        {"dpop_jkt", "short", "dpop_jkt is malformed"},
        {"prompt", "none login", "prompt none excludes every other value"},
        {"max_age", "x", "max_age must be a number of seconds"},
        {"claims", "[", "claims is malformed"}};
    Fields spoilt;
    for (auto const& fault : faults)
        spoilt[fault.name] = fault.value;
    // Beside a request object a request_uri is one too many, which is the same place of the list.
    auto const reference = spoilt.extract("request_uri");
    for (auto const& fault : faults) {
        if (fault.name == "request_uri") continue;
        auto const checked = check(spoilt);
        EXPECT_EQ(std::get<RefusedAuthorization>(checked).refusal.description, fault.description);
        spoilt.erase(fault.name);
        if (fault.name != "state") continue;
        auto with_reference = spoilt;
        with_reference["request_uri"] = reference.mapped();
        EXPECT_EQ(std::get<RefusedAuthorization>(check(with_reference)).refusal.description,
                  "request_uri is unknown");
    }
    EXPECT_EQ(answer(spoilt), "accepted");
}

TEST_F(AuthorizationRequestCheck, IsTheSameAfterItWasStored) {
    auto const request =
        accepted({{"response_mode", "form_post"},
                  {"nonce", "n"},
                  {"prompt", "login consent"},
                  {"max_age", "7"},
                  {"acr_values", "strong"},
                  {"login_hint", "a@b.example"},
                  {"ui_locales", "sv"},
                  {"id_token_hint", hint("https://id.example", "rp", "s")},
                  {"claims", R"({"userinfo":{"name":{"essential":true,"values":["a","b"]}}})"}});
    auto const stored = request.to_json();
    auto const again = AuthorizationRequest::from_json(stored);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->to_json(), stored);
    EXPECT_EQ(again->redirect_uri.text(), request.redirect_uri.text());
    EXPECT_EQ(text_values(again->claims.userinfo[0]), (Words{"a", "b"}));
    EXPECT_EQ(again->hinted_subject, "s");
    EXPECT_FALSE(AuthorizationRequest::from_json({}));
}

}  // namespace
}  // namespace tunnus::oidc
