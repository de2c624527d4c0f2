// SPDX-License-Identifier: MIT
// A MariaDB server of the tests' own: Debian's, on a private folder, as an unprivileged user, gone
// with the test program.
#pragma once

#include <fcntl.h>
#include <mariadb/mysql.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tunnus::fakes {

/// Starts `arguments` with output to `log`; as root, under the account `nobody`. It ends with us.
[[nodiscard]] inline pid_t start_unprivileged(std::vector<std::string> arguments,
                                              std::string const& log) {
    constexpr unsigned nobody = 65'534;
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    auto const parent = ::getpid();
    auto const child = ::fork();
    if (child != 0) return child;
    int const output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    if (::getuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);
    ::execvp(pointers.front(), pointers.data());
    ::_exit(127);
}

/// A port of 127.0.0.1 where nobody listens now.
[[nodiscard]] inline std::uint16_t free_port() {
    int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no free port");
    ::close(listener);
    return ntohs(address.sin_port);
}

/// A folder in memory where there is one, or in TUNNUS_DATABASE_FOLDER, open to the server's
/// account; gone at the end.
class ServerFolder {
  public:
    ServerFolder() {
        auto const* const chosen = std::getenv("TUNNUS_DATABASE_FOLDER");
        auto const base = chosen != nullptr ? std::filesystem::path(chosen) : roomy_folder();
        std::string name = (base / "tunnus-db-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for MariaDB");
        ::chmod(name.c_str(), 0777);
        path_ = name;
    }
    ServerFolder(ServerFolder const&) = delete;
    ServerFolder& operator=(ServerFolder const&) = delete;
    ~ServerFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

  private:
    /// In memory where that has room for three servers; a container's often has 64 MB.
    static std::filesystem::path roomy_folder() {
        constexpr std::uintmax_t enough = std::uintmax_t(2) << 30U;
        std::filesystem::path const memory = "/dev/shm";
        std::error_code error;
        auto const space = std::filesystem::space(memory, error);
        return !error && space.available >= enough ? memory
                                                   : std::filesystem::temp_directory_path();
    }

    std::filesystem::path path_;
};

/// SQL of the tests themselves, as the server's administrator.
class MariadbAdmin {
  public:
    explicit MariadbAdmin(std::string const& socket) : handle_(mysql_init(nullptr)) {
        connected_ = mysql_real_connect(handle_.get(), nullptr, "root", "", nullptr, 0,
                                        socket.c_str(), 0) != nullptr;
    }
    [[nodiscard]] bool is_connected() const { return connected_; }
    /// The first column of the first row, or empty.
    std::string run(std::string const& sql) {
        auto const all = column(sql);
        return all.empty() ? std::string() : all.front();
    }
    /// The first column.
    std::vector<std::string> column(std::string const& sql) {
        if (mysql_query(handle_.get(), sql.c_str()) != 0)
            throw std::runtime_error(sql + ": " + mysql_error(handle_.get()));
        std::vector<std::string> all;
        auto* const result = mysql_store_result(handle_.get());
        if (result == nullptr) return all;
        while (auto* const row = mysql_fetch_row(result))
            all.emplace_back(row[0] != nullptr ? row[0] : "");
        mysql_free_result(result);
        return all;
    }

  private:
    struct Close {
        void operator()(MYSQL* handle) const { mysql_close(handle); }
    };
    std::unique_ptr<MYSQL, Close> handle_;
    bool connected_ = false;
};

class MariadbServer {
  public:
    /// Options as `--name=value`, besides those that make it small.
    explicit MariadbServer(std::vector<std::string> options = {}) : options_(std::move(options)) {
        install();
        start();
    }
    /// One that is not yet started, with a copy of the data of another that has ended, or with
    /// none; scripts are looked for in `path` first.
    MariadbServer(std::vector<std::string> options, std::string path, MariadbServer const* of)
        : options_(std::move(options)), path_(std::move(path)) {
        if (of == nullptr) {
            install();
            return;
        }
        auto const copied = start_unprivileged({"cp", "-r", of->data(), data()}, log());
        ::waitpid(copied, nullptr, 0);
    }
    MariadbServer(MariadbServer const&) = delete;
    MariadbServer& operator=(MariadbServer const&) = delete;
    ~MariadbServer() { stop(SIGKILL); }

