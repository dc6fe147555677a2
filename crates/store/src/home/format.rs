//! The format of the home file.

use crate::migrations::Migration;

/// Numbers are never reused (`AUTOINCREMENT`), so nothing inherits the rights of what was deleted. In `grants` a 0
/// means "not about this": a row names one holder (user or token) and a workspace, or a database, or a table of a
/// database, or a field of such a table. Secrets are SHA-256 hashes; a revoked token has none.
const FIRST: Migration = Migration {
    version: 1,
    name: "first",
    sqlite: "
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT, email_folded TEXT UNIQUE,
    password_hash TEXT, avatar TEXT, created_at INTEGER NOT NULL, administrator INTEGER NOT NULL,
    state INTEGER NOT NULL, bag TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE TABLE sessions (hash BLOB PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, last_seen INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE INDEX sessions_user ON sessions (user_id, last_seen);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE tokens (id INTEGER PRIMARY KEY AUTOINCREMENT, public_id TEXT NOT NULL UNIQUE, hash BLOB UNIQUE,
    user_id INTEGER REFERENCES users (id), name TEXT NOT NULL, description TEXT, abilities INTEGER NOT NULL,
    words TEXT NOT NULL, reach TEXT NOT NULL, full_access INTEGER NOT NULL, created_at INTEGER NOT NULL,
    expires_at INTEGER, last_used_at INTEGER, prefix TEXT NOT NULL, revoked_at INTEGER) STRICT;
CREATE INDEX tokens_user ON tokens (user_id, id) WHERE revoked_at IS NULL;
CREATE TABLE workspaces (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, created_at INTEGER NOT NULL,
    deleted_at INTEGER, bag TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE TABLE databases (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    workspace_id INTEGER NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, icon TEXT,
    created_at INTEGER NOT NULL, deleted_at INTEGER, rank TEXT NOT NULL, bag TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE INDEX databases_workspace ON databases (workspace_id, rank, id);
CREATE TABLE grants (user_id INTEGER NOT NULL, token_id INTEGER NOT NULL, workspace_id INTEGER NOT NULL,
    database_id INTEGER NOT NULL, table_id INTEGER NOT NULL, field_id INTEGER NOT NULL, role INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, token_id, workspace_id, database_id, table_id, field_id),
    CHECK ((user_id = 0) != (token_id = 0)), CHECK ((workspace_id = 0) != (database_id = 0)),
    CHECK (table_id = 0 OR database_id > 0), CHECK (field_id = 0 OR table_id > 0)) WITHOUT ROWID, STRICT;
CREATE INDEX grants_workspace ON grants (workspace_id) WHERE workspace_id > 0;
CREATE INDEX grants_database ON grants (database_id) WHERE database_id > 0;
",
    postgres: "
CREATE TABLE meta (key text COLLATE \"C\" PRIMARY KEY, value bigint NOT NULL);
CREATE TABLE users (id bigint PRIMARY KEY, name text COLLATE \"C\" NOT NULL, email text COLLATE \"C\", email_folded text COLLATE \"C\" UNIQUE,
    password_hash text COLLATE \"C\", avatar text COLLATE \"C\", created_at bigint NOT NULL, administrator bigint NOT NULL,
    state bigint NOT NULL, bag text COLLATE \"C\" NOT NULL DEFAULT '{}');
CREATE TABLE sessions (hash bytea PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id),
    created_at bigint NOT NULL, expires_at bigint NOT NULL, last_seen bigint NOT NULL);
CREATE INDEX sessions_user ON sessions (user_id, last_seen);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE tokens (id bigint PRIMARY KEY, public_id text COLLATE \"C\" NOT NULL UNIQUE, hash bytea UNIQUE,
    user_id bigint REFERENCES users (id), name text COLLATE \"C\" NOT NULL, description text COLLATE \"C\", abilities bigint NOT NULL,
    words text COLLATE \"C\" NOT NULL, reach text COLLATE \"C\" NOT NULL, full_access bigint NOT NULL, created_at bigint NOT NULL,
    expires_at bigint, last_used_at bigint, prefix text COLLATE \"C\" NOT NULL, revoked_at bigint);
CREATE INDEX tokens_user ON tokens (user_id, id) WHERE revoked_at IS NULL;
CREATE TABLE workspaces (id bigint PRIMARY KEY, name text COLLATE \"C\" NOT NULL, created_at bigint NOT NULL,
    deleted_at bigint, bag text COLLATE \"C\" NOT NULL DEFAULT '{}');
CREATE TABLE databases (id bigint PRIMARY KEY, key text COLLATE \"C\" NOT NULL UNIQUE,
    workspace_id bigint NOT NULL REFERENCES workspaces (id), name text COLLATE \"C\" NOT NULL, icon text COLLATE \"C\",
    created_at bigint NOT NULL, deleted_at bigint, rank text COLLATE \"C\" NOT NULL, bag text COLLATE \"C\" NOT NULL DEFAULT '{}');
CREATE INDEX databases_workspace ON databases (workspace_id, rank, id);
CREATE TABLE grants (user_id bigint NOT NULL, token_id bigint NOT NULL, workspace_id bigint NOT NULL,
    database_id bigint NOT NULL, table_id bigint NOT NULL, field_id bigint NOT NULL, role bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (user_id, token_id, workspace_id, database_id, table_id, field_id),
    CHECK ((user_id = 0) != (token_id = 0)), CHECK ((workspace_id = 0) != (database_id = 0)),
    CHECK (table_id = 0 OR database_id > 0), CHECK (field_id = 0 OR table_id > 0));
CREATE INDEX grants_workspace ON grants (workspace_id) WHERE workspace_id > 0;
CREATE INDEX grants_database ON grants (database_id) WHERE database_id > 0;
",
};

/// `numbers` has the last number given away of each table: an engine's own counters are its own, and PostgreSQL's do
/// not stay inside a schema that is moved.
const NUMBERS: Migration = Migration {
    version: 2,
    name: "numbers",
    sqlite: "
CREATE TABLE numbers (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID, STRICT;
INSERT INTO numbers (name, last) SELECT name, seq FROM sqlite_sequence
    WHERE name IN ('users', 'tokens', 'workspaces', 'databases');
",
    postgres: "
CREATE TABLE numbers (name text COLLATE \"C\" PRIMARY KEY, last bigint NOT NULL);
",
};

/// Invitations to a workspace (`database_id` 0) or a database, by link (`email_folded` empty) or by mail, and what was
/// mailed to people who forgot their password. Both are kept under the SHA-256 of their code; what is used up is gone.
/// `created_by` 0 is the command line.
const INVITATIONS: Migration = Migration {
    version: 3,
    name: "invitations",
    sqlite: "
CREATE TABLE invitations (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, workspace_id INTEGER NOT NULL,
    database_id INTEGER NOT NULL, role INTEGER NOT NULL, email_folded TEXT NOT NULL, created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER) STRICT;
CREATE INDEX invitations_place ON invitations (workspace_id, database_id, id);
CREATE TABLE resets (hash BLOB PRIMARY KEY, user_id INTEGER NOT NULL, expires_at INTEGER NOT NULL)
    WITHOUT ROWID, STRICT;
CREATE INDEX resets_user ON resets (user_id);
",
    postgres: "
CREATE TABLE invitations (id bigint PRIMARY KEY, hash bytea NOT NULL UNIQUE, workspace_id bigint NOT NULL,
    database_id bigint NOT NULL, role bigint NOT NULL, email_folded text COLLATE \"C\" NOT NULL, created_by bigint NOT NULL,
    created_at bigint NOT NULL, expires_at bigint);
CREATE INDEX invitations_place ON invitations (workspace_id, database_id, id);
CREATE TABLE resets (hash bytea PRIMARY KEY, user_id bigint NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX resets_user ON resets (user_id);
",
};

/// A limit of requests for a token of its own; who deleted what; and `done`: the writes of this store that requests with an
/// `Idempotency-Key` made, by a key made of the request's, with the answer where one is kept.
const SAFE: Migration = Migration {
    version: 4,
    name: "safe",
    sqlite: "
ALTER TABLE tokens ADD COLUMN rate_per_second INTEGER;
ALTER TABLE tokens ADD COLUMN rate_burst INTEGER;
ALTER TABLE workspaces ADD COLUMN deleted_by INTEGER;
ALTER TABLE databases ADD COLUMN deleted_by INTEGER;
CREATE TABLE done (key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, at INTEGER NOT NULL, status INTEGER,
    content_type TEXT, body BLOB) WITHOUT ROWID, STRICT;
CREATE INDEX done_at ON done (at);
",
    postgres: "
ALTER TABLE tokens ADD COLUMN rate_per_second bigint;
ALTER TABLE tokens ADD COLUMN rate_burst bigint;
ALTER TABLE workspaces ADD COLUMN deleted_by bigint;
ALTER TABLE databases ADD COLUMN deleted_by bigint;
CREATE TABLE done (key bytea PRIMARY KEY, fingerprint bytea NOT NULL, at bigint NOT NULL, status bigint,
    content_type text COLLATE \"C\", body bytea);
CREATE INDEX done_at ON done (at);
",
};

/// `uploads` has the files that were sent and are in no record yet.
const UPLOADS: Migration = Migration {
    version: 5,
    name: "uploads",
    sqlite: "
CREATE TABLE uploads (token TEXT PRIMARY KEY, hash BLOB NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
    name TEXT NOT NULL, width INTEGER, height INTEGER, created_at INTEGER NOT NULL, user_id INTEGER, token_id INTEGER)
    WITHOUT ROWID, STRICT;
CREATE INDEX uploads_created ON uploads (created_at);
",
    postgres: "
CREATE TABLE uploads (token text COLLATE \"C\" PRIMARY KEY, hash bytea NOT NULL, size bigint NOT NULL,
    media_type text COLLATE \"C\" NOT NULL, name text COLLATE \"C\" NOT NULL, width bigint, height bigint,
    created_at bigint NOT NULL, user_id bigint, token_id bigint);
CREATE INDEX uploads_created ON uploads (created_at);
",
};

/// `preferences` has what a user chose for themselves (`token_id` 0), or a token that has no user (`user_id` 0), as JSON.
const PREFERENCES: Migration = Migration {
    version: 6,
    name: "preferences",
    sqlite: "
CREATE TABLE preferences (user_id INTEGER NOT NULL, token_id INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (user_id, token_id), CHECK ((user_id = 0) != (token_id = 0))) WITHOUT ROWID, STRICT;
",
    postgres: "
CREATE TABLE preferences (user_id bigint NOT NULL, token_id bigint NOT NULL, value text COLLATE \"C\" NOT NULL,
    PRIMARY KEY (user_id, token_id), CHECK ((user_id = 0) != (token_id = 0)));
",
};

/// What dialects answer a token with where their documents and live services differ.
const PROFILES: Migration = Migration {
    version: 7,
    name: "profiles",
    sqlite: "ALTER TABLE tokens ADD COLUMN profile TEXT;",
    postgres: "ALTER TABLE tokens ADD COLUMN profile text COLLATE \"C\";",
};

/// `database_secrets` has what a database hands out again and again: sealed with the server's key, never in plain text.
/// `hash` leads from a secret that is no token to its database. An invitation may be one of a person to be, who has a row
/// among the users without an address, and may be made by a token that has no user (`token_id`); `address` is as given.
const SECRETS: Migration = Migration {
    version: 8,
    name: "secrets",
    sqlite: "
CREATE TABLE database_secrets (database_id INTEGER NOT NULL, kind INTEGER NOT NULL, token_id INTEGER, hash BLOB UNIQUE,
    sealed BLOB NOT NULL, PRIMARY KEY (database_id, kind)) WITHOUT ROWID, STRICT;
ALTER TABLE invitations ADD COLUMN person INTEGER;
ALTER TABLE invitations ADD COLUMN token_id INTEGER;
ALTER TABLE invitations ADD COLUMN address TEXT NOT NULL DEFAULT '';
CREATE INDEX invitations_person ON invitations (person) WHERE person IS NOT NULL;
",
    postgres: "
CREATE TABLE database_secrets (database_id bigint NOT NULL, kind bigint NOT NULL, token_id bigint, hash bytea UNIQUE,
    sealed bytea NOT NULL, PRIMARY KEY (database_id, kind));
ALTER TABLE invitations ADD COLUMN person bigint;
ALTER TABLE invitations ADD COLUMN token_id bigint;
ALTER TABLE invitations ADD COLUMN address text COLLATE \"C\" NOT NULL DEFAULT '';
CREATE INDEX invitations_person ON invitations (person) WHERE person IS NOT NULL;
",
};

/// Who raises the epoch of rights sets its copies in the databases from here on ([`crate::postgres::rights`]). Nothing is to
/// be done for that, but a program that would not must not change rights.
const COPIES: Migration = Migration { version: 9, name: "copies", sqlite: "", postgres: "" };

/// The steps of the format, oldest first.
pub(crate) const STEPS: &[Migration] =
    &[FIRST, NUMBERS, INVITATIONS, SAFE, UPLOADS, PREFERENCES, PROFILES, SECRETS, COPIES];
