// SPDX-License-Identifier: MIT
// Erasing with services (citizen-services.md 1.5, 1.8, 3.1, 3.2): all are asked before any erases,
// what refuses is told in its words, and a run that stops anywhere goes on.
#include "tests/flow/gdpr.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using boost::json::value;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class GdprErasure : public GdprStory {
  protected:
    static std::string result(std::string const& at) { return "/deleteMyProfile/results/" + at; }
};

TEST_F(GdprErasure, AsksEveryServiceThenErasesEverywhereAndTheAccount) {
    auto const told = erase();
    EXPECT_EQ(told.codes(), "") << told.response.body;
    ASSERT_EQ(calls.size(), 4U);
    EXPECT_THAT(std::vector(calls.begin(), calls.begin() + 2),
                UnorderedElementsAre("books DELETE dry", "gardens DELETE dry"));
    EXPECT_THAT(std::vector(calls.begin() + 2, calls.end()),
                UnorderedElementsAre("books DELETE", "gardens DELETE"));
    EXPECT_EQ(told.data(result("0")), value({{"dryRun", false},
                                             {"success", true},
                                             {"service", {{"name", "books"}}},
                                             {"errors", boost::json::array()}}));
    EXPECT_EQ(told.data(result("1/service/name")), "gardens");
    EXPECT_EQ(people(), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_light"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_runs WHERE user_id <> id"), 0)
        << "the run knows nobody any more";
}

TEST_F(GdprErasure, LeavesNoTokenAndNoSessionAlive) {
    auto const before = std::string(
        json_of(library.redeem(code_of_a_login(library))).at("access_token").as_string());
    ASSERT_EQ(library.userinfo(before).status, 200);
    ASSERT_EQ(erase().codes(), "");
    EXPECT_EQ(library.userinfo(before).status, 401);
    for (auto const& token : {own, books, gardens})
        EXPECT_EQ(call_api(product, token, R"({"query":"{ myProfile { id } }"})").status, 401);
    EXPECT_FALSE(is_signed_in(browser));
}

