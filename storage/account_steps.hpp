// SPDX-License-Identifier: MIT
// The steps that make an account, in whatever write they stand. For this folder's .cpp files.
#pragma once

#include "storage/users.hpp"

namespace tunnus::storage {

void add_user(std::vector<sql::Statement>& steps, User const& user);
/// The write is lost when the identity has an owner (threats.md L-32), the account has one of the
/// same kind (L-36), or is disabled.
void add_identity(std::vector<sql::Statement>& steps, IdentityLink const& identity);

/// From now on an unclaimed account is its person's. The write is lost when it is so already, or
/// disabled.
void claim_user(std::vector<sql::Statement>& steps, std::string const& user_id);
/// The write is lost when the account has been claimed, joined or disabled meanwhile, or the
/// person's own has an identity of the same kind (threats.md L-36).
void join_unclaimed(std::vector<sql::Statement>& steps, UnclaimedJoined const& joined);

/// Ends every session of the account and revokes every grant; services are to be told.
void end_all_of(std::vector<sql::Statement>& steps, std::string const& user_id, TimePoint now,
                Random& random);
/// Every row of the account but its own: ways to sign in, sessions, consents, grants, tokens.
void erase_rows_of(std::vector<sql::Statement>& steps, std::string const& user_id);
/// The write is lost when one of the ways to sign in is no longer as it was read, or the account
/// that goes was disabled or got another one meanwhile.
void merge_user(std::vector<sql::Statement>& steps, MergedUser const& merged, TimePoint now,
                Random& random);

}  // namespace tunnus::storage
