// SPDX-License-Identifier: MIT
// Answer class S-REJ whole, and what an identity that was rightly proven must not be used for.
#include "idp/base/limits.hpp"
#include "tests/flow/strong_login.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

class StrongThreats : public StrongLogin {
  protected:
    Sent ask(Browser& with, Service const& service) {
        return sent_to_suomifi(
            with.get_from_elsewhere(service.authorize({{"acr_values", std::string(loa2)}})));
    }
    static Page post(Browser& with, Fields const& message) {
        return with.post_from_elsewhere("/suomifi/acs", message);
    }
    /// The reason of the newest event: the clock moves, so that there is one.
    std::string reason_after(Browser& with, Fields const& message, Page& page) {
        product.clock.advance(milliseconds(1));
        page = post(with, message);
        return product.audited_reason("saml.reject");
    }
    std::int64_t count_rejects() {
        return product.count("SELECT COUNT(*) FROM audit_events WHERE kind = 'saml.reject'");
    }
    /// Posts a message that must be refused, and asserts every part of the class; the page.
    std::string rejected(Browser& with, Fields const& message, std::string const& reason) {
        auto const rows = product.count("SELECT COUNT(*) FROM sessions");
        auto const rejects = count_rejects();
        Page page;
        EXPECT_EQ(reason_after(with, message, page), reason);
        EXPECT_EQ(page.status, 400) << reason;
        EXPECT_TRUE(page.left_for.empty()) << reason;
        EXPECT_FALSE(page.headers.find("Location")) << reason;
        EXPECT_EQ(page.headers.find("Content-Type").value_or(""), "text/html; charset=utf-8");
        for (auto const line : page.headers.all("Set-Cookie"))
            EXPECT_FALSE(line.starts_with("__Host-sid")) << reason;
        EXPECT_TRUE(page.shows("id=\"event-id\"")) << reason;
        EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions"), rows) << reason;
        EXPECT_EQ(count_rejects(), rejects + 1) << reason;
        auto const event = product.database->query(
            {"SELECT fields FROM audit_events WHERE kind = 'saml.reject' ORDER BY id DESC LIMIT 1",
             {},
             {}});
        EXPECT_NE(event->at(0).text(0).find("\"message_sha256\":\""), std::string::npos);
        // The event's own number aside, and the proof that belongs to it.
        return std::regex_replace(
            page.body, std::regex("<dd id=\"event-id\">[^<]*|event=[^&]*&amp;proof=[^&]*"), "");
    }
    static Message spoilt(std::function<void(Message&)> const& spoil) {
        Message message;
        spoil(message);
        return message;
    }
};

TEST_F(StrongThreats, SREJ_EveryRefusalIsTheSamePageAndChangesNothing) {
    auto const sent = ask(browser, library);
    Browser stranger(product);
    stranger.get_from_elsewhere(library.authorize());
    auto const good = answer(sent);
    std::vector<std::string> pages;
    auto const flip = [](std::string& text) { text[text.size() / 2] ^= 1; };
    pages.push_back(rejected(browser, answer(sent, spoilt([](Message& message) {
                                                 message.response_signature.present = false;
                                             })),
                             "signature_missing"));
    pages.push_back(rejected(browser, answer(sent, spoilt([](Message& message) {
                                                 message.not_on_or_after = "2030-01-02T02:04:05Z";
                                             })),
                             "expired"));
    pages.push_back(rejected(browser, answer(sent, spoilt([&](Message& message) {
                                                 message.encryption.edit_cipher = flip;
                                             })),
                             "decryption_failed"));
    pages.push_back(rejected(browser, {good[0], {"RelayState", "https://evil.example/"}},
                             "no_such_login_in_this_browser"));
    pages.push_back(rejected(stranger, good, "no_such_login_in_this_browser"));
    pages.push_back(rejected(browser, {good[1]}, "form_field"));
    for (auto const& page : pages)
        EXPECT_EQ(page, pages[0]) << "I7";
    EXPECT_EQ(post(browser, good).status, 200) << "the login stays usable for its owner";
    pages.push_back(rejected(browser, good, "not_awaited"));
    EXPECT_EQ(pages.back(), pages[0]);
}

