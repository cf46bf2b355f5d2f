-- Version 5: what a batch holds lies apart from how it stands. The latter changes some five times while a batch is on its way,
-- and SQLite writes a whole row anew; and whoever asks how a run stands must not pass over half a megabyte for each batch.
CREATE TABLE body (
    run   TEXT NOT NULL,
    batch INTEGER NOT NULL,
    items BLOB NOT NULL,                           -- dropped when the run is finished
    crc   INTEGER NOT NULL,
    PRIMARY KEY (run, batch),
    FOREIGN KEY (run, batch) REFERENCES batch
) WITHOUT ROWID;
INSERT INTO body SELECT run, seq, items, crc FROM batch WHERE length(items) > 0;
ALTER TABLE batch DROP COLUMN items;
ALTER TABLE batch DROP COLUMN crc;

-- The parts that wait are asked for before every request.
CREATE INDEX part_waiting ON part (run, batch) WHERE state = 'waiting';
