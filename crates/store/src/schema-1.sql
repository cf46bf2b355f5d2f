-- Version 1 of the store. Times are milliseconds since 1970, UTC. A later version adds a file and a step in open.rs.

-- One CXone account: API address and client id. What is believed of lists belongs to it.
CREATE TABLE tenant (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    not_before INTEGER NOT NULL DEFAULT 0          -- the server asked us to stay away until then
);

-- What is believed of one list, by the id that CXone gave it.
CREATE TABLE list (
    id        INTEGER PRIMARY KEY,
    tenant    INTEGER NOT NULL REFERENCES tenant,
    cxone_id  TEXT NOT NULL,
    met_at    INTEGER NOT NULL,
    known     INTEGER NOT NULL DEFAULT 0,          -- 1: made by us or read whole once
    listed    INTEGER NOT NULL DEFAULT 0,          -- numbers in its chunks
    page_size INTEGER,                             -- the server's cap, once it showed
    UNIQUE (tenant, cxone_id)
);

-- A list that a user asked for, by name, and the list it was last found to be.
CREATE TABLE target (
    id       INTEGER PRIMARY KEY,
    tenant   INTEGER NOT NULL REFERENCES tenant,
    name     TEXT NOT NULL,
    scope    TEXT NOT NULL,
    campaign TEXT,
    list     INTEGER REFERENCES list,
    UNIQUE (tenant, name, scope)
);

-- The present set: numbers that a read-back has seen in a list. key = number >> 16, bits = roaring of the low 16 bits.
CREATE TABLE chunk (
    list INTEGER NOT NULL REFERENCES list,
    key  INTEGER NOT NULL,
    bits BLOB NOT NULL,
    crc  INTEGER NOT NULL,
    PRIMARY KEY (list, key)
) WITHOUT ROWID;

CREATE TABLE run (
    id             TEXT PRIMARY KEY,
    target         INTEGER NOT NULL REFERENCES target,
    list           INTEGER REFERENCES list,        -- the list that its plan was made against
    input          TEXT NOT NULL,                  -- digest of the files and of what was asked of them
    stage          TEXT NOT NULL CHECK (stage IN ('loaded', 'planned', 'finished')),
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    files          TEXT NOT NULL,                  -- JSON array of names
    rows           INTEGER NOT NULL,
    repeated       INTEGER NOT NULL,
    rejected       INTEGER NOT NULL,
    already_listed INTEGER NOT NULL DEFAULT 0,
    warnings       TEXT NOT NULL,                  -- JSON object
    rejects        TEXT,                           -- path of the rejects file
    rejects_bytes  INTEGER NOT NULL DEFAULT 0,     -- its length before refused items are added
    requests_list      INTEGER NOT NULL DEFAULT 0,
    requests_post      INTEGER NOT NULL DEFAULT 0,
    requests_get       INTEGER NOT NULL DEFAULT 0,
    requests_retried   INTEGER NOT NULL DEFAULT 0,
    requests_throttled INTEGER NOT NULL DEFAULT 0,
    report         TEXT                            -- JSON, once finished
);
CREATE INDEX run_unfinished ON run (target) WHERE stage <> 'finished';

-- The entries of a run until it is finished: its plan can be made again from them.
CREATE TABLE segment (
    run     TEXT NOT NULL REFERENCES run,
    seq     INTEGER NOT NULL,
    entries BLOB NOT NULL,
    crc     INTEGER NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;

CREATE TABLE batch (
    run            TEXT NOT NULL REFERENCES run,
    seq            INTEGER NOT NULL,
    count          INTEGER NOT NULL,
    urgent         INTEGER NOT NULL,
    digest         TEXT NOT NULL,
    items          BLOB NOT NULL,                  -- emptied when the run is finished
    crc            INTEGER NOT NULL,
    first_sent_at  INTEGER,
    settled_at     INTEGER,
    successes      INTEGER NOT NULL DEFAULT 0,
    already_listed INTEGER NOT NULL DEFAULT 0,
    refused        INTEGER NOT NULL DEFAULT 0,
    unconfirmed    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;

-- What of a batch goes out in one request: all of it at first, less once items were refused.
CREATE TABLE part (
    id          INTEGER PRIMARY KEY,
    run         TEXT NOT NULL,
    batch       INTEGER NOT NULL,
    members     BLOB NOT NULL,                     -- roaring bitmap of positions in the batch
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'accepted')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER,
    FOREIGN KEY (run, batch) REFERENCES batch
);
CREATE INDEX part_of ON part (run, batch);

CREATE TABLE refusal (
    run    TEXT NOT NULL,
    batch  INTEGER NOT NULL,
    item   INTEGER NOT NULL,                       -- position in the batch
    reason TEXT NOT NULL,
    PRIMARY KEY (run, batch, item)
) WITHOUT ROWID;

-- The rate window, shared by all processes of this state directory.
CREATE TABLE slot (
    id          INTEGER PRIMARY KEY,
    tenant      INTEGER NOT NULL REFERENCES tenant,
    taken_at    INTEGER NOT NULL,
    answered_at INTEGER
);
CREATE INDEX slot_of ON slot (tenant);

-- The log. line is the JSON object that the audit trail shows, exactly.
CREATE TABLE event (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    run  TEXT NOT NULL,
    line TEXT NOT NULL
);

CREATE TABLE webhook (
    id           TEXT PRIMARY KEY,
    run          TEXT NOT NULL,
    batch        INTEGER NOT NULL,
    body         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER
);
CREATE INDEX webhook_pending ON webhook (created_at) WHERE delivered_at IS NULL;
