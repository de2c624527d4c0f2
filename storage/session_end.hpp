// SPDX-License-Identifier: MIT
// What every end of a session brings with it, in the same write. For this folder's .cpp files.
#pragma once

#include "storage/sessions.hpp"

namespace tunnus::storage {

/// The steps of end_sessions. `audited`: how many events that must leave; none: it may be that no
/// session was live.
void add_ending(std::vector<sql::Statement>& steps, EndSessions const& data, Random& random,
                std::optional<std::uint64_t> audited);

/// What follows for the sessions of this user that the write has marked with `ended_by` before:
/// their grants that are not offline are revoked, and their services are to be told.
void follow_ended_sessions(std::vector<sql::Statement>& steps, std::string_view user_id,
                           Id const& ended_by, TimePoint now);

}  // namespace tunnus::storage
