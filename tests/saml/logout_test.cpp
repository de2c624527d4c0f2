// SPDX-License-Identifier: MIT
// threats.md S-117 and S-119, as far as a message by itself can tell.
#include "saml/protocol/logout_request.hpp"
#include "saml/protocol/logout_response.hpp"
#include "tests/saml/service_provider_world.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;

constexpr std::string_view slo_url = "https://tunnus.example/suomifi/slo";

LogoutRequest request_from_idp() {
    return {"_l1",
            at("2030-01-02T03:04:05Z"),
            std::string(slo_url),
            std::string(idp_entity_id),
            at("2030-01-02T03:09:05Z"),
            {"opaque <1>", std::string(idp_entity_id), std::string(sp_entity_id)},
            {"_s1", "_s2"}};
}
Result<LogoutRequest> read_request(std::string const& text) {
    auto const document = xml::Document::parse(library(), text);
    if (!document) return document.error();
    auto request = parse_logout_request(document->root(), 1'024);
    if (!request) return request;
    auto const checked =
        check_logout_request(*request, {idp_entity_id, sp_entity_id, slo_url,
                                        at("2030-01-02T03:04:06Z"), seconds(60), seconds(900)});
    if (!checked) return checked.error();
    return request;
}
template <class Change>
std::string request_after(Change change) {
    auto request = request_from_idp();
    change(request);
    return outcome_of(read_request(build_logout_request(request)));
}
std::string request_with(std::string_view from, std::string_view to) {
    auto text = build_logout_request(request_from_idp());
    replace(text, from, to);
    return outcome_of(read_request(text));
}

TEST(LogoutRequest, ReadsWhatItWrites) {
    auto const request = read_request(build_logout_request(request_from_idp()));
    ASSERT_TRUE(request) << request.error().text();
    EXPECT_EQ(request->name_id, request_from_idp().name_id);
    EXPECT_EQ(request->session_indexes, request_from_idp().session_indexes);
    EXPECT_EQ(request->not_on_or_after, request_from_idp().not_on_or_after);
}

TEST(LogoutRequest, S117RefusesOthersRequestsAndOldOnes) {
    EXPECT_EQ(request_after([](LogoutRequest&) {}), "accepted");
    EXPECT_EQ(request_after([](LogoutRequest& r) { r.issuer += "/"; }), "wrong_issuer");
    EXPECT_EQ(request_after([](LogoutRequest& r) { r.destination += "?x"; }), "wrong_destination");
    EXPECT_EQ(request_after([](LogoutRequest& r) { r.destination = ""; }), "wrong_destination");
    EXPECT_EQ(
        request_after([](LogoutRequest& r) { r.not_on_or_after = at("2030-01-02T03:03:06Z"); }),
        "expired");
    EXPECT_EQ(request_after([](LogoutRequest& r) { r.issue_instant = at("2030-01-02T02:00:00Z"); }),
              "wrong_issue_instant");
    EXPECT_EQ(request_after([](LogoutRequest& r) { r.issue_instant = at("2030-01-02T03:05:07Z"); }),
              "wrong_issue_instant");
    EXPECT_EQ(request_after([](LogoutRequest& r) { r.name_id.sp_name_qualifier = "urn:other"; }),
              "wrong_name_id");
}

TEST(LogoutRequest, RefusesOtherShapes) {
    EXPECT_EQ(request_with("nameid-format:transient", "nameid-format:unspecified"),
              "wrong_name_id");
    EXPECT_EQ(request_with("Version=\"2.0\"", "Version=\"1.1\""), "wrong_version");
    EXPECT_EQ(
        request_with("<samlp:SessionIndex>", "<samlp:Other></samlp:Other><samlp:SessionIndex>"),
        "unexpected_element");
    EXPECT_EQ(outcome_of(read_request(fake_idp().response({}))), "unexpected_element");
}

LogoutResponse response_from_idp() {
    return {"_m1",
            "_l9",
            at("2030-01-02T03:04:05Z"),
            std::string(slo_url),
            std::string(idp_entity_id),
            {std::string(status_code::success), ""}};
}
Result<LogoutResponse> read_response(LogoutResponse const& sent) {
    auto const document = xml::Document::parse(library(), build_logout_response(sent));
    if (!document) return document.error();
    auto response = parse_logout_response(document->root(), 1'024);
    if (!response) return response;
    auto const checked = check_logout_response(*response, {idp_entity_id, slo_url});
    if (!checked) return checked.error();
    return response;
}

TEST(LogoutResponse, ReadsWhatItWrites) {
    auto sent = response_from_idp();
    EXPECT_TRUE(read_response(sent)->is_logged_out());
    sent.status = {std::string(status_code::requester),
                   std::string(status_code::unknown_principal)};
    EXPECT_TRUE(read_response(sent)->is_logged_out()) << "the session there was gone";
    sent.status = {std::string(status_code::responder), std::string(status_code::partial_logout)};
    EXPECT_FALSE(read_response(sent)->is_logged_out());
}

TEST(LogoutResponse, S119RefusesWhatAnswersNothingAndWhatOthersSend) {
    auto sent = response_from_idp();
    EXPECT_EQ(outcome_of(read_response(sent)), "accepted");
    sent.in_response_to = "";
    EXPECT_EQ(outcome_of(read_response(sent)), "wrong_in_response_to");
    sent = response_from_idp();
    sent.issuer = "https://other.example";
    EXPECT_EQ(outcome_of(read_response(sent)), "wrong_issuer");
    sent = response_from_idp();
    sent.destination = std::string(acs_url);
    EXPECT_EQ(outcome_of(read_response(sent)), "wrong_destination");
}

}  // namespace
}  // namespace tunnus::saml
