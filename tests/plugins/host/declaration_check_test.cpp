// SPDX-License-Identifier: MIT
// threats.md X-16: what a plugin declares wrongly stops the start, by the name of what is wrong.
#include "plugins/host/declaration_check.hpp"

#include "tests/plugins/host/house.hpp"

#include <filesystem>
#include <fstream>

namespace tunnus::plugin {
namespace {

using testing::Script;
using testing::Slot;

class DeclarationCheckTest : public testing::HouseTest {
  protected:
    std::string refusal_of(Script script) {
        Slot<0>::fill("first", std::move(script));
        return refusal({settings("first")});
    }
    static Text cats() { return {"Kissat", "Katter", "Cats"}; }
    static Script scope(std::string name, Text title = cats(), Text description = {}) {
        return {
            .scopes = {{std::move(name), std::move(title), std::move(description), {}, true, {}}}};
    }
    static Script route(std::string path, int times = 1) {
        Script script;
        for (int i = 0; i < times; ++i)
            script.routes.push_back(
                {Method::GET, path, RouteSource::Needs::nothing, 0,
                 [](HttpRequest const&, Caller const&) { return HttpResponse(200); }});
        return script;
    }
    static Script job(seconds interval) {
        return {.job = []() -> Result<> { return {}; }, .interval = interval};
    }
    static Script titled(std::string claim, Text title) {
        return {.claim_names = {"cat"},
                .claim_titles = {{std::move(claim), std::move(title)}},
                .claims = [](ClaimsQuery const&) { return boost::json::object(); }};
    }
};

TEST_F(DeclarationCheckTest, TakesWhatIsRight) {
    EXPECT_EQ(refusal_of(scope("cats:read")), "");
    for (auto const* path : {"", "cats", "cats/", "cats/{name}/photo", "photos/*", "a-b.c_d~E9"})
        EXPECT_EQ(refusal_of(route(path)), "") << path;
    EXPECT_EQ(refusal_of(job(seconds(1))), "");
    EXPECT_EQ(refusal_of(titled("cat", cats())), "");
}

// OpenID Connect for Identity Assurance §8.
TEST_F(DeclarationCheckTest, RefusesAnOfferOfVerifiedClaimsThatDoesNotHoldTogether) {
    auto const offer = [&](VerifiedClaimsOffer made) {
        return refusal_of({.claim_names = {"cat"},
                           .verified = std::move(made),
                           .claims = [](ClaimsQuery const&) { return boost::json::object(); }});
    };
    EXPECT_EQ(offer({{"cat"}, {"eidas"}, {"document"}, {"passport"}, {}}), "");
    EXPECT_EQ(offer({{"cat"}, {"eidas"}, {}, {}, {}}), "");
    EXPECT_EQ(offer({{"dog"}, {"eidas"}, {}, {}, {}}),
              "plugins[0]: verified claim \"dog\": is not one of its claims");
    EXPECT_NE(offer({{"cat"}, {}, {}, {}, {}}), "");
    EXPECT_NE(offer({{}, {"eidas"}, {}, {}, {}}), "");
    EXPECT_NE(offer({{"cat"}, {"eidas"}, {"hearsay"}, {}, {}}), "");
    EXPECT_NE(offer({{"cat"}, {"eidas"}, {"document"}, {}, {}}), "");
    EXPECT_NE(offer({{"cat"}, {"eidas"}, {}, {"passport"}, {}}), "");
    EXPECT_NE(offer({{"cat"}, {"eidas"}, {"electronic_record"}, {}, {}}), "");
}

TEST_F(DeclarationCheckTest, RefusesReservedAndMalformedScopes) {
    EXPECT_EQ(refusal_of(scope("openid")), "plugins[0]: scope \"openid\": belongs to the provider");
    EXPECT_EQ(refusal_of(scope("offline_access")),
              "plugins[0]: scope \"offline_access\": belongs to the provider");
    for (auto const* name : {"", "two words", "a\"b", "a\\b", "kissa\xc3\xa4"})
        EXPECT_NE(refusal_of(scope(name)), "") << name;
    EXPECT_EQ(refusal_of(scope(std::string(64, 'a'))), "");
    EXPECT_NE(refusal_of(scope(std::string(65, 'a'))), "");
}

TEST_F(DeclarationCheckTest, RefusesAScopeWithoutATextInEveryLanguage) {
    EXPECT_EQ(refusal_of(scope("cats", {"Kissat", "", "Cats"})),
              "plugins[0]: scope \"cats\".title.sv: is empty");
    EXPECT_EQ(refusal_of(scope("cats", cats(), {"", "", "All cats."})),
              "plugins[0]: scope \"cats\".description.fi: is empty");
}

TEST_F(DeclarationCheckTest, RefusesOneScopeTwice) {
    auto twice = scope("cats");
    twice.scopes.push_back(twice.scopes[0]);
    EXPECT_EQ(refusal_of(twice), "plugins[0]: scope \"cats\": is declared twice");
}

TEST_F(DeclarationCheckTest, RefusesATitleOfNoClaimAndAnEmptyOne) {
    EXPECT_EQ(refusal_of(titled("dog", cats())),
              "plugins[0]: claim_titles \"dog\": is not one of its claims");
    EXPECT_EQ(refusal_of(titled("cat", {"Kissa", "Katt", ""})),
              "plugins[0]: claim \"cat\".title.en: is empty");
}

TEST_F(DeclarationCheckTest, RefusesMalformedAndRepeatedRoutes) {
    EXPECT_EQ(refusal_of(route("/cats/")), "") << "an address of its own";
    for (auto const* path :
         {"/", "//", "//cats", "a//b", "..", "a/./b", "a?b", "a b", "{}", "{a}b", "*/a", "a%20"})
        EXPECT_NE(refusal_of(route(path)), "") << path;
    EXPECT_EQ(refusal_of(route("cats", 2)), "plugins[0]: route \"GET cats\": is declared twice");
    auto without_handler = route("cats");
    without_handler.routes[0].handler = nullptr;
    EXPECT_EQ(refusal_of(without_handler), "plugins[0]: route \"GET cats\": has no handler");
    auto restless = route("cats");
    restless.routes[0].max_age = seconds(29);
    EXPECT_EQ(refusal_of(restless),
              "plugins[0]: route \"GET cats\": has a max_age of less than 30 seconds");
    restless.routes[0].max_age = seconds(30);
    EXPECT_EQ(refusal_of(restless), "");
    auto open = route("cats");
    open.routes[0].cross_origin = true;
    EXPECT_EQ(refusal_of(open),
              "plugins[0]: route \"GET cats\": is for other origins' scripts but needs no access "
              "token");
    open.routes[0].needs = RouteSource::Needs::access_token;
    EXPECT_EQ(refusal_of(open), "");
}

TEST_F(DeclarationCheckTest, RefusesAJobWithoutAnInterval) {
    for (auto const interval : {seconds(0), seconds(-1)})
        EXPECT_EQ(refusal_of(job(interval)),
                  "plugins[0]: job \"sweep\": has an interval of less than a second");
}

TEST_F(DeclarationCheckTest, NamesTheFileOfAPageThatIsMissing) {
    namespace fs = std::filesystem;
    auto const folder = fs::path(::testing::TempDir()) / "tunnus-declared-pages";
    fs::create_directories(folder / "pages");
    Slot<0>::fill("first", {.pages = {"cats"}});
    auto first = settings("first");
    first.folder = folder.string();
    EXPECT_EQ(refusal({first}),
              "plugins[0]: page " + (folder / "pages/cats.html").string() + ": is missing");
    std::ofstream(folder / "pages/cats.html") << "<h1>Cats</h1>";
    EXPECT_EQ(refusal({first}), "");
    EXPECT_TRUE(pages_.plugins.contains("first"));
    fs::remove_all(folder);
}

TEST_F(DeclarationCheckTest, TellsABugFromARefusalAndWhereASchemaIsWrong) {
    Slot<0>::fill("first", {.created = [](Host& host) {
                      static_cast<void>(host.configuration().at("absent"));
                  }});
    EXPECT_EQ(refusal({settings("first")}),
              "plugins[0]: a bug of the plugin, such as a member that its configuration lacks: out "
              "of range");
    Slot<0>::fill("first", {});
    Slot<0>::entry.config_schema = "{\"type\": \"object\"\n \"properties\": {}}";
    auto const schema = refusal({settings("first")});
    EXPECT_TRUE(schema.starts_with("plugins[0]: config_schema: 2: ")) << schema;
    static sql::Migration const second{2, "initial", "CREATE TABLE first_rows (id BIGINT)"};
    Slot<0>::fill("first", {});
    Slot<0>::entry.migrations = &second;
    Slot<0>::entry.migration_count = 1;
    EXPECT_EQ(refusal({settings("first")}), "plugins[0]: migrations[0].number is 2, but must be 1");
}

}  // namespace
}  // namespace tunnus::plugin
