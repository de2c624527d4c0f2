// SPDX-License-Identifier: MIT
// Installs what authors get, builds `project` against it as they would, and loads the result.
#include "idp/base/limits.hpp"
#include "tests/plugins/host/house.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tunnus::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OutOfTreeTest : public testing::HouseTest {
  protected:
    /// Below the system's folder for temporary files: nobody else may write there (threats.md
    /// X-04), which cannot be said of a checkout.
    static void SetUpTestSuite() {
        std::string pattern = (fs::canonical(fs::temp_directory_path()) / "tunnus-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        std::string const cmake = TUNNUS_CMAKE;
        std::string const project = TUNNUS_SOURCE_DIR "/tests/plugins/out_of_tree/project";
        auto const prefix = (folder_ / "installed").string();
        auto const build = (folder_ / "build").string();
        for (std::string const component : {"development", "testing"})
            run(cmake + " --install " TUNNUS_BINARY_DIR " --component " + component + " --prefix " +
                prefix);
        run(cmake + " -G Ninja -S " + project + " -B " + build +
            " -DCMAKE_CXX_COMPILER=" TUNNUS_CXX " -DCMAKE_PREFIX_PATH=" + prefix);
        run(cmake + " --build " + build);
    }
    static void TearDownTestSuite() { fs::remove_all(folder_); }

    static PluginSettings parking(std::string const& file) {
        auto parking = settings("parking");
        parking.library = (folder_ / "build" / (file + ".so")).string();
        parking.folder = (folder_ / "build/parking").string();
        parking.config["contact"] = "parking@example.org";
        return parking;
    }
    static ClaimsQuery query(std::string user) {
        ClaimsQuery query;
        query.user_id = std::move(user);
        query.claim_names = {"parking_place"};
        return query;
    }

    /// A copy of the plugin with these bytes of its entry replaced; what the host says of it.
    std::string refusal_of_doctored(std::string const& from, std::string const& to) {
        auto doctored = parking("parking");
        std::ifstream file(doctored.library, std::ios::binary);
        std::string bytes(std::istreambuf_iterator<char>(file), {});
        auto const at = bytes.find(from);
        EXPECT_NE(at, std::string::npos);
        EXPECT_EQ(bytes.find(from, at + 1), std::string::npos) << "found twice";
        bytes.replace(at, to.size(), to);
        doctored.library = (folder_ / ("doctored-" + std::to_string(doctored_++) + ".so")).string();
        std::ofstream(doctored.library, std::ios::binary) << bytes;
        return refusal({doctored});
    }
    /// How `size` and `api`, the first two members, stand in the file.
    static std::string head(std::uint32_t size, std::uint32_t api) {
        std::array<std::uint32_t, 2> const members{size, api};
        return {reinterpret_cast<char const*>(members.data()), sizeof members};
    }

    static void run(std::string const& command) {
        auto const log = (folder_ / "log").string();
        ASSERT_EQ(
            std::system((command + " >> " + log + " 2>&1 || { cat " + log + "; false; }").c_str()),
            0)
            << command;
    }
    static inline fs::path folder_;

  private:
    static inline int doctored_ = 0;
};

TEST_F(OutOfTreeTest, IsLoadedAndAnswers) {
    auto const plugins = load({parking("parking")}).value();
    auto const named = plugins->list().at(0);
    EXPECT_EQ(named.version, "2.1");
    EXPECT_TRUE(named.loaded_from_file);
    EXPECT_EQ(plugins->claims(query("u-1")).value(), (boost::json::object{{"parking_place", 1}}));
    EXPECT_EQ(plugins->claims(query("u-1")).value(), (boost::json::object{{"parking_place", 2}}));
}

TEST_F(OutOfTreeTest, BringsItsPagesBesideItsFile) {
    auto const plugins = load({parking("parking")}).value();
    EXPECT_TRUE(pages_.plugins.contains("parking"));
    auto elsewhere = parking("parking");
    elsewhere.folder = (folder_ / "nowhere").string();
    EXPECT_EQ(
        refusal({elsewhere}),
        "plugins[0]: page " + (folder_ / "nowhere/pages/places.html").string() + ": is missing");
}

TEST_F(OutOfTreeTest, PassesItsOwnTestsAgainstTheInstalledFakes) {
    run((folder_ / "build/parking_test").string());
}

TEST_F(OutOfTreeTest, IsInstalledWithItsPages) {
    run(std::string(TUNNUS_CMAKE) + " --install " + (folder_ / "build").string() + " --prefix " +
        (folder_ / "deployed").string());
    auto installed = parking("parking");
    auto const folder = folder_ / "deployed/lib/tunnus/plugins";
    installed.library = (folder / "parking.so").string();
    installed.folder = (folder / "parking").string();
    EXPECT_EQ(refusal({installed}), "");
    EXPECT_TRUE(fs::exists(folder / "parking/texts/sv.json"));
}

