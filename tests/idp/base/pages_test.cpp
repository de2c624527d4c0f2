// SPDX-License-Identifier: MIT
#include "idp/base/pages.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace tunnus {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

/// Folders of templates and texts, the core's and a plugin's.
class PagesTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("tunnus-pages-" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        write("pages/head.html", "<title>{{t.title}} - {{theme.name}}</title>\n");
        write("pages/error.html",
              "<html lang=\"{{locale}}\">{{> head}}<p>{{message}}</p><b id=\"error\">{{error}}</b>"
              "<i "
              "id=\"event-id\">{{event_id}}</i>{{#languages}}<a "
              "href=\"{{href}}\">{{code}}</a>{{/languages}}</html>\n");
        write("pages/list.html",
              "{{> head}}{{#items}}[{{name}}]{{/items}}{{^items}}none{{/items}}"
              "{{#languages}}<a id=\"lang-{{code}}\" href=\"{{href}}\"{{#current}} "
              "class=\"on\"{{/current}}>{{name}}</a>{{/languages}}"
              "{{#flag}}on{{/flag}}{{number}}{{base}}\n");
        write_texts("texts", R"({"title": "%", "other": "core % <b>"})");
        write("plugin/pages/form.html", "{{> head}}<h1>{{t.own}}</h1>{{t.other}}{{name}}\n");
        write_texts("plugin/texts", R"({"own": "plugin %", "title": "over %"})");
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(std::string const& path, std::string_view text) {
        fs::create_directories((folder_ / path).parent_path());
        std::ofstream(folder_ / path, std::ios::binary) << text;
    }
    /// One file a language, `%` standing for the language.
    void write_texts(std::string const& folder, std::string const& text) {
        for (std::string const locale : {"fi", "sv", "en"}) {
            auto localised = text;
            for (std::size_t at = 0; (at = localised.find('%', at)) != std::string::npos;)
                localised.replace(at, 1, locale);
            write(folder + "/" + locale + ".json", localised);
        }
    }
    [[nodiscard]] Result<std::unique_ptr<Pages>> try_load() const {
        return Pages::load({.templates = (folder_ / "pages").string(),
                            .texts = (folder_ / "texts").string(),
                            .theme = {{"name", "City & Co"}},
                            .issuer = "https://login.city.example/sso",
                            .link_key = "a key for links"});
    }
    [[nodiscard]] std::unique_ptr<Pages> load() const {
        auto pages = try_load();
        EXPECT_TRUE(pages.has_value()) << (pages ? "" : pages.error().detail);
        return std::move(pages).value();
    }
    [[nodiscard]] Result<> add_plugin(Pages& pages) const {
        return pages.add_plugin("demo", (folder_ / "plugin/pages").string(),
                                (folder_ / "plugin/texts").string());
    }
    /// The error of loading after `path` was replaced by `text`, without the folder.
    std::string refusal(std::string const& path, std::string_view text) {
        write(path, text);
        auto const pages = try_load();
        if (pages) return {};
        return pages.error().detail.substr(
            std::min(folder_.string().size() + 1, pages.error().detail.size()));
    }

    fs::path folder_;
};

TEST_F(PagesTest, RendersModelTextsAndTheme) {
    auto const pages = load();
    auto const response = pages->render(422, "list",
                                        {{"items", {{{"name", "a"}}, {{"name", "b"}}}},
                                         {"flag", true},
                                         {"number", 7},
                                         {"languages", json::array()}},
                                        "sv");
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.body, "<title>sv - City &amp; Co</title>\n[a][b]on7/sso\n");
    EXPECT_EQ(
        pages->render(200, "list", {{"flag", false}, {"languages", json::array()}}, "xx").body,
        "<title>fi - City &amp; Co</title>\nnone/sso\n");
}

