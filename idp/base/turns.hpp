// SPDX-License-Identifier: MIT
// Calls to several others at once, where none may hold the rest.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <future>
#include <optional>
#include <vector>

namespace tunnus {

/// Until the next attempt at one that did not answer: 5 s, 25 s, 125 s … `longest`. One that
/// restarts is told, one that is gone is given up.
[[nodiscard]] constexpr seconds wait_after(std::int64_t attempts, seconds longest) {
    seconds wait(5);
    for (std::int64_t k = 0; k < attempts && wait < longest; ++k)
        wait *= 5;
    return std::min(wait, longest);
}

/// Runs `turn(item)`, which says whether it did something, for every item on a thread of its own,
/// and waits for all. What fails for one says nothing of the others: every turn is taken. Returns
/// how many did something, or an error of one. Items are few: the caller bounds them.
template <class Item, class Turn>
[[nodiscard]] Result<std::size_t> take_turns(std::vector<Item> const& items, Turn const& turn) {
    std::vector<std::future<Result<bool>>> turns;
    turns.reserve(items.size());
    for (auto const& item : items)
        turns.push_back(std::async(std::launch::async, [&] { return turn(item); }));
    std::size_t count = 0;
    std::optional<Error> failed;
    for (auto& one : turns) {
        auto const done = one.get();
        if (!done)
            failed = done.error();
        else if (*done)
            ++count;
    }
    if (failed) return *failed;
    return count;
}

}  // namespace tunnus
