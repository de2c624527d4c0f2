// SPDX-License-Identifier: MIT
// OpenID Connect for Identity Assurance 1.0, §5.3 to §5.7.
#include "oidc/protocol/verified_claims.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;
using json::object;

TimePoint const now = from_unix_s(1'700'000'000);  // 2023-11-14T22:13:20Z

json::value parsed(std::string_view text) {
    return parse_json(text).value();
}
/// A request for given_name with this verification.
std::string asking(std::string const& verification,
                   std::string const& claims = R"({"given_name": null})") {
    return R"({"verification": )" + verification + R"(, "claims": )" + claims + "}";
}
std::vector<VerifiedClaimsRequest> read(std::string const& text) {
    return parse_verified_claims(parsed(text), standard_limits()).value();
}
bool is_refused(std::string const& text) {
    auto const requests = parse_verified_claims(parsed(text), standard_limits());
    return !requests && requests.error().error == OAuthError::invalid_request &&
           requests.error().delivery == Delivery::redirect;
}
object attestation() {
    return parsed(R"({
        "verification": {
            "trust_framework": "fi_ftn", "assurance_level": "high", "time": "2023-11-14T21:13:20Z",
            "evidence": [
                {"type": "electronic_record",
                 "check_details": [{"check_method": "data", "organization": "Virasto"}],
                 "record": {"type": "population_register", "created_at": "2020-01-02",
                            "source": {"name": "Virasto", "country_code": "FI"}}},
                {"type": "document", "document_details": {"type": "passport"}}]},
        "claims": {"given_name": "Liisa", "family_name": "Lahtinen", "birthdate": "1994-05-01"}})")
        .as_object();
}
/// What the element gets; null for nothing.
json::value answer(std::string const& text) {
    auto const found = answer_verified_claims(read(text).at(0), attestation(), now);
    return found ? json::value(*found) : json::value();
}
json::value verified(std::string const& verification) {
    auto const found = answer(asking(verification));
    return found.is_null() ? found : found.at("verification");
}

TEST(VerifiedClaims, GiveWhatWasAskedForAndNothingMore) {
    EXPECT_EQ(answer(asking(R"({"trust_framework": null})")),
              parsed(R"({"verification": {"trust_framework": "fi_ftn"},
                         "claims": {"given_name": "Liisa"}})"));
    EXPECT_EQ(verified(R"({"trust_framework": null, "time": null, "assurance_level": {}})"),
              parsed(R"({"trust_framework": "fi_ftn", "time": "2023-11-14T21:13:20Z",
                         "assurance_level": "high"})"));
    auto const several = answer(asking(
        R"({"trust_framework": {"essential": true}})",
        R"({"given_name": {}, "birthdate": {"essential": false}, "place_of_birth": {"essential": true},
            "Sitä-ei-ole \" { } <x>": null})"));
    EXPECT_EQ(several.at("claims"),
              parsed(R"({"given_name": "Liisa", "birthdate": "1994-05-01"})"));
}

// §5.7.4: a demand on the verification leaves out the whole element.
TEST(VerifiedClaims, AreLeftOutWhereTheVerificationIsNotAsDemanded) {
    EXPECT_FALSE(verified(R"({"trust_framework": {"value": "fi_ftn"}})").is_null());
    EXPECT_FALSE(verified(R"({"trust_framework": {"values": ["eidas", "fi_ftn"]}})").is_null());
    EXPECT_TRUE(verified(R"({"trust_framework": {"value": "eidas"}})").is_null());
    EXPECT_TRUE(verified(R"({"trust_framework": {"values": ["eidas", "de_aml"]}})").is_null());
    EXPECT_TRUE(
        verified(R"({"trust_framework": null, "assurance_level": {"value": "low"}})").is_null());
    EXPECT_TRUE(verified(R"({"trust_framework": null, "unheard_of": {"value": "x"}})").is_null())
        << "what is not there is not as demanded";
    EXPECT_TRUE(verified(R"({"trust_framework": null,
                             "assurance_process": {"policy": {"values": ["x"]}}})")
                    .is_null());
}

TEST(VerifiedClaims, LeaveOutWhatIsAskedForWithoutADemandAndNotThere) {
    EXPECT_EQ(verified(R"({"trust_framework": null, "verification_process": null,
                           "assurance_process": {"policy": null}, "unheard_of": "odd"})"),
              parsed(R"({"trust_framework": "fi_ftn"})"));
}

