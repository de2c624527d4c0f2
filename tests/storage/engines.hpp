// SPDX-License-Identifier: MIT
// The engines that the storage tests run on, each on an empty database of its own.
#pragma once

#include "storage/sql/open.hpp"
#include "tests/fakes/galera_cluster.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/mariadb_server.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace tunnus::tests {

/// A folder below the system's temporary one; gone at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "tunnus-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    ~TemporaryFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    [[nodiscard]] std::filesystem::path const& path() const { return path_; }
    [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

enum class Engine { sqlite_file, sqlite_memory, mariadb, galera };

/// Each on a server of its own. What repositories promise is shown on a cluster too: store.hpp.
inline auto const every_engine =
    testing::Values(Engine::sqlite_file, Engine::sqlite_memory, Engine::mariadb);

[[nodiscard]] inline std::string engine_name(testing::TestParamInfo<Engine> const& info) {
    switch (info.param) {
        case Engine::sqlite_file:
            return "SqliteFile";
        case Engine::sqlite_memory:
            return "SqliteMemory";
        case Engine::mariadb:
            return "Mariadb";
        case Engine::galera:
            return "Galera";
    }
    return "unknown";
}

/// A database on the engine, and what must outlive it.
class TestDatabase {
  public:
    explicit TestDatabase(Engine engine, Limits const& limits = {}) {
        switch (engine) {
            case Engine::sqlite_file:
                settings.url = "sqlite:" + path();
                break;
            case Engine::sqlite_memory:
                settings.url = "sqlite::memory:";
                break;
            case Engine::mariadb:
                name_ = fakes::mariadb_server().create_database();
                settings.url = fakes::mariadb_server().url(name_);
                break;
            case Engine::galera:
                name_ = emptied_database();
                settings.url = fakes::galera_cluster().url(name_);
                break;
        }
        settings.limits = limits;
        open();
    }
    TestDatabase(TestDatabase const&) = delete;
    TestDatabase& operator=(TestDatabase const&) = delete;
    ~TestDatabase() {
        database_.reset();
        if (settings.url.find("?socket=") != std::string::npos)
            fakes::mariadb_server().drop_database(name_);
    }
    /// Closes and opens it again, as a restart does.
    void reopen() {
        database_.reset();
        open();
    }
    void close() { database_.reset(); }
    void open() { database_ = sql::open_database(settings, log).value(); }
    sql::Database& operator*() { return *database_; }
    sql::Database* operator->() { return database_.get(); }
    /// On MariaDB.
    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] std::string path() const { return folder.file("data/tunnus.db"); }

    TemporaryFolder folder;
    fakes::RecordingLog log;
    sql::DatabaseSettings settings;

  private:
    /// DDL is slow in a cluster: one database for all tests of a program, each time without a row.
    [[nodiscard]] static std::string const& emptied_database() {
        static std::string const name = fakes::galera_cluster().create_database();
        auto admin = fakes::galera_cluster().node(0).admin();
        for (auto const& table : admin.column("SELECT TABLE_NAME FROM information_schema.TABLES "
                                              "WHERE TABLE_SCHEMA = '" +
                                              name + "' AND TABLE_NAME NOT LIKE 'schema%'"))
            admin.run("DELETE FROM " + name + "." + table);
        return name;
    }

    std::string name_;  ///< on MariaDB
    std::unique_ptr<sql::Database> database_;
};

}  // namespace tunnus::tests
