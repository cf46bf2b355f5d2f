-- Version 2: when a number was last seen, what was asked to be blocked, what is owed, how a search for a refused item goes.

-- When the last whole read of a list began: whatever was listed then was seen then.
ALTER TABLE list ADD COLUMN seen_whole_at INTEGER;

-- What was seen since the last whole read: one row for each confirmed batch. numbers = roaring treemap.
CREATE TABLE sight (
    id      INTEGER PRIMARY KEY,
    list    INTEGER NOT NULL REFERENCES list,
    seen_at INTEGER NOT NULL,
    numbers BLOB NOT NULL,
    crc     INTEGER NOT NULL
);
CREATE INDEX sight_of ON sight (list, seen_at);

-- What finished runs asked to be blocked in a target, by source type. Chunks as in the table chunk.
CREATE TABLE claim (
    target INTEGER NOT NULL REFERENCES target,
    source TEXT NOT NULL,
    key    INTEGER NOT NULL,
    bits   BLOB NOT NULL,
    crc    INTEGER NOT NULL,
    PRIMARY KEY (target, source, key)
) WITHOUT ROWID;

-- Entries that a finished run could not confirm: the next run into that target begins with them.
CREATE TABLE owed (
    target  INTEGER NOT NULL REFERENCES target,
    run     TEXT NOT NULL REFERENCES run,
    batch   INTEGER NOT NULL,
    entries BLOB NOT NULL,
    crc     INTEGER NOT NULL,
    PRIMARY KEY (target, run, batch)
) WITHOUT ROWID;

-- The limit that is kept since the server said 429; it recovers with time.
ALTER TABLE tenant ADD COLUMN pace INTEGER;
ALTER TABLE tenant ADD COLUMN pace_since INTEGER NOT NULL DEFAULT 0;

-- When the server asked us to stay away: a time ahead of the clock means that the clock was set back since.
ALTER TABLE tenant ADD COLUMN told_away_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE run ADD COLUMN requests_halving INTEGER NOT NULL DEFAULT 0;   -- spent on finding items that nobody named
ALTER TABLE run ADD COLUMN resent INTEGER NOT NULL DEFAULT 0;             -- items sent again because no read-back saw them
ALTER TABLE run ADD COLUMN handed_over INTEGER NOT NULL DEFAULT 0;        -- 1: nobody waits for it; whoever sends finishes it
ALTER TABLE batch ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;          -- 1: believed to be listed, looked for before it is sent
ALTER TABLE batch ADD COLUMN resends INTEGER NOT NULL DEFAULT 0;          -- how often what was not seen was sent again

-- A part may be believed to be listed ('doubted'), and may be a half of a part that was refused without a name.
CREATE TABLE part_2 (
    id          INTEGER PRIMARY KEY,
    run         TEXT NOT NULL,
    batch       INTEGER NOT NULL,
    members     BLOB NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'accepted', 'doubted')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    halved      INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER,
    FOREIGN KEY (run, batch) REFERENCES batch
);
INSERT INTO part_2 (id, run, batch, members, state, attempts, accepted_at)
    SELECT id, run, batch, members, state, attempts, accepted_at FROM part;
DROP TABLE part;
ALTER TABLE part_2 RENAME TO part;
CREATE INDEX part_of ON part (run, batch);

-- Webhooks: when the next try is due, until when the aggregator asked us to stay away, why one is not tried any more,
-- why the last try failed. attempts counts since it was stored, or since it was taken out of parking.
ALTER TABLE webhook ADD COLUMN next_try INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhook ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhook ADD COLUMN parked TEXT;
ALTER TABLE webhook ADD COLUMN last_failure TEXT;
