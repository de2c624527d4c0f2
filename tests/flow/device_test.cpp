// SPDX-License-Identifier: MIT
// A television signs in: the code that it shows is typed on a telephone (RFC 8628).
#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "tests/flow/browser.hpp"

#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

constexpr auto device_grant = "urn:ietf:params:oauth:grant-type:device_code";

std::string with_a_television() {
    auto text = Product::shared_configuration();
    std::string_view const before = "\"clients\": [";
    return text.insert(text.find(before) + before.size(), R"(
            {"client_id": "television", "client_name": "Television", "token_endpoint_auth_method": "none",
             "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "response_types": [],
             "scope": "openid email", "id_token_signed_response_alg": "ES256"},)");
}

class Device : public testing::Test {
  protected:
    Device() { user_id = product.add_user("matti@example.org", password); }

    boost::json::object post(std::string path, Fields fields) {
        fields.emplace_back("client_id", "television");
        return json_of(post_form(product, std::move(path), fields));
    }
    void turn_on() {
        auto const answer = post("/device_authorization", {{"scope", "openid email"}});
        device_code = std::string(answer.at("device_code").as_string());
        user_code = std::string(answer.at("user_code").as_string());
    }
    boost::json::object poll() {
        product.clock.advance(seconds(5));
        return post("/token", {{"grant_type", device_grant}, {"device_code", device_code}});
    }
    Page type(std::string const& code) {
        return telephone.submit(telephone.get("/device"), {{"user_code", code}});
    }
    Page sign_in(Page const& page) {
        return telephone.submit(page, {{"email", "matti@example.org"}, {"password", password}});
    }

    static inline std::string const password = "sateinen-torstai-2024-kello";
    Product product{with_a_television()};
    Browser telephone{product};
    std::string user_id;
    std::string device_code;
    std::string user_code;
};

TEST_F(Device, IsSignedInByThePersonWhoTypesItsCode) {
    turn_on();
    EXPECT_EQ(poll().at("error"), "authorization_pending");
    auto const consent = sign_in(type(user_code));
    EXPECT_TRUE(consent.shows("Television"));
    EXPECT_TRUE(consent.shows(user_code)) << "both devices show the same";
    auto const end = telephone.submit(consent, {{"decision", "allow"}});
    EXPECT_EQ(end.status, 200);
    EXPECT_TRUE(end.shows("device-allowed"));
    auto const tokens = poll();
    EXPECT_EQ(payload_of(tokens.at("id_token").as_string()).at("sub").as_string(), user_id);
    EXPECT_EQ(poll().at("error"), "invalid_grant");
}

TEST_F(Device, IsToldThatThePersonSaidNo) {
    turn_on();
    auto const consent = sign_in(type(user_code));
    EXPECT_TRUE(telephone.submit(consent, {{"decision", "deny"}}).shows("device-denied"));
    EXPECT_EQ(poll().at("error"), "access_denied");
    telephone.submit(consent, {{"decision", "allow"}});
    EXPECT_EQ(poll().at("error"), "access_denied");
}

// RFC 8628 §3.3.1, §5.4: an address with the code in it, clicked by somebody who is signed in.
TEST_F(Device, IsNotSignedInByAnAddressAlone) {
    turn_on();
    telephone.submit(sign_in(type(user_code)), {{"decision", "allow"}});
    poll();
    turn_on();
    auto const page = telephone.get_from_elsewhere("/device?user_code=" + user_code);
    EXPECT_TRUE(page.shows(user_code));
    EXPECT_EQ(poll().at("error"), "authorization_pending");
    auto const consent = telephone.submit(page, {{"user_code", user_code}});
    EXPECT_TRUE(consent.shows("consent-allow"))
        << "asked anew, though all of it was allowed before";
    EXPECT_EQ(poll().at("error"), "authorization_pending");
}

TEST_F(Device, W05_AFormOfAnotherSiteBeginsNothing) {
    turn_on();
    telephone.get("/device");
    EXPECT_EQ(telephone.post_from_elsewhere("/device", {{"user_code", user_code}}).status, 403);
}

// RFC 8628 §5.1
TEST_F(Device, CodesAreGuessedAFewTimesOnly) {
    turn_on();
    Limits const limits;
    EXPECT_EQ(type("nonsense").status, 422);
    for (std::size_t i = 0; i < limits.user_code_attempts; ++i)
        EXPECT_EQ(type("BBBB-BBBB").status, 422);
    auto const page = type(user_code);
    EXPECT_EQ(page.status, 429);
    product.clock.advance(limits.user_code_window);
    turn_on();
    EXPECT_EQ(type(user_code).status, 200);
}

TEST_F(Device, PagesSpeakThreeLanguages) {
    EXPECT_TRUE(telephone.get("/device?ui_locales=fi").shows("Kirjaudu toisella laitteella"));
    EXPECT_TRUE(telephone.get("/device?ui_locales=sv").shows("Logga in på en annan enhet"));
    EXPECT_TRUE(telephone.get("/device?ui_locales=en").shows("Sign in on another device"));
    EXPECT_TRUE(telephone.get("/device/done?answer=allowed&ui_locales=sv").shows("device-allowed"));
    EXPECT_TRUE(telephone.get("/device?user_code=%3Cscript%3E").shows("value=\"\""));
}

}  // namespace
}  // namespace tunnus::flow
