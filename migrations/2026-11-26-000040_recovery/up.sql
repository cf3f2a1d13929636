-- Own logs about which the database may be wrong: it was set back, copied or restored. While `ended_at`
-- is NULL such a log takes nothing new, until siblings have said how far it reaches.
CREATE TABLE recovery (
    log_id     BIGINT NOT NULL PRIMARY KEY REFERENCES log (id),
    reason     TEXT   NOT NULL CHECK (reason IN ('lost', 'restored', 'copied', 'set-back', 'behind')),
    began_at   BIGINT NOT NULL,
    ended_at   BIGINT,
    first_seq  BIGINT NOT NULL,                     -- what was held at the beginning
    target_seq BIGINT NOT NULL,                     -- how far it is known to have reached
    asked_at   BIGINT,                              -- the siblings, last; NULL = not yet
    answers    BIGINT NOT NULL,                     -- how many of them said how far it reaches
    lost       BIGINT NOT NULL                      -- entries that nobody had any more
);

-- What a log says of an object's usefulness, where the votes behind it were lost with the database: the
-- city's tally does not fall below it.
CREATE TABLE tally_floor (
    object_uri TEXT   NOT NULL PRIMARY KEY,
    amount     BIGINT NOT NULL CHECK (amount > 0)
);
