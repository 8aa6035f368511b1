-- A ledger file, format 1. One file, one ledger. See docs/spec/file.md.
--
-- The first five tables are the ledger: append-only, and every byte of them is checked by `verify`. The
-- triggers guard against accidents; the hashes guard against intent.

-- The log. `bytes` is the canonical entry; `record` repeats its record's digest, for look-ups.
CREATE TABLE entry (
    idx    INTEGER PRIMARY KEY,
    bytes  BLOB NOT NULL,
    record BLOB NOT NULL UNIQUE
) STRICT;

-- Records, article texts, originals and snapshots under their SHA-256. NULL only after an erasure.
CREATE TABLE object (
    digest BLOB NOT NULL UNIQUE,
    bytes  BLOB
) STRICT;

-- Hashes of complete Merkle subtrees (leaf hashes among them), in the order in which they are completed.
CREATE TABLE node (
    position INTEGER PRIMARY KEY,
    hash     BLOB NOT NULL
) STRICT;

-- Every signed tree head: one a commit.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;

-- Signatures of witnesses under checkpoints: the note's line, and the key by which it is checked. A witness
-- may sign one checkpoint again, later.
CREATE TABLE cosignature (
    size    INTEGER NOT NULL,
    witness TEXT NOT NULL,
    line    TEXT NOT NULL,
    PRIMARY KEY (size, witness, line)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_insert BEFORE INSERT ON entry
WHEN NEW.idx IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM entry)
BEGIN SELECT raise(ABORT, 'entries are appended in order, without gaps'); END;

-- INSERT OR REPLACE deletes without asking the DELETE triggers, so replacing is refused on its own.

CREATE TRIGGER entry_replace BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE record = NEW.record)
BEGIN SELECT raise(ABORT, 'entries are never replaced'); END;

CREATE TRIGGER object_replace BEFORE INSERT ON object
WHEN EXISTS (SELECT 1 FROM object WHERE digest = NEW.digest)
BEGIN SELECT raise(ABORT, 'objects are never replaced'); END;

CREATE TRIGGER node_replace BEFORE INSERT ON node
WHEN EXISTS (SELECT 1 FROM node WHERE position = NEW.position)
BEGIN SELECT raise(ABORT, 'Merkle nodes are never replaced'); END;

CREATE TRIGGER checkpoint_replace BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
BEGIN SELECT raise(ABORT, 'checkpoints are never replaced'); END;

CREATE TRIGGER cosignature_insert BEFORE INSERT ON cosignature
WHEN NOT EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
BEGIN SELECT raise(ABORT, 'a cosignature stands under a checkpoint'); END;

CREATE TRIGGER cosignature_replace BEFORE INSERT ON cosignature
WHEN EXISTS (SELECT 1 FROM cosignature WHERE size = NEW.size AND witness = NEW.witness AND line = NEW.line)
BEGIN SELECT raise(ABORT, 'cosignatures are never replaced'); END;

CREATE TRIGGER entry_update BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'entries are never changed'); END;

CREATE TRIGGER entry_delete BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'entries are never deleted'); END;

CREATE TRIGGER object_update BEFORE UPDATE ON object
WHEN NEW.digest IS NOT OLD.digest OR NEW.bytes IS NOT NULL
BEGIN SELECT raise(ABORT, 'objects are never changed, only erased'); END;

CREATE TRIGGER object_delete BEFORE DELETE ON object
BEGIN SELECT raise(ABORT, 'objects are never deleted, only erased'); END;

CREATE TRIGGER node_update BEFORE UPDATE ON node
BEGIN SELECT raise(ABORT, 'Merkle nodes are never changed'); END;

CREATE TRIGGER node_delete BEFORE DELETE ON node
BEGIN SELECT raise(ABORT, 'Merkle nodes are never deleted'); END;

CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are never changed'); END;

CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are never deleted'); END;

CREATE TRIGGER cosignature_update BEFORE UPDATE ON cosignature
BEGIN SELECT raise(ABORT, 'cosignatures are never changed'); END;

CREATE TRIGGER cosignature_delete BEFORE DELETE ON cosignature
BEGIN SELECT raise(ABORT, 'cosignatures are never deleted'); END;

