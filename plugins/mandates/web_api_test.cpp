// SPDX-License-Identifier: MIT
// The calls of suomifi.md 7.2 to 7.6 against a register that checks every header.
#include "plugins/mandates/web_api.hpp"

#include "tests/fakes/host.hpp"
#include "tests/fakes/valtuudet.hpp"

#include <gtest/gtest.h>

namespace tunnus::plugin::mandates {
namespace {

using Failure = CallFailure::Kind;

class WebApiTest : public testing::Test {
  protected:
    WebApiTest() {
        using fakes::Valtuudet;
        settings_.base_url = Valtuudet::base_url;
        settings_.client_id = Valtuudet::client_id;
        settings_.api_key = Secret(std::string(Valtuudet::api_key));
        settings_.oauth_password = Secret(std::string(Valtuudet::oauth_password));
        settings_.rest_api_key = Secret(std::string(Valtuudet::rest_api_key));
        settings_.return_uri = "https://tunnus.example/mandates/callback";
        settings_.timeout = milliseconds(700);
        host_.fake_http.set_server(
            [this](OutboundRequest const& request) { return register_.answer(request); });
        register_.persons[delegate_code] = {{child, "Lapsi", {"ALL"}},
                                            {adult, "Aikuinen", {theme}}};
        register_.organisations[delegate_code] = {{"0201256-6", "Yritys Oy", {"NIMKO", "TJ"}},
                                                  {"0112038-9", "Toinen Oy", {}}};
    }
    static PersonalIdentityCode code(std::string_view text) {
        return PersonalIdentityCode::parse(text).value();
    }
    /// A session in which the person has chosen everybody.
    WebSession session(Kind kind) {
        auto const registered = api_.register_user(kind, code(delegate_code)).value();
        auto const back = register_.choose(api_.authorize_url(registered, "some state", "sv"));
        auto const query = parse_form(back.substr(back.find('?') + 1)).form;
        EXPECT_EQ(query.get("state"), "some state");
        return api_.redeem(registered, query.get("code")).value();
    }
    template <class T>
    static Failure kind_of(Called<T> const& called) {
        EXPECT_FALSE(called);
        return called.error().kind;
    }

    static inline std::string const delegate_code = "210281-9988";
    static inline std::string const child = "010117A9128";
    static inline std::string const adult = "240890-945M";
    static inline std::string const theme = "http://valtuusrekisteri.suomi.fi/lainaus";
    fakes::FakeHost host_{"mandates"};
    Settings settings_;
    fakes::Valtuudet register_{host_.manual_clock};
    WebApi api_{host_, settings_};
};

TEST_F(WebApiTest, RegistersSelectsRedeemsAsksAndUnregistersForPersons) {
    auto const chosen = session(Kind::person);
    auto const principals = api_.delegates(chosen).value();
    ASSERT_EQ(principals.size(), 2U);
    EXPECT_EQ(principals[1].name, "Aikuinen");
    EXPECT_EQ(api_.authorization_list(chosen, code(child), {}).value(),
              std::vector<std::string>{"ALL"});
    EXPECT_EQ(api_.authorization_list(chosen, code(adult), {theme}).value(),
              std::vector<std::string>{theme});
    EXPECT_TRUE(api_.authorization_list(chosen, code(adult), {}).value().empty())
        << "of adults only by a theme's name";
    api_.unregister(chosen);
    EXPECT_EQ(register_.sessions(), 0U);
    EXPECT_EQ(kind_of(api_.delegates(chosen)), Failure::session_over);
    EXPECT_EQ(register_.refused, std::vector<std::string>{"session"});
}

TEST_F(WebApiTest, GivesEveryOrganisationWithItsRoles) {
    auto const chosen = session(Kind::organisation);
    register_.organisations[delegate_code][1].complete = false;
    auto const all = api_.organisation_roles(chosen).value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].roles, (std::vector<std::string>{"NIMKO", "TJ"}));
    EXPECT_TRUE(all[0].complete);
    EXPECT_FALSE(all[1].complete);
    EXPECT_EQ(api_.organisation_roles(chosen, "0112038-9").value().at(0).name, "Toinen Oy");
}

