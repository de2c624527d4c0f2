// SPDX-License-Identifier: MIT
// A registered service through the whole product: what it may read is asked for with its purpose,
// given to its calls, shown to the person, and gone when they withdraw it.
#include "plugins/api/entry.hpp"
#include "tests/flow/story.hpp"

namespace tunnus::flow {
namespace {

/// An interface for services that says what it was told of its caller, and a page that lists and
/// withdraws permissions.
class Desk final : public plugin::Plugin, private plugin::RouteSource {
  public:
    explicit Desk(plugin::Host& host) : host_(host) {}
    plugin::RouteSource* route_source() override { return this; }

  private:
    std::vector<PluginRoute> routes() override {
        auto const tell = [](HttpRequest const&, plugin::Caller const& caller) -> Outcome {
            std::string text = caller.service ? caller.service->name : "nobody";
            for (auto const& field : caller.data_fields)
                text += " " + field;
            return text_response(200, text);
        };
        auto const list = [this](HttpRequest const&, plugin::Caller const& caller) -> Outcome {
            std::string text = R"(<form method="post" action="/desk/list">)"
                               R"(<input type="hidden" name="csrf" value=")" +
                               caller.csrf + "\"></form>";
            for (auto const& one : host_.permissions().of(caller.user_id, "en").value()) {
                text += one.service + ": " + one.title.en;
                for (auto const& item : one.items)
                    text += ", " + item.title.en + " (" + item.description.en + ")";
                text += ";";
            }
            return text_response(200, text);
        };
        auto const withdraw = [this](HttpRequest const&, plugin::Caller const& caller) -> Outcome {
            auto const done = host_.permissions().withdraw(
                caller.user_id, caller.form.get("service"), caller.event_id);
            return HttpResponse(done ? 204 : 503);
        };
        return {{.method = Method::POST,
                 .path = "/counter/",
                 .needs = Needs::access_token,
                 .handler = tell,
                 .cross_origin = true},
                {.method = Method::POST,
                 .path = "/elsewhere/",
                 .needs = Needs::access_token,
                 .handler = tell,
                 .audience = "desk-api"},
                {.method = Method::GET, .path = "list", .handler = list},
                {.method = Method::POST, .path = "list", .handler = withdraw, .form = true}};
    }
    plugin::Host& host_;
};

TunnusPluginV1 const* desk() {
    static TunnusPluginV1 const entry{
        sizeof(TunnusPluginV1),
        TUNNUS_PLUGIN_API,
        TUNNUS_BUILD_STAMP,
        "desk",
        "1.0",
        R"({"type": "object"})",
        nullptr,
        0,
        [](plugin::Host& host) -> plugin::Plugin* { return new Desk(host); }};
    return &entry;
}

std::vector<plugin::EntryFunction> entries() {
    auto const builtin = plugin::builtin_entries();
    std::vector<plugin::EntryFunction> all(builtin.begin(), builtin.end());
    all.push_back(&desk);
    return all;
}

std::string with_service(std::string const& purpose, std::string const& more = {}) {
    auto text = Product::shared_configuration(R"({"name": "desk", "config": {}},)");
    auto const clients = text.find("\"clients\": [");
    text.insert(
        clients,
        R"("services": [{"name": "books", "title": {"fi": "Kirjat", "sv": "Böcker", "en": "Books"},
        "description": {"fi": "Lainat"}, "client_ids": ["library"], )" +
            more + R"("data_fields": [{"name": "email", "purpose": {"fi": ")" + purpose +
            R"("}}, {"name": "name", "purpose": {"fi": "Kortti"}}]}],
        )");
    return text;
}

class RegisteredServiceStory : public testing::Test {
  protected:
    RegisteredServiceStory() { user_id = product.add_user("matti@example.org", password); }

    Page to_consent(Fields const& more = {}) {
        auto page = browser.get_from_elsewhere(library.authorize(more));
        if (page.shows("name=\"password\""))
            page = browser.submit(page, {{"email", "matti@example.org"}, {"password", password}});
        return page;
    }
    std::string token(Page const& consent) {
        auto const end = browser.submit(consent, {{"decision", "allow"}});
        EXPECT_EQ(end.status, 303) << end.body;
        auto const tokens = json_of(library.redeem(end.parameter("code")));
        return std::string(tokens.at("access_token").as_string());
    }
    HttpResponse call(std::string const& access_token, std::string const& path = "/counter/",
                      std::string const& origin = {}) {
        HttpRequest request;
        request.method = Method::POST;
        request.path = path;
        request.headers.add("Authorization", "Bearer " + access_token);
        if (!origin.empty()) request.headers.add("Origin", origin);
        return product.answer(std::move(request));
    }

    static inline std::string const password = "sateinen-torstai-2024-kello";
    std::vector<plugin::EntryFunction> const all = entries();
    Product product{with_service("Muistutukset"), all};
    Browser browser{product};
    Service library{product, "library", "https://library.example/cb"};
    std::string user_id;
};

TEST_F(RegisteredServiceStory, IsAskedForWithItsPurposesAndTheFieldsAreGivenToItsCalls) {
    auto const consent = to_consent();
    ASSERT_TRUE(consent.shows("consent-allow")) << consent.body;
    for (auto const* text : {"Kirjat", "Lainat", "Sähköpostiosoite", "Muistutukset", "Kortti"})
        EXPECT_TRUE(consent.shows(text)) << text;
    auto const called = call(token(consent));
    EXPECT_EQ(called.status, 200);
    EXPECT_EQ(called.body, "books email name");
    auto const list = browser.get("/desk/list");
    EXPECT_TRUE(list.shows("books: Books,")) << list.body;
    EXPECT_TRUE(list.shows(", E-mail address (Muistutukset), Name (Kortti);")) << list.body;
}

