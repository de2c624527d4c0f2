// SPDX-License-Identifier: MIT
// The engines that the storage tests run on, each on an empty database of its own.
#pragma once

#include "storage/sql/open.hpp"
#include "tests/fakes/log.hpp"

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

enum class Engine { sqlite_file, sqlite_memory };

[[nodiscard]] inline std::string engine_name(testing::TestParamInfo<Engine> const& info) {
    return info.param == Engine::sqlite_file ? "SqliteFile" : "SqliteMemory";
}

/// A database on the engine, and what must outlive it.
class TestDatabase {
  public:
    explicit TestDatabase(Engine engine, Limits const& limits = {}) {
        settings.url = "sqlite:" + (engine == Engine::sqlite_memory ? ":memory:" : path());
        settings.limits = limits;
        open();
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
    [[nodiscard]] std::string path() const { return folder.file("data/tunnus.db"); }

    TemporaryFolder folder;
    fakes::RecordingLog log;
    sql::DatabaseSettings settings;

  private:
    std::unique_ptr<sql::Database> database_;
};

}  // namespace tunnus::tests
