// SPDX-License-Identifier: MIT
// What is to become of the keys: which algorithm gets a key, from when it signs, and which keys
// retire by that. Pure: the records, the schedule and the time in, a plan out, whether the keys can
// be had or not. KeyRing makes it true.
#pragma once

#include "storage/keys.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnus::oidc {

/// The life of a key: in the JWKS for `announce` before it signs, a successor after `every`, and
/// then in the JWKS for `retire`, which outlasts the tokens that it signed.
struct KeyRotation {
    seconds every{0};  ///< zero: a successor by command alone
    seconds announce{};
    seconds retire{};
};

using KeyRecords = std::vector<storage::SigningKey>;

struct KeyPlan {
    struct NewKey {
        std::string alg;
        TimePoint sign_from{};
    };
    std::vector<NewKey> made;
    /// By kid, and when. That a key retires once makes one of two nodes lose that carry out the
    /// same plan (storage::change_keys).
    std::vector<std::pair<std::string, TimePoint>> retired;
};

/// Neither revoked nor past its retirement: published, and good to verify with.
[[nodiscard]] bool is_in_force(storage::SigningKey const& record, TimePoint now);
/// The key of this algorithm that signs last; null without one that is not on its way out.
[[nodiscard]] storage::SigningKey const* find_newest(KeyRecords const& records,
                                                     std::string_view alg, TimePoint now);

/// A key that signs at once for each algorithm without one. One that retires does not count:
/// nothing would come after it. One that is in a token counts, be the token lost or not: what it
/// was trusted with is not handed to a key of ours behind the administrator's back.
[[nodiscard]] KeyPlan plan_missing(KeyRecords const& records,
                                   std::vector<std::string> const& algorithms, TimePoint now);
/// A successor for each algorithm, now, whatever the schedule.
[[nodiscard]] KeyPlan plan_rotation(KeyRecords const& records,
                                    std::vector<std::string> const& algorithms,
                                    KeyRotation const& rotation, TimePoint now);
/// A successor for each algorithm whose time has come. It is announced for as long as ever, also
/// where nobody was running when its time came: services keep our keys for a while.
[[nodiscard]] KeyPlan plan_successors(KeyRecords const& records,
                                      std::vector<std::string> const& algorithms,
                                      KeyRotation const& rotation, TimePoint now);
/// A key of a token that is new here: it signs at once where nothing else does, and else after
/// `announce`; then the keys before it retire.
[[nodiscard]] KeyPlan plan_taking_up(KeyRecords const& records, std::string const& alg,
                                     KeyRotation const& rotation, TimePoint now);

}  // namespace tunnus::oidc
