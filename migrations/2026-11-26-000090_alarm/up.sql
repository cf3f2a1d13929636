-- What is wrong between this city and another, so that no silence stays unseen. Local: each city sees
-- its own. Open while `cleared_at` is null, and then only once for each kind and subject.
CREATE TABLE alarm (
    id         BIGINT NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('silent', 'queue', 'stuck', 'frozen')),
    subject    TEXT   NOT NULL,                     -- slug of the city
    since      BIGINT NOT NULL,                     -- when it began, as far as can be known
    raised_at  BIGINT NOT NULL,
    cleared_at BIGINT
);
CREATE UNIQUE INDEX alarm_open ON alarm (kind, subject) WHERE cleared_at IS NULL;
CREATE INDEX alarm_by_age ON alarm (raised_at, id);
-- Last time that it answered anything that we asked.
ALTER TABLE peer ADD COLUMN answered_at BIGINT;
