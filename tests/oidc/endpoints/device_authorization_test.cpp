// SPDX-License-Identifier: MIT
// The device grant (RFC 8628) between the device and the provider; what the person does on the
// pages is tests/flow/device_test.cpp.
#include "idp/base/limits.hpp"
#include "oidc/endpoints/decoupled.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

constexpr auto device_grant = "urn:ietf:params:oauth:grant-type:device_code";

struct DeviceGrant : EndpointTest {
    DeviceGrant() {
        auto television = tests::service({{"client_id", "rp"},
                                          {"grant_types", {device_grant, "refresh_token"}},
                                          {"response_types", boost::json::array()}});
        television.erase("redirect_uris");
        clients.add(parse_client(television).value());
        auto other = tests::other_service();
        other["grant_types"] = {device_grant, "authorization_code"};
        clients.add(parse_client(other).value());
    }
    HttpResponse ask(Fields const& fields = {{"scope", "openid profile"}},
                     std::string_view basic = "rp") {
        return done(device_authorization(provider, post("/device_authorization", fields, basic)));
    }
    HttpResponse poll(std::string const& device_code, std::string_view basic = "rp") {
        return ask_token({{"grant_type", device_grant}, {"device_code", device_code}}, basic);
    }
    std::optional<BegunAuthorization> begin_by(std::string const& user_code) {
        auto const stored = find_by_user_code(provider, user_code).value();
        return stored ? begin_decoupled(provider, *stored).value() : std::nullopt;
    }
    std::string allowed_device_code() {
        auto const answer = ask();
        EXPECT_EQ(allow_elsewhere(begin_by(text(answer, "user_code")).value()), Verdict::won);
        return text(answer, "device_code");
    }
};

TEST_F(DeviceGrant, GivesTheDeviceWhatItShows_Rfc8628_3_2) {
    auto const response = ask();
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_FALSE(response.headers.find("Access-Control-Allow-Origin"));
    auto const answer = json(response);
    EXPECT_EQ(answer.at("verification_uri"), "https://id.example/device");
    EXPECT_EQ(text(response, "verification_uri_complete"),
              "https://id.example/device?user_code=" + text(response, "user_code"));
    EXPECT_EQ(answer.at("expires_in"), 600);
    EXPECT_EQ(answer.at("interval"), 5);
    EXPECT_EQ(text(response, "user_code").size(), 9U);
    EXPECT_EQ(store.audited(AuditKind::decoupled_asked), 1);
}

TEST_F(DeviceGrant, IsFoundByDiscovery_Rfc8628_4) {
    auto const metadata = json(done(openid_configuration(provider, HttpRequest())));
    EXPECT_EQ(metadata.at("device_authorization_endpoint"),
              "https://id.example/device_authorization");
    auto const& listed = metadata.at("grant_types_supported").as_array();
    EXPECT_EQ(std::ranges::count(listed, boost::json::value(device_grant)), 1);
}

TEST_F(DeviceGrant, KeepsNeitherCodeInTheClear_Rfc8628_5_2) {
    auto const response = ask();
    auto const rows =
        store.database
            ->query({"SELECT secret_hash, user_code_index, body FROM decoupled_requests", {}, {}})
            .value();
    ASSERT_EQ(rows.size(), 1U);
    for (std::size_t column = 0; column < 3; ++column) {
        EXPECT_EQ(rows[0].bytes(column).find(text(response, "device_code")), std::string::npos);
        EXPECT_EQ(rows[0].bytes(column).find(text(response, "user_code")), std::string::npos);
    }
}

TEST_F(DeviceGrant, GivesTokensOnceThePersonHasAllowedIt_Rfc8628_3_5) {
    auto const code = allowed_device_code();
    auto const response = poll(code);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(text(response, "scope"), "openid profile");
    auto const id = id_token(response);
    EXPECT_EQ(id.at("sub"), "alice");
    EXPECT_FALSE(id.contains("nonce"));
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 200);
    EXPECT_EQ(ask_refresh(text(response, "refresh_token")).status, 200);
    EXPECT_EQ(error(poll(code)), "invalid_grant");
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 200);
}

