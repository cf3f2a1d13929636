-- ---------------------------------------------------------------- this city's own
-- What its administrators hide from the readers of this instance. It stands in no log, and no other city is told.
CREATE TABLE hidden (
    object_uri TEXT   NOT NULL PRIMARY KEY,
    reason     TEXT   NOT NULL,
    by_name    TEXT   NOT NULL,                     -- name of the administrator's account
    hidden_at  BIGINT NOT NULL
);
CREATE INDEX hidden_by_age ON hidden (hidden_at);

-- ---------------------------------------------------------------- the view: refilled by `tequio rebuild`
ALTER TABLE object ADD COLUMN hidden_at BIGINT;