// The loader would give the old code again.
TEST_F(OutOfTreeTest, IsRefusedWhenItsFileWasReplacedSinceItWasLoaded) {
    auto const replaced = folder_ / "replaced.so";
    fs::copy_file(parking("parking").library, replaced);
    auto settings = parking("parking");
    settings.library = replaced.string();
    EXPECT_EQ(refusal({settings}), "");
    EXPECT_EQ(refusal({settings}), "") << "the same file again";
    fs::remove(replaced);
    fs::copy_file(parking("parking").library, replaced);
    EXPECT_EQ(refusal({settings}), "plugins[0]: " + replaced.string() +
                                       ": was replaced since it was loaded; a restart loads the "
                                       "new one");
}

// threats.md X-07
TEST_F(OutOfTreeTest, IsContainedWhenItThrows) {
    auto const plugins = load({parking("parking")}).value();
    EXPECT_FALSE(plugins->claims(query("thrower")));
    EXPECT_EQ(failure_recorded(), "exception");
    EXPECT_TRUE(plugins->claims(query("u-2")));
}

TEST_F(OutOfTreeTest, IsRefusedWithAWrongConfiguration) {
    auto wrong = parking("parking");
    wrong.config.erase("contact");
    EXPECT_THAT(refusal({wrong}), ::testing::StartsWith("plugins[0].config"));
    wrong.config["contact"] = "not an address";
    EXPECT_THAT(refusal({wrong}), HasSubstr("config.contact: "));
}

// threats.md
TEST_F(OutOfTreeTest, IsRefusedByTheValueThatDiffers) {
    constexpr std::uint32_t size = sizeof(TunnusPluginV1);
    auto const entry = head(size, TUNNUS_PLUGIN_API);
    EXPECT_THAT(refusal_of_doctored(entry, entry), "") << "the copy itself is loaded";
    EXPECT_THAT(refusal_of_doctored(entry, head(size - 8, TUNNUS_PLUGIN_API)),
                HasSubstr("size is " + std::to_string(size - 8) + ", but must be"));
    EXPECT_THAT(refusal_of_doctored(entry, head(size, 2)), HasSubstr("api is 2, but must be 1"));
    EXPECT_THAT(refusal_of_doctored(TUNNUS_BUILD_STAMP, "gcc4 "), HasSubstr("stamp is \"gcc4 "));
    auto renamed = parking("parking");
    renamed.name = "boating";
    EXPECT_THAT(refusal({renamed}), HasSubstr("name is \"parking\", but must be \"boating\""));
}

// threats.md
TEST_F(OutOfTreeTest, IsRefusedWithoutAFileOrAnEntry) {
    EXPECT_THAT(refusal({parking("absent")}), HasSubstr("absent.so: No such file"));
    EXPECT_THAT(refusal({parking("no_entry")}), HasSubstr("has no symbol tunnus_plugin_v1"));
    auto optional = parking("no_entry");
    optional.required = false;
    EXPECT_EQ(load({optional}).value()->missing(), std::vector<std::string>{"parking"});
}

// threats.md X-05
TEST_F(OutOfTreeTest, IsTriedInAChildBeforeItIsLoaded) {
    limits_.plugin_deadline = milliseconds(400);
    EXPECT_THAT(refusal({parking("exits")}), HasSubstr("exits.so: ends the process that loads it"));
    EXPECT_THAT(refusal({parking("throws")}), HasSubstr("throws.so: ends the process"));
    EXPECT_THAT(refusal({parking("crashes")}), HasSubstr("crashes.so: ends the process"));
    EXPECT_THAT(refusal({parking("hangs")}), HasSubstr("hangs.so: does not end being loaded"));
    limits_.plugin_deadline = Limits().plugin_deadline;
    EXPECT_EQ(refusal({parking("parking")}), "") << "and this process goes on";
}

// threats.md X-15
TEST_F(OutOfTreeTest, GoesOnAsItWasWhenItsFileIsReplaced) {
    auto const original = parking("parking");
    auto copy = parking("parking");
    copy.library = original.library + ".copy.so";
    fs::copy_file(original.library, copy.library);
    auto const plugins = load({copy}).value();
    EXPECT_TRUE(plugins->claims(query("u-3")));
    fs::copy_file(parking("no_entry").library, copy.library + ".new");
    fs::rename(copy.library + ".new", copy.library);
    EXPECT_TRUE(plugins->claims(query("u-3"))) << "the old one";
    EXPECT_THAT(refusal({copy}), HasSubstr("was replaced since it was loaded")) << "a reload";
    copy.library = original.library + ".other.so";
    fs::copy_file(parking("no_entry").library, copy.library);
    EXPECT_THAT(refusal({copy}), HasSubstr("has no symbol"))
        << "a new file needs a path of its own";
    EXPECT_TRUE(plugins->claims(query("u-3"))) << "the old one, still";
}

// threats.md X-04
TEST_F(OutOfTreeTest, IsRefusedWhenOthersCanWriteIt) {
    auto const file = parking("parking");
    fs::permissions(file.library, fs::perms::others_write, fs::perm_options::add);
    EXPECT_THAT(refusal({file}), HasSubstr("can be written by others"));
    fs::permissions(file.library, fs::perms::others_write, fs::perm_options::remove);
    EXPECT_EQ(refusal({file}), "");
}

}  // namespace
}  // namespace tunnus::plugin
