// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite_endings.hpp"

#include "storage/sql/database.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>

namespace tunnus::sql {
namespace {

/// What mmap counts in. Nothing else is in the file.
constexpr std::size_t mapped_bytes = 4'096;

void* map(int descriptor, int flags) {
    return ::mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, flags, descriptor, 0);
}

}  // namespace

SqliteEndings::SqliteEndings() {
    auto* const memory = map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    shared_.reset(static_cast<Shared*>(memory));
}

Result<SqliteEndings> SqliteEndings::open(std::string const& database_path) {
    auto const path = database_path + ".lock";
    auto const failure = [&path](int error) {
        return Error(SqlErrc::full, path + ": " + std::strerror(error));
    };
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return failure(errno);
    // Really there, not only a length: a page that cannot be written would end the process.
    int const refused = ::posix_fallocate(descriptor, 0, mapped_bytes);
    auto* const memory = refused != 0 ? MAP_FAILED : map(descriptor, MAP_SHARED);
    int const error = refused != 0 ? refused : errno;
    ::close(descriptor);
    if (memory == MAP_FAILED) return failure(error);
    return SqliteEndings(static_cast<Shared*>(memory));
}

std::optional<std::uint64_t> SqliteEndings::now() const {
    // In this order: what has begun by the second look had finished by the first.
    auto const finished = shared_->finished.load();
    auto const begun = shared_->begun.load();
    if (finished != begun) return std::nullopt;
    return begun;
}

void SqliteEndings::settle() {
    shared_->finished = shared_->begun.load();
}

void SqliteEndings::Unmap::operator()(Shared* shared) const {
    ::munmap(shared, mapped_bytes);
}

}  // namespace tunnus::sql