TEST_F(StrongThreats, SREJ_LeavesTheSessionThatWasThere) {
    product.add_user("matti@example.org", password);
    sign_in_lightly(browser, library, "matti@example.org");
    auto const before = browser.cookie("__Host-sid");
    auto const sent = ask(browser, library);
    rejected(
        browser,
        answer(sent, spoilt([](Message& message) { message.assertion_signature.present = false; })),
        "signature_missing");
    EXPECT_EQ(browser.cookie("__Host-sid"), before);
    EXPECT_FALSE(browser.get_from_elsewhere(kiosk.authorize({{"prompt", "none"}}))
                     .parameter("code")
                     .empty());
}

// S-75: each stage that can fail behind a good Response signature, many times, one answer.
TEST_F(StrongThreats, S75_NoAnswerTellsTheStageThatFailed) {
    auto const sent = ask(browser, library);
    std::vector<std::pair<std::string, std::function<void(Message&, std::size_t)>>> const stages{
        {"decryption_failed",
         [](Message& message, std::size_t i) {
             message.encryption.edit_content_key = [i](std::string& key) {
                 key.resize(1 + i % 15);
             };
         }},
        {"decryption_failed",
         [](Message& message, std::size_t i) {
             message.encryption.edit_cipher = [i](std::string& cipher) {
                 cipher[i % cipher.size()] ^= static_cast<char>(1 + i % 255);
             };
         }},
        {"malformed",
         [](Message& message, std::size_t i) {
             message.edit_signed_assertion = [i](std::string& text) { text.resize(40 + i); };
         }},
        {"signature", [](Message& message, std::size_t i) {
             message.edit_signed_assertion = [i](std::string& text) {
                 auto const at = text.find("<ds:SignatureValue>") + 19 + i % 300;
                 text[at] = text[at] == 'A' ? 'B' : 'A';
             };
         }}};
    std::set<std::string> pages;
    std::set<std::string> reasons;
    for (std::size_t i = 0; i < 60; ++i)
        for (auto const& [reason, spoil] : stages) {
            Message message;
            spoil(message, i);
            Page page;
            product.clock.advance(milliseconds(1'050));  // below the bound of S-124
            reasons.insert(reason_after(browser, answer(sent, message), page));
            EXPECT_EQ(page.status, 400);
            pages.insert(page.body);
        }
    EXPECT_EQ(pages.size(), 1U) << "byte for byte";
    EXPECT_GE(reasons.size(), 3U) << "though the stages differ";
    EXPECT_EQ(post(browser, answer(sent)).status, 200);
}

// S-124: what is refused without end is not even read; everybody else goes on.
TEST_F(StrongThreats, S124_OneAddressThatSendsRubbishIsTurnedAwayForAMinute) {
    auto const bound = static_cast<std::int64_t>(Limits().refused_messages_per_minute);
    auto const sent = ask(browser, library);
    Browser rubbish(product);
    Fields const message{{"SAMLResponse", "cnViYmlzaA=="}, {"RelayState", "nobody"}};
    for (std::int64_t i = 0; i < bound; ++i)
        ASSERT_EQ(post(rubbish, message).status, 400) << i;
    auto const log_lines = product.log.lines().size();
    for (int i = 0; i < 500; ++i) {
        auto const page = post(rubbish, message);
        ASSERT_EQ(page.status, 429);
        ASSERT_EQ(page.headers.find("Retry-After").value_or(""), "60");
        ASSERT_TRUE(page.shows("id=\"error\"") && page.shows("id=\"event-id\""));
    }
    EXPECT_EQ(count_rejects(), bound) << "no event for what was not read";
    EXPECT_EQ(product.log.lines().size(), log_lines);
    EXPECT_EQ(post(browser, answer(sent)).status, 429) << "it cannot be told from the rubbish";
    EXPECT_EQ(rubbish.get_from_elsewhere(library.authorize()).status, 200) << "nothing but the ACS";

    auto request = product.history[product.history.size() - 2].request;
    ASSERT_EQ(request.path, "/suomifi/acs");
    request.client_address = "192.0.2.8";
    EXPECT_EQ(product.answer(request).status, 200) << "the good message, from another address";

    product.run_job("refusals");
    EXPECT_FALSE(product.log.has("login.messages_turned_away")) << "the minute is not over";
    product.clock.advance(seconds(60));
    EXPECT_EQ(post(rubbish, message).status, 400);
    product.run_job("refusals");
    product.run_job("refusals");
    std::vector<boost::json::object> told;
    for (auto const& line : product.log.lines())
        if (line.event == "login.messages_turned_away") told.push_back(line.fields);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].at("address"), "192.0.2.7");
    EXPECT_EQ(told[0].at("messages"), 501);
    EXPECT_EQ(product.audited_reason("login.refused"), "turned_away");
    EXPECT_EQ(product.audited("login.refused"), 1);
}

