// SPDX-License-Identifier: MIT
// The plugin's tables: two layers of data about a person. Times are milliseconds since 1970.
#pragma once

#include "storage/sql/database.hpp"

#include <array>

namespace tunnus::plugin::profile {

inline constexpr std::array<sql::Migration, 1> migrations{{{1, "initial", R"sql(
-- What the person may edit.
CREATE TABLE profile_light (
    user_id    VARCHAR(36)      NOT NULL PRIMARY KEY,
    sealed     MEDIUMBLOB       NOT NULL,  -- JSON
    updated_at BIGINT           NOT NULL,
    version    BIGINT           NOT NULL  -- an edit of an older one loses
) /*sqlite WITHOUT ROWID */;

-- What the population register says, replaced whole at each strong login. The identity code is in it.
CREATE TABLE profile_official (
    user_id      VARCHAR(36)      NOT NULL PRIMARY KEY,
    sealed       MEDIUMBLOB       NOT NULL,  -- JSON
    refreshed_at BIGINT           NOT NULL
) /*sqlite WITHOUT ROWID */;

-- The one code that a person has been sent to confirm an e-mail address; of it a keyed digest.
CREATE TABLE profile_email_codes (
    user_id       VARCHAR(36)   NOT NULL PRIMARY KEY,
    contact_id    VARCHAR(36)   NOT NULL,
    digest        VARBINARY(32) NOT NULL,
    attempts      BIGINT        NOT NULL,
    expires_at    BIGINT        NOT NULL  -- 0: used
) /*sqlite WITHOUT ROWID */;

-- Mails within an hour: those that a person asked for, and those to an address, whoever asked.
CREATE TABLE profile_mail_counts (
    bucket        VARBINARY(32) NOT NULL PRIMARY KEY,
    mails         BIGINT        NOT NULL,
    counted_since BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX profile_mail_counts_by_age ON profile_mail_counts (counted_since);

-- The one token of a person by which whoever has it reads their light data; of it a keyed digest.
CREATE TABLE profile_read_tokens (
    user_id    VARCHAR(36)   NOT NULL PRIMARY KEY,
    digest     VARBINARY(32) NOT NULL UNIQUE,
    expires_at BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;

-- Downloads and erasures with services: gdpr_runs.hpp. A person has one of each subject.
CREATE TABLE profile_gdpr_runs (
    id         VARCHAR(36)  NOT NULL PRIMARY KEY,
    user_id    VARCHAR(36)  NOT NULL,  -- the id when the account is gone
    kind       VARCHAR(16)  NOT NULL,
    of_service VARCHAR(64)  NOT NULL,
    phase      VARCHAR(16)  NOT NULL,
    acr        VARCHAR(255) NOT NULL,
    confirmed  BIGINT       NOT NULL,
    request_id VARCHAR(64)  NOT NULL,
    version    BIGINT       NOT NULL,
    begun_at   BIGINT       NOT NULL,
    due_at     BIGINT       NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX profile_gdpr_runs_of_person ON profile_gdpr_runs (user_id, kind, of_service);
CREATE INDEX profile_gdpr_runs_due ON profile_gdpr_runs (phase, due_at);

CREATE TABLE profile_gdpr_parts (
    run_id   VARCHAR(36) NOT NULL,
    service  VARCHAR(64) NOT NULL,
    outcome  VARCHAR(16) NOT NULL,
    attempts BIGINT      NOT NULL,
    sealed   MEDIUMBLOB  NULL,  -- what the service said: JSON
    PRIMARY KEY (run_id, service)
) /*sqlite WITHOUT ROWID */;
)sql"}}};

}  // namespace tunnus::plugin::profile
