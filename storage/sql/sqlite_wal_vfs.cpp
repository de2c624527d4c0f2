// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite_wal_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

namespace tunnus::sql {
namespace {

constexpr char const* vfs_name = "tunnus";
constexpr sqlite3_int64 gathered_bytes = 65'536;

/// Writes that follow one another, until something asks for them. What was gathered is in the file
/// before anybody reads there, syncs, truncates, asks for the size or closes; a failure to write it
/// is that call's failure.
class WalFile {
  public:
    static WalFile& of(sqlite3_file* file) { return *reinterpret_cast<Memory*>(file)->wal; }

    /// In the memory that SQLite gives for a file: ours in front, the real file behind it.
    static int open(sqlite3_vfs* real, char const* name, sqlite3_file* file, int flags,
                    int* out_flags) {
        auto* const memory = reinterpret_cast<Memory*>(file);
        memory->base.pMethods = nullptr;  // SQLite closes only what has methods
        auto* const real_file = reinterpret_cast<sqlite3_file*>(memory + 1);
        int const code = real->xOpen(real, name, real_file, flags, out_flags);
        if (code != SQLITE_OK) {
            if (real_file->pMethods != nullptr) real_file->pMethods->xClose(real_file);
            return code;
        }
        memory->wal = new (std::nothrow) WalFile(real_file);
        if (memory->wal == nullptr) {
            real_file->pMethods->xClose(real_file);
            return SQLITE_NOMEM;
        }
        memory->base.pMethods = &methods;
        return SQLITE_OK;
    }
    static int size_over(sqlite3_vfs const* real) {
        return real->szOsFile + static_cast<int>(sizeof(Memory));
    }

  private:
    struct Memory {
        sqlite3_file base;
        WalFile* wal;
    };
    static sqlite3_io_methods const methods;

    explicit WalFile(sqlite3_file* real)
        : real_(real),
          gathers_((real->pMethods->xDeviceCharacteristics(real) &
                    SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0) {}

    int flush() {
        if (used_ == 0) return SQLITE_OK;
        auto const used = static_cast<int>(std::exchange(used_, 0));
        return real_->pMethods->xWrite(real_, bytes_.get(), used, start_);
    }

    int write(void const* data, int size, sqlite3_int64 offset) {
        if (!gathers_) return real_->pMethods->xWrite(real_, data, size, offset);
        if (!bytes_) bytes_.reset(new (std::nothrow) char[gathered_bytes]);
        bool const follows = used_ == 0 || offset == start_ + used_;
        if (!follows || used_ + size > gathered_bytes)
            if (int const code = flush(); code != SQLITE_OK) return code;
        if (!bytes_ || size > gathered_bytes)
            return real_->pMethods->xWrite(real_, data, size, offset);
        if (used_ == 0) start_ = offset;
        std::memcpy(bytes_.get() + used_, data, static_cast<std::size_t>(size));
        used_ += size;
        return SQLITE_OK;
    }

    /// `call` on the real file, which holds everything by then.
    template <class Call>
    static int written(sqlite3_file* file, Call const& call) {
        auto& self = of(file);
        int const code = self.flush();
        return code == SQLITE_OK ? call(self.real_) : code;
    }

    static int close(sqlite3_file* file) {
        std::unique_ptr<WalFile> const self(&of(file));
        int const flushed = self->flush();
        int const closed = self->real_->pMethods->xClose(self->real_);
        return flushed != SQLITE_OK ? flushed : closed;
    }

    sqlite3_file* real_;
    /// Where a write may harm its neighbours SQLite pads a commit to whole sectors behind its sync.
    bool gathers_;
    std::unique_ptr<char[]> bytes_;
    sqlite3_int64 start_ = 0;
    sqlite3_int64 used_ = 0;
};

// A WAL is neither locked nor mapped, so version 1 of the methods is all that SQLite asks of it.
sqlite3_io_methods const WalFile::methods = {
    .iVersion = 1,
    .xClose = &WalFile::close,
    .xRead =
        [](sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
            return written(file, [&](sqlite3_file* real) {
                return real->pMethods->xRead(real, out, size, offset);
            });
        },
    .xWrite = [](sqlite3_file* file, void const* data, int size,
                 sqlite3_int64 offset) { return of(file).write(data, size, offset); },
    .xTruncate =
        [](sqlite3_file* file, sqlite3_int64 size) {
            return written(
                file, [&](sqlite3_file* real) { return real->pMethods->xTruncate(real, size); });
        },
    .xSync =
        [](sqlite3_file* file, int flags) {
            return written(file,
                           [&](sqlite3_file* real) { return real->pMethods->xSync(real, flags); });
        },
    .xFileSize =
        [](sqlite3_file* file, sqlite3_int64* size) {
            return written(
                file, [&](sqlite3_file* real) { return real->pMethods->xFileSize(real, size); });
        },
    .xLock = [](sqlite3_file* file,
                int level) { return of(file).real_->pMethods->xLock(of(file).real_, level); },
    .xUnlock = [](sqlite3_file* file,
                  int level) { return of(file).real_->pMethods->xUnlock(of(file).real_, level); },
    .xCheckReservedLock =
        [](sqlite3_file* file, int* out) {
            return of(file).real_->pMethods->xCheckReservedLock(of(file).real_, out);
        },
    .xFileControl =
        [](sqlite3_file* file, int operation, void* argument) {
            return of(file).real_->pMethods->xFileControl(of(file).real_, operation, argument);
        },
    .xSectorSize =
        [](sqlite3_file* file) { return of(file).real_->pMethods->xSectorSize(of(file).real_); },
    .xDeviceCharacteristics =
        [](sqlite3_file* file) {
            return of(file).real_->pMethods->xDeviceCharacteristics(of(file).real_);
        },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* real_vfs() {
    static sqlite3_vfs* const real = sqlite3_vfs_find("unix");
    return real;
}

int open_file(sqlite3_vfs* /*ours*/, char const* name, sqlite3_file* file, int flags,
              int* out_flags) {
    auto* const real = real_vfs();
    if ((flags & SQLITE_OPEN_WAL) != 0) return WalFile::open(real, name, file, flags, out_flags);
    return real->xOpen(real, name, file, flags, out_flags);
}

}  // namespace

char const* sqlite_wal_vfs() {
    static sqlite3_vfs ours = [] {
        if (real_vfs() == nullptr) throw std::runtime_error("SQLite has no VFS of this name: unix");
        sqlite3_vfs vfs = *real_vfs();  // all else is the real one's own
        vfs.pNext = nullptr;
        vfs.zName = vfs_name;
        vfs.szOsFile = WalFile::size_over(real_vfs());
        vfs.xOpen = &open_file;
        return vfs;
    }();
    static int const registered = sqlite3_vfs_register(&ours, 0);
    if (registered != SQLITE_OK) throw std::runtime_error("SQLite does not take our VFS");
    return vfs_name;
}

}  // namespace tunnus::sql
