// SPDX-License-Identifier: MIT
// The plugin's tables. Times are milliseconds since 1970.
#pragma once

#include "storage/sql/database.hpp"

#include <array>

namespace tunnus::plugin::password {

inline constexpr std::array<sql::Migration, 1> migrations{{{1, "initial", R"sql(
-- An e-mail address and a password that sign in to one account. A row exists once the address is confirmed, or when an
-- administrator made it.
CREATE TABLE password_accounts (
    id          VARCHAR(36)     NOT NULL PRIMARY KEY,  -- random UUID: the subject of the identity
    user_id     VARCHAR(36),                           -- NULL until the first sign-in is finished
    email_index VARBINARY(32)   NOT NULL,              -- keyed digest of the look-up key
    email       VARBINARY(1024) NOT NULL,              -- sealed
    hash        VARCHAR(255)    NOT NULL,              -- Argon2id, PHC text
    verified_at BIGINT,                                -- NULL: nobody has proven the address
    created_at  BIGINT          NOT NULL,
    changed_at  BIGINT          NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX password_accounts_by_email ON password_accounts (email_index);
CREATE INDEX password_accounts_by_user ON password_accounts (user_id);

-- Codes sent by mail; of the code only a keyed digest.
CREATE TABLE password_codes (
    id          VARBINARY(16) NOT NULL PRIMARY KEY,
    purpose     VARCHAR(16)   NOT NULL,
    email_index VARBINARY(32) NOT NULL,
    digest      VARBINARY(32) NOT NULL,
    attempts    BIGINT        NOT NULL,
    proven_at   BIGINT,                                -- the code was entered, once
    expires_at  BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX password_codes_by_email ON password_codes (email_index);
CREATE INDEX password_codes_by_expiry ON password_codes (expires_at);

-- What takes a change of address back, mailed to the old one (threats.md L-22).
CREATE TABLE password_undos (
    token_index VARBINARY(32)   NOT NULL PRIMARY KEY,  -- keyed digest
    account_id  VARCHAR(36)     NOT NULL,
    email_index VARBINARY(32)   NOT NULL,              -- of the address as it was
    email       VARBINARY(1024) NOT NULL,              -- sealed
    expires_at  BIGINT          NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX password_undos_by_account ON password_undos (account_id);
CREATE INDEX password_undos_by_expiry ON password_undos (expires_at);

-- Browsers that have signed in to an account: guessing by others does not lock them out (threats.md L-05).
CREATE TABLE password_devices (
    account_id   VARCHAR(36)   NOT NULL,
    device_index VARBINARY(32) NOT NULL,
    expires_at   BIGINT        NOT NULL,
    PRIMARY KEY (account_id, device_index)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX password_devices_by_expiry ON password_devices (expires_at);

-- Attempts per bucket and window, reserved before the costly thing is done (threats.md L-06).
CREATE TABLE password_attempts (
    bucket       VARBINARY(32) NOT NULL,
    window_start BIGINT        NOT NULL,  -- 0: a bucket whose wait grows (L-04)
    used         BIGINT        NOT NULL,
    free_at      BIGINT        NOT NULL,  -- when such a bucket has an attempt again
    expires_at   BIGINT        NOT NULL,
    PRIMARY KEY (bucket, window_start)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX password_attempts_by_expiry ON password_attempts (expires_at);
)sql"}}};

}  // namespace tunnus::plugin::password