// §5.7.4, §5.7.5: the claim is left out, and with the last one the element.
TEST(VerifiedClaims, LeaveOutAClaimThatIsNotAsDemanded) {
    auto const framework = R"({"trust_framework": null})";
    auto const some = answer(
        asking(framework,
               R"({"given_name": {"value": "Maija", "essential": true}, "family_name": null})"));
    EXPECT_EQ(some.at("claims"), parsed(R"({"family_name": "Lahtinen"})"));
    EXPECT_TRUE(answer(asking(framework, R"({"given_name": {"value": "Maija"}})")).is_null());
    EXPECT_TRUE(answer(asking(framework, R"({"place_of_birth": null})")).is_null());
    EXPECT_FALSE(
        answer(asking(framework, R"({"given_name": {"values": [7, "Liisa"]}})")).is_null());
}

// §5.5.2: a date counts from its last second.
TEST(VerifiedClaims, AreNoOlderThanDemanded) {
    auto const aged = [](std::string const& seconds) {
        return verified(R"({"trust_framework": null, "time": {"max_age": )" + seconds + "}}");
    };
    EXPECT_FALSE(aged("3600").is_null());
    EXPECT_FALSE(aged("3600.5").is_null());
    EXPECT_TRUE(aged("3599").is_null());
    EXPECT_TRUE(verified(R"({"trust_framework": {"max_age": 9}})").is_null()) << "not a time";
    auto const born = [](std::string const& seconds) {
        return answer(asking(R"({"trust_framework": null})",
                             R"({"birthdate": {"max_age": )" + seconds + "}}"));
    };
    // From the end of 1994-05-01.
    EXPECT_FALSE(born(std::to_string(1'700'000'000 - 767'836'799)).is_null());
    EXPECT_TRUE(born(std::to_string(1'700'000'000 - 767'836'799 - 1)).is_null());
}

TEST(VerifiedClaims, ReadATimeInAnyZoneAndNoOtherText) {
    auto const at = [](std::string_view time) {
        auto one = attestation();
        one["verification"].as_object()["time"] = time;
        auto const request =
            read(asking(R"({"trust_framework": null, "time": {"max_age": 3600}})"));
        return answer_verified_claims(request.at(0), one, now).has_value();
    };
    EXPECT_TRUE(at("2023-11-14T21:13:20.123Z"));
    EXPECT_TRUE(at("2023-11-14T23:13:20+02:00"));
    EXPECT_FALSE(at("2023-11-14T23:13:19+02:00"));
    EXPECT_TRUE(at("2023-11-14T16:14-05:00"));
    EXPECT_TRUE(at("2023-11-14"));
    for (auto const* odd : {"", "yesterday", "2023-02-30", "2023-11-14T22:13:20", "2023-11-14T22Z",
                            "2023-11-14 22:13:20Z", "2023-11-14T22:13:20+0200", "-023-11-14"})
        EXPECT_FALSE(at(odd)) << odd;
}

// §5.4: the elements are alternatives, and evidence that none of them wants is not given.
TEST(VerifiedClaims, GiveTheEvidenceThatWasAskedFor) {
    auto const evidence = [](std::string const& list) {
        auto const found = verified(R"({"trust_framework": null, "evidence": )" + list + "}");
        return found.is_null() ? found : found.at("evidence");
    };
    EXPECT_EQ(evidence(R"([{"type": {"value": "electronic_record"}}])"),
              parsed(R"([{"type": "electronic_record"}])"));
    EXPECT_EQ(evidence(R"([{"type": {"value": "electronic_record"},
                            "record": {"type": {"value": "population_register"},
                                       "source": {"name": null}}}])"),
              parsed(R"([{"type": "electronic_record",
                          "record": {"type": "population_register", "source": {"name": "Virasto"}}}])"));
    EXPECT_EQ(evidence(R"([{"type": {"value": "vouch"}}, {"type": {"value": "document"}}])"),
              parsed(R"([{"type": "document"}])"));
    EXPECT_EQ(evidence(R"([{"type": {"value": "electronic_record"},
                            "record": {"source": {"name": null, "locality": null}},
                            "check_details": [{"check_method": null}]}])"),
              parsed(R"([{"type": "electronic_record", "check_details": [{"check_method": "data"}],
                          "record": {"source": {"name": "Virasto"}, "type": "population_register"}}])"))
        << "a record without its type would not be valid";
    EXPECT_TRUE(evidence(R"([{"type": {"value": "vouch"}}])").is_null());
    EXPECT_TRUE(evidence(R"([{"type": {"value": "unheard_of"}}])").is_null()) << "no error";
    EXPECT_TRUE(evidence(R"([{"type": {"value": "electronic_record"},
                              "record": {"type": {"value": "bank_account"}}}])")
                    .is_null());
    EXPECT_TRUE(evidence(R"([{"type": {"value": "electronic_record"},
                              "check_details": [{"check_method": {"value": "vpip"}}]}])")
                    .is_null());
    EXPECT_TRUE(
        evidence(R"([{"type": {"value": "document"}, "attachments": {"value": "x"}}])").is_null());
}

