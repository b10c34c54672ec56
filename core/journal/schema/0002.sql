-- Cases that a human has looked at: from then on nothing re-labels them silently.
CREATE TABLE seen (
    journal TEXT PRIMARY KEY REFERENCES head (journal),
    actor TEXT NOT NULL,
    at_us INTEGER NOT NULL
) WITHOUT ROWID;