TEST_F(GdprErasure, ShowsAServiceATokenForItAloneAndForThisAlone) {
    ASSERT_EQ(erase(true).codes(), "");
    auto const token = token_of_call("books DELETE dry");
    EXPECT_EQ(token.at("iss"), "https://tunnus.example");
    EXPECT_EQ(token.at("aud"), "books-api");
    EXPECT_EQ(token.at("sub").as_string(), user_id);
    EXPECT_EQ(token.at("loa"), "low");
    EXPECT_EQ(token.at("authorization"),
              value({{"permissions", {{{"scopes", {"books.delete"}}}}}}));
    EXPECT_EQ(token.at("exp").as_int64() - token.at("iat").as_int64(), 60);
    auto const& request = requests.at("books DELETE dry");
    EXPECT_EQ(request.url, "https://books.example/gdpr/" + user_id + "?dry_run=true");
    EXPECT_EQ(request.timeout, milliseconds(5'000));
    EXPECT_EQ(request.body_limit, 65'536U);
    auto const at_gardens = requests.at("gardens DELETE dry").url;
    EXPECT_TRUE(at_gardens.starts_with("https://gardens.example/gdpr/v1/profiles/"));
    EXPECT_EQ(at_gardens.find(user_id), std::string::npos) << "a name of its own";
    std::string text;
    for (auto const& [name, field] : request.headers)
        if (name == "Authorization") text = field.substr(7);
    EXPECT_EQ(library.userinfo(text).status, 401) << "it opens nothing of ours";
    EXPECT_EQ(call_api(product, text, R"({"query":"{ myProfile { id } }"})").status, 401);
}

TEST_F(GdprErasure, OnlyAsksInADryRun) {
    auto const told = erase(true);
    EXPECT_EQ(told.codes(), "");
    EXPECT_EQ(told.data(result("0/success")), true);
    EXPECT_EQ(told.data(result("0/dryRun")), true);
    EXPECT_EQ(erasures(), 0U);
    EXPECT_EQ(people(), 1);
    EXPECT_EQ(permissions(), 2);
}

TEST_F(GdprErasure, ErasesNothingWhereOneRefusesAndTellsWhy) {
    answers_with("gardens DELETE dry", refusal);
    auto const told = erase();
    EXPECT_EQ(told.codes(), "");
    EXPECT_EQ(told.data(result("0/success")), true);
    EXPECT_EQ(told.data(result("0/dryRun")), true) << "nothing was erased there either";
    EXPECT_EQ(told.data(result("1/success")), false);
    EXPECT_EQ(told.data(result("1/errors/0/code")), "LOANS_OUT");
    EXPECT_EQ(told.data(result("1/errors/0/message")),
              value({{{"lang", "fi"}, {"text", "Sinulla on <lainoja>."}},
                     {{"lang", "sv"}, {"text", "Du har lån."}}}));
    EXPECT_EQ(erasures(), 0U);
    EXPECT_EQ(people(), 1);
    EXPECT_EQ(permissions(), 2);
    EXPECT_EQ(product.audited("data.erased"), 0);
}

TEST_F(GdprErasure, ShowsAPartialFailureAndAsksTheRestAloneTheNextTime) {
    answers_with("gardens DELETE", [] {
        return json(500,
                    R"({"errors": [{"code": "technical_error", "message": {"en": "Later."}}]})");
    });
    auto const told = erase();
    EXPECT_EQ(told.codes(), "");
    EXPECT_EQ(told.data(result("0/success")), true);
    EXPECT_EQ(told.data(result("0/dryRun")), false);
    EXPECT_EQ(told.data(result("1/errors/0/code")), "technical_error");
    EXPECT_EQ(people(), 1);
    EXPECT_EQ(permissions(), 1) << "each success ends its permission, a failure none";
    EXPECT_EQ(call_api(product, books, R"({"query":"{ myProfile { id } }"})").status, 401);
    EXPECT_EQ(call_api(product, gardens, R"({"query":"{ myProfile { id } }"})").status, 200);
    EXPECT_EQ(product.audited("data.erased"), 1);

    answers.clear();
    calls.clear();
    EXPECT_EQ(erase().codes(), "");
    EXPECT_THAT(calls, ElementsAre("gardens DELETE dry", "gardens DELETE"));
    EXPECT_EQ(people(), 0);
}

struct Wrong {
    std::string name;
    std::string code;
    std::function<Result<OutboundResponse>()> answer;
};

class GdprErasureMeets : public GdprErasure, public testing::WithParamInterface<Wrong> {
  public:
    static std::vector<Wrong> all() {
        std::string const unknown = "SERVICE_GDPR_API_UNKNOWN_ERROR";
        std::string const unreachable = "SERVICE_GDPR_API_REQUEST_ERROR";
        auto const reasons = refusal().body;
        return {
            {"A200", unknown, [] { return json(200, "{}"); }},
            {"ARedirect", unknown,
             [] {
                 return OutboundResponse{302, {{"location", "https://elsewhere.example/"}}, {}};
             }},
            {"A400", unknown, [] { return json(400, "{}"); }},
            {"A401", unknown, [] { return json(401, "{}"); }},
            {"A404", unknown, [] { return json(404, "{}"); }},
            {"A500WithoutReasons", unknown, [] { return json(500, "oops"); }},
            {"AnotherContentType", unknown, [reasons] { return json(403, reasons, "text/html"); }},
            {"A403WithoutReasons", unknown, [] { return json(403, R"({"errors": []})"); }},
            {"MoreThanTheContractHas", unknown,
             [] {
                 return json(403, R"({"errors": [{"code": "A", "message": {"fi": "a"},
                        "html": "<b>"}]})");
             }},
            {"TenMegabytes", unknown,
             [] { return Result<OutboundResponse>(Error(BaseErrc::too_large, "answer")); }},
            {"AnInsideAddress", unreachable,
             [] { return Result<OutboundResponse>(Error(BaseErrc::denied, "address")); }},
            {"Silence", unreachable,
             [] { return Result<OutboundResponse>(Error(BaseErrc::unavailable, "timeout")); }}};
    }
};

TEST_P(GdprErasureMeets, AndErasesNothing) {
    answers_with("books DELETE dry", GetParam().answer);
    auto const told = erase();
    EXPECT_EQ(told.codes(), "");
    EXPECT_EQ(told.data(result("0/success")), false);
    EXPECT_EQ(told.data(result("0/errors/0/code")), value(GetParam().code));
    EXPECT_EQ(told.data(result("0/errors/0/message")), boost::json::array());
    EXPECT_EQ(count_of("books DELETE dry"), 1U) << "somebody waits";
    EXPECT_EQ(erasures(), 0U);
    EXPECT_EQ(people(), 1);
}

INSTANTIATE_TEST_SUITE_P(Services, GdprErasureMeets, testing::ValuesIn(GdprErasureMeets::all()),
                         [](auto const& wrong) { return wrong.param.name; });

TEST_F(GdprErasure, DoesNotCallAServiceWhosePermissionIsWithdrawn) {
    auto const listed = browser.get("/profile/services");
    ASSERT_EQ(browser.submit(listed, {{"withdraw", "books"}}).status, 200);
    EXPECT_EQ(erase().codes(), "");
    EXPECT_THAT(calls, ElementsAre("gardens DELETE dry", "gardens DELETE"));
    EXPECT_EQ(people(), 0);
}

