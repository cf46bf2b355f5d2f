-- Version 6: what is long lies in tables with a row id. In one without, SQLite keeps whole rows in the tree of the key, and
-- reads all of a row, its overflow pages too, for each comparison on the way to another one: a chunk of eight thousand bytes
-- was found by reading a dozen of them.
CREATE TABLE chunk_6 (
    number_set INTEGER NOT NULL REFERENCES number_set,
    key        INTEGER NOT NULL,
    bits       BLOB NOT NULL,
    crc        INTEGER NOT NULL,
    PRIMARY KEY (number_set, key)
);
INSERT INTO chunk_6 SELECT number_set, key, bits, crc FROM chunk ORDER BY number_set, key;
DROP TABLE chunk;
ALTER TABLE chunk_6 RENAME TO chunk;

CREATE TABLE segment_6 (
    run     TEXT NOT NULL REFERENCES run,
    seq     INTEGER NOT NULL,
    entries BLOB NOT NULL,
    crc     INTEGER NOT NULL,
    PRIMARY KEY (run, seq)
);
INSERT INTO segment_6 SELECT run, seq, entries, crc FROM segment ORDER BY run, seq;
DROP TABLE segment;
ALTER TABLE segment_6 RENAME TO segment;

CREATE TABLE owed_6 (
    target  INTEGER NOT NULL REFERENCES target,
    run     TEXT NOT NULL REFERENCES run,
    batch   INTEGER NOT NULL,
    entries BLOB NOT NULL,
    crc     INTEGER NOT NULL,
    PRIMARY KEY (target, run, batch)
);
INSERT INTO owed_6 SELECT target, run, batch, entries, crc FROM owed ORDER BY target, run, batch;
DROP TABLE owed;
ALTER TABLE owed_6 RENAME TO owed;

CREATE TABLE note_6 (
    load  INTEGER NOT NULL REFERENCES load,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    body  BLOB NOT NULL,
    crc   INTEGER NOT NULL,
    PRIMARY KEY (load, first)
);
INSERT INTO note_6 SELECT load, first, last, body, crc FROM note ORDER BY load, first;
DROP TABLE note;
ALTER TABLE note_6 RENAME TO note;

CREATE TABLE ending_6 (
    feed INTEGER NOT NULL REFERENCES feed,
    key  INTEGER NOT NULL,
    day  INTEGER NOT NULL,
    bits BLOB NOT NULL,
    crc  INTEGER NOT NULL,
    PRIMARY KEY (feed, key, day)
);
INSERT INTO ending_6 SELECT feed, key, day, bits, crc FROM ending ORDER BY feed, key, day;
DROP TABLE ending;
ALTER TABLE ending_6 RENAME TO ending;
CREATE INDEX ending_day ON ending (feed, day);

CREATE TABLE lifted_end_6 (
    load INTEGER NOT NULL REFERENCES load,
    key  INTEGER NOT NULL,
    day  INTEGER NOT NULL,
    bits BLOB NOT NULL,
    crc  INTEGER NOT NULL,
    PRIMARY KEY (load, key, day)
);
INSERT INTO lifted_end_6 SELECT load, key, day, bits, crc FROM lifted_end ORDER BY load, key, day;
DROP TABLE lifted_end;
ALTER TABLE lifted_end_6 RENAME TO lifted_end;

CREATE TABLE body_6 (
    run   TEXT NOT NULL,
    batch INTEGER NOT NULL,
    items BLOB NOT NULL,                           -- dropped when the run is finished
    crc   INTEGER NOT NULL,
    PRIMARY KEY (run, batch),
    FOREIGN KEY (run, batch) REFERENCES batch
);
INSERT INTO body_6 SELECT run, batch, items, crc FROM body ORDER BY run, batch;
DROP TABLE body;
ALTER TABLE body_6 RENAME TO body;
