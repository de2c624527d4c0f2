// SPDX-License-Identifier: MIT
// Memory that runs out when told to (threats.md F-34), for the thread that asks for it: whatever it
// calls, OpenSSL, libxml2 and SQLite too, gets no more. Replaces malloc, calloc and realloc of the
// program, so include it in one .cpp of a test program.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" void* __libc_malloc(std::size_t);
extern "C" void* __libc_calloc(std::size_t, std::size_t);
extern "C" void* __libc_realloc(void*, std::size_t);

namespace tunnus::fakes {

/// While one lives, the allocation number `after` of this thread fails, and each one after it.
class FailingMemory {
  public:
    explicit FailingMemory(std::int64_t after) { left_ = after; }
    ~FailingMemory() { end(); }
    FailingMemory(FailingMemory const&) = delete;

    /// There is memory again.
    void end() {
        if (left_ != plenty) failed_ = left_ < 0;
        left_ = plenty;
    }
    /// Whether it ran out before end().
    [[nodiscard]] bool failed() const { return failed_; }

    [[nodiscard]] static bool give() {
        if (left_ == plenty) return true;
        return --left_ >= 0;
    }

  private:
    static constexpr std::int64_t plenty = INT64_MAX;
    static inline thread_local std::int64_t left_ = plenty;
    bool failed_ = false;
};

}  // namespace tunnus::fakes

// A sanitizer has its own malloc, and its builds look for other things.
#if !defined(__SANITIZE_ADDRESS__)
extern "C" [[gnu::visibility("default")]] void* malloc(std::size_t size) {
    return tunnus::fakes::FailingMemory::give() ? __libc_malloc(size) : nullptr;
}
extern "C" [[gnu::visibility("default")]] void* calloc(std::size_t count, std::size_t size) {
    return tunnus::fakes::FailingMemory::give() ? __libc_calloc(count, size) : nullptr;
}
extern "C" [[gnu::visibility("default")]] void* realloc(void* memory, std::size_t size) {
    return tunnus::fakes::FailingMemory::give() ? __libc_realloc(memory, size) : nullptr;
}
#endif