TEST_F(DeviceGrant, TellsADeviceToWaitAndASlowerOneToSlowDown_Rfc8628_3_5) {
    auto const code = text(ask(), "device_code");
    EXPECT_EQ(error(poll(code)), "authorization_pending");
    store.clock.advance(5s);
    EXPECT_EQ(error(poll(code)), "authorization_pending");
    store.clock.advance(2s);
    EXPECT_EQ(error(poll(code)), "slow_down");
    store.clock.advance(6s);
    EXPECT_EQ(error(poll(code)), "slow_down");
    store.clock.advance(15s);
    EXPECT_EQ(error(poll(code)), "authorization_pending");
}

TEST_F(DeviceGrant, EndsWithItsTime_Rfc8628_3_5) {
    auto const answer = ask();
    auto const begun = begin_by(text(answer, "user_code")).value();
    store.clock.advance(limits.device_code_lifetime);
    EXPECT_EQ(error(poll(text(answer, "device_code"))), "expired_token");
    EXPECT_FALSE(begin_by(text(answer, "user_code")));
    EXPECT_EQ(allow_elsewhere(begun), Verdict::lost);
    ASSERT_TRUE(storage::delete_expired(*store.database, store.now(), 100));
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM decoupled_requests"), 1);
    store.clock.advance(11min);
    ASSERT_TRUE(storage::delete_expired(*store.database, store.now(), 100));
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM decoupled_requests"), 0);
}

TEST_F(DeviceGrant, TellsWhenThePersonSaysNo_Rfc8628_3_5) {
    auto const answer = ask();
    auto const begun = begin_by(text(answer, "user_code")).value();
    storage::DenyDecoupledRequest const denial{
        begun.request.decoupled_request,      {}, {}, 0, store.now(),
        store.event(AuditKind::login_refused)};
    EXPECT_EQ(store.commit(storage::deny_decoupled_request(denial, store.random)), Verdict::won);
    EXPECT_EQ(error(poll(text(answer, "device_code"))), "access_denied");
    EXPECT_EQ(allow_elsewhere(begun), Verdict::lost);
    EXPECT_FALSE(begin_by(text(answer, "user_code")));
}

TEST_F(DeviceGrant, RefusesAnotherClientsCodeAndWhatIsNone) {
    auto const code = allowed_device_code();
    EXPECT_EQ(error(poll(code, "other")), "invalid_grant");
    EXPECT_EQ(error(poll(std::string(64, 'A'))), "invalid_grant");
    EXPECT_EQ(error(poll("x")), "invalid_grant");
    EXPECT_EQ(error(poll("")), "invalid_request");
    EXPECT_EQ(poll(code).status, 200);
}

TEST_F(DeviceGrant, IsForWhoRegisteredIt_O93) {
    clients.add(parse_client(tests::service()).value());
    EXPECT_EQ(error(ask()), "unauthorized_client");
    EXPECT_EQ(error(poll(std::string(64, 'A'))), "unauthorized_client");
    EXPECT_EQ(error(ask({}, "")), "invalid_client");
}

TEST_F(DeviceGrant, GivesNoTokensForAGrantThatHasEnded_I10) {
    auto const code = allowed_device_code();
    store.commit(storage::disable_user(
        {"alice", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    EXPECT_EQ(error(poll(code)), "invalid_grant");
}

TEST_F(DeviceGrant, IsAnsweredOnce) {
    auto const answer = ask();
    auto const begun = begin_by(text(answer, "user_code")).value();
    EXPECT_EQ(allow_elsewhere(begun), Verdict::won);
    EXPECT_EQ(allow_elsewhere(begun), Verdict::lost);
}

}  // namespace
}  // namespace tunnus::oidc