TEST_F(WebApiTest, Suomifi74ChecksWithoutASessionUnderTheOtherKey) {
    EXPECT_TRUE(api_.authorization_without_session(code(delegate_code), code(adult), theme, "label")
                    .value());
    EXPECT_TRUE(
        api_.authorization_without_session(code(delegate_code), code(child), "", "label").value());
    EXPECT_FALSE(
        api_.authorization_without_session(code(child), code(adult), theme, "label").value());
    auto const url = host_.fake_http.requests().front().url;
    EXPECT_NE(url.find("&issue=http%3A%2F%2F"), std::string::npos) << url;
    settings_.rest_api_key = settings_.api_key;
    EXPECT_EQ(kind_of(api_.authorization_without_session(code(delegate_code), code(adult), theme,
                                                         "label")),
              Failure::refused);
    EXPECT_EQ(register_.refused, std::vector<std::string>{"checksum"});
}

TEST_F(WebApiTest, CenturySignsStayLiteralInThePath) {
    auto const* old_person = "010180+9026";
    register_.persons[old_person] = {};
    EXPECT_TRUE(api_.register_user(Kind::person, code(old_person)));
    EXPECT_NE(host_.fake_http.requests().front().url.find("/010180+9026?"), std::string::npos);
}

TEST_F(WebApiTest, SendsTheBrowserWithWhatTheSelectionNeedsAndNoIdentityCode) {
    WebSession session;
    session.user_id = "user-1";
    EXPECT_EQ(api_.authorize_url(session, "login", "sv"),
              "https://valtuudet.example/oauth/authorize?client_id=abcd1234&response_type=code&"
              "redirect_uri=https%3A%2F%2Ftunnus.example%2Fmandates%2Fcallback&user=user-1&"
              "state=login&lang=sv");
}