// §5.6.
TEST(VerifiedClaims, AreAskedForInAListOfElements) {
    auto const one = asking(R"({"trust_framework": null})");
    EXPECT_EQ(read(one).size(), 1U);
    EXPECT_EQ(read("[" + one + "," + one + "]").size(), 2U);
    EXPECT_TRUE(read("[]").empty());
    EXPECT_EQ(verified_claim_names(read(
                  "[" + one + "," +
                  asking(R"({"trust_framework": null})", R"({"given_name": {}, "address": null})") +
                  "]")),
              (std::vector<std::string>{"given_name", "address"}));
}

TEST(VerifiedClaims, OfAnotherShapeAreRefused) {
    ASSERT_FALSE(is_refused(asking(R"({"trust_framework": null})"))) << "the clean form";
    for (auto const* odd :
         {"null", "true", "\"x\"", "{}", "[null]", "[[]]", R"({"claims": {"given_name": null}})",
          R"({"verification": {"trust_framework": null}})",
          R"({"verification": {"trust_framework": null}, "claims": {}})",
          R"({"verification": {"trust_framework": null}, "claims": null})",
          R"({"verification": {"trust_framework": null}, "claims": ["given_name"]})",
          R"({"verification": null, "claims": {"given_name": null}})",
          R"({"verification": {"trust_framework": null}, "claims": {"given_name": null}, "x": 1})"})
        EXPECT_TRUE(is_refused(odd)) << odd;
    for (
        auto const* odd :
        {R"({})",
         R"({"time": null})",
         R"({"trust_framework": "fi_ftn"})",
         R"({"trust_framework": {"value": 1}})",
         R"({"trust_framework": {"values": []}})",
         R"({"trust_framework": {"values": "x"}})",
         R"({"trust_framework": {"values": [1]}})",
         R"({"trust_framework": {"essential": "yes"}})",
         R"({"trust_framework": {"type": null}})",
         R"({"trust_framework": null, "time": {"max_age": -1}})",
         R"({"trust_framework": null, "time": {"max_age": "1"}})",
         R"({"trust_framework": null, "assurance_process": "x"})",
         R"({"trust_framework": null, "evidence": null})",
         R"({"trust_framework": null, "evidence": []})",
         R"({"trust_framework": null, "evidence": {"type": {"value": "document"}}})",
         R"({"trust_framework": null, "evidence": [{}]})",
         R"({"trust_framework": null, "evidence": [{"type": null}]})",
         R"({"trust_framework": null, "evidence": [{"type": {"values": ["document"]}}]})",
         R"({"trust_framework": null, "evidence": [{"type": {"value": "document", "values": ["vouch"]}}]})",
         R"({"trust_framework": null, "evidence": [{"type": {"value": "document"}, "check_details": []}]})",
         R"({"trust_framework": null, "evidence": [{"type": {"value": "document"}, "check_details": [{}]}]})",
         R"({"trust_framework": null, "evidence": [{"type": {"value": "document"}, "document_details": "x"}]})"})
        EXPECT_TRUE(is_refused(asking(odd))) << odd;
    for (auto const* odd : {R"({"a": "x"})", R"({"a": {"essential": 1}})",
                            R"({"a": {"values": 1}})", R"({"a": {"max_age": "1"}})"})
        EXPECT_TRUE(is_refused(asking(R"({"trust_framework": null})", odd))) << odd;
}

TEST(VerifiedClaims, NameNoMoreThanABoundedNumberOfClaims) {
    auto limits = standard_limits();
    limits.claim_names = 3;
    auto const two =
        asking(R"({"trust_framework": null})", R"({"given_name": null, "address": null})");
    EXPECT_TRUE(parse_verified_claims(parsed(two), limits));
    EXPECT_FALSE(parse_verified_claims(parsed("[" + two + "," + two + "]"), limits));
}

TEST(VerifiedClaims, ComeBackFromStorageAsTheyWere) {
    auto const requests = read(asking(R"({"trust_framework": {"value": "x"}, "time": null})"));
    object const stored{{"asked", verified_claims_to_json(requests)}};
    auto const found = read_verified_claims(stored, "asked");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].verification, requests[0].verification);
    EXPECT_EQ(found[0].claims, requests[0].claims);
    EXPECT_TRUE(read_verified_claims(stored, "other").empty());
}

}  // namespace
}  // namespace tunnus::oidc
