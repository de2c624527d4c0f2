// SPDX-License-Identifier: MIT
#include "plugins/host/shared_object.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace tunnus::plugin {
namespace {

namespace fs = std::filesystem;

class PluginFileTest : public ::testing::Test {
  protected:
    PluginFileTest() {
        std::string pattern = (fs::canonical(fs::temp_directory_path()) / "tunnus-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        file_ = folder_ / "plugin.so";
        std::ofstream(file_) << "not a shared object";
        fs::permissions(file_, fs::perms(0644));
    }
    ~PluginFileTest() override { fs::remove_all(folder_); }

    static std::string refusal(fs::path const& path) {
        auto const checked = check_plugin_file(path.string());
        return checked ? "" : checked.error().detail;
    }
    fs::path folder_;
    fs::path file_;
};

TEST_F(PluginFileTest, OfThisUserIsAccepted) {
    EXPECT_EQ(refusal(file_), "");
}

// threats.md X-04
TEST_F(PluginFileTest, ThatOthersCanWriteIsRefused) {
    for (auto const bits : {0666, 0664, 0646}) {
        fs::permissions(file_, fs::perms(bits));
        EXPECT_EQ(refusal(file_), file_.string() + ": can be written by others");
    }
}

// threats.md X-04
TEST_F(PluginFileTest, InAFolderThatOthersCanWriteIsRefused) {
    fs::permissions(folder_, fs::perms(0777));
    EXPECT_EQ(refusal(file_), folder_.string() + ": can be written by others");
}

// threats.md X-04
TEST_F(PluginFileTest, ByARelativeOrCrookedPathIsRefused) {
    EXPECT_NE(refusal("plugin.so"), "");
    EXPECT_NE(refusal(folder_ / ".." / folder_.filename() / "plugin.so"), "");
    EXPECT_NE(refusal(folder_ / "." / "plugin.so"), "");
    EXPECT_NE(refusal(folder_.string() + "//plugin.so"), "");
    EXPECT_NE(refusal(file_.string() + std::string("\0.so", 4)), "");
}

// threats.md X-04
TEST_F(PluginFileTest, BehindASymbolicLinkIsRefused) {
    fs::create_symlink(file_, folder_ / "link.so");
    EXPECT_EQ(refusal(folder_ / "link.so"),
              (folder_ / "link.so").string() + ": is a symbolic link; name the file itself");
    fs::create_directory_symlink(folder_, folder_ / "elsewhere");
    EXPECT_NE(refusal(folder_ / "elsewhere" / "plugin.so"), "");
}

// threats.md X-01
TEST_F(PluginFileTest, ThatIsMissingOrAFolderIsRefused) {
    EXPECT_NE(refusal(folder_ / "absent.so"), "");
    EXPECT_EQ(refusal(folder_), folder_.string() + ": is not a regular file");
}

// threats.md X-01
TEST_F(PluginFileTest, ThatIsNoSharedObjectIsNamedByTheLoader) {
    auto const text = load_entry(file_.string(), seconds(10));
    ASSERT_FALSE(text);
    EXPECT_NE(text.error().detail.find(file_.string()), std::string::npos);
    std::ofstream(file_, std::ios::trunc).close();
    auto const empty = load_entry(file_.string(), seconds(10));
    ASSERT_FALSE(empty);
    EXPECT_NE(empty.error().detail.find("file too short"), std::string::npos);
}

}  // namespace
}  // namespace tunnus::plugin