TEST_F(RegisteredServiceStory, IsAskedAnewWhenAPurposeChangesAndOldTokensEnd) {
    auto const old = token(to_consent());
    ASSERT_EQ(call(old).status, 200);
    product.restart(with_service("Mainokset"));
    EXPECT_EQ(call(old).status, 401);
    auto const consent = to_consent();
    ASSERT_TRUE(consent.shows("Mainokset")) << consent.status << consent.body;
    EXPECT_EQ(call(token(consent)).body, "books email name");
}

TEST_F(RegisteredServiceStory, IsAskedAgainForAPurposeThatWasNotShownSince) {
    token(to_consent());
    product.restart(with_service("Mainokset"));
    token(to_consent());
    product.restart(with_service("Muistutukset"));
    EXPECT_TRUE(to_consent().shows("Muistutukset")) << "another purpose came between";
}

TEST_F(RegisteredServiceStory, IsAskedForAlsoWhereTheOperatorVouchesForItsClient) {
    auto text = with_service("Muistutukset");
    text.insert(text.find(R"("client_name": "Library")"), R"("skip_consent": true, )");
    product.restart(text);
    auto const consent = to_consent({{"scope", "openid profile"}});
    ASSERT_TRUE(consent.shows("Muistutukset")) << consent.body;
    EXPECT_FALSE(consent.shows("syntymäaika")) << "vouched for";
    auto const out = token(consent);
    EXPECT_EQ(call(out).body, "books email name");
    ASSERT_EQ(browser.submit(browser.get("/desk/list"), {{"service", "books"}}).status, 204);
    EXPECT_EQ(call(out).status, 401);
    EXPECT_TRUE(to_consent().shows("Muistutukset")) << "a withdrawal lasts";
}

TEST_F(RegisteredServiceStory, IsWithdrawnOnceAndNothingElseIsRecorded) {
    token(to_consent());
    auto const list = browser.get("/desk/list");
    ASSERT_EQ(browser.submit(list, {{"service", "nobody"}}).status, 204);
    EXPECT_EQ(product.audited("consent.withdrawn"), 0);
    ASSERT_EQ(browser.submit(list, {{"service", "books"}}).status, 204);
    ASSERT_EQ(browser.submit(list, {{"service", "books"}}).status, 204);
    EXPECT_EQ(product.audited("consent.withdrawn"), 1);
}

TEST_F(RegisteredServiceStory, EndsWhenThePersonWithdrawsItAlsoForTokensAlreadyOut) {
    auto const old = token(to_consent());
    ASSERT_EQ(call(old).status, 200);
    auto const list = browser.get("/desk/list");
    ASSERT_EQ(browser.submit(list, {{"service", "books"}}).status, 204);
    EXPECT_EQ(call(old).status, 401);
    EXPECT_FALSE(browser.get("/desk/list").shows("books"));
    EXPECT_EQ(product.audited("consent.withdrawn"), 1);
    EXPECT_TRUE(to_consent().shows("consent-allow")) << "asked again";
}

TEST_F(RegisteredServiceStory, ReadsNothingWithATokenForAnother) {
    auto const good = token(to_consent());
    EXPECT_EQ(call(good, "/elsewhere/").status, 401) << "for this provider, not for desk-api";
}

// threats.md O-76
TEST_F(RegisteredServiceStory, LetsScriptsOfRegisteredOriginsReadRefusalsToo) {
    auto const good = token(to_consent());
    auto const allowed = [&](std::string const& with, std::string const& origin) {
        auto const answer = call(with, "/counter/", origin);
        return std::string(answer.headers.find("Access-Control-Allow-Origin").value_or(""));
    };
    EXPECT_EQ(allowed(good, "https://library.example"), "https://library.example");
    EXPECT_EQ(allowed("nonsense", "https://library.example"), "https://library.example");
    EXPECT_EQ(allowed(good, "https://evil.example"), "");
    HttpRequest preflight;
    preflight.method = Method::OPTIONS;
    preflight.path = "/counter/";
    preflight.headers.add("Origin", "https://library.example");
    auto const answer = product.answer(std::move(preflight));
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.find("Access-Control-Allow-Origin"), "https://library.example");
}

TEST(RegisteredServices, StopTheStartWhereTheyNameWhatNobodyKnows) {
    auto const error_of = [](std::string const& configuration) -> std::string {
        try {
            auto const all = entries();
            Product const product(configuration, all);
            return {};
        } catch (std::runtime_error const& error) {
            return error.what();
        }
    };
    auto unknown = with_service("Muistutukset");
    unknown.replace(unknown.find(R"("name": "email")"), 15, R"("name": "shoes")");
    EXPECT_NE(error_of(unknown).find("services[0]: data_fields: no plugin knows \"shoes\""),
              std::string::npos)
        << error_of(unknown);
    EXPECT_NE(error_of(with_service("a", R"("minimum_acr": "high", )")).find("minimum_acr"),
              std::string::npos);
}

}  // namespace
}  // namespace tunnus::flow
