// SPDX-License-Identifier: MIT
// Single logout with Suomi.fi through the whole product, both ways (threats.md S-117 to S-120,
// suomifi.md 2.4).
#include "saml/protocol/logout_response.hpp"
#include "tests/flow/strong_login.hpp"
#include "tests/saml/logout_world.hpp"

#include <boost/json/serialize.hpp>

#include <thread>

namespace tunnus::flow {
namespace {

using saml::test::logout_idp_slo_url;

class SingleLogout : public StrongLogin {
  protected:
    explicit SingleLogout(std::string const& wait = "1 ms") : StrongLogin(configuration(wait)) {}

    static std::string configuration(std::string const& wait) {
        auto text = strong_configuration();
        auto const put = [&](std::string_view after, std::string const& more) {
            text.insert(text.find(after) + after.size(), more);
        };
        put(R"("sso_url": "https://idp.example/sso",)",
            R"( "slo_url": ")" + std::string(logout_idp_slo_url) + R"(",)");
        put(R"("limits": {)", R"("saml_logout_wait": ")" + wait + R"(", )");
        return text;
    }

    boost::json::object log_in() {
        auto const page = make_light_account(browser, identify(browser, library), "m@example.org");
        return json_of(library.redeem(page.parameter("code")));
    }
    static std::string text(boost::json::object const& tokens, std::string_view name) {
        return std::string(tokens.at(name).as_string());
    }
    /// Suomi.fi's frame calls us: no cookies, another site.
    HttpResponse from_frame(std::string_view message) {
        HttpRequest request;
        request.path = "/suomifi/slo";
        request.query = saml::test::by_query(message, "relay").raw_query;
        request.headers.add("Sec-Fetch-Site", "cross-site");
        request.headers.add("Sec-Fetch-Dest", "iframe");
        return product.answer(request);
    }
    static saml::LogoutRequest request_for(Message const& message) {
        auto request = saml::test::logout_of_default_person();
        request.name_id.value = message.name_id;
        request.session_indexes = {message.session_index};
        return request;
    }
    HttpResponse ask_to_end(std::string id = "_l1") {
        auto request = request_for({});
        request.id = std::move(id);
        return from_frame(saml::build_logout_request(request));
    }
    static std::string query_of(std::string_view url) {
        return std::string(url.substr(url.find('?') + 1));
    }
    std::string status_of(HttpResponse const& answer) {
        std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
        auto const message = saml::parse_redirect_query(
            saml::MessageKind::response, query_of(answer.headers.find("Location").value_or("?")),
            keys, Limits());
        if (!message) return std::to_string(answer.status) + " " + message.error().text();
        auto const document = saml::xml::Document::parse(saml::test::library(), message->xml);
        auto const response = saml::parse_logout_response(document.value().root(), 1'024).value();
        auto const& code =
            response.status.second.empty() ? response.status.top : response.status.second;
        return code.substr(code.rfind(':') + 1);
    }
    saml::LogoutRequest sent_request(std::string_view url) {
        EXPECT_TRUE(url.starts_with(std::string(logout_idp_slo_url) + "?")) << url;
        std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
        auto const message =
            saml::parse_redirect_query(saml::MessageKind::request, query_of(url), keys, Limits());
        auto const document =
            saml::xml::Document::parse(saml::test::library(), message.value().xml);
        return saml::parse_logout_request(document.value().root(), 1'024).value();
    }
    Page come_back(saml::LogoutRequest const& request) {
        auto const query =
            saml::test::by_query(saml::test::idp_logout_response(request.id)).raw_query;
        return browser.get_from_elsewhere("/suomifi/slo?" + std::string(query));
    }
    bool is_signed_in() {
        auto const page = browser.get_from_elsewhere(library.authorize({{"prompt", "none"}}));
        return !page.parameter("code").empty();
    }
    std::int64_t live_sessions() {
        return product.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL");
    }
    /// Services answer their back channel.
    void open_back_channels() {
        product.http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
            OutboundResponse response;
            response.status = 200;
            return response;
        });
    }
};

TEST_F(SingleLogout, S118EndsTheSessionItsGrantsAndTellsItsServices) {
    auto const tokens = log_in();
    ASSERT_TRUE(is_signed_in());
    auto const answer = ask_to_end();
    EXPECT_EQ(status_of(answer), "PartialLogout") << "Library has not heard of it yet";
    EXPECT_EQ(live_sessions(), 0);
    EXPECT_FALSE(is_signed_in());
    EXPECT_EQ(product.audited("session.ended"), 1);
    EXPECT_NE(library.userinfo(text(tokens, "access_token")).status, 200);
    open_back_channels();
    product.run_job("logouts");
    ASSERT_EQ(product.http.requests().size(), 1U);
    EXPECT_EQ(product.http.requests()[0].url, "https://library.example/backchannel");
    EXPECT_EQ(status_of(ask_to_end("_l2")), "Success") << "asked again, all is done";
    EXPECT_FALSE(answer.headers.find("Set-Cookie"));
}

class PatientLogout : public SingleLogout {
  protected:
    PatientLogout() : SingleLogout("20 s") {}
};

TEST_F(PatientLogout, S118WaitsForServicesToHear) {
    log_in();
    open_back_channels();
    std::jthread const job([&](std::stop_token stop) {
        while (!stop.stop_requested())
            product.run_job("logouts");
    });
    EXPECT_EQ(status_of(ask_to_end()), "Success");
}

TEST_F(SingleLogout, S118IsFramedBySuomiFiAlone) {
    log_in();
    for (auto const& answer : {ask_to_end(), from_frame("<x></x>")}) {
        auto const policy = std::string(*answer.headers.find("Content-Security-Policy"));
        EXPECT_TRUE(policy.ends_with("frame-ancestors https://idp.example")) << policy;
        EXPECT_FALSE(answer.headers.find("X-Frame-Options"));
    }
    auto const other = browser.get("/profile/signin");
    EXPECT_NE(
        std::string(*other.headers.find("Content-Security-Policy")).find("frame-ancestors 'none'"),
        std::string::npos);
}

TEST_F(SingleLogout, S117EndsNobodyForARequestOfAStranger) {
    log_in();
    HttpRequest request;
    request.path = "/suomifi/slo";
    request.query =
        saml::test::by_query(saml::build_logout_request(request_for({})), "", fake_idp().stranger)
            .raw_query;
    auto const answer = product.answer(request);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(product.audited_reason("saml.reject"), "query_signature_invalid");
    EXPECT_TRUE(is_signed_in());
    auto other = request_for({});
    other.name_id.value = "another person's name";
    EXPECT_EQ(status_of(from_frame(saml::build_logout_request(other))), "UnknownPrincipal");
    EXPECT_TRUE(is_signed_in());
}

TEST_F(SingleLogout, ALoginUnderWayDoesNotOutliveTheLogout) {
    auto const page = identify(browser, library);
    EXPECT_EQ(status_of(ask_to_end()), "Success");
    auto const end = make_light_account(browser, page, "m@example.org");
    EXPECT_EQ(end.status, 409) << end.left_for;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions"), 0);
}

TEST_F(SingleLogout, LogoutHereAlsoEndsTheSessionAtSuomiFiAndReturnsToTheService) {
    auto const tokens = log_in();
    auto const page = browser.get_from_elsewhere(
        "/logout?id_token_hint=" + text(tokens, "id_token") +
        "&post_logout_redirect_uri=https%3A%2F%2Flibrary.example%2Fbye&state=s1");
    EXPECT_EQ(live_sessions(), 0) << "ours ends before anything else";
    auto const request = sent_request(page.left_for);
    EXPECT_EQ(request.name_id, request_for({}).name_id);
    EXPECT_EQ(request.session_indexes, request_for({}).session_indexes);
    EXPECT_EQ(come_back(request).left_for, "https://library.example/bye?state=s1");
}

TEST_F(SingleLogout, ReturnsToAPageOfOursWhereNoServiceAsked) {
    log_in();
    auto page = browser.get("/logout");
    page = browser.submit(page, {{"decision", "logout"}});
    EXPECT_EQ(live_sessions(), 0);
    auto const end = come_back(sent_request(page.left_for));
    EXPECT_EQ(end.status, 200) << end.left_for;
    EXPECT_TRUE(end.left_for.empty());
}

TEST_F(SingleLogout, EndingThisSessionOnItsOwnPageLeadsThroughSuomiFiToo) {
    for (bool const everywhere : {true, false}) {
        if (everywhere)
            log_in();
        else
            identify(browser, library);
        EXPECT_EQ(live_sessions(), 1);
        auto const page = browser.get("/profile/signin");
        std::smatch own;
        ASSERT_TRUE(
            std::regex_search(page.body, own, std::regex("name=\"session\" value=\"([^\"]+)\"")));
        auto const left = browser.submit(
            page, everywhere ? Fields{{"everywhere", "1"}} : Fields{{"session", own[1]}});
        EXPECT_EQ(live_sessions(), 0);
        EXPECT_FALSE(browser.has_cookie("__Host-sid"));
        auto const request = sent_request(left.left_for);
        EXPECT_EQ(request.name_id, request_for({}).name_id);
        auto const end = come_back(request);
        EXPECT_EQ(end.status, 200) << end.left_for;
        EXPECT_FALSE(is_signed_in());
    }
}

TEST_F(SingleLogout, EndingASessionOfAnotherBrowserLeavesThisOneWhereItIs) {
    log_in();
    Browser other(product);
    Message again;
    again.name_id = "AAdnewer";
    again.session_index = "_s9";
    identify(other, library, again);
    EXPECT_EQ(live_sessions(), 2);
    auto const page = browser.get("/profile/signin");
    auto const current = page.body.find("hds-status-label--info");
    ASSERT_NE(current, std::string::npos);
    std::vector<std::string> others;
    constexpr std::string_view before = "name=\"session\" value=\"";
    auto const own = page.body.find(before, current);
    for (auto at = page.body.find(before); at != std::string::npos;
         at = page.body.find(before, at + 1))
        if (at != own)
            others.push_back(page.body.substr(
                at + before.size(), page.body.find('"', at + before.size()) - at - before.size()));
    ASSERT_EQ(others.size(), 1U);
    auto const after = browser.submit(page, {{"session", others[0]}});
    EXPECT_TRUE(after.left_for.empty()) << after.left_for;
    EXPECT_EQ(live_sessions(), 1);
    EXPECT_TRUE(is_signed_in());
}

TEST_F(SingleLogout, NobodyIsHeldWhenSuomiFiDoesNotAnswer) {
    auto const tokens = log_in();
    (void)browser.get_from_elsewhere("/logout?id_token_hint=" + text(tokens, "id_token"));
    EXPECT_FALSE(is_signed_in());
    EXPECT_EQ(browser.get("/logout").status, 200) << "logged out, whatever they do next";
}

TEST_F(SingleLogout, S119AnAnswerThatNobodyWaitsForChangesNothing) {
    log_in();
    saml::LogoutRequest never_sent;
    never_sent.id = "_never";
    EXPECT_EQ(come_back(never_sent).status, 400);
    EXPECT_TRUE(is_signed_in());
}

TEST_F(SingleLogout, S120AnImageOfAnotherSiteLogsNobodyOut) {
    log_in();
    auto const page = browser.get_from_elsewhere("/logout");
    EXPECT_TRUE(page.shows("logout-confirm")) << page.body;
    EXPECT_TRUE(is_signed_in());
}

TEST_F(SingleLogout, AStepUpEndsWithEitherOfItsNames) {
    log_in();
    Message again;
    again.name_id = "AAdnewer";
    again.session_index = "_s9";
    auto const page = identify(browser, library, again, {{"prompt", "login"}});
    ASSERT_FALSE(page.parameter("code").empty()) << page.status << page.body;
    EXPECT_EQ(live_sessions(), 1) << "one session, proven twice";
    EXPECT_EQ(status_of(ask_to_end()), "PartialLogout");
    EXPECT_EQ(live_sessions(), 0);
}

TEST_F(StrongLogin, LogoutEndsHereWhereSuomiFiTakesNone) {
    auto const page = make_light_account(browser, identify(browser, library), "m@example.org");
    auto const tokens = json_of(library.redeem(page.parameter("code")));
    auto const end = browser.get_from_elsewhere("/logout?id_token_hint=" +
                                                std::string(tokens.at("id_token").as_string()));
    EXPECT_EQ(end.status, 200);
    EXPECT_TRUE(end.left_for.empty());
}

}  // namespace
}  // namespace tunnus::flow
