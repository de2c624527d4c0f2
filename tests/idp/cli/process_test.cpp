// SPDX-License-Identifier: MIT
// The process as the system sees it: what it inherits, leaves behind and says at the end.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <pwd.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tunnus::cli {
namespace {

namespace fs = std::filesystem;

/// A folder with a configuration, and the program started in it.
class Process : public testing::Test {
  protected:
    Process() {
        std::string pattern = (fs::temp_directory_path() / "tunnus-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        write("sealing.key", "a sealing key of more than thirty-two bytes");
        port_ = free_port();
        configure();
    }
    /// Writes the configuration; `user` is whom serve becomes, `keys` more members of `keys`.
    void configure(std::string const& user = {}, std::string const& keys = {}) {
        write("tunnus.json", "{" + (user.empty() ? "" : R"("user": ")" + user + R"(",)") + R"(
            "issuer": "http://127.0.0.1:)" +
                                 std::to_string(port_) + R"(",
            "listen": [{"address": "127.0.0.1", "port": )" +
                                 std::to_string(port_) + R"(}],
            "storage": {"url": "sqlite:)" +
                                 (folder_ / "data/tunnus.db").string() + R"("},
            "keys": {"sealing_key": {"file": "sealing.key"})" +
                                 keys + R"(},
            "plugins": [{"name": "password", "config": {}}]
        })");
    }
    ~Process() override {
        if (process_ > 0) end(SIGKILL);
        fs::remove_all(folder_);
    }
    void write(std::string const& name, std::string const& text) {
        std::ofstream(folder_ / name) << text;
        ::chmod((folder_ / name).c_str(), 0600);
    }
    static std::uint16_t free_port() {
        int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        ::close(listener);
        return ntohs(address.sin_port);
    }
    void start(std::vector<std::string> const& command,
               std::vector<std::string> const& environment) {
        int ends[2];
        ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        std::vector<std::string> words{TUNNUS_PROGRAM};
        words.insert(words.end(), command.begin(), command.end());
        words.insert(words.end(), {"--config", (folder_ / "tunnus.json").string()});
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        posix_spawn_file_actions_addchdir_np(&actions, folder_.c_str());
        auto const pointers = [](std::vector<std::string> const& texts) {
            std::vector<char*> list;
            for (auto const& text : texts)
                list.push_back(const_cast<char*>(text.c_str()));
            list.push_back(nullptr);
            return list;
        };
        ASSERT_EQ(::posix_spawn(&process_, TUNNUS_PROGRAM, &actions, nullptr,
                                pointers(words).data(), pointers(environment).data()),
                  0);
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        if (errors_ >= 0) ::close(errors_);
        errors_ = ends[0];
        said_.clear();
    }
    /// Reads what it says until this word or the end.
    bool says(std::string const& word) {
        char buffer[4096];
        while (said_.find(word) == std::string::npos) {
            auto const got = ::read(errors_, buffer, sizeof buffer);
            if (got <= 0) return false;
            said_.append(buffer, static_cast<std::size_t>(got));
        }
        return true;
    }
    /// Its exit code; the signal's number, negative, when it was killed.
    int end(int signal) {
        if (signal != 0) ::kill(process_, signal);
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    /// The first line of an answer to GET; empty when nobody listens.
    std::string get(std::string const& target) const {
        int const client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port_);
        std::string answer;
        if (::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
            std::string const request = "GET " + target +
                                        " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
                                        "\r\nConnection: close\r\n\r\n";
            char buffer[256];
            if (::write(client, request.data(), request.size()) > 0)
                if (auto const got = ::read(client, buffer, sizeof buffer); got > 0)
                    answer.assign(buffer, static_cast<std::size_t>(got));
        }
        ::close(client);
        return answer.substr(0, answer.find('\r'));
    }
    static std::string content(fs::path const& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    fs::path folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
    int errors_ = -1;
    std::string said_;
};

// threats.md M-13
TEST_F(Process, LeavesNoCoreWhenItCrashes) {
    start({"serve"}, {});
    ASSERT_TRUE(says("serve.ready")) << said_;
    EXPECT_EQ(get("/jwks.json"), "HTTP/1.1 200 OK");
    auto const proc = fs::path("/proc") / std::to_string(process_);
    auto const limits = content(proc / "limits");
    auto const core = limits.find("Max core file size");
    ASSERT_NE(core, std::string::npos);
    EXPECT_EQ(limits.substr(core + 26, 1), "0");
    EXPECT_NE(content(proc / "status").find("NoNewPrivs:\t1"), std::string::npos);
    EXPECT_EQ(end(SIGSEGV), -SIGSEGV);
    for (auto const& file : fs::recursive_directory_iterator(folder_))
        EXPECT_EQ(file.path().native().find("core"), std::string::npos) << file.path();
}

// threats.md X-26
TEST_F(Process, KeepsNothingOfRootButLowPorts) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can show it";
    start({"serve"}, {});
    ASSERT_TRUE(says("serve.ready")) << said_;
    EXPECT_NE(said_.find("serve.runs_as_root"), std::string::npos) << said_;
    auto const status = content(fs::path("/proc") / std::to_string(process_) / "status");
    for (auto const* set : {"CapPrm:\t", "CapEff:\t"}) {
        auto const at = status.find(set);
        ASSERT_NE(at, std::string::npos);
        auto const bits = std::stoull(status.substr(at + 8, 16), nullptr, 16);
        EXPECT_EQ(bits & ~(1ULL << CAP_NET_BIND_SERVICE), 0U) << set << std::hex << bits;
    }
    EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(Process, X26_BecomesTheConfiguredUserBeforeItOpensAnything) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can show it";
    auto const* nobody = ::getpwnam("nobody");
    ASSERT_NE(nobody, nullptr);
    auto const uid = nobody->pw_uid;
    configure("nobody");
    for (auto const* file : {"", "sealing.key", "tunnus.json"})
        ASSERT_EQ(::chown((folder_ / file).c_str(), uid, nobody->pw_gid), 0);
    start({"serve"}, {});
    ASSERT_TRUE(says("serve.ready")) << said_;
    auto const id = std::to_string(uid);
    auto const status = content(fs::path("/proc") / std::to_string(process_) / "status");
    EXPECT_NE(status.find("Uid:\t" + id + "\t" + id + "\t" + id + "\t" + id), std::string::npos)
        << status;
    struct stat made {};
    ASSERT_EQ(::stat((folder_ / "data/tunnus.db").c_str(), &made), 0);
    EXPECT_EQ(made.st_uid, uid);
    EXPECT_EQ(get("/jwks.json"), "HTTP/1.1 200 OK");
    EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(Process, X26_RefusesAUserThatIsNot) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can show it";
    configure("nobody-of-this-name");
    start({"serve"}, {});
    says("\x04");
    EXPECT_EQ(end(0), 78);
    EXPECT_NE(said_.find("tunnus.json: user: nobody-of-this-name: there is no such user"),
              std::string::npos)
        << said_;
    EXPECT_FALSE(fs::exists(folder_ / "data")) << "nothing was opened";
}

// threats.md X-25
TEST_F(Process, ReadsNoConfigurationOfLibrariesThatTheEnvironmentNames) {
    write("openssl.cnf", "openssl_conf = broken\n[broken]\nengines = nowhere\n[nowhere]\nx = y\n");
    write("catalog.xml", "<not a catalog");
    auto const evil = [&](char const* name, char const* file) {
        return std::string(name) + "=" + (folder_ / file).string();
    };
    start({"check"}, {evil("OPENSSL_CONF", "openssl.cnf"), evil("XML_CATALOG_FILES", "catalog.xml"),
                      evil("SGML_CATALOG_FILES", "catalog.xml"), "SQLITE_TMPDIR=/nowhere"});
    says("\x04");
    EXPECT_EQ(end(0), 0) << said_;
}

// threats.md F-46, X-23: a reload that cannot read a key changes nothing; a start is refused
// (START).
TEST_F(Process, GoesOnWithItsKeyWhenTheFileIsLost) {
    start({"serve"}, {});
    ASSERT_TRUE(says("serve.ready")) << said_;
    fs::remove(folder_ / "sealing.key");
    ::kill(process_, SIGHUP);
    ASSERT_TRUE(says("serve.reload_refused")) << said_;
    EXPECT_EQ(get("/jwks.json"), "HTTP/1.1 200 OK");
    EXPECT_EQ(end(SIGTERM), 0);
    start({"serve"}, {});
    says("\x04");
    EXPECT_EQ(end(0), 78);
    EXPECT_NE(said_.find("keys.sealing_key"), std::string::npos) << said_;
    EXPECT_NE(said_.find("tunnus.json:"), std::string::npos) << said_;
    EXPECT_EQ(std::count(said_.begin(), said_.end(), '\n'), 1) << said_;
    EXPECT_EQ(get("/jwks.json"), "") << "no port was opened";
}

// What is lost signs nothing; everything else goes on, and an administrator can look and revoke.
TEST_F(Process, GoesOnWhereAPkcs11TokenIsLost) {
    write("token.pin", "1234");
    configure({}, R"(, "pkcs11": {"module": "/nowhere/token.so", "pin": {"file": "token.pin"},
        "objects": [{"alg": "ES256", "uri": "pkcs11:token=t;object=o;type=private"}]})");
    start({"serve"}, {});
    ASSERT_TRUE(says("serve.ready")) << said_;
    EXPECT_NE(said_.find("key.lost"), std::string::npos) << said_;
    EXPECT_EQ(get("/jwks.json"), "HTTP/1.1 200 OK");
    EXPECT_EQ(get("/readyz"), "HTTP/1.1 200 OK");
    EXPECT_EQ(end(SIGTERM), 0);
    auto const run = [this](std::vector<std::string> const& command) {
        start(command, {});
        says("\x04");
        return end(0);
    };
    EXPECT_EQ(run({"keys", "list"}), 0) << said_;
    EXPECT_EQ(said_, "") << "what is stored, and no word of the token";
    EXPECT_EQ(run({"keys", "revoke", "unknown"}), 1);
    EXPECT_NE(said_.find("no key unknown"), std::string::npos) << said_;
    EXPECT_EQ(run({"check"}), 78);
    EXPECT_NE(said_.find("keys.pkcs11: "), std::string::npos) << said_;
}

}  // namespace
}  // namespace tunnus::cli