    void start() {
        begin();
        wait_until_ready();
    }
    /// Without waiting until it serves; `more` is for this start alone.
    void begin(std::vector<std::string> const& more = {}) {
        auto const* const path = std::getenv("PATH");
        std::vector<std::string> arguments{"env",
                                           "PATH=" + path_ + ":" + (path != nullptr ? path : ""),
                                           "mariadbd",
                                           "--no-defaults",
                                           "--datadir=" + data(),
                                           "--socket=" + socket(),
                                           "--pid-file=" + folder_.file("pid"),
                                           "--innodb-log-file-size=8M",
                                           "--innodb-buffer-pool-size=64M",
                                           "--performance-schema=OFF",
                                           "--skip-name-resolve",
                                           "--max-connections=400",
                                           "--tmpdir=" + folder_.file("")};
        bool networking = false;
        for (auto const& option : options_) {
            arguments.push_back(option);
            networking = networking || option.starts_with("--port=");
        }
        if (!networking) arguments.emplace_back("--skip-networking");
        arguments.insert(arguments.end(), more.begin(), more.end());
        process_ = start_unprivileged(std::move(arguments), log());
    }
    void wait_until_ready() {
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!MariadbAdmin(socket()).is_connected()) {
            int status = 0;
            bool const ended = ::waitpid(process_, &status, WNOHANG) == process_;
            if (ended || std::chrono::steady_clock::now() > deadline) {
                if (ended) process_ = 0;
                throw std::runtime_error("mariadbd does not start: " + read(log()));
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    void stop(int signal) {
        if (process_ == 0) return;
        ::kill(process_, signal);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
    void wait_for_end() {
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
    /// Of Galera, as `--wsrep-recover` wrote it.
    [[nodiscard]] std::string recovered_position() const {
        auto const text = read(log());
        std::string const mark = "Recovered position: ";
        auto const at = text.rfind(mark);
        if (at == std::string::npos) throw std::runtime_error("no recovered position: " + text);
        auto const begin = at + mark.size();
        return text.substr(begin, text.find_first_of("\n ", begin) - begin);
    }
    void send(int signal) const { ::kill(process_, signal); }

    /// A new empty database's name, in the collation that we need.
    std::string create_database() {
        static std::atomic<int> number = 0;
        auto name = "t" + std::to_string(++number);
        admin().run("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
        return name;
    }
    void drop_database(std::string const& name) { admin().run("DROP DATABASE " + name); }
    [[nodiscard]] MariadbAdmin admin() const { return MariadbAdmin(socket()); }
    [[nodiscard]] std::string url(std::string const& database) const {
        return "mariadb://root@localhost/" + database + "?socket=" + socket();
    }
    [[nodiscard]] std::string socket() const { return folder_.file("s"); }
    [[nodiscard]] std::string read_log() const { return read(log()); }
    [[nodiscard]] std::string log() const { return folder_.file("log"); }
    [[nodiscard]] std::string data() const { return folder_.file("data"); }

  private:
    [[nodiscard]] static std::string read(std::string const& path) {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    void install() {
        auto const installer =
            start_unprivileged({"mariadb-install-db", "--no-defaults", "--datadir=" + data(),
                                "--skip-test-db", "--auth-root-authentication-method=normal",
                                "--skip-name-resolve", "--innodb-log-file-size=8M"},
                               log());
        int status = 0;
        ::waitpid(installer, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
            throw std::runtime_error(
                "mariadb-install-db is missing: apt-get install mariadb-server");
        if (status != 0) throw std::runtime_error("mariadb-install-db failed: " + read(log()));
    }

    ServerFolder folder_;
    std::vector<std::string> const options_;
    std::string const path_;
    pid_t process_ = 0;
};

/// The one server of this test program, started when the first test needs it.
[[nodiscard]] inline MariadbServer& mariadb_server() {
    static MariadbServer server;
    return server;
}

}  // namespace tunnus::fakes
