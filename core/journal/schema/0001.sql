-- Journals: append-only; nothing here is ever updated.
CREATE TABLE entry (
    journal TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    trace TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (journal, seq)
) WITHOUT ROWID;

-- One row a journal: its last entry, moved on in the transaction that appends.
CREATE TABLE head (
    journal TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    at_us INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- One error class, one case: a fingerprint's or a source's name for it belongs to exactly one.
CREATE TABLE alias (
    alias TEXT PRIMARY KEY,
    journal TEXT NOT NULL REFERENCES head (journal)
) WITHOUT ROWID;

CREATE INDEX alias_of ON alias (journal);

CREATE TABLE fingerprint (
    alias TEXT PRIMARY KEY,
    journal TEXT NOT NULL REFERENCES head (journal),
    body TEXT NOT NULL
) WITHOUT ROWID;

-- What the Inbox shows, written in the transaction of the entry that changed it; rank orders by urgency.
CREATE TABLE inbox (
    key TEXT PRIMARY KEY REFERENCES head (journal),
    rank INTEGER NOT NULL,
    last_seen_us INTEGER NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX inbox_order ON inbox (rank, last_seen_us DESC, key);

CREATE TABLE signal (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    journal TEXT NOT NULL REFERENCES head (journal),
    body TEXT NOT NULL,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;

CREATE INDEX signal_of ON signal (journal);

CREATE TABLE sample (
    journal TEXT NOT NULL REFERENCES head (journal),
    event TEXT NOT NULL,
    release TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (journal, event)
) WITHOUT ROWID;

CREATE TABLE source (
    source TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;

-- The journal keeps SHA-256(salt, content) alone, so content can be forgotten and the chain stays sound.
CREATE TABLE blob (
    hash TEXT PRIMARY KEY,
    salt BLOB,
    content TEXT
) WITHOUT ROWID;

CREATE TABLE lease (
    journal TEXT PRIMARY KEY REFERENCES head (journal),
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL
) WITHOUT ROWID;

-- Billionths of a dollar, whole numbers: caps are compared exactly.
CREATE TABLE spend (
    id TEXT PRIMARY KEY,
    journal TEXT NOT NULL REFERENCES head (journal),
    day TEXT NOT NULL,
    settled INTEGER NOT NULL,
    nano_usd INTEGER NOT NULL,
    tokens INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX spend_of ON spend (journal);
CREATE INDEX spend_on ON spend (day);

CREATE TABLE live (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    journal TEXT NOT NULL,
    channel TEXT NOT NULL,
    text TEXT NOT NULL,
    at_us INTEGER NOT NULL
);

CREATE INDEX live_of ON live (journal, id);