TEST_F(StrongThreats, S107_APersonDisabledASecondAgoGetsNoSession) {
    auto const page = make_light_account(browser, identify(browser, library), "maija@example.org");
    auto const user = std::string(id_token(library, page).at("sub").as_string());
    Browser other(product);
    auto const sent = ask(other, library);
    product.disable_user(user);
    auto const refused = post(other, answer(sent));
    EXPECT_EQ(refused.parameter("error"), "access_denied");
    EXPECT_TRUE(refused.parameter("code").empty());
    EXPECT_FALSE(other.has_cookie("__Host-sid"));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM audit_events WHERE kind = 'login.refused'"), 1);
}

TEST_F(StrongThreats, L30_AnAddressInAnAttributeLinksNothing) {
    auto const attacker = product.add_user("victim@example.org", password);
    Message message;
    message.attributes.emplace_back("urn:oid:0.9.2342.19200300.100.1.3", "victim@example.org");
    auto const page =
        make_light_account(browser, identify(browser, library, message), "own@example.org");
    EXPECT_NE(id_token(library, page).at("sub").as_string(), attacker);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM identities WHERE user_id = '" + attacker + "'"),
              1);
}

TEST_F(StrongThreats, L34_ACodeProvenByOneStrongPersonIsOfNoUseToAnother) {
    Browser other(product);
    auto mine = identify(browser, library);
    auto theirs = identify(other, library, person("010280-952L"));
    theirs = other.submit(theirs, {{"email", "maija@example.org"}});
    code_from_mailbox();
    mine = browser.submit(mine, {{"email", "maija@example.org"}});
    auto const code = code_from_mailbox();
    auto const refused = other.submit(theirs, {{"code", code}});
    EXPECT_FALSE(refused.shows("name=\"new_password\"")) << refused.body;
    EXPECT_TRUE(browser.submit(mine, {{"code", code}}).shows("name=\"new_password\""));
}

TEST_F(StrongThreats, L35_TwoTabsCannotFinishCrosswise) {
    auto const first = ask(browser, library);
    auto const second = ask(browser, kiosk);
    auto crossed = answer(first);
    crossed[1].second = second.relay_state;
    rejected(browser, crossed, "wrong_in_response_to");
    crossed = answer(second, person("010280-952L"));
    crossed[1].second = first.relay_state;
    rejected(browser, crossed, "wrong_in_response_to");
    EXPECT_EQ(post(browser, answer(first)).status, 200);
    EXPECT_EQ(post(browser, answer(second, person("010280-952L"))).status, 200);
}

