// SPDX-License-Identifier: MIT
#include "plugins/profile/gdpr_answer.hpp"

#include "idp/base/limits.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::plugin::profile {
namespace {

using Kind = GdprAnswer::Kind;

OutboundResponse response(int status, std::string body,
                          std::string const& type = "application/json; charset=utf-8") {
    return {status, {{"content-type", type}}, std::move(body)};
}
Kind erased(int status, std::string const& body) {
    return read_erase_answer(response(status, body), Limits()).kind;
}
std::string code_of(GdprAnswer const& answer) {
    return std::string(answer.said.at("errors").at(0).at("code").as_string());
}

constexpr auto reasons = R"({"errors": [{"code": "LOANS_OUT", "message": {"fi": "Lainoja."}}]})";

TEST(GdprAnswer, IsDoneRefusedOrFailed) {
    EXPECT_EQ(erased(204, ""), Kind::done);
    EXPECT_EQ(erased(403, reasons), Kind::refused);
    EXPECT_EQ(erased(500, reasons), Kind::failed);
    auto const refused = read_erase_answer(response(403, reasons), Limits());
    EXPECT_EQ(code_of(refused), "LOANS_OUT");
    EXPECT_FALSE(refused.passing);
    EXPECT_TRUE(read_erase_answer(response(500, reasons), Limits()).passing);
    EXPECT_TRUE(read_erase_answer(response(503, ""), Limits()).passing);
    EXPECT_TRUE(read_erase_answer(Error(BaseErrc::unavailable, "timeout"), Limits()).passing);
    EXPECT_FALSE(read_erase_answer(Error(BaseErrc::denied, "inside"), Limits()).passing);
    EXPECT_FALSE(read_erase_answer(Error(BaseErrc::too_large, "10 MB"), Limits()).passing);
}

TEST(GdprAnswer, TakesNoReasonsButThoseOfTheContract) {
    auto const one = [](std::string const& error) { return R"({"errors": [)" + error + "]}"; };
    for (auto const& body : std::vector<std::string>{
             "",
             "null",
             "[]",
             "{}",
             R"({"errors": {}})",
             R"({"errors": []})",
             R"({"errors": [{"code": "A", "message": {"fi": "a"}}], "more": 1})",
             one(R"({"code": "A"})"),
             one(R"({"message": {"fi": "a"}})"),
             one(R"({"code": 1, "message": {"fi": "a"}})"),
             one(R"({"code": "A", "message": "a"})"),
             one(R"({"code": "A", "message": {}})"),
             one(R"({"code": "A", "message": {"fi": 1}})"),
             one(R"({"code": "A", "message": {"fi": ""}})"),
             one(R"({"code": "A", "message": {"fi": "a"}, "html": "b"})"),
             one(R"({"code": "A", "message": {"\"><b>": "a"}})"),
             one(R"({"code": "A", "message": {"fi": "a\u202Eb"}})"),
             one(R"({"code": "A", "message": {"fi": "a\u0000b"}})"),
             one(R"({"code": "A", "message": {"fi": ")" + std::string(501, 'a') + "\"}}"),
             one(R"({"code": ")" + std::string(65, 'A') + R"(", "message": {"fi": "a"}})")}) {
        auto const answer = read_erase_answer(response(403, body), Limits());
        EXPECT_EQ(answer.kind, Kind::failed) << body;
        EXPECT_EQ(code_of(answer), "SERVICE_GDPR_API_UNKNOWN_ERROR") << body;
    }
    EXPECT_EQ(
        erased(403, one(R"({"code": "A", "message": {"fi": ")" + std::string(500, 'a') + "\"}}")),
        Kind::refused)
        << "the longest";
    EXPECT_EQ(read_erase_answer(response(403, reasons, "text/html"), Limits()).kind, Kind::failed);
    EXPECT_EQ(read_erase_answer(OutboundResponse{403, {}, reasons}, Limits()).kind, Kind::failed);
}

TEST(GdprAnswer, TakesATreeOfData) {
    constexpr auto tree = R"({"key":"BOOKS","children":[{"key":"LOAN","value":1},)"
                          R"({"key":"FEES","children":[]},{"key":"HIDDEN","error":"LOW_LOA"}]})";
    auto const answer = read_query_answer(response(200, tree), Limits());
    EXPECT_EQ(answer.kind, Kind::done);
    EXPECT_EQ(boost::json::serialize(answer.said.at("tree")), tree);
    EXPECT_TRUE(read_query_answer(response(204, ""), Limits()).said.empty());
    for (auto const* const wrong :
         {R"([])", R"("a")", R"({"key": "A"})", R"({"value": 1})", R"({"key": 1, "value": 1})",
          R"({"key": "A", "value": 1, "children": []})", R"({"key": "A", "value": [1]})",
          R"({"key": "A", "children": {}})", R"({"key": "A", "children": [1]})",
          R"({"key": "A", "children": [{"key": "", "value": 1}]})"})
        EXPECT_EQ(read_query_answer(response(200, wrong), Limits()).kind, Kind::failed) << wrong;
}

TEST(GdprAnswer, TakesATreeAsDeepAsTheLimit) {
    Limits limits;
    limits.gdpr_answer_depth = 3;
    auto const deep = [](int nodes) {
        std::string tree = R"({"key": "A", "value": 1})";
        for (int i = 1; i < nodes; ++i)
            tree = R"({"key": "A", "children": [)" + tree + "]}";
        return tree;
    };
    EXPECT_EQ(read_query_answer(response(200, deep(3)), limits).kind, Kind::done);
    EXPECT_EQ(read_query_answer(response(200, deep(4)), limits).kind, Kind::failed);
}

TEST(GdprAddress, NamesThePersonWhereTheTemplateDoesOrAtItsEnd) {
    GdprNames const names{"sub-1", "profile-1"};
    EXPECT_EQ(gdpr_address("https://a.example/g/$user_uuid/x", names),
              "https://a.example/g/sub-1/x");
    EXPECT_EQ(gdpr_address("https://a.example/g?of=$profile_id", names),
              "https://a.example/g?of=profile-1");
    EXPECT_EQ(gdpr_address("https://a.example/g", names), "https://a.example/g/profile-1");
    EXPECT_EQ(gdpr_address("https://a.example/g/", names), "https://a.example/g/profile-1");
    EXPECT_EQ(as_dry_run("https://a.example/g"), "https://a.example/g?dry_run=true");
    EXPECT_EQ(as_dry_run("https://a.example/g?a=b"), "https://a.example/g?a=b&dry_run=true");
}

TEST(GdprTree, IsMadeOfAnyJson) {
    auto const data =
        boost::json::parse(R"({"name": "Matti", "phones": ["1", "2"], "none": null})");
    EXPECT_EQ(
        boost::json::serialize(to_gdpr_tree("ACCOUNT", data)),
        R"({"key":"ACCOUNT","children":[{"key":"NAME","value":"Matti"},)"
        R"({"key":"PHONES","children":[{"key":"ITEM","value":"1"},{"key":"ITEM","value":"2"}]},)"
        R"({"key":"NONE","value":null}]})");
}

}  // namespace
}  // namespace tunnus::plugin::profile
