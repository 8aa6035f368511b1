-- What a witness remembers, format 1: of each log the checkpoint that it cosigned last. See docs/spec/witness.md.

CREATE TABLE latest (
    origin TEXT PRIMARY KEY NOT NULL,
    size   INTEGER NOT NULL,
    -- The signed note, with the lines of the log and of the witness.
    note   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER latest_shrinks BEFORE UPDATE ON latest
WHEN NEW.origin IS NOT OLD.origin OR NEW.size < OLD.size
BEGIN SELECT raise(ABORT, 'a log never shrinks'); END;

CREATE TRIGGER latest_delete BEFORE DELETE ON latest
BEGIN SELECT raise(ABORT, 'what was cosigned is never forgotten'); END;
