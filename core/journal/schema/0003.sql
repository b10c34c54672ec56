-- Cases whose pull request is out and still looked at; when that was done last.
CREATE TABLE watched (
    journal TEXT PRIMARY KEY REFERENCES head (journal),
    looked_us INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX watched_longest ON watched (looked_us);

INSERT INTO watched SELECT DISTINCT journal, 0 FROM entry
    WHERE kind = 'effect_done' AND json_extract(body, '$.kind') = 'pull_request';

-- What the statistics count of a case, written in the transaction of the entry that changed it; 0: it did not happen.
CREATE TABLE tally (
    journal TEXT PRIMARY KEY REFERENCES head (journal),
    repository TEXT NOT NULL,
    service TEXT NOT NULL,
    opened_us INTEGER NOT NULL,
    cause_us INTEGER NOT NULL,
    ticket_us INTEGER NOT NULL,
    pull_us INTEGER NOT NULL,
    merged_us INTEGER NOT NULL,
    closed_us INTEGER NOT NULL,
    verified_us INTEGER NOT NULL,
    wrong_us INTEGER NOT NULL,
    edited INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    last_us INTEGER NOT NULL
) WITHOUT ROWID;

-- A period reads only what anything happened to in it.
CREATE INDEX tally_last ON tally (last_us);

-- One row a case and rule of the gate that decided it.
CREATE TABLE tally_rule (
    journal TEXT NOT NULL REFERENCES head (journal),
    rule TEXT NOT NULL,
    verdict TEXT NOT NULL,
    decided_us INTEGER NOT NULL,
    overruled INTEGER NOT NULL,
    repository TEXT NOT NULL,
    service TEXT NOT NULL,
    PRIMARY KEY (journal, rule)
) WITHOUT ROWID;

CREATE INDEX tally_decided ON tally_rule (decided_us);

CREATE INDEX spend_by_day ON spend (day, journal, nano_usd);