// threats.md W-08, W-09, W-12, W-23
TEST_F(PagesTest, SendsEveryPageWithTheSecurityHeaders) {
    auto const headers = load()->render(200, "list", {}, "fi").headers;
    EXPECT_EQ(headers.find("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(headers.find("Content-Language"), "fi");
    EXPECT_EQ(
        headers.find("Content-Security-Policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'");
    EXPECT_EQ(headers.find("X-Frame-Options"), "DENY");
    EXPECT_EQ(headers.find("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(headers.find("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(headers.find("Cache-Control"), "no-store");
    auto const error = load()->error(400, "invalid_request", "", "e-1", "fi");
    EXPECT_EQ(error.headers.fields(), headers.fields());
}

// threats.md W-09
TEST_F(PagesTest, LetsFormPostLeadAnywhereAndRunItsOneScript) {
    write("pages/list.html", "<h1>{{name}}</h1><script>go();</script>\n");
    auto const pages = load();
    auto const response = pages->render(200, "list", {{"name", "<script>alert(1)</script>"}}, "fi",
                                        {.posts_elsewhere = true});
    auto const digest = encode_base64(sha256("go();"));
    EXPECT_EQ(
        response.headers.find("Content-Security-Policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; script-src 'sha256-" +
            digest + "'");
    auto const usual = pages->render(200, "list", {{"name", "x"}}, "fi");
    EXPECT_THAT(std::string(*usual.headers.find("Content-Security-Policy")),
                Not(HasSubstr("script-src")));
}

// threats.md P-18
TEST_F(PagesTest, EscapesEveryValueAndExpandsNoneTwice) {
    auto const pages = load();
    auto const body_with = [&](std::string_view probe) {
        return pages
            ->render(200, "list", {{"items", {{{"name", probe}}}}, {"languages", json::array()}},
                     "fi")
            .body;
    };
    EXPECT_THAT(body_with("plain"), HasSubstr("[plain]"));
    EXPECT_THAT(body_with("<script>\"'&"), HasSubstr("[&lt;script&gt;&quot;&#39;&amp;]"));
    for (auto const* probe : {"{{t.title}}", "{{{t.title}}}", "{{> head}}", "{{=<% %>=}}", "%n%s",
                              "${jndi:x}", "{{7*7}}"})
        EXPECT_THAT(body_with(probe), Not(HasSubstr("49"))) << probe;
    EXPECT_THAT(body_with("{{t.title}}"), HasSubstr("[{{t.title}}]"));
    EXPECT_THAT(
        pages->render(200, "list", {{"t", {{"title", "forged"}}}, {"theme", "forged"}}, "fi").body,
        Not(HasSubstr("forged")));
}

TEST_F(PagesTest, OffersTheThreeLanguages) {
    auto const body = load()->render(200, "list", {}, "sv").body;
    EXPECT_THAT(body, HasSubstr("<a id=\"lang-fi\" href=\"?ui_locales=fi\">Suomi</a>"));
    EXPECT_THAT(body,
                HasSubstr("<a id=\"lang-sv\" href=\"?ui_locales=sv\" class=\"on\">Svenska</a>"));
    EXPECT_THAT(body, HasSubstr("<a id=\"lang-en\" href=\"?ui_locales=en\">English</a>"));
}

TEST_F(PagesTest, ShowsErrorsWithTheirWordAndEventId) {
    auto const response = load()->error(403, "access_denied", "other", "e-<1>", "en");
    EXPECT_EQ(response.status, 403);
    EXPECT_THAT(
        response.body,
        testing::StartsWith(
            "<html lang=\"en\"><title>en - City &amp; Co</title>\n<p>core en &lt;b&gt;</p><b "
            "id=\"error\">access_denied</b>"
            "<i id=\"event-id\">e-&lt;1&gt;</i>"));
}

TEST_F(PagesTest, PutsAPluginsTextsOverTheCores) {
    auto const pages = load();
    ASSERT_TRUE(add_plugin(*pages).has_value());
    EXPECT_EQ(pages->render(200, "demo/form", {{"name", "x"}}, "en").body,
              "<title>over en - City &amp; Co</title>\n<h1>plugin en</h1>core en &lt;b&gt;x\n");
    EXPECT_EQ(pages->text("sv", "demo/own"), "plugin sv");
    EXPECT_EQ(pages->text("sv", "demo/other"), "core sv <b>");
    EXPECT_EQ(pages->text("sv", "title"), "sv");
    EXPECT_EQ(pages->text("sv", "demo/absent"), "demo/absent");
    EXPECT_THROW((void)pages->render(200, "form", {}, "en"), std::invalid_argument);
}

TEST_F(PagesTest, PutsTheFrameAroundAPluginsContentWithItsTitle) {
    write("pages/frame.html",
          "<!DOCTYPE html>\n<title>{{> title}}x</title><main>{{> content}}</main>\n");
    write("plugin/pages/form.html", "<h1>{{t.own}}</h1>{{name}}\n");
    write("plugin/pages/other.html", "<h1>{{t.own}}</h1>\n");
    write("plugin/pages/whole.html", "<!DOCTYPE html>\n<h1>{{t.own}}</h1>\n");
    write_texts("plugin/texts", R"({"own": "plugin %", "form_title": "the form"})");
    auto const pages = load();
    ASSERT_TRUE(add_plugin(*pages));
    EXPECT_EQ(
        pages->render(200, "demo/form", {{"name", "a<b"}}, "sv").body,
        "<!DOCTYPE html>\n<title>the form – x</title><main><h1>plugin sv</h1>a&lt;b\n</main>\n");
    EXPECT_THAT(pages->render(200, "demo/other", {}, "sv").body, HasSubstr("<title>x</title>"));
    EXPECT_EQ(pages->render(200, "demo/whole", {}, "fi").body,
              "<!DOCTYPE html>\n<h1>plugin fi</h1>\n");
}

TEST_F(PagesTest, ListsTheErrorsOfAnyInputInTheirOrderAndTheFormsLast) {
    write("pages/list.html",
          "{{#error_list}}{{#input}}#{{input}} {{/input}}{{sentence}};{{/error_list}}\n");
    json::object const errors{{"form", "all"}, {"zebra", "a&b"}, {"card", "c"}};
    EXPECT_EQ(load()->render(200, "list", {{"errors", errors}, {"input", "outer"}}, "fi").body,
              "#zebra a&amp;b;#card c;all;\n");
    EXPECT_EQ(load()->render(200, "list", {}, "fi").body, "\n");
}

TEST_F(PagesTest, TakesAPluginWithTextsAlone) {
    auto const pages = load();
    ASSERT_TRUE(pages->add_plugin("demo", "", (folder_ / "plugin/texts").string()));
    EXPECT_EQ(pages->text("sv", "demo/own"), "plugin sv");
}

TEST_F(PagesTest, TakesAPluginWithoutTexts) {
    auto const pages = load();
    write("plugin/pages/form.html", "{{t.other}}");
    ASSERT_TRUE(pages->add_plugin("demo", (folder_ / "plugin/pages").string(), "").has_value());
    EXPECT_EQ(pages->render(200, "demo/form", {}, "en").body, "core en &lt;b&gt;");
}

// threats.md X-18
TEST_F(PagesTest, FindsNoPageByPath) {
    auto const pages = load();
    for (auto const* name : {"../texts/fi", "list.html", "", "demo/../list", "absent", "demo/form"})
        EXPECT_THROW((void)pages->render(200, name, {}, "fi"), std::invalid_argument) << name;
    EXPECT_THROW((void)pages->add_plugin("../x", "", ""), std::invalid_argument);
}

TEST_F(PagesTest, RefusesTemplatesThatDoNotEscapeOrParse) {
    EXPECT_EQ(refusal("pages/list.html", "{{! a comment }}{{name}}{{#a}}{{.}}{{/a}}"), "");
    EXPECT_EQ(refusal("pages/list.html", "<p>\n{{{name}}}"),
              "pages/list.html: 2: has a tag that is not escaped");
    for (auto const* text :
         {"{{&name}}", "{{ & name}}", "{{=<% %>=}}", "{{> absent}}", "{{> list}}", "{{name", "{{}}",
          "{{#a}}x", "{{/a}}", "{{#a}}{{/b}}", "{{t.absent}}", "{{#t.absent}}x{{/t.absent}}"})
        EXPECT_THAT(refusal("pages/list.html", text), HasSubstr("pages/list.html: 1: ")) << text;
    EXPECT_THAT(refusal("pages/list.html", "\xff"), HasSubstr("is not valid UTF-8"));
    EXPECT_EQ(refusal("pages/list.html", ""), "");
    EXPECT_THAT(refusal("pages/Bad-Name.html", ""), HasSubstr("is not named by"));
}

TEST_F(PagesTest, RefusesTextsThatDifferInTheirKeys) {
    EXPECT_EQ(refusal("texts/sv.json", R"({"title": "x", "other": "y"})"), "");
    EXPECT_EQ(refusal("texts/sv.json", R"({"title": "x"})"), "texts/sv.json:1: other: is missing");
    EXPECT_EQ(refusal("texts/sv.json", "{\"title\": \"x\", \"other\": \"y\",\n\"more\": \"z\"}"),
              "texts/en.json:1: more: is missing");
    EXPECT_EQ(refusal("texts/sv.json", "{\"title\": \"x\",\n \"other\": 1}"),
              "texts/sv.json:2: other: must be a text");
    EXPECT_THAT(refusal("texts/sv.json", "{\"title\": \"x\",\n \"title\": \"y\"}"),
                HasSubstr("2: title: is given twice"));
    EXPECT_THAT(refusal("texts/sv.json", "[]"), HasSubstr("must be an object"));
    fs::remove(folder_ / "texts/sv.json");
    EXPECT_FALSE(try_load().has_value());
}

TEST_F(PagesTest, RefusesMissingFolders) {
    fs::remove(folder_ / "pages/error.html");
    EXPECT_THAT(try_load().error().detail, HasSubstr("error.html: is missing"));
    fs::remove_all(folder_ / "pages");
    EXPECT_EQ(try_load().error().code, BaseErrc::not_found);
}

TEST_F(PagesTest, RendersOnManyThreadsAtOnce) {
    auto const pages = load();
    auto const expected = pages->render(200, "list", {{"number", 1}}, "fi").body;
    std::vector<std::jthread> threads;
    std::atomic<int> equal = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 50; ++k)
                if (pages->render(200, "list", {{"number", 1}}, "fi").body == expected) ++equal;
        });
    threads.clear();
    EXPECT_EQ(equal, 200);
}

TEST(OwnPages, LoadWithTheirTexts) {
    auto const pages = Pages::load({.templates = TUNNUS_SOURCE_DIR "/conf/pages",
                                    .texts = TUNNUS_SOURCE_DIR "/conf/texts",
                                    .theme = {},
                                    .issuer = "https://login.city.example",
                                    .link_key = "a key for links"});
    ASSERT_TRUE(pages.has_value()) << pages.error().detail;
    auto const page = (*pages)->error(400, "invalid_request", "", "e-1", "fi").body;
    EXPECT_THAT(page, HasSubstr("id=\"error\">invalid_request<"));
    EXPECT_THAT(page, HasSubstr("id=\"event-id\">e-1<"));
}

// ---- Languages

/// The link to this language on a page.
HttpRequest link_to(std::string_view language, std::string_view page) {
    auto const end = page.find("\">" + std::string(language) + "</a>");
    auto const start = page.rfind("href=\"", end) + 6;
    std::string address(page.substr(start, end - start));
    for (std::size_t at = 0; (at = address.find("&amp;", at)) != std::string::npos; ++at)
        address.replace(at, 5, "&");
    HttpRequest request;
    request.request_id = "e-2";
    request.path = address.substr(0, address.find('?'));
    request.query = address.substr(address.find('?') + 1);
    return request;
}

TEST_F(PagesTest, ShowsAnErrorAgainInAnotherLanguageUnderItsOwnEvent) {
    auto const pages = load();
    auto const first = pages->error(403, "access_denied", "other", "e-1", "fi");
    auto const request = link_to("sv", first.body);
    EXPECT_EQ(request.path, "/sso/error");
    auto const again = pages->error_again(request);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.headers.fields(), pages->render(200, "list", {}, "sv").headers.fields());
    for (auto const* shown : {"lang=\"sv\"", "core sv", ">access_denied<", ">e-1<"})
        EXPECT_THAT(again.body, HasSubstr(shown));
    EXPECT_THAT(pages->error_again(link_to("en", again.body)).body, HasSubstr("core en"));
}

// threats.md W-09, W-21: the address says nothing that a page of ours has not said.
TEST_F(PagesTest, ShowsNoErrorThatSomebodyElseWorded) {
    auto const pages = load();
    auto const link = link_to("sv", pages->error(403, "access_denied", "other", "e-1", "fi").body);
    auto const with = [&](std::string const& from, std::string const& to) {
        auto request = link;
        request.query.replace(request.query.find(from), from.size(), to);
        return pages->error_again(request);
    };
    for (auto const& [from, to] :
         {std::pair("error=access_denied", "error=call_us"), std::pair("text=other", "text=title"),
          std::pair("event=e-1", "event=call+0800"), std::pair("proof=", "proof=A"),
          std::pair("proof=", "prof="), std::pair("text=other", "text=other&text=other")}) {
        auto const page = with(from, to);
        EXPECT_EQ(page.status, 400) << to;
        EXPECT_THAT(page.body, HasSubstr(">invalid_request<")) << to;
        EXPECT_THAT(page.body, HasSubstr(">e-2<")) << to;
        EXPECT_THAT(page.body, Not(HasSubstr("call"))) << to;
        EXPECT_THAT(page.body, HasSubstr("lang=\"sv\"")) << to;
    }
}

std::string locale_of(std::vector<std::string> const& ui_locales, std::string_view cookie,
                      std::string_view accept) {
    HttpRequest request;
    if (!cookie.empty()) request.headers.add("Cookie", cookie);
    if (!accept.empty()) request.headers.add("Accept-Language", accept);
    return Pages::choose_locale(ui_locales, request);
}

TEST(ChooseLocale, TakesUiLocalesThenCookieThenHeader) {
    EXPECT_EQ(locale_of({"sv"}, "__Host-lang=en", "fi"), "sv");
    EXPECT_EQ(locale_of({}, "__Host-lang=en", "sv"), "en");
    EXPECT_EQ(locale_of({}, "lang=en", "sv"), "en");
    EXPECT_EQ(locale_of({}, "", "sv"), "sv");
    EXPECT_EQ(locale_of({}, "", ""), "fi");
    EXPECT_EQ(locale_of({"de", "EN-gb", "sv"}, "", ""), "en");
}

TEST(ChooseLocale, ReadsTheRequestsOwnFieldEvenWhenItIsMalformed) {
    HttpRequest request;
    request.headers.add("Cookie", "lang=en");
    request.query = "a=%zz&ui_locales=de%20sv-FI+fi&client_id=1&client_id=2";
    EXPECT_EQ(choose_locale({}, request), "sv");
    EXPECT_EQ(choose_locale({"fi"}, request), "fi");
    request.query = "ui_locales=%zz&x=1&&ui_locales";
    EXPECT_EQ(choose_locale({}, request), "en");
    request.body = "ui_locales=fi";
    EXPECT_EQ(choose_locale({}, request), "en") << "the body is no form";
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    EXPECT_EQ(choose_locale({}, request), "fi");
}

// threats.md O-33
TEST(ChooseLocale, PassesOverWhatIsUnknown) {
    EXPECT_EQ(locale_of({"../../etc/passwd", std::string(1'000'000, 'x'), "", "-", "fin"},
                        "__Host-lang=xx", "de, *;q=1"),
              "fi");
    EXPECT_EQ(locale_of({"xx"}, "__Host-lang=en; __Host-lang=en", "sv"), "sv")
        << "a repeated cookie says nothing";
}

// threats.md P-13
TEST(ChooseLocale, ReadsTheWeightsOfAcceptLanguage) {
    EXPECT_EQ(locale_of({}, "", "en;q=0.5, sv;q=0.9, fi;q=0.1"), "sv");
    EXPECT_EQ(locale_of({}, "", "de-DE, sv-FI;q=0.8,en;q=0.8"), "sv");
    EXPECT_EQ(locale_of({}, "", "sv;q=0, en;q=0.001"), "en");
    EXPECT_EQ(locale_of({}, "", "sv ; q=1.000"), "sv");
    for (auto const* bad : {"sv;q=1e9", "sv;q=1.5", "sv;q=", "sv;q=-1", "sv;q=0.1234", "sv;q=2",
                            "sv;q=1.001", "sv;level=1", "sv;q=\"1", "\"sv", ";;;,,,", "sv;q=1;x=y"})
        EXPECT_EQ(locale_of({}, "", bad), "fi") << bad;
    EXPECT_EQ(locale_of({}, "", std::string(10'000, ',') + "sv"), "sv");
}

}  // namespace
}  // namespace tunnus
