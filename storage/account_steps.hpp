// SPDX-License-Identifier: MIT
// The steps that make an account, in whatever write they stand. For this folder's .cpp files.
#pragma once

#include "storage/users.hpp"

namespace tunnus::storage {

void add_user(std::vector<sql::Statement>& steps, User const& user);
/// The write is lost when the identity has an owner (threats.md L-32), the account has one of the
/// same kind (L-36), or is disabled.
void add_identity(std::vector<sql::Statement>& steps, IdentityLink const& identity);

}  // namespace tunnus::storage
