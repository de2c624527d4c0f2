// SPDX-License-Identifier: MIT
// threats.md M-06 in the whole product: where the register's key is configured nothing counts that
// it has not signed, for the person who asked, now.
#include "tests/flow/acting.hpp"

namespace tunnus::flow {
namespace {

class ActingSigned : public ActingFlow {
  protected:
    ActingSigned() : ActingFlow(acting_configuration({.checks = Checks::signed_in_session})) {
        register_.sign = [this](boost::json::object claims) {
            if (spoil) spoil(claims);
            return register_signer().sign(claims, R"({"alg":"RS256","typ":"JWT"})");
        };
        identify(browser, kiosk);
    }
    std::function<void(boost::json::object&)> spoil;
};

TEST_F(ActingSigned, M06_ActsForPersonsAndOrganisationsByWhatIsSigned) {
    for (auto const& id : {child, adult, company}) {
        auto const given = tokens(act_for(browser, id));
        EXPECT_TRUE(claims(given).contains("on_behalf_of")) << id;
        EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
    }
    EXPECT_EQ(std::ranges::count(register_.calls, "rest"), 0) << "which is not signed";
}

TEST_F(ActingSigned, M06_NothingElseCounts) {
    using Spoil = std::function<void(boost::json::object&)>;
    std::map<std::string, Spoil> const wrongs{
        {"no iat", [](auto& claims) { claims.erase("iat"); }},
        {"no exp", [](auto& claims) { claims.erase("exp"); }},
        {"old",
         [](auto& claims) {
             claims["iat"] = claims["iat"].as_int64() - 120;
             claims["exp"] = claims["exp"].as_int64() - 120;
         }},
        {"nobody's", [](auto& claims) { claims.erase("end_user"); }},
        {"another's", [](auto& claims) { claims["end_user"] = "020250-934X"; }},
        {"another service's", [](auto& claims) { claims["aud"] = "another"; }},
        {"another request's", [](auto& claims) { claims["requestId"] = "another"; }}};
    for (auto const& id : {adult, company})
        for (auto const& [name, wrong] : wrongs) {
            spoil = wrong;
            auto const page = act_for(browser, id);
            EXPECT_TRUE(page.shows(text_in("fi", "notice_unavailable"))) << id << name;
            browser.submit(page, {{"acting", "cancel"}});
        }
    spoil = [](auto& claims) { claims["principal"] = child; };
    EXPECT_TRUE(act_for(browser, adult).shows("id=\"notice\""));
    EXPECT_EQ(product.audited("mandate.used"), 0);
    spoil = nullptr;
    EXPECT_FALSE(tokens(act_for(browser, adult)).empty());
}

TEST_F(ActingSigned, M06_ALaterCheckIsSignedTooOrTellsNothing) {
    auto const given = tokens(act_for(browser, adult));
    spoil = [](auto& claims) { claims.erase("end_user"); };
    EXPECT_EQ(introspect(text(given, "access_token")).status, 503);
    EXPECT_EQ(refresh(given).status, 503);
    spoil = nullptr;
    EXPECT_EQ(refresh(given).status, 200);
}

TEST_F(ActingSigned, M06_AnAnswerOfYesterdayIsNoAnswerOfToday) {
    std::string kept;
    register_.sign = [&](boost::json::object const& claims) {
        return kept = register_signer().sign(claims, R"({"alg":"RS256"})");
    };
    EXPECT_FALSE(tokens(act_for(browser, adult)).empty());
    register_.sign = [&](boost::json::object const&) { return kept; };
    EXPECT_TRUE(act_for(browser, adult).shows("id=\"notice\"")) << "of another request";
}

}  // namespace
}  // namespace tunnus::flow
