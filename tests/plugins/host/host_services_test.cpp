// SPDX-License-Identifier: MIT
#include "plugins/host/host_services.hpp"

#include "idp/base/limits.hpp"
#include "tests/plugins/host/house.hpp"

#include <filesystem>
#include <fstream>

namespace tunnus::plugin::testing {
namespace {

class HostServicesTest : public HouseTest {
  protected:
    HostServicesTest() {
        std::filesystem::create_directories(folder_ / "below");
        std::ofstream(folder_ / "below/public.pem") << "public\n";
        limits_.plugin_file_bytes = 7;
    }
    ~HostServicesTest() override { std::filesystem::remove_all(folder_); }

    Result<std::string> read(std::string const& path) {
        auto lent = services();
        lent.configuration_folder = folder_.string();
        return HostServices("first", {}, lent).read_file(path);
    }
    std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("tunnus_host_services_" +
         std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(HostServicesTest, ReadsAPublicFileFromTheConfigurationsFolder) {
    EXPECT_EQ(read("below/public.pem").value(), "public\n");
    EXPECT_EQ(read((folder_ / "below/public.pem").string()).value(), "public\n");
}

TEST_F(HostServicesTest, RefusesWhatIsNoFileOrTooLarge) {
    EXPECT_EQ(read("missing.pem").error().code, BaseErrc::not_found);
    EXPECT_EQ(read("below").error().code, BaseErrc::not_found);
    limits_.plugin_file_bytes = 6;
    EXPECT_EQ(read("below/public.pem").error().code, BaseErrc::too_large);
}

}  // namespace
}  // namespace tunnus::plugin::testing
