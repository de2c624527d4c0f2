// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_request.hpp"

#include "oidc/jose/jwt.hpp"
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
    EXPECT_EQ(request.response_mode, ResponseMode::query);
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

TEST_F(AuthorizationRequestCheck, KnowsNoResponseTypeButCode_O21) {
    for (std::string const type :
         {"token", "id_token", "code token", "none", "unknown", "code code"})
        EXPECT_EQ(answer({{"response_type", type}}), "redirect(unsupported_response_type)") << type;
    EXPECT_EQ(answer({{"response_type", "(absent)"}}), "redirect(invalid_request)");
}

TEST_F(AuthorizationRequestCheck, RefusesTheCodeToAClientWithoutThatGrant) {
    clients.add(tests::client({{"client_id", "machine"}, {"grant_types", {"client_credentials"}}}));
    EXPECT_EQ(answer({{"client_id", "machine"}}), "redirect(unauthorized_client)");
}

TEST_F(AuthorizationRequestCheck, KnowsQueryAndFormPost_O22) {
    EXPECT_EQ(accepted({{"response_mode", "query"}}).response_mode, ResponseMode::query);
    EXPECT_EQ(accepted({{"response_mode", "form_post"}}).response_mode, ResponseMode::form_post);
    for (std::string const mode : {"fragment", "web_message", "jwt", "unknown"}) {
        auto const checked = check({{"response_mode", mode}});
        EXPECT_EQ(answer(checked), "redirect(invalid_request)") << mode;
        EXPECT_EQ(std::get<RefusedAuthorization>(checked).request->response_mode,
                  ResponseMode::query);
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

TEST_F(AuthorizationRequestCheck, TakesNoRequestObject_O34) {
    EXPECT_EQ(answer({{"request", "eyJ.e30."}}), "redirect(request_not_supported)");
    EXPECT_EQ(answer({{"request_uri", "https://rp.example/request.jwt"}}),
              "redirect(request_uri_not_supported)");
    EXPECT_EQ(answer({{"registration", "{}"}}), "redirect(registration_not_supported)");
}

/// A request wrong in two ways is refused for the first: each line spoils one more thing than the
/// line below it.
TEST_F(AuthorizationRequestCheck, RefusesInTheOrderOfItsList) {
    Fields const spoilt{{"max_age", "x"},
                        {"prompt", "none login"},
                        {"code_challenge", "(absent)"},
                        {"nonce", std::string(513, 'n')},
                        {"scope", "\""},
                        {"response_type", "token"},
                        {"request", "x"},
                        {"state", std::string(2'049, 's')},
                        {"response_mode", "fragment"},
                        {"redirect_uri", "https://evil.example/cb"},
                        {"client_id", "unknown"}};
    auto const description = [&](std::initializer_list<char const*> repaired) {
        auto fields = spoilt;
        for (auto const* name : repaired)
            fields.erase(name);
        auto const checked = check(fields);
        return std::get<RefusedAuthorization>(checked).refusal.description;
    };
    EXPECT_EQ(description({}), "client_id is unknown");
    EXPECT_EQ(description({"client_id"}), "redirect_uri is not registered for this client");
    EXPECT_EQ(description({"client_id", "redirect_uri"}),
              "response_mode must be query or form_post");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode"}), "state is too long");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode", "state"}),
              "request is not supported");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode", "state", "request"}),
              "response_type must be code");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode", "state", "request",
                           "response_type"}),
              "scope is malformed");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode", "state", "request",
                           "response_type", "scope"}),
              "nonce is too long");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode", "state", "request",
                           "response_type", "scope", "nonce"}),
              "code_challenge_method without code_challenge");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode", "state", "request",
                           "response_type", "scope", "nonce", "code_challenge"}),
              "prompt none excludes every other value");
    EXPECT_EQ(description({"client_id", "redirect_uri", "response_mode", "state", "request",
                           "response_type", "scope", "nonce", "code_challenge", "prompt"}),
              "max_age must be a number of seconds");
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
    EXPECT_EQ(again->claims.userinfo[0].values, (Words{"a", "b"}));
    EXPECT_EQ(again->hinted_subject, "s");
    EXPECT_FALSE(AuthorizationRequest::from_json({}));
}

}  // namespace
}  // namespace tunnus::oidc
