-- Version 3: feeds and their loads, plans with removals, what became of each number.

-- A set of numbers. Its chunks lie in the table chunk; whose it is is told by the row that names it.
CREATE TABLE number_set (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL CHECK (what IN ('present', 'put', 'refused', 'only', 'feed', 'load'))
);

-- key = number >> 16, bits = roaring of the low 16 bits.
CREATE TABLE chunk_3 (
    number_set INTEGER NOT NULL REFERENCES number_set,
    key        INTEGER NOT NULL,
    bits       BLOB NOT NULL,
    crc        INTEGER NOT NULL,
    PRIMARY KEY (number_set, key)
) WITHOUT ROWID;

-- What a read-back saw in a list, what dncsync put or adopted there, what CXone would not take.
ALTER TABLE list ADD COLUMN present INTEGER REFERENCES number_set;
ALTER TABLE list ADD COLUMN put INTEGER REFERENCES number_set;
ALTER TABLE list ADD COLUMN refused INTEGER REFERENCES number_set;
INSERT INTO number_set (id, what) SELECT id * 3 - 2, 'present' FROM list;
INSERT INTO number_set (id, what) SELECT id * 3 - 1, 'put' FROM list;
INSERT INTO number_set (id, what) SELECT id * 3, 'refused' FROM list;
UPDATE list SET present = id * 3 - 2, put = id * 3 - 1, refused = id * 3;
INSERT INTO chunk_3 (number_set, key, bits, crc) SELECT list * 3 - 2, key, bits, crc FROM chunk;
DROP TABLE chunk;
ALTER TABLE chunk_3 RENAME TO chunk;

-- A named source of DNC facts. target: the list whose own feed it is. What it claims is the set claimed, chunk by chunk;
-- where that has no chunk of a key, the chunk of base stands, which is what the feed's first load claimed: a feed of one
-- load is stored once.
CREATE TABLE feed (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    target  INTEGER UNIQUE REFERENCES target,
    made_at INTEGER NOT NULL,
    numbers INTEGER NOT NULL DEFAULT 0,            -- how many it claims
    claimed INTEGER NOT NULL REFERENCES number_set,
    base    INTEGER REFERENCES number_set,
    damaged INTEGER NOT NULL DEFAULT 0             -- 1: a piece of it was lost; nothing is removed on its account
);
CREATE UNIQUE INDEX feed_named ON feed (name) WHERE target IS NULL;

-- One change of a feed: an input read into it, or a command.
CREATE TABLE load (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    run       TEXT NOT NULL,                       -- its id for people, which is the run's where a run brought it
    feed      INTEGER NOT NULL REFERENCES feed,
    kind      TEXT NOT NULL CHECK (kind IN ('input', 'remove', 'adopt', 'expiry', 'rollback', 'claims')),
    mode      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    who       TEXT NOT NULL,
    account   TEXT,                                -- the registry account that the input was downloaded under
    note      TEXT,
    files     TEXT NOT NULL,                       -- JSON array: name, path, digest, bytes, modified
    digest    TEXT NOT NULL,                       -- of the input
    asked     TEXT NOT NULL,                       -- of the options that it was read with, and the rules of numbers
    source    TEXT NOT NULL,                       -- of the numbers it claimed that load_source does not name
    counts    TEXT NOT NULL,                       -- JSON object
    warnings  TEXT NOT NULL,                       -- JSON object
    rejects   TEXT,
    claimed   INTEGER REFERENCES number_set,       -- numbers that it claimed first
    again     INTEGER REFERENCES number_set,       -- numbers that it named and that were claimed already; not in mode replace
    withdrawn INTEGER REFERENCES number_set,       -- numbers whose claim it lifted
    undid     TEXT,                                -- the run that it rolled back
    list      INTEGER REFERENCES list,             -- the list whose foreign numbers it adopted
    same_as   INTEGER REFERENCES load              -- the load of the same input that spared the work: it named the same numbers
);
CREATE INDEX load_of ON load (feed, seq);
CREATE INDEX load_run ON load (run);

-- The numbers that a load claimed under another source type than its own.
CREATE TABLE load_source (
    load       INTEGER NOT NULL REFERENCES load,
    source     TEXT NOT NULL,
    number_set INTEGER NOT NULL REFERENCES number_set,
    PRIMARY KEY (load, source)
) WITHOUT ROWID;

-- Notes of the numbers that a load claimed first, in order of number, only where there are any. Compressed.
CREATE TABLE note (
    load  INTEGER NOT NULL REFERENCES load,
    first INTEGER NOT NULL,                        -- the smallest number in it
    last  INTEGER NOT NULL,
    body  BLOB NOT NULL,
    crc   INTEGER NOT NULL,
    PRIMARY KEY (load, first)
) WITHOUT ROWID;

-- Numbers that a feed claims through a day only. day: days since 1970.
CREATE TABLE ending (
    feed INTEGER NOT NULL REFERENCES feed,
    key  INTEGER NOT NULL,
    day  INTEGER NOT NULL,
    bits BLOB NOT NULL,
    crc  INTEGER NOT NULL,
    PRIMARY KEY (feed, key, day)
) WITHOUT ROWID;
CREATE INDEX ending_day ON ending (feed, day);

-- The ends that went away with the claims that a load lifted, and those that it made earlier: what rolls it back puts them
-- back. day 2147483647: there was none.
CREATE TABLE lifted_end (
    load INTEGER NOT NULL REFERENCES load,
    key  INTEGER NOT NULL,
    day  INTEGER NOT NULL,
    bits BLOB NOT NULL,
    crc  INTEGER NOT NULL,
    PRIMARY KEY (load, key, day)
) WITHOUT ROWID;

-- Which feeds a target takes, beside its own, and the campaign's own numbers where it is kept to them.
CREATE TABLE target_feed (
    target INTEGER NOT NULL REFERENCES target,
    feed   INTEGER NOT NULL REFERENCES feed,
    PRIMARY KEY (target, feed)
) WITHOUT ROWID;
ALTER TABLE target ADD COLUMN only_numbers INTEGER REFERENCES number_set;
ALTER TABLE target ADD COLUMN only_name TEXT;
ALTER TABLE target ADD COLUMN only_damaged INTEGER NOT NULL DEFAULT 0;

-- What became of the numbers of a batch, for good: confirmed, refused, unconfirmed, removed. numbers: gaps.
CREATE TABLE fate (
    id      INTEGER PRIMARY KEY,
    list    INTEGER NOT NULL REFERENCES list,
    run     TEXT NOT NULL,
    batch   INTEGER NOT NULL,
    what    TEXT NOT NULL,
    seen_at INTEGER NOT NULL,                      -- when the first request with the batch left: a sight is no older
    at      INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    numbers BLOB NOT NULL,
    crc     INTEGER NOT NULL
);
CREATE INDEX fate_seen ON fate (list, what, seen_at);
DROP TABLE sight;

-- kind 'apply': its entries are the difference of its target, taken when it is planned. approved: its removals may go
-- beyond the guards. expects: the digest of the plan that it must come to. withheld: why its removals were not planned.
ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'rows' CHECK (kind IN ('rows', 'apply'));
ALTER TABLE run ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN expects TEXT;
ALTER TABLE run ADD COLUMN withheld TEXT;
ALTER TABLE run ADD COLUMN withheld_numbers INTEGER NOT NULL DEFAULT 0;

-- 1: its items are removed from the list. Of such a batch successes are numbers gone, already_listed numbers kept because
-- a feed claims them again, unconfirmed numbers still there.
ALTER TABLE batch ADD COLUMN removal INTEGER NOT NULL DEFAULT 0;
