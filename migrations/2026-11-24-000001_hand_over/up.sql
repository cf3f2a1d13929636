-- Acts of outside authors that belong in the log of a sibling, on their way to it: never in a log of ours.
CREATE TABLE hand_over (
    id         BIGINT  NOT NULL PRIMARY KEY,
    city       TEXT    NOT NULL REFERENCES city (slug),
    group_uri  TEXT    NOT NULL,                    -- own group in whose name it is signed
    body       TEXT    NOT NULL,
    attempts   INTEGER NOT NULL,
    due_at     BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL
);
CREATE INDEX hand_over_by_city ON hand_over (city, due_at);
