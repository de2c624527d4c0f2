// SPDX-License-Identifier: MIT
// threats.md X-17
#include "plugins/host/surroundings.hpp"

#include "tests/plugins/host/house.hpp"

#include <boost/json/serialize.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <filesystem>

namespace tunnus::plugin {
namespace {

using testing::Script;

/// What of this thread and of the process a call may not change.
struct State {
    bool interruptible = [] {
        sigset_t blocked;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
        return sigismember(&blocked, SIGUSR2) == 0;
    }();
    int rounding = std::fegetround();
    locale_t thread_locale = ::uselocale(nullptr);
    std::string locale = std::setlocale(LC_ALL, nullptr);
    mode_t mask = [] {
        auto const present = ::umask(077);
        ::umask(present);
        return present;
    }();
    std::filesystem::path folder = std::filesystem::current_path();
    bool operator==(State const&) const = default;
};

void change_everything() {
    errno = ENOTTY;
    sigset_t signals;
    sigfillset(&signals);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::fesetround(FE_UPWARD);
    static locale_t const other = ::newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
    ::uselocale(other);
    std::setlocale(LC_ALL, "C.UTF-8");
    ::umask(0);
    EXPECT_EQ(::chdir("/"), 0);
}

class SurroundingsTest : public testing::HouseTest {
  protected:
    /// What the log says was put back, in its order.
    std::string told() const {
        std::string all;
        for (auto const& line : log_.lines())
            if (line.event == "plugin.changed_process")
                all += std::string(line.fields.at("plugin").as_string()) + ":" +
                       std::string(line.fields.at("what").as_string()) + " ";
        return all;
    }
};

TEST_F(SurroundingsTest, SaysNothingOfACallThatChangesNothing) {
    Surroundings const surroundings("calm", log_, nullptr);
    State const before;
    { Surroundings::Visit const visit(surroundings); }
    EXPECT_EQ(State(), before);
    EXPECT_EQ(told(), "");
}

TEST_F(SurroundingsTest, PutsBackWhatACallChanged) {
    Surroundings const surroundings("rude", log_, nullptr);
    State const before;
    errno = EAGAIN;
    {
        Surroundings::Visit const visit(surroundings);
        change_everything();
        EXPECT_FALSE(State() == before);
    }
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(State(), before);
    EXPECT_EQ(told(), "rude:umask rude:locale rude:working folder ");
    { Surroundings::Visit const visit(surroundings); }
    EXPECT_EQ(State(), before);
}

TEST_F(SurroundingsTest, PutsBackWhatACallChangedThatThrew) {
    Surroundings const surroundings("rude", log_, nullptr);
    State const before;
    EXPECT_THROW(
        {
            Surroundings::Visit const visit(surroundings);
            change_everything();
            throw std::runtime_error("and off");
        },
        std::runtime_error);
    EXPECT_EQ(State(), before);
}

TEST_F(SurroundingsTest, GuardsTheCreationAndEveryCallOfAPlugin) {
    State const before;
    Script script;
    script.created = [](Host&) { change_everything(); };
    script.claim_names = {"pi"};
    script.quick = true;
    script.claims = [](ClaimsQuery const&) -> Result<boost::json::object> {
        change_everything();
        return boost::json::object{{"pi", 3.5}};
    };
    auto const plugins = load_first(script);
    EXPECT_EQ(State(), before);
    ClaimsQuery query;
    query.claim_names = {"pi"};
    auto const claims = plugins->claims(query);
    ASSERT_TRUE(claims);
    EXPECT_EQ(State(), before);
    EXPECT_EQ(boost::json::serialize(*claims), R"({"pi":3.5E0})");
    EXPECT_EQ(told(),
              "first:umask first:locale first:working folder "
              "first:umask first:locale first:working folder ");
}

}  // namespace
}  // namespace tunnus::plugin
