// SPDX-License-Identifier: MIT
// OpenID Connect for Identity Assurance through the whole product: what the population register
// said goes as verified to who asked for it so, after a strong login alone.
#include "tests/flow/strong_login.hpp"

namespace tunnus::flow {
namespace {

using boost::json::object;

class VerifiedClaims : public StrongLogin {
  protected:
    VerifiedClaims() : StrongLogin(configured()) {
        registered_.attributes.emplace_back("urn:oid:1.2.246.517.2002.2.18", "091");
    }
    static std::string configured() {
        auto text = strong_configuration();
        std::string_view const what = "profile email offline_access";
        text.replace(text.find(what), what.size(), "profile municipality");
        return text;
    }
    struct Given {
        object id_token;
        object userinfo;
    };
    Given given(Page page) {
        if (page.shows("consent-allow")) page = browser.submit(page, {{"decision", "allow"}});
        EXPECT_FALSE(page.parameter("code").empty()) << page.status << page.left_for << page.body;
        auto const tokens = json_of(library.redeem(page.parameter("code")));
        return {payload_of(tokens.at("id_token").as_string()),
                json_of(library.userinfo(std::string(tokens.at("access_token").as_string())))};
    }
    static inline Fields const asking{
        {"scope", "openid"},
        {"claims",
         R"({"userinfo": {"verified_claims": {"verification": {"trust_framework": {"value": "fi_ftn"}, "assurance_level": null, "evidence": [{"type": {"value": "electronic_record"}}]}, "claims": {"given_name": null, "municipality": null}}}})"}};
    Message registered_;
};

TEST_F(VerifiedClaims, OfTheRegisterAreGivenAsVerifiedAfterAStrongLoginAlone_I11) {
    auto const page = make_light_account(browser, identify(browser, library, registered_, asking),
                                         "maija@example.org");
    ASSERT_TRUE(page.shows("consent-allow")) << "what is verified is permitted like any claim";
    EXPECT_TRUE(page.shows("given_name")) << page.body;
    auto const strong = given(page);
    EXPECT_FALSE(strong.id_token.contains("verified_claims"));
    EXPECT_FALSE(strong.userinfo.contains("given_name"));
    auto const& verified = strong.userinfo.at("verified_claims").as_object();
    EXPECT_EQ(verified.at("verification"),
              (object{{"trust_framework", "fi_ftn"},
                      {"assurance_level", "substantial"},
                      {"evidence", {object{{"type", "electronic_record"}}}}}));
    EXPECT_EQ(verified.at("claims").at("given_name"), "Maija");
    EXPECT_EQ(verified.at("claims").at("municipality").at("code"), "091");

    Browser other{product};
    auto light = other.get_from_elsewhere(library.authorize(asking));
    light = other.submit(light, {{"method", "password"}});
    light = other.submit(light, {{"email", "maija@example.org"}, {"password", password}});
    auto const weak = given(light);
    EXPECT_FALSE(weak.userinfo.contains("verified_claims")) << weak.userinfo;
}

TEST_F(VerifiedClaims, AreStatedByDiscovery) {
    HttpRequest request;
    request.path = "/.well-known/openid-configuration";
    auto const document = json_of(product.answer(request));
    EXPECT_EQ(document.at("verified_claims_supported"), true);
    EXPECT_EQ(document.at("trust_frameworks_supported"), (boost::json::array{"eidas", "fi_ftn"}));
    product.restart(Product::shared_configuration());
    EXPECT_FALSE(json_of(product.answer(request)).contains("verified_claims_supported"))
        << "nobody can identify strongly";
}

}  // namespace
}  // namespace tunnus::flow
