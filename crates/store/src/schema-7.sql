-- Version 7: the log is a tree with signed checkpoints, and what was sent can be shown years later.

-- How large the log was, and the signed note of that. peaks: the roots of the complete subtrees, 32 bytes each.
CREATE TABLE checkpoint (
    size   INTEGER PRIMARY KEY,
    peaks  BLOB NOT NULL,
    note   TEXT NOT NULL,
    digest TEXT NOT NULL                           -- SHA-256 of the note: the next event names it
);

-- The keys that signed them, in the order of their use.
CREATE TABLE log_key (
    since INTEGER PRIMARY KEY,                     -- checkpoints of at least this size
    key   TEXT NOT NULL
);

-- What the salts of its items are derived from.
ALTER TABLE tenant ADD COLUMN secret BLOB;

-- The root of the tree over the items of a batch, once the log has named it.
ALTER TABLE batch ADD COLUMN root BLOB;

-- The items of each root in the log, once the batch's run is finished or planned anew.
CREATE TABLE evidence (
    id      INTEGER PRIMARY KEY,
    root    BLOB NOT NULL UNIQUE,
    tenant  INTEGER NOT NULL REFERENCES tenant,
    run     TEXT NOT NULL,
    batch   INTEGER NOT NULL,
    digest  TEXT NOT NULL,
    count   INTEGER NOT NULL,
    kept_at INTEGER NOT NULL,
    items   BLOB,                                  -- a segment; in place of an erased item a number 0. NULL past retention
    crc     INTEGER NOT NULL DEFAULT 0,
    leaves  BLOB NOT NULL DEFAULT x''              -- of erased items, or of all past retention: 32 bytes each, in order
);
CREATE INDEX evidence_of ON evidence (run, batch);
CREATE INDEX evidence_kept ON evidence (kept_at) WHERE items IS NOT NULL;