TEST_F(WebApiTest, EveryCallHasADeadlineAndABound) {
    session(Kind::person);
    for (auto const& request : host_.fake_http.requests()) {
        EXPECT_EQ(request.timeout, milliseconds(700)) << request.url;
        EXPECT_LE(request.body_limit, 65'536U) << request.url;
    }
}

// ---- suomifi.md 7.6

TEST_F(WebApiTest, Suomifi76SaysWhichErrorItIs) {
    auto const good = session(Kind::person);
    register_.faults["register"] = 403;
    auto const refused = api_.register_user(Kind::person, code(delegate_code));
    EXPECT_EQ(kind_of(refused), Failure::refused);
    EXPECT_EQ(refused.error().reason, "code_199");
    for (auto const& [status, kind] : std::map<int, Failure>{{0, Failure::unavailable},
                                                             {1, Failure::unavailable},
                                                             {2, Failure::unavailable},
                                                             {400, Failure::refused},
                                                             {401, Failure::session_over},
                                                             {404, Failure::refused},
                                                             {408, Failure::unavailable},
                                                             {429, Failure::unavailable},
                                                             {500, Failure::unavailable},
                                                             {503, Failure::unavailable}}) {
        for (auto const* call : {"register", "delegate", "authorizationlist", "rest"})
            register_.faults[call] = status;
        // Without a session there is none that could be over.
        auto const before = kind == Failure::session_over ? Failure::refused : kind;
        EXPECT_EQ(kind_of(api_.register_user(Kind::person, code(delegate_code))), before) << status;
        EXPECT_EQ(kind_of(api_.delegates(good)), kind) << status;
        EXPECT_EQ(kind_of(api_.authorization_list(good, code(adult), {})), kind) << status;
        EXPECT_EQ(kind_of(api_.authorization_without_session(code(delegate_code), code(adult),
                                                             theme, "label")),
                  before)
            << status;
    }
}

TEST_F(WebApiTest, Suomifi76ACodeCountsOnce) {
    auto const registered = api_.register_user(Kind::person, code(delegate_code)).value();
    auto const back = register_.choose(api_.authorize_url(registered, "s", "fi"));
    auto const query = parse_form(back.substr(back.find('?') + 1)).form;
    EXPECT_TRUE(api_.redeem(registered, query.get("code")));
    EXPECT_EQ(kind_of(api_.redeem(registered, query.get("code"))), Failure::code_spent);
}

TEST_F(WebApiTest, Suomifi76ASessionEndsWithItsToken) {
    auto const chosen = session(Kind::person);
    EXPECT_EQ(chosen.expires_at, host_.manual_clock.now() + seconds(599));
    host_.manual_clock.advance(seconds(598));
    EXPECT_TRUE(api_.delegates(chosen));
    host_.manual_clock.advance(seconds(1));
    EXPECT_EQ(kind_of(api_.delegates(chosen)), Failure::session_over);
}

TEST_F(WebApiTest, ALifeThatTheRegisterClaimsIsBounded) {
    register_.expires_in = 1'000'000'000'000;
    EXPECT_EQ(session(Kind::person).expires_at, host_.manual_clock.now() + seconds(600));
    register_.expires_in = -5;
    EXPECT_EQ(session(Kind::person).expires_at, host_.manual_clock.now());
}

TEST_F(WebApiTest, AWrongKeyPasswordOrClockIsRefused) {
    auto const refused_as = [&](std::string const& why) {
        register_.refused.clear();
        auto const called = api_.register_user(Kind::person, code(delegate_code));
        EXPECT_EQ(kind_of(called), Failure::refused) << why;
        EXPECT_EQ(register_.refused, std::vector<std::string>{why});
    };
    register_.clock_ahead = seconds(299);
    EXPECT_TRUE(api_.register_user(Kind::person, code(delegate_code)));
    register_.clock_ahead = seconds(360);
    refused_as("clock");
    register_.clock_ahead = -seconds(360);
    refused_as("clock");
    register_.clock_ahead = seconds(0);
    settings_.api_key = Secret("another key");
    refused_as("checksum");
    settings_.client_id = "another1";
    refused_as("header");
}

TEST_F(WebApiTest, M07_OnlyAllowedIsAYes) {
    for (auto const* word : {"DISALLOWED", "UNKNOWN", "allowed", "ALLOWED ", ""}) {
        host_.fake_http.set_server([&](OutboundRequest const&) {
            return OutboundResponse{200, {}, R"({"result":")" + std::string(word) + R"("})"};
        });
        EXPECT_FALSE(
            api_.authorization_without_session(code(delegate_code), code(adult), theme, "label")
                .value())
            << word;
    }
    for (auto const* body : {R"({"result":true})", R"({})", R"([])", R"("ALLOWED")"}) {
        host_.fake_http.set_server([&](OutboundRequest const&) {
            return OutboundResponse{200, {}, body};
        });
        EXPECT_EQ(kind_of(api_.authorization_without_session(code(delegate_code), code(adult),
                                                             theme, "label")),
                  Failure::unavailable)
            << body;
    }
}

TEST_F(WebApiTest, NeverLogsAnAddressOrWhatTheRegisterSaysOfPeople) {
    register_.faults["register"] = 500;
    static_cast<void>(api_.register_user(Kind::person, code(delegate_code)));
    host_.fake_http.set_server([&](OutboundRequest const&) {
        return OutboundResponse{400, {}, R"({"errorMessage":"no 210281-9988","errorCode":104})"};
    });
    static_cast<void>(api_.register_user(Kind::person, code(delegate_code)));
    bool told = false;
    for (auto const& line : host_.recording_log.lines()) {
        auto const text = boost::json::serialize(line.fields);
        told |= text.find("code_104") != std::string::npos;
        EXPECT_EQ(text.find(delegate_code), std::string::npos) << text;
        EXPECT_EQ(text.find("/service/"), std::string::npos) << text;
    }
    EXPECT_TRUE(told);
}

}  // namespace
}  // namespace tunnus::plugin::mandates
