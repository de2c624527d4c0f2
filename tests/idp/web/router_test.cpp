// SPDX-License-Identifier: MIT
#include "idp/web/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tunnus::web {
namespace {

Route route(Method method, std::string pattern) {
    return {method, pattern, Lane::fast, 100, [pattern](HttpRequest const& request) -> Outcome {
                std::string text = pattern;
                for (auto const& variable : request.path_variables)
                    text += "|" + variable;
                return text_response(200, text);
            }};
}

Router const& routes() {
    static Router const router(
        {route(Method::GET, "/"), route(Method::GET, "/clients/{id}"),
         route(Method::DELETE_, "/clients/{id}"), route(Method::GET, "/clients/new"),
         route(Method::GET, "/clients/{id}/keys/{kid}"),
         route(Method::GET, "/clients/{id}/keys/all"), route(Method::GET, "/static/*"),
         route(Method::GET, "/static/fonts/*"), route(Method::POST, "/token")});
    return router;
}

HttpResponse get(std::string const& path, Method method = Method::GET, std::string body = {}) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.body = std::move(body);
    return std::get<HttpResponse>(dispatch(routes(), std::move(request)));
}

TEST(Router, FindsPlainPaths) {
    EXPECT_EQ(get("/").body, "/");
    EXPECT_EQ(get("/token", Method::POST).body, "/token");
}

TEST(Router, FillsVariablesInOrder) {
    EXPECT_EQ(get("/clients/abc").body, "/clients/{id}|abc");
    EXPECT_EQ(get("/clients/a/keys/k").body, "/clients/{id}/keys/{kid}|a|k");
}

TEST(Router, PrefersTheMoreParticularPattern) {
    EXPECT_EQ(get("/clients/new").body, "/clients/new");
    EXPECT_EQ(get("/clients/a/keys/all").body, "/clients/{id}/keys/all|a");
    EXPECT_EQ(get("/static/fonts/a.woff2").body, "/static/fonts/*|a.woff2");
}

TEST(Router, GivesTheRestOfASubtree) {
    EXPECT_EQ(get("/static/a/b.css").body, "/static/*|a/b.css");
    EXPECT_EQ(get("/static/").body, "/static/*|");
}

TEST(Router, DoesNotFindWhatIsNotThere) {
    for (auto const* path : {"/static", "/clients", "/clients/", "/clients/a/", "/clients/a/b",
                             "/Token", "/token/", "//"})
        EXPECT_EQ(get(path).status, 404) << path;
}

TEST(Router, NamesTheMethodsThatThereAre) {  // H-15
    auto const refused = get("/clients/a", Method::PUT);
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.headers.find("Allow"), "GET, HEAD, DELETE");
    EXPECT_EQ(get("/token").headers.find("Allow"), "POST");
}

TEST(Router, AnswersHeadLikeGetWithoutBody) {
    auto const head = get("/clients/a", Method::HEAD);
    EXPECT_EQ(head.status, 200);
    EXPECT_TRUE(head.body.empty());
}

TEST(Router, RefusesABodyAboveTheRoutesLimit) {  // H-13
    EXPECT_EQ(get("/token", Method::POST, std::string(100, 'a')).status, 200);
    EXPECT_EQ(get("/token", Method::POST, std::string(101, 'a')).status, 413);
}

TEST(Router, ThrowsForPatternsThatCannotBe) {
    auto const make = [](std::vector<Route> list) { Router const router(std::move(list)); };
    EXPECT_THROW(make({route(Method::GET, "token")}), std::invalid_argument);
    EXPECT_THROW(make({route(Method::GET, "/a{b}")}), std::invalid_argument);
    EXPECT_THROW(make({route(Method::GET, "/a*")}), std::invalid_argument);
    EXPECT_THROW(make({route(Method::GET, "/a"), route(Method::GET, "/a")}), std::invalid_argument);
    EXPECT_THROW(make({route(Method::GET, "/*"), route(Method::GET, "/*")}), std::invalid_argument);
    EXPECT_THROW(make({{Method::GET, "/a", Lane::fast, 0, nullptr}}), std::invalid_argument);
}

TEST(Method, IsKnownByItsExactName) {  // H-15
    EXPECT_EQ(parse_method("DELETE"), Method::DELETE_);
    EXPECT_FALSE(parse_method("get"));
    EXPECT_TRUE(is_known_method("TRACE"));
    EXPECT_FALSE(is_known_method("FOO"));
}

}  // namespace
}  // namespace tunnus::web
