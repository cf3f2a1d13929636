-- Activities from outside that cannot be judged yet: what they are about could not be fetched in time.
CREATE TABLE fetch_later (
    id          BIGINT  NOT NULL PRIMARY KEY,
    activity_id TEXT    NOT NULL UNIQUE,
    host        TEXT    NOT NULL,                   -- of the signer, who caused it
    signer      TEXT    NOT NULL,                   -- the actor whose key signed the request
    body        TEXT    NOT NULL,                   -- as received
    attempts    INTEGER NOT NULL,
    due_at      BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL
);
CREATE INDEX fetch_later_by_due ON fetch_later (due_at);
CREATE INDEX fetch_later_by_host ON fetch_later (host);
