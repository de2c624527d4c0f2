// SPDX-License-Identifier: MIT
// How often something may be tried: reserved before it is done, in one conditional statement per
// bucket, so that parallel guesses cannot outrun the count (threats.md L-04 to L-09, L-28).
#pragma once

#include "plugins/api/plugin.hpp"

#include <string>
#include <vector>

namespace tunnus::plugin::password {

struct Bucket {
    std::string name;  ///< what is counted; kept as a keyed digest
    std::size_t limit;
    seconds window;
};

/// Any thread may call.
class Attempts {
  public:
    explicit Attempts(Host& host) : host_(host) {}

    /// One attempt of every bucket, or of none: false when one of them has none left.
    [[nodiscard]] Result<bool> reserve(std::vector<Bucket> const& buckets);
    /// Whether a bucket has none left. For telling why a reservation failed.
    [[nodiscard]] Result<bool> is_spent(Bucket const& bucket);
    /// Time until the present window ends.
    [[nodiscard]] seconds until_next(Bucket const& bucket) const;

    /// Steps of a write, for after a success: forget the bucket, or give one attempt back.
    [[nodiscard]] sql::Statement forget(Bucket const& bucket) const;
    [[nodiscard]] sql::Statement give_back(Bucket const& bucket) const;

  private:
    [[nodiscard]] sql::Value key(Bucket const& bucket) const {
        return sql::blob(host_.blind_index("attempts", bucket.name));
    }
    [[nodiscard]] TimePoint window_start(Bucket const& bucket) const;

    Host& host_;
};

}  // namespace tunnus::plugin::password
