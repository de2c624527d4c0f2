// SPDX-License-Identifier: MIT
#include "idp/base/theme.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace tunnus {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

class ThemeTest : public testing::Test {
  protected:
    ThemeTest() : folder_(std::filesystem::temp_directory_path() / "tunnus-theme-test") {
        std::filesystem::create_directories(folder_);
    }
    ~ThemeTest() override { std::filesystem::remove_all(folder_); }
    ThemeTest(ThemeTest const&) = delete;

    std::string write(std::string const& name, std::string const& content) {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return name;
    }
    Result<Theme> read(json::object const& configured) {
        return read_theme(configured, folder_, 1'000);
    }
    /// Why it is refused; empty when it is not.
    std::string refusal(json::object const& configured) {
        auto const theme = read(configured);
        return theme ? "" : theme.error().detail;
    }
    static inline std::string const png = "\x89PNG\r\n\x1a\n and so on";
    static inline std::string const svg =
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1" fill="none"/></svg>)";
    std::filesystem::path folder_;
};

TEST_F(ThemeTest, IsEmptyWithoutAConfiguration) {
    auto const theme = read({}).value();
    EXPECT_TRUE(theme.files().empty());
    EXPECT_TRUE(theme.for_pages().empty());
    EXPECT_TRUE(theme.statement("fi").at("status").as_object().contains("unassessed"));
    EXPECT_EQ(theme.feedback_to(), "");
}

TEST_F(ThemeTest, ServesImagesUnderTheirHash) {
    auto const theme = read({{"logo", write("logo.svg", svg)}, {"favicon", write("f.ico", png)}});
    ASSERT_TRUE(theme) << theme.error().detail;
    auto const pages = theme->for_pages();
    EXPECT_THAT(std::string(pages.at("logo").as_string()),
                testing::MatchesRegex("logo-[0-9a-f]{8}\\.svg"));
    EXPECT_EQ(pages.at("favicon_type").as_string(), "image/png") << "by its bytes, not its name";
    EXPECT_EQ(theme->files().size(), 2u);
    EXPECT_EQ(theme->files()[0].content, svg);
}

TEST_F(ThemeTest, RefusesWhatIsNoImageOrTooLarge) {
    EXPECT_THAT(refusal({{"logo", "none.png"}}), HasSubstr("pages.theme.logo"));
    EXPECT_THAT(refusal({{"logo", write("a.png", "<html>")}}), HasSubstr("is no PNG"));
    EXPECT_THAT(refusal({{"favicon", write("b.png", png + std::string(1'000, 'x'))}}),
                HasSubstr("is larger than 1000 bytes"));
}

// threats.md W-11: an administrator's file runs nothing either.
TEST_F(ThemeTest, RefusesAnImageThatRunsOrFetchesSomething) {
    for (std::string const active :
         {"<script>x</script>", "<SCRIPT/>", "<path onload=\"x\"/>", "<path ONCLICK = 'x'/>",
          "<a href=\"javascript:x\"/>", "<foreignObject/>", "<image href=\"https://e.example/\"/>",
          "<image href=\"//e.example/\"/>", "<use href=\"http://e.example/a.svg\"/>",
          "<style>@import 'x'</style>", "<!DOCTYPE svg [<!ENTITY a 'b'>]>",
          "<a href=\"&#106;avascript:x\"/>", "<set attributeName=\"onclick\" to=\"x\"/>",
          "<image href=\"data:image/svg+xml,x\"/>"})
        EXPECT_THAT(refusal({{"logo", write("l.svg", "<svg>" + active + "</svg>")}}),
                    HasSubstr("pages.theme.logo"))
            << active;
    EXPECT_EQ(find_active_content(svg), "");
    EXPECT_EQ(find_active_content("<svg><title>Ornamentti on hieno</title></svg>"), "");
}

TEST_F(ThemeTest, MeasuresContrastAsWcagDoes) {
    auto const black = *Colour::parse("#000000");
    auto const white = *Colour::parse("#FFFFFF");
    EXPECT_NEAR(contrast(black, white), 21.0, 0.001);
    EXPECT_NEAR(contrast(*Colour::parse("#767676"), white), 4.54, 0.01);
    EXPECT_NEAR(contrast(white, white), 1.0, 0.001);
    for (auto const* no : {"", "#fff", "0000bf", "#0000bg", "#0000bf0"})
        EXPECT_FALSE(Colour::parse(no)) << no;
}

TEST_F(ThemeTest, TakesColoursThatCanBeReadAlone) {
    auto const theme = read(
        {{"colors",
          {{"brand", "#0000bf"}, {"header_background", "#0000BF"}, {"header_text", "#ffffff"}}}});
    ASSERT_TRUE(theme) << theme.error().detail;
    EXPECT_THAT(theme->files().at(0).content, HasSubstr("--color-bus: #0000bf;"));
    EXPECT_THAT(theme->files().at(0).content, HasSubstr("--header-text: #ffffff;"));
    EXPECT_THAT(refusal({{"colors", {{"brand", "#ff8800"}}}}),
                HasSubstr("pages.theme.colors.brand: #ff8800 has a contrast of 2."));
    EXPECT_THAT(refusal({{"colors", {{"header_background", "#333333"}}}}),
                HasSubstr("pages.theme.colors.header_background"))
        << "under the text as it is";
    EXPECT_THAT(refusal({{"colors", {{"header_text", "#eeeeee"}}}}),
                HasSubstr("pages.theme.colors.header_text"));
    EXPECT_THAT(refusal({{"colors", {{"brand", "#00zz00"}}}}), HasSubstr("is no colour"));
}

TEST_F(ThemeTest, StatesAccessibilityInTheLanguageOfThePage) {
    json::object const text{{"fi", "suomi"}, {"sv", "svenska"}, {"en", "English"}};
    auto const theme = read({{"name", text},
                             {"accessibility",
                              {{"status", "partial"},
                               {"faults", {{{"criterion", "1.4.3"}, {"text", text}}}},
                               {"tested", text},
                               {"feedback_to", "a@city.example"}}}})
                           .value();
    auto const shown = theme.statement("sv");
    EXPECT_EQ(shown.at("provider").as_string(), "svenska");
    EXPECT_TRUE(shown.at("status").as_object().contains("partial"));
    EXPECT_EQ(shown.at("faults").at(0).at("text").as_string(), "svenska");
    EXPECT_EQ(shown.at("tested").as_string(), "svenska");
    EXPECT_EQ(theme.feedback_to(), "a@city.example");
    EXPECT_THAT(refusal({{"accessibility", {{"feedback_to", "nobody"}}}}),
                HasSubstr("accessibility.feedback_to"));
}

}  // namespace
}  // namespace tunnus
