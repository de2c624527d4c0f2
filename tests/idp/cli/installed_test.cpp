// SPDX-License-Identifier: MIT
// The program as `cmake --install` leaves it, run as a process: it starts, serves its pages,
// reloads its plugins, and names what is missing.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tunnus::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Ran {
    int exit_code;
    std::string output;  ///< both streams
};
Ran run(std::string const& command) {
    auto* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    Ran ran{-1, {}};
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;)
        ran.output += static_cast<char>(c);
    ran.exit_code = WEXITSTATUS(::pclose(pipe));
    return ran;
}

/// `tunnus serve` until it goes out of scope; its log is read as it comes.
class Serving {
  public:
    Serving(std::string const& program, std::string const& configuration) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(ends[1], STDERR_FILENO);
            ::execl(program.c_str(), "tunnus", "serve", "--config", configuration.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        log_ = ::fdopen(ends[0], "r");
    }
    ~Serving() {
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
        std::fclose(log_);
    }
    Serving(Serving const&) = delete;
    Serving& operator=(Serving const&) = delete;

    /// Waits for the line of one of two events.
    std::string line_of(std::string const& event, std::string const& or_event = "serve.ended") {
        std::string line;
        for (int c = 0; (c = std::fgetc(log_)) != EOF;) {
            if (c != '\n') {
                line += static_cast<char>(c);
                continue;
            }
            for (auto const& wanted : {event, or_event})
                if (line.find('"' + wanted + '"') != std::string::npos) return line;
            line.clear();
        }
        return "the program ended: " + line;
    }
    void reload() const { ::kill(child_, SIGHUP); }

  private:
    pid_t child_ = -1;
    FILE* log_ = nullptr;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// A port that nobody has now.
std::uint16_t free_port() {
    int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(socket);
    return ntohs(address.sin_port);
}

std::string get(std::uint16_t port, std::string const& path) {
    int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
    auto const address = loopback(port);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr const*>(&address), sizeof address), 0);
    auto const request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                         "\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(::send(socket, request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::string answer;
    std::array<char, 4096> buffer{};
    for (ssize_t read = 0; (read = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0;)
        answer.append(buffer.data(), static_cast<std::size_t>(read));
    ::close(socket);
    return answer;
}

class InstalledTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        std::string pattern = (fs::canonical(fs::temp_directory_path()) / "tunnus-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        auto const installed =
            run(TUNNUS_CMAKE " --install " TUNNUS_BINARY_DIR " --component program --prefix " +
                (folder_ / "prefix").string());
        ASSERT_EQ(installed.exit_code, 0) << installed.output;
    }
    static void TearDownTestSuite() { fs::remove_all(folder_); }
    void SetUp() override {
        configure(R"({"name": "password"}, {"name": "profile"})");
        write("sealing.key", "a sealing key for tests, 32 bytes or more");
        fs::permissions(folder_ / "sealing.key", fs::perms::owner_read);
    }
    void TearDown() override { fs::remove(folder_ / "sealing.key"); }

    static void write(std::string const& name, std::string const& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    static void configure(std::string const& plugins) {
        auto const port = std::to_string(port_);
        write("tunnus.json", R"({"issuer": "http://127.0.0.1:)" + port + R"(",
            "listen": [{"address": "127.0.0.1", "port": )" +
                                 port + R"(}],
            "storage": {"url": "sqlite:tunnus.db"},
            "keys": {"sealing_key": {"file": "sealing.key"}},
            "plugins": [)" + plugins +
                                 "]}");
    }
    static std::string program() { return (folder_ / "prefix/bin/tunnus").string(); }
    static std::string configuration() { return (folder_ / "tunnus.json").string(); }
    /// A command and what it printed, without the last line's end.
    static Ran tunnus(std::string const& arguments) {
        auto ran = run(program() + " " + arguments + " --config " + configuration());
        if (!ran.output.empty() && ran.output.back() == '\n') ran.output.pop_back();
        return ran;
    }
    static Ran check() { return run(program() + " check --config " + configuration()); }

    static inline fs::path folder_;
    static inline std::uint16_t const port_ = free_port();
};

TEST_F(InstalledTest, PassesItsOwnCheck) {
    auto const checked = check();
    EXPECT_EQ(checked.exit_code, 0) << checked.output;
}

TEST_F(InstalledTest, NamesTheKeyAndTheFolderOfPagesThatAreMissing) {
    auto const pages = folder_ / "prefix/share/tunnus/pages";
    fs::rename(pages, folder_ / "aside");
    auto const checked = check();
    fs::rename(folder_ / "aside", pages);
    EXPECT_EQ(checked.exit_code, 78);
    EXPECT_THAT(checked.output, HasSubstr("pages.templates: " + pages.string()));
}

TEST_F(InstalledTest, NamesThePageOfAPluginThatIsMissing) {
    auto const page = folder_ / "prefix/share/tunnus/plugins/password/pages/login.html";
    fs::rename(page, folder_ / "aside");
    auto const checked = check();
    fs::rename(folder_ / "aside", page);
    EXPECT_EQ(checked.exit_code, 78);
    EXPECT_THAT(checked.output, HasSubstr("plugins[0]: page " + page.string() + ": is missing"));
}

TEST_F(InstalledTest, ServesPagesAndStyles) {
    Serving serving(program(), configuration());
    ASSERT_THAT(serving.line_of("serve.ready"), HasSubstr("serve.ready"));
    EXPECT_THAT(get(port_, "/login?login=none"), HasSubstr("id=\"event-id\""));
    EXPECT_THAT(get(port_, "/static/tunnus.css"), HasSubstr("200 OK"));
}

// threats.md X-23
TEST_F(InstalledTest, ReloadsItsPluginsOrNothing) {
    Serving serving(program(), configuration());
    ASSERT_THAT(serving.line_of("serve.ready"), HasSubstr("serve.ready"));
    auto const discovery = "/.well-known/openid-configuration";
    EXPECT_THAT(get(port_, discovery), Not(HasSubstr("\"greeting\"")));

    configure(R"({"name": "password"}, {"name": "example_claims", "config": {"greeting": 5}})");
    serving.reload();
    EXPECT_THAT(serving.line_of("serve.reloaded", "serve.reload_refused"),
                HasSubstr("plugins[1].config.greeting: "));
    EXPECT_THAT(get(port_, discovery), HasSubstr("\"national_id\""));

    configure(R"({"name": "password"}, {"name": "example_claims"})");
    serving.reload();
    EXPECT_THAT(serving.line_of("serve.reloaded", "serve.reload_refused"),
                HasSubstr("serve.reloaded"));
    EXPECT_THAT(get(port_, discovery), HasSubstr("\"greeting\""));
    EXPECT_THAT(get(port_, discovery), Not(HasSubstr("\"national_id\"")));
}

// threats.md L-37
TEST_F(InstalledTest, ExportsAndErasesAPerson) {
    write("password", "neljä sinistä majakkaa");
    fs::permissions(folder_ / "password", fs::perms::owner_read);
    auto const made = tunnus("users add --email matti@example.org --verified --password-file " +
                             (folder_ / "password").string());
    ASSERT_EQ(made.exit_code, 0) << made.output;
    auto const exported = tunnus("users export " + made.output);
    EXPECT_EQ(exported.exit_code, 0);
    EXPECT_THAT(exported.output, HasSubstr("\"account\":{\"id\":\"" + made.output));
    EXPECT_THAT(exported.output, HasSubstr("matti@example.org"));
    EXPECT_EQ(tunnus("users erase " + made.output).exit_code, 0);
    EXPECT_THAT(tunnus("users export " + made.output).output, HasSubstr("no account"));
    EXPECT_EQ(tunnus("users erase " + made.output).exit_code, 1);
    EXPECT_EQ(tunnus("users add --email matti@example.org --password-file " +
                     (folder_ / "password").string())
                  .exit_code,
              0)
        << "the address is free again";
    fs::remove(folder_ / "password");
}

// threats.md F-41, F-42
TEST_F(InstalledTest, BacksUpWhileItServesAndServesABackupOnlyWhenThatIsAccepted) {
    auto const copy = (folder_ / "copy.db").string();
    {
        Serving serving(program(), configuration());
        ASSERT_THAT(serving.line_of("serve.ready"), HasSubstr("serve.ready"));
        EXPECT_EQ(tunnus("backup " + copy).exit_code, 0);
        EXPECT_THAT(tunnus("backup " + copy).output, HasSubstr("is there already"));
    }
    EXPECT_THAT(tunnus("restore accept").output, HasSubstr("is no backup"));
    for (auto const* name : {"tunnus.db", "tunnus.db-wal", "tunnus.db-shm"})
        fs::remove(folder_ / name);
    fs::rename(copy, folder_ / "tunnus.db");

    auto const refused = tunnus("serve");
    EXPECT_EQ(refused.exit_code, 78);
    EXPECT_THAT(refused.output, HasSubstr("tunnus restore accept"));
    write("audit.jsonl",
          R"({"at":"2000-01-01T00:00:00.000Z","kind":"consent.withdrawn","user_id":"before"}
{"at":"2999-01-01T00:00:00.000Z","kind":"login.finished","user_id":"another"}
{"at":"2999-01-01T00:00:00.000Z","kind":"consent.withdrawn","user_id":"maija","client_id":"library"}
{"seal":3,"at":"2999-01-01T00:00:00.000Z","events":1,"digest":"00"})");
    auto const accepted = tunnus("restore accept --audit " + (folder_ / "audit.jsonl").string());
    EXPECT_EQ(accepted.exit_code, 0);
    EXPECT_EQ(accepted.output, "2999-01-01T00:00:00.000Z  consent.withdrawn  maija  library");
    Serving serving(program(), configuration());
    EXPECT_THAT(serving.line_of("serve.ready"), HasSubstr("serve.ready"));
}

// threats.md M-16
TEST_F(InstalledTest, TellsWhetherTheAuditTrailIsWhole) {
    auto const verified = tunnus("audit verify");
    EXPECT_EQ(verified.exit_code, 0) << verified.output;
    EXPECT_THAT(verified.output, HasSubstr("events under"));
    EXPECT_EQ(tunnus("audit verify --seal 7").exit_code, 64);
    auto const kept = tunnus("audit verify --seal 999:00");
    EXPECT_EQ(kept.exit_code, 1);
    EXPECT_THAT(kept.output, HasSubstr("seal 999: was kept, and is gone"));
    EXPECT_EQ(tunnus("audit export --after 0").exit_code, 0);
}

TEST_F(InstalledTest, RunsAJobOfAPluginNow) {
    auto const wrong =
        run(program() + " plugins run-job password none --config " + configuration());
    EXPECT_EQ(wrong.exit_code, 64);
    auto const at = wrong.output.find("  password ");
    ASSERT_NE(at, std::string::npos) << wrong.output;
    auto const job = wrong.output.substr(at + 11, wrong.output.find('\n', at) - at - 11);
    auto const ran =
        run(program() + " plugins run-job password " + job + " --config " + configuration());
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

}  // namespace
}  // namespace tunnus::cli