TEST_F(StrongThreats, L39_ALightProofInAnOldStrongSessionIsLight) {
    make_light_account(browser, identify(browser, library), "maija@example.org");
    product.clock.advance(seconds(20 * 60));
    auto page = browser.get_from_elsewhere(library.authorize({{"max_age", "60"}}));
    ASSERT_TRUE(page.left_for.empty()) << "the strong proof is too old";
    page = browser.submit(page, {{"method", "password"}});
    page = browser.submit(page, {{"email", "maija@example.org"}, {"password", password}});
    auto const claims = id_token(library, page);
    EXPECT_EQ(claims.at("acr"), "light");
    EXPECT_EQ(claims.at("auth_time").to_number<std::int64_t>(), to_unix_s(product.clock.now()));
    // What needs strong does not get the light proof's time.
    page = browser.get_from_elsewhere(library.authorize(
        {{"prompt", "none"}, {"max_age", "60"}, {"acr_values", std::string(loa2)}}));
    EXPECT_EQ(page.parameter("error"), "login_required");
}

TEST_F(StrongThreats, L40_ALogoutInTheMiddleOfAStepUpLeavesNothingToRaise) {
    make_light_account(browser, identify(browser, library), "maija@example.org");
    Browser other(product);
    auto const light = id_token(library, sign_in_lightly(other, library, "maija@example.org"));
    auto const sent = ask(other, library);
    auto const old_cookie = other.cookie("__Host-sid");
    other.submit(other.get("/logout"), {{"decision", "logout"}});
    auto const message = answer(sent);
    auto const page = post(other, message);
    if (!page.parameter("code").empty()) {
        EXPECT_NE(id_token(library, page).at("sid"), light.at("sid")) << "a session of its own";
    }
    Browser thief(product);
    thief.set_cookie("__Host-sid", old_cookie);
    EXPECT_EQ(thief.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
              "login_required");
    EXPECT_EQ(post(other, message).status, 400) << "back, and again";
}

TEST_F(StrongThreats, L29_AnAddressIsConfirmedInTheBrowserThatGaveIt) {
    auto page = browser.get_from_elsewhere(library.authorize());
    page = browser.submit(page, {{"method", "password"}});
    page = browser.submit(page, {{"step", "signup"}});
    Browser other(product);
    auto elsewhere = other.get_from_elsewhere(library.authorize());
    elsewhere = other.submit(elsewhere, {{"method", "password"}});
    elsewhere = other.submit(elsewhere, {{"step", "signup"}});
    elsewhere = other.submit(elsewhere, {{"email", "new@example.org"}});
    code_from_mailbox();
    page = browser.submit(page, {{"email", "new@example.org"}});
    auto const code = code_from_mailbox();
    EXPECT_FALSE(other.submit(elsewhere, {{"code", code}}).shows("name=\"new_password\""));
    EXPECT_EQ(other.submit(page, {{"code", code}}).status, 403) << "nor by its form";
    EXPECT_FALSE(other.has_cookie("__Host-sid"));
    EXPECT_TRUE(browser.submit(page, {{"code", code}}).shows("name=\"new_password\""));
}

TEST_F(StrongThreats, L24_AMailNamesTheConfiguredIssuerWhateverHostTheRequestNamed) {
    product.add_user("matti@example.org", password);
    auto page = browser.get_from_elsewhere(library.authorize());
    page = browser.submit(page, {{"method", "password"}});
    page = browser.submit(page, {{"step", "reset"}});
    HttpRequest request = product.history.back().request;
    auto const action = page.form_action();
    request.path = action.substr(0, action.find('?'));
    request.query = action.substr(action.find('?') + 1);
    Headers headers;
    for (auto const* name : {"X-Forwarded-Host", "Forwarded", "X-Host"})
        headers.add(name, "evil.example");
    headers.add("Host", "evil.example");
    for (auto const* name : {"Cookie", "Sec-Fetch-Site", "Content-Type"})
        headers.add(name, std::string(request.headers.find(name).value_or("")));
    request.headers = headers;
    std::string csrf;
    for (auto const& [name, value] : page.hidden_fields())
        if (name == "csrf") csrf = value;
    request.body = "csrf=" + csrf + "&email=matti%40example.org";
    EXPECT_LT(product.answer(request).status, 500);
    code_from_mailbox();
    auto const& mail = product.mailbox.mails.back();
    EXPECT_EQ(mail.to, "matti@example.org");
    EXPECT_NE(mail.text.find("tunnus.example"), std::string::npos) << mail.text;
    EXPECT_EQ((mail.text + mail.subject).find("evil"), std::string::npos);
}