-- Derived from the log by `ledger reindex`: look-ups for the writer and for people. `verify` compares them
-- with what it derives itself, and rests nothing on them.

-- What the rules know of the ledger as a whole.
CREATE TABLE ledger (
    id    INTEGER PRIMARY KEY CHECK (id = 0),
    facts TEXT NOT NULL
) STRICT;

-- What the rules know of each key.
CREATE TABLE signer (
    did   TEXT NOT NULL PRIMARY KEY,
    idx   INTEGER NOT NULL,
    facts TEXT NOT NULL
) STRICT;

-- What the rules know of each record; `decided` is the index of the review that stands.
CREATE TABLE subject (
    idx     INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    decided INTEGER,
    facts   TEXT NOT NULL
) STRICT;

-- Records that the rules need to judge any other: keys, their revocations, policies.
CREATE INDEX subject_of_the_ledger ON subject (idx)
WHERE kind IN ('ledger', 'key', 'revocation', 'policy');

-- Which record (`idx`, in `field`) names which record or object (`target`).
CREATE TABLE reference (
    target BLOB NOT NULL,
    field  TEXT NOT NULL,
    idx    INTEGER NOT NULL,
    PRIMARY KEY (target, field, idx)
) STRICT, WITHOUT ROWID;

-- What records say in words: a claim's words, an article's headline, a source's title, what others state.
CREATE TABLE wording (
    idx  INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

-- The marks of a wording, by which `ledger search` finds it: see docs/search.md; rowid is the record's index.
-- Nothing but where each mark occurs is kept, and the marks themselves stand in `wording_mark`.
CREATE VIRTUAL TABLE mark USING fts5 (
    marks, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE wording_mark USING fts5vocab (mark, instance);

-- Plain names for people who open the file.

CREATE VIEW records AS
SELECT entry.idx,
       'sha256:' || lower(hex(entry.record)) AS hash,
       subject.kind,
       subject.state,
       json_extract(CAST(entry.bytes AS TEXT), '$.recorded') AS recorded,
       json_extract(CAST(object.bytes AS TEXT), '$.editor') AS editor,
       json_extract(CAST(object.bytes AS TEXT), '$.content') AS content,
       subject.decided
FROM entry
LEFT JOIN subject ON subject.idx = entry.idx
LEFT JOIN object ON object.digest = entry.record;

CREATE VIEW editors AS
SELECT did,
       json_extract(facts, '$.holder') AS name,
       json_extract(facts, '$.role') AS role,
       json_extract(facts, '$.enrolled') AS enrolled,
       json_extract(facts, '$.revoked') AS revoked
FROM signer;

CREATE VIEW articles AS
SELECT idx, hash, state, recorded, editor,
       json_extract(content, '$.headline') AS headline,
       json_extract(content, '$.publisher.name') AS publisher,
       json_extract(content, '$.published') AS published,
       json_extract(content, '$.url') AS url
FROM records WHERE kind = 'article';

CREATE VIEW sources AS
SELECT idx, hash, state, recorded, editor,
       json_extract(content, '$.title') AS title,
       json_extract(content, '$.level') AS level,
       json_extract(content, '$.published') AS published,
       json_extract(content, '$.url') AS url
FROM records WHERE kind = 'source';

CREATE VIEW reviews AS
SELECT idx, hash, state, recorded, editor,
       json_extract(content, '$.subject') AS subject,
       json_extract(content, '$.verdict') AS verdict,
       json_extract(content, '$.attribution') AS attribution,
       json_extract(content, '$.quote') AS quote,
       json_extract(content, '$.explanation') AS explanation
FROM records WHERE kind = 'review';

CREATE VIEW claims AS
SELECT records.idx, records.hash, records.state, records.recorded, records.editor,
       json_extract(records.content, '$.text') AS text,
       json_extract(records.content, '$.speaker.name') AS speaker,
       json_extract(records.content, '$.said') AS said,
       json_extract(records.content, '$.kind') AS kind,
       reviews.verdict, reviews.attribution, reviews.quote
FROM records
LEFT JOIN reviews ON reviews.idx = records.decided
WHERE records.kind = 'claim';
