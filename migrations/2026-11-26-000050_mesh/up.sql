-- What keeps the logs whole when cities go, lie, or change their keys.

-- Keys that a group has given up: each proves the entries up to `until_seq`. `log.public_key` is the newest.
CREATE TABLE past_key (
    log_id     BIGINT NOT NULL REFERENCES log (id),
    until_seq  BIGINT NOT NULL,
    public_key TEXT   NOT NULL,                     -- Ed25519 multibase
    PRIMARY KEY (log_id, until_seq)
);

-- What siblings say of groups that cannot be asked themselves: the key of the first entry of the group's log.
CREATE TABLE key_word (
    group_uri  TEXT   NOT NULL,
    teller     TEXT   NOT NULL REFERENCES city (slug),
    topic_id   BIGINT NOT NULL REFERENCES topic (id),
    city       TEXT   NOT NULL REFERENCES city (slug),
    public_key TEXT   NOT NULL,
    told_at    BIGINT NOT NULL,
    PRIMARY KEY (group_uri, teller)
);

-- Logs whose key is known by the word of siblings only: the group itself has not been met yet.
CREATE TABLE vouched_log (
    log_id BIGINT NOT NULL PRIMARY KEY REFERENCES log (id)
);

-- Logs that were told in two ways.
CREATE TABLE fork (
    log_id   BIGINT  NOT NULL PRIMARY KEY REFERENCES log (id),
    seq      BIGINT  NOT NULL,                      -- the two ways part here, or further up
    is_exact BOOLEAN NOT NULL,                      -- two entries with this number and one before them are at hand
    seen_at  BIGINT  NOT NULL
);

-- Entries that prove it, and those that stand in no log any more because of it.
CREATE TABLE fork_entry (
    log_id BIGINT NOT NULL REFERENCES log (id),
    digest TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (log_id, digest)
);
CREATE INDEX fork_entry_by_place ON fork_entry (log_id, seq);

-- Siblings that served something that does not hold, or much too slowly.
CREATE TABLE peer_fault (
    city   TEXT    NOT NULL PRIMARY KEY REFERENCES city (slug),
    faults INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    at     BIGINT  NOT NULL
);