class PersonalData : public StrongThreats {
  protected:
    /// What a login with these parameters gives in the ID token and from userinfo.
    std::string released(Service const& service, Fields more) {
        Browser visitor(product);
        more.emplace_back("acr_values", std::string(loa2));
        auto page = visitor.get_from_elsewhere(service.authorize(more));
        if (!page.left_for.starts_with("https://idp.example/")) return "refused: " + page.left_for;
        page = post(visitor, answer(sent_to_suomifi(page)));
        if (page.shows("consent-allow")) page = visitor.submit(page, {{"decision", "allow"}});
        auto const code = page.parameter("code");
        if (code.empty()) return "refused: " + page.parameter("error");
        auto const tokens = json_of(service.redeem(code));
        return boost::json::serialize(payload_of(tokens.at("id_token").as_string())) +
               service.userinfo(std::string(tokens.at("access_token").as_string())).body;
    }
};

// M-11, M-12: the product checks all addresses, log lines, events, error pages and rows for
// identity codes at the end of every story (invariants.hpp); this one has them in every place.
TEST_F(PersonalData, M11_M12_M14_TheIdentityCodeReachesNobodyWithoutTheRight) {
    make_light_account(browser, identify(browser, library), "maija@example.org");
    auto const clean = released(library, {{"scope", "openid profile email"}});
    ASSERT_NE(clean.find("\"family_name\""), std::string::npos) << clean;
    for (Fields const& asked :
         {Fields{{"scope", "openid national_id"}},
          Fields{{"claims", R"({"userinfo":{"national_id_num":null}})"}},
          Fields{{"claims", R"({"id_token":{"national_id_num":{"essential":true}}})"}},
          Fields{{"scope", "openid profile email"}}}) {
        auto const given = released(library, asked);
        EXPECT_EQ(given.find("210281-9988"), std::string::npos) << given;
    }
    Browser other(product);
    EXPECT_EQ(post(other, answer(ask(other, library), person("210281-9989"))).status, 400);
}

TEST_F(PersonalData, M14_AndReachesAServiceThatHasIt) {
    auto text = strong_configuration();
    auto const scope = text.find("openid profile email offline_access");
    text.insert(scope, "national_id ");
    auto const profile = text.find(R"("profile", "config": {})");
    text.replace(profile, 23, R"("profile", "config": {"official_from": ["suomifi"], "loa":
        {"http://ftn.ficora.fi/2017/loa2": "substantial"}})");
    Product entitled(text);
    Service service(entitled, "library", "https://library.example/cb");
    Browser visitor(entitled);
    auto page = visitor.get_from_elsewhere(
        service.authorize({{"acr_values", std::string(loa2)}, {"scope", "openid national_id"}}));
    page = visitor.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page)));
    page = visitor.submit(page, {{"email", "maija@example.org"}});
    entitled.run_job("mail");
    std::smatch match;
    std::string const mail = entitled.mailbox.mails.at(0).text;
    ASSERT_TRUE(std::regex_search(mail, match, std::regex("\\b([0-9]{6})\\b")));
    page = visitor.submit(page, {{"code", match[1]}});
    page = visitor.submit(page, {{"new_password", password}});
    ASSERT_TRUE(page.shows("consent-allow")) << "only with the person's word";
    page = visitor.submit(page, {{"decision", "allow"}});
    auto const tokens = json_of(service.redeem(page.parameter("code")));
    auto const info = service.userinfo(std::string(tokens.at("access_token").as_string())).body;
    EXPECT_NE(info.find("210281-9988"), std::string::npos) << info;
}

}  // namespace
}  // namespace tunnus::flow
