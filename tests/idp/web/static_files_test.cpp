// SPDX-License-Identifier: MIT
#include "idp/web/static_files.hpp"

#include "idp/web/router.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace tunnus::web {
namespace {

namespace fs = std::filesystem;

/// A folder with a stylesheet, a hashed script, and things that must not be served.
class StaticFilesTest : public testing::Test {
  protected:
    StaticFilesTest() {
        std::string name = (fs::temp_directory_path() / "tunnus-static-XXXXXX").string();
        root_ = mkdtemp(name.data());
        fs::create_directories(root_ / "public/fonts");
        fs::create_directories(root_ / "public/.git");
        write("public/a.css", "0123456789");
        write("public/fonts/main.3f2a9c01.js", "run()");
        write("public/.hidden.css", "no");
        write("public/.git/a.css", "no");
        write("public/notes", "no");
        write("secret.txt", "no");
        fs::create_symlink(root_ / "secret.txt", root_ / "public/link.txt");
        files_ = StaticFiles::load(root_ / "public").value();
    }
    ~StaticFilesTest() override { fs::remove_all(root_); }

    void write(std::string const& name, std::string const& content) const {
        std::ofstream(root_ / name) << content;
    }
    [[nodiscard]] HttpResponse get(std::string name, std::string const& field = {},
                                   std::string const& value = {}) const {
        HttpRequest request;
        request.path = "/static/" + name;
        request.path_variables = {std::move(name)};
        if (!field.empty()) request.headers.add(field, value);
        return files_.serve(request);
    }

    fs::path root_;
    StaticFiles files_;
};

TEST_F(StaticFilesTest, ServesAFileWithItsType) {
    auto const css = get("a.css");
    EXPECT_EQ(css.status, 200);
    EXPECT_EQ(css.body, "0123456789");
    EXPECT_EQ(css.headers.find("Content-Type"), "text/css; charset=utf-8");
    EXPECT_EQ(css.headers.find("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(files_.size(), 2U);
}

TEST_F(StaticFilesTest, ServesNothingThatItDidNotList) {  // W-22
    for (auto const* name : {"../secret.txt", "link.txt", ".hidden.css", ".git/a.css", "notes",
                             "fonts", "fonts/", "", "a.css/", "./a.css", "fonts/../a.css", "A.CSS"})
        EXPECT_EQ(get(name).status, 404) << name;
}

TEST_F(StaticFilesTest, LetsHashedNamesBeCachedForGood) {
    EXPECT_EQ(get("fonts/main.3f2a9c01.js").headers.find("Cache-Control"),
              "public, max-age=31536000, immutable");
    EXPECT_EQ(get("a.css").headers.find("Cache-Control"), "public, no-cache");
}

TEST_F(StaticFilesTest, AnswersNotModifiedForItsTag) {
    auto const etag = std::string(get("a.css").headers.find("ETag").value());
    for (auto const& tags : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
        auto const answer = get("a.css", "If-None-Match", tags);
        EXPECT_EQ(answer.status, 304) << tags;
        EXPECT_TRUE(answer.body.empty());
    }
    EXPECT_EQ(get("a.css", "If-None-Match", "\"other\"").status, 200);
    EXPECT_EQ(get("a.css", "If-None-Match", std::string(8'000, ',')).status, 200);  // H-21
}

TEST_F(StaticFilesTest, ServesOneRange) {  // H-21
    auto const expect = [this](std::string const& range, std::string const& body,
                               std::string const& content_range) {
        auto const answer = get("a.css", "Range", range);
        EXPECT_EQ(answer.status, 206) << range;
        EXPECT_EQ(answer.body, body);
        EXPECT_EQ(answer.headers.find("Content-Range"), content_range);
    };
    expect("bytes=0-0", "0", "bytes 0-0/10");
    expect("bytes=3-5", "345", "bytes 3-5/10");
    expect("bytes=7-", "789", "bytes 7-9/10");
    expect("bytes=8-99", "89", "bytes 8-9/10");
    expect("bytes=-2", "89", "bytes 8-9/10");
    expect("bytes=-99", "0123456789", "bytes 0-9/10");
}

TEST_F(StaticFilesTest, RefusesARangeBehindTheEnd) {
    for (auto const* range : {"bytes=10-", "bytes=10-12", "bytes=-0"}) {
        auto const answer = get("a.css", "Range", range);
        EXPECT_EQ(answer.status, 416) << range;
        EXPECT_EQ(answer.headers.find("Content-Range"), "bytes */10");
    }
}

TEST_F(StaticFilesTest, ServesTheWholeForOtherRanges) {  // H-21
    std::string many = "bytes=0-0";
    for (int i = 0; i < 1'000; ++i)
        many += ",0-0";
    for (auto const& range :
         {many, std::string("bytes=5-3"), std::string("bytes=a-b"), std::string("bytes=-"),
          std::string("lines=1-2"), std::string("bytes=99999999999999999999-")})
        EXPECT_EQ(get("a.css", "Range", range).status, 200) << range;
}

TEST_F(StaticFilesTest, ServesARangeOnlyOfTheVersionAskedFor) {
    HttpRequest request;
    request.path_variables = {"a.css"};
    request.headers.add("Range", "bytes=0-0");
    request.headers.add("If-Range", "\"other\"");
    EXPECT_EQ(files_.serve(request).status, 200);
    request.headers.set("If-Range", get("a.css").headers.find("ETag").value());
    EXPECT_EQ(files_.serve(request).status, 206);
}

TEST_F(StaticFilesTest, RefusesAFolderThatIsNotThereOrTooLarge) {
    EXPECT_FALSE(StaticFiles::load(root_ / "nowhere"));
    EXPECT_FALSE(StaticFiles::load(root_ / "public", 3));
}

}  // namespace
}  // namespace tunnus::web
