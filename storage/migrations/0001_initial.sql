-- SPDX-License-Identifier: MIT
-- The tables of the core, in SQL that SQLite and MariaDB both speak. Times are milliseconds since 1970. Ids that grow with
-- time are 16 bytes: 48 bits of milliseconds, then 80 random bits, so that new rows are appended (storage/ids.hpp).
-- `/*sqlite … */` is read by the SQLite engine alone.

CREATE TABLE clients (
    client_id  VARCHAR(255) NOT NULL PRIMARY KEY,
    metadata   MEDIUMTEXT   NOT NULL,  -- RFC 7591 object; the secret in it is sealed
    created_at BIGINT       NOT NULL,
    version    BIGINT       NOT NULL,
    registration_hash VARBINARY(32) NOT NULL,  -- of the registration access token (RFC 7592); empty: has none
    vouched    BIGINT       NOT NULL  -- 1: came with an initial access token
) /*sqlite WITHOUT ROWID */;

-- Services as citizens know them, each with its clients, beside those of the configuration.
CREATE TABLE services (
    name       VARCHAR(64) NOT NULL PRIMARY KEY,
    members    MEDIUMTEXT  NOT NULL,  -- JSON, as in the configuration
    created_at BIGINT      NOT NULL
) /*sqlite WITHOUT ROWID */;

CREATE TABLE users (
    id          VARCHAR(36) NOT NULL PRIMARY KEY,  -- random UUID: the public `sub`
    created_at  BIGINT      NOT NULL,
    disabled_at BIGINT,
    unclaimed   BIGINT      NOT NULL DEFAULT 0  -- 1: somebody acted for its person, who has never signed in
) /*sqlite WITHOUT ROWID */;

-- Which account a proof belongs to. The subject itself is never stored, only its keyed digest.
CREATE TABLE identities (
    authenticator VARCHAR(32)   NOT NULL,
    subject_index VARBINARY(32) NOT NULL,
    user_id       VARCHAR(36)   NOT NULL,
    linked_at     BIGINT        NOT NULL,
    PRIMARY KEY (authenticator, subject_index)
) /*sqlite WITHOUT ROWID */;
-- One identity of a kind per account: two people can never share one (threats.md L-32, L-36).
CREATE UNIQUE INDEX identities_by_user ON identities (user_id, authenticator);