TEST_F(GdprErasure, IsNotBegunWhereAServiceCannotBeAsked) {
    auto without = product.configuration();
    auto const at = without.find("\"gdpr\"");
    without.erase(at, without.find("},", at) + 2 - at);
    product.restart(without);
    auto const told = erase();
    EXPECT_EQ(told.codes(), "CONNECTED_SERVICE_DELETION_NOT_ALLOWED_ERROR");
    EXPECT_EQ(told.body.at_pointer("/errors/0/extensions/services"), value({"books"}));
    EXPECT_TRUE(calls.empty());
}

TEST_F(GdprErasure, OfOneServiceWithdrawsNothingElse) {
    auto const told = erase_service("books");
    EXPECT_EQ(told.codes(), "");
    EXPECT_EQ(told.data("/deleteMyServiceData/result/success"), true);
    EXPECT_EQ(told.data("/deleteMyServiceData/result/service/name"), "books");
    EXPECT_THAT(calls, ElementsAre("books DELETE dry", "books DELETE"));
    EXPECT_EQ(people(), 1);
    EXPECT_EQ(permissions(), 1);
    EXPECT_EQ(call_api(product, books, R"({"query":"{ myProfile { id } }"})").status, 401);
    EXPECT_EQ(call_api(product, gardens, R"({"query":"{ myProfile { id } }"})").status, 200);
    EXPECT_EQ(erase_service("books").codes(), "SERVICE_CONNECTION_DOES_NOT_EXIST_ERROR");
    EXPECT_EQ(erase_service("nobody").codes(), "SERVICE_DOES_NOT_EXIST_ERROR");
}

TEST_F(GdprErasure, OfOneServiceIsRefusedInItsWords) {
    answers_with("books DELETE dry", refusal);
    auto const told = erase_service("books");
    EXPECT_EQ(told.data("/deleteMyServiceData/result/success"), false);
    EXPECT_EQ(told.data("/deleteMyServiceData/result/errors/0/code"), "LOANS_OUT");
    EXPECT_EQ(permissions(), 2);
    EXPECT_EQ(count_of("books DELETE"), 0U);
}

TEST_F(GdprErasure, RunsOnceHoweverOftenItIsAsked) {
    std::string second;
    answers_with("books DELETE dry", [&] {
        second = erase().codes();
        return OutboundResponse{204, {}, {}};
    });
    EXPECT_EQ(erase().codes(), "");
    EXPECT_EQ(second, "CONNECTED_SERVICE_DELETION_FAILED_ERROR") << "it is under way";
    EXPECT_EQ(calls.size(), 4U);
    EXPECT_EQ(people(), 0);
}

/// What a process that ends leaves, at whatever point.
struct Crash : std::runtime_error {
    Crash() : std::runtime_error("the process ends here") {}
};

TEST_F(GdprErasure, GoesOnByItselfAfterACrashInACall) {
    answers_with("gardens DELETE", []() -> Result<OutboundResponse> { throw Crash(); });
    EXPECT_THROW(erase(), Crash);
    EXPECT_EQ(people(), 1);
    answers.clear();
    product.restart();
    product.run_job("profile.gdpr");
    EXPECT_EQ(people(), 1) << "another may be at it still";
    job_after(seconds(121));
    EXPECT_EQ(people(), 0);
    EXPECT_EQ(count_of("gardens DELETE"), 2U) << "its answer was lost";
    EXPECT_EQ(count_of("books DELETE"), 1U) << "this one's was not";
}

class GdprErasureEndsAt : public GdprErasure, public testing::WithParamInterface<int> {
  protected:
    static constexpr int beyond_the_last_write = 40;
};

TEST_P(GdprErasureEndsAt, AWriteAndGoesOnFromThere) {
    std::atomic<int> left = GetParam();
    std::atomic<bool> ended = false;
    product.database->before_write = [&](std::string_view) {
        if (left-- > 0) return;
        ended = true;
        throw Crash();
    };
    try {
        static_cast<void>(erase());
    } catch (Crash const&) {
        ended = true;
    }
    product.database->before_write = nullptr;
    EXPECT_EQ(ended, GetParam() != beyond_the_last_write);
    auto const begun = product.count("SELECT COUNT(*) FROM profile_gdpr_runs") != 0;
    product.restart();
    job_after(seconds(121));
    EXPECT_EQ(people(), begun ? 0 : 1);
    EXPECT_EQ(permissions(), begun ? 0 : 2);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_light"), begun ? 0 : 1);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_gdpr_runs WHERE user_id <> id"), 0);
    if (begun) {
        EXPECT_GT(count_of("books DELETE"), 0U);
        EXPECT_GT(count_of("gardens DELETE"), 0U);
    }
}

INSTANTIATE_TEST_SUITE_P(Processes, GdprErasureEndsAt,
                         testing::Values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                         17, 40));

}  // namespace
}  // namespace tunnus::flow
