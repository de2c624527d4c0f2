// SPDX-License-Identifier: MIT
// How often something may be tried: reserved before it is done, in one conditional statement per
// bucket, so that parallel guesses cannot outrun the count (threats.md L-04 to L-09, L-28).
// A bucket that many people share (an address, all guests of an account) counts by windows of time.
// One that is a single guesser's makes them wait instead, ever longer: 1 s after the last free
// attempt, and twice as long with each further one, tried or refused, up to the window.
#pragma once

#include "plugins/api/plugin.hpp"

#include <string>
#include <vector>

namespace tunnus::plugin::password {

struct Bucket {
    std::string name;   ///< what is counted; kept as a keyed digest
    std::size_t limit;  ///< attempts that are free
    seconds window;
    bool waits = false;  ///< a single guesser's: the wait grows; forgotten a window after its end
};

/// Any thread may call.
class Attempts {
  public:
    explicit Attempts(Host& host) : host_(host) {}

    /// One attempt of every bucket, or of none: false when one of them has none left.
    [[nodiscard]] Result<bool> reserve(std::vector<Bucket> const& buckets);
    /// Whether a bucket has none left. For telling why a reservation failed.
    [[nodiscard]] Result<bool> is_spent(Bucket const& bucket);
    /// After a reservation that failed: how long until every one of these buckets has an attempt
    /// again, 1 s at least. The attempt counts where its bucket waits, so the wait grows.
    [[nodiscard]] Result<seconds> refuse(std::vector<Bucket> const& buckets);

    /// Steps of a write, for after a success: forget the bucket, or give one attempt back.
    [[nodiscard]] sql::Statement forget(Bucket const& bucket) const;
    [[nodiscard]] sql::Statement give_back(Bucket const& bucket) const;

  private:
    [[nodiscard]] sql::Value key(Bucket const& bucket) const {
        return sql::blob(host_.blind_index("attempts", bucket.name));
    }
    [[nodiscard]] TimePoint window_start(Bucket const& bucket) const;
    /// What the database says of the bucket's present window.
    struct Count {
        std::size_t used = 0;
        TimePoint free_at{};
    };
    [[nodiscard]] Result<Count> count(Bucket const& bucket);
    [[nodiscard]] bool has_free(Bucket const& bucket, Count const& count) const;
    /// One more attempt in a bucket that waits, if it has one free, or if it has none.
    [[nodiscard]] sql::Statement count_and_wait(Bucket const& bucket, bool is_free) const;

    Host& host_;
};

}  // namespace tunnus::plugin::password
