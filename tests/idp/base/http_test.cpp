// SPDX-License-Identifier: MIT
#include "idp/base/http.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace tunnus {
namespace {

using testing::ElementsAre;

TEST(Headers, FindsAFieldWithoutRegardToCase) {
    Headers headers;
    headers.add("Content-Type", "text/html");
    EXPECT_EQ(headers.find("content-TYPE"), "text/html");
    EXPECT_EQ(headers.find("Content-Typ"), std::nullopt);
}

TEST(Headers, FindsNothingWhenAFieldCameTwice) {
    Headers headers;
    headers.add("Authorization", "Basic YTpi");
    headers.add("authorization", "Basic YzpkCg");
    EXPECT_EQ(headers.find("Authorization"), std::nullopt);
    EXPECT_THAT(headers.all("Authorization"), ElementsAre("Basic YTpi", "Basic YzpkCg"));
}

TEST(Headers, SetReplacesEveryFieldOfTheName) {
    Headers headers;
    headers.add("Cache-Control", "no-store");
    headers.add("Vary", "Cookie");
    headers.add("cache-control", "private");
    headers.set("Cache-Control", "max-age=60");
    EXPECT_THAT(headers.all("Cache-Control"), ElementsAre("max-age=60"));
    EXPECT_EQ(headers.fields().size(), 2U);
}

// threats.md H-23
TEST(Headers, RefusesEveryControlByteInAValue) {
    Headers headers;
    headers.add("Location", "https://rp.example/cb");
    for (int byte = 0; byte < 256; ++byte) {
        std::string const value = std::string("a") + static_cast<char>(byte) + "b";
        if (byte < 0x20 || byte == 0x7f) {
            EXPECT_THROW(headers.add("X", value), std::invalid_argument) << byte;
            EXPECT_THROW(headers.set("Location", value), std::invalid_argument) << byte;
        } else {
            EXPECT_NO_THROW(headers.add("X", value)) << byte;
        }
    }
    EXPECT_EQ(headers.find("Location"), "https://rp.example/cb");
}

TEST(Headers, RefusesANameThatIsNotAToken) {
    Headers headers;
    headers.add("X-Ok", "1");
    for (auto const* name : {"", "a b", "a:b", "a\r\nb", "n\xc3\xa4me"})
        EXPECT_THROW(headers.add(name, "1"), std::invalid_argument) << name;
    EXPECT_EQ(headers.fields().size(), 1U);
}

TEST(HttpRequest, MediaTypeIsLowerCaseWithoutParameters) {
    HttpRequest request;
    EXPECT_EQ(request.media_type(), "");
    request.headers.add("content-type", "Application/JSON ; charset=UTF-8");
    EXPECT_EQ(request.media_type(), "application/json");
    request.headers.add("Content-Type", "text/plain");
    EXPECT_EQ(request.media_type(), "") << "two fields say nothing";
}

TEST(Responses, RedirectIs303AndIsNotStored) {
    auto const response = redirect_response("https://rp.example/cb?code=1");
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(response.headers.find("Location"), "https://rp.example/cb?code=1");
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(response.headers.find("Referrer-Policy"), "no-referrer");
    EXPECT_THROW((void)redirect_response("https://rp.example/\r\nX: y"), std::invalid_argument);
}

TEST(Responses, JsonAndTextCarryTheirTypeAndAreNotSniffed) {
    auto const json = json_response(400, "{}");
    EXPECT_EQ(json.status, 400);
    EXPECT_EQ(json.headers.find("Content-Type"), "application/json");
    EXPECT_EQ(json.headers.find("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(json.body, "{}");
    auto const text = text_response(404, "Not found\n");
    EXPECT_EQ(text.headers.find("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(text.body, "Not found\n");
}

TEST(Method, IsSpelledAsOnTheWire) {
    EXPECT_EQ(to_string(Method::GET), "GET");
    EXPECT_EQ(to_string(Method::DELETE_), "DELETE");
}

}  // namespace
}  // namespace tunnus