-- One row carries a login from /authorize to the code.
CREATE TABLE login_transactions (
    id           VARBINARY(16) NOT NULL PRIMARY KEY,
    browser_hash VARBINARY(32) NOT NULL,  -- SHA-256 of the login cookie
    version      BIGINT        NOT NULL,  -- every step increments it; a stale step loses
    body         MEDIUMBLOB NOT NULL,  -- sealed JSON
    created_at   BIGINT        NOT NULL,
    expires_at   BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX login_transactions_by_browser ON login_transactions (browser_hash);
CREATE INDEX login_transactions_by_expiry ON login_transactions (expires_at);

-- Authorization requests that were pushed (RFC 9126). The login that ends first takes the row with it.
CREATE TABLE pushed_requests (
    id          VARBINARY(16) NOT NULL PRIMARY KEY,
    secret_hash VARBINARY(32) NOT NULL,
    client_id   VARCHAR(255)  NOT NULL,
    body        MEDIUMBLOB    NOT NULL,  -- sealed JSON: the request as accepted
    created_at  BIGINT        NOT NULL,
    valid_until BIGINT        NOT NULL,
    expires_at  BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);
CREATE INDEX pushed_requests_by_client ON pushed_requests (client_id, valid_until);

CREATE TABLE sessions (
    id              VARBINARY(16) NOT NULL PRIMARY KEY,  -- public: `sid` is its base64url text
    secret_hash     VARBINARY(32) NOT NULL,
    user_id         VARCHAR(36)   NOT NULL,
    acr             VARCHAR(255)  NOT NULL,
    amr             VARCHAR(255)  NOT NULL,  -- space-separated
    auth_time       BIGINT        NOT NULL,
    created_at      BIGINT        NOT NULL,
    last_used_at    BIGINT        NOT NULL,
    idle_expires_at BIGINT        NOT NULL,
    expires_at      BIGINT        NOT NULL,
    ended_at        BIGINT,
    ended_by        VARBINARY(16),          -- names the write that ended it
    client_address  VARCHAR(64)   NOT NULL,
    user_agent      VARCHAR(255)  NOT NULL,
    logout          MEDIUMBLOB NOT NULL  -- sealed JSON: method, NameID, SessionIndex per proof
) /*sqlite WITHOUT ROWID */;
CREATE INDEX sessions_by_user ON sessions (user_id, ended_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE consents (
    user_id      VARCHAR(36)   NOT NULL,
    client_id    VARCHAR(255)  NOT NULL,
    scopes       VARCHAR(4000) NOT NULL,  -- space-separated, sorted
    claims       VARCHAR(4000) NOT NULL,  -- space-separated names asked by the claims parameter
    text_version VARCHAR(64)   NOT NULL,
    locale       VARCHAR(8)    NOT NULL,
    given_at     BIGINT        NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (user_id, client_id)
) /*sqlite WITHOUT ROWID */;

-- What a person gave to a service in one authorization; its code is part of the row.
CREATE TABLE grants (
    id               VARBINARY(16) NOT NULL PRIMARY KEY,
    client_id        VARCHAR(255)  NOT NULL,
    user_id          VARCHAR(36)   NOT NULL,
    session_id       VARBINARY(16) NOT NULL,
    code_secret_hash VARBINARY(32) NOT NULL,
    code_expires_at  BIGINT        NOT NULL,
    redeemed_at      BIGINT,
    revoked_at       BIGINT,
    created_at       BIGINT        NOT NULL,
    expires_at       BIGINT        NOT NULL,  -- nothing of the grant lives longer
    offline          BIGINT        NOT NULL,  -- 1: outlives the session (offline_access)
    acting_until     BIGINT,                  -- its person acts for another, no longer than then; NULL: not, or no more
    body             MEDIUMTEXT    NOT NULL   -- JSON: redirect_uri, code_challenge, nonce, scopes, claims, acr, amr, auth_time
) /*sqlite WITHOUT ROWID */;
CREATE INDEX grants_by_user ON grants (user_id, client_id);
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_session ON grants (session_id);
CREATE INDEX grants_by_expiry ON grants (expires_at);
CREATE INDEX grants_by_acting ON grants (acting_until);

CREATE TABLE access_tokens (
    id          VARBINARY(16) NOT NULL PRIMARY KEY,
    secret_hash VARBINARY(32) NOT NULL,
    grant_id    VARBINARY(16),            -- NULL: the client's own (client_credentials)
    client_id   VARCHAR(255)  NOT NULL,
    scopes      VARCHAR(4000) NOT NULL,
    confirmation VARCHAR(255) NOT NULL DEFAULT '',  -- JSON: `cnf` (RFC 7800), whose key or certificate it is bound to; empty: none
    created_at  BIGINT        NOT NULL,
    expires_at  BIGINT        NOT NULL,
    revoked_at  BIGINT,
    body        MEDIUMTEXT                -- JSON: resources, authorization_details; NULL: nothing
) /*sqlite WITHOUT ROWID */;
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    id              VARBINARY(16) NOT NULL PRIMARY KEY,
    secret_hash     VARBINARY(32) NOT NULL,
    grant_id        VARBINARY(16) NOT NULL,
    confirmation    VARCHAR(255)  NOT NULL DEFAULT '',  -- as that of an access token
    created_at      BIGINT        NOT NULL,
    expires_at      BIGINT        NOT NULL,
    used_at         BIGINT
) /*sqlite WITHOUT ROWID */;
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

-- What a rotation answered: for a few seconds the replaced token gets it once more.
CREATE TABLE refresh_answers (
    used_id      VARBINARY(16) NOT NULL PRIMARY KEY,  -- the refresh token that was replaced
    successor_id VARBINARY(16) NOT NULL,
    sealed       MEDIUMBLOB    NOT NULL,  -- under the replaced token itself: only who has it can open this
    expires_at   BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX refresh_answers_by_expiry ON refresh_answers (expires_at);

-- What a person is asked elsewhere than where it was asked for (RFC 8628, OpenID CIBA).
CREATE TABLE decoupled_requests (
    id              VARBINARY(16) NOT NULL PRIMARY KEY,
    secret_hash     VARBINARY(32) NOT NULL,  -- of the device_code or auth_req_id
    client_id       VARCHAR(255)  NOT NULL,
    user_code_index VARBINARY(32),           -- keyed digest; NULL: nobody types a code
    user_id         VARCHAR(36)   NOT NULL,  -- who alone may answer; empty: who has the code
    state           BIGINT        NOT NULL,  -- 0 pending, 1 allowed, 2 denied
    grant_id        VARBINARY(16),           -- once allowed
    body            MEDIUMBLOB    NOT NULL,  -- sealed JSON: the authorization request
    interval_s      BIGINT        NOT NULL,  -- grows when the service asks too often
    asked_at        BIGINT,                  -- when the service last asked
    created_at      BIGINT        NOT NULL,
    expires_at      BIGINT        NOT NULL,
    kept_until      BIGINT        NOT NULL,  -- what has expired can be asked about for a while
    pings           BIGINT        NOT NULL,  -- 1: the service is told of the answer
    ping_attempts   BIGINT        NOT NULL,  -- counted before it is told
    ping_at         BIGINT                   -- when it is told next; NULL: not
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX decoupled_requests_by_user_code ON decoupled_requests (user_code_index);
CREATE INDEX decoupled_requests_by_user ON decoupled_requests (user_id);
CREATE INDEX decoupled_requests_by_ping ON decoupled_requests (ping_at);
CREATE INDEX decoupled_requests_by_expiry ON decoupled_requests (kept_until);

-- What a service must know before it may ask a person (OpenID CIBA calls it user_code).
CREATE TABLE approval_codes (
    user_id    VARCHAR(36)   NOT NULL PRIMARY KEY,
    code_index VARBINARY(32) NOT NULL,  -- keyed digest
    chosen_at  BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;

CREATE TABLE signing_keys (
    kid          VARCHAR(64)      NOT NULL PRIMARY KEY,
    alg          VARCHAR(16)      NOT NULL,
    sealed       VARBINARY(16384) NOT NULL,  -- the private JWK
    announced_at BIGINT           NOT NULL,
    sign_from    BIGINT           NOT NULL,
    retired_at   BIGINT,                     -- verifies no longer, leaves the JWKS
    revoked_at   BIGINT
) /*sqlite WITHOUT ROWID */;

CREATE TABLE outbox (
    id              VARBINARY(16) NOT NULL PRIMARY KEY,
    sealed          MEDIUMBLOB NOT NULL,  -- the Mail as JSON
    attempts        BIGINT        NOT NULL,
    next_attempt_at BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX outbox_by_time ON outbox (next_attempt_at);

-- Back-channel logout messages on their way: a session ends once, and each of its services is told of it.
CREATE TABLE logout_deliveries (
    session_id      VARBINARY(16) NOT NULL,
    client_id       VARCHAR(255)  NOT NULL,
    user_id         VARCHAR(36)   NOT NULL,
    attempts        BIGINT        NOT NULL,  -- counted before the service is told
    next_attempt_at BIGINT        NOT NULL,
    PRIMARY KEY (session_id, client_id)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX logout_deliveries_by_time ON logout_deliveries (next_attempt_at);

-- Things that may happen once: SAML assertion ids, jti, request ids. Insert-once decides.
CREATE TABLE one_time (
    space      VARCHAR(64)   NOT NULL,
    id_hash    VARBINARY(32) NOT NULL,
    expires_at BIGINT        NOT NULL,
    PRIMARY KEY (space, id_hash)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX one_time_by_expiry ON one_time (expires_at);

-- Attempts per bucket and window, reserved before the costly thing is done (threats.md L-06).
CREATE TABLE attempts (
    bucket       VARBINARY(32) NOT NULL,  -- digest of what is counted
    window_start BIGINT        NOT NULL,
    used         BIGINT        NOT NULL,
    expires_at   BIGINT        NOT NULL,
    PRIMARY KEY (bucket, window_start)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX attempts_by_expiry ON attempts (expires_at);

CREATE TABLE audit_events (
    id         VARBINARY(16) NOT NULL PRIMARY KEY,
    at         BIGINT        NOT NULL,
    kind       VARCHAR(32)   NOT NULL,
    event_id   VARCHAR(64)   NOT NULL,
    request_id VARCHAR(64)   NOT NULL,
    user_id    VARCHAR(36)   NOT NULL,
    client_id  VARCHAR(255)  NOT NULL,
    fields     MEDIUMTEXT    NOT NULL,
    seal       BIGINT                  -- number of the seal that covers it; NULL: none yet
) /*sqlite WITHOUT ROWID */;
CREATE INDEX audit_events_by_user ON audit_events (user_id, at);
CREATE INDEX audit_events_by_seal ON audit_events (seal);

-- The audit trail as a chain: each seal covers events that no earlier one does, and the seal before it.
CREATE TABLE audit_seals (
    number BIGINT        NOT NULL PRIMARY KEY,  -- 1, 2, 3 …
    at     BIGINT        NOT NULL,
    events BIGINT        NOT NULL,
    digest VARBINARY(32) NOT NULL  -- keyed: of the digest before, number, at, events and their rows
) /*sqlite WITHOUT ROWID */;

-- Facts of the installation: pairwise salt, high-water mark of the clock, epoch, end of the audit trail.
CREATE TABLE facts (
    name  VARCHAR(64)     NOT NULL PRIMARY KEY,
    value VARBINARY(4096) NOT NULL
) /*sqlite WITHOUT ROWID */;
