// SPDX-License-Identifier: MIT
// A consent as the columns of a row. For this folder's .cpp files.
#pragma once

#include "storage/logins.hpp"

namespace tunnus::storage {

/// Eight columns from `first` on: user_id, client_id, scopes, claims, text_version, locale,
/// given_at, withdrawn_at. Empty where an outer join found none.
[[nodiscard]] std::optional<Consent> read_consent(sql::Row const& row, std::size_t first);

}  // namespace tunnus::storage
