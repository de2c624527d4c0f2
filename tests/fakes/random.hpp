// SPDX-License-Identifier: MIT
// Random bytes that are the same in every run.
#pragma once

#include "idp/base/random.hpp"

#include <mutex>
#include <random>

namespace tunnus::fakes {

class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
    void fill(std::span<unsigned char> out) override {
        std::scoped_lock const lock(mutex_);
        for (auto& byte : out)
            byte = static_cast<unsigned char>(engine_());
    }

  private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

}  // namespace tunnus::fakes
