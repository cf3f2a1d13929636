-- How a topic's coordination was founded, as far as this city was told: not in a log.
CREATE TABLE ledger_topic (
    topic_id   BIGINT NOT NULL PRIMARY KEY REFERENCES topic (id) ON DELETE CASCADE,
    founder    TEXT   NOT NULL,                     -- slug of the city whose first genesis counts; '' = nobody's
    founded_by TEXT   NOT NULL                      -- digest of the genesis entry, from an invitation; '' = the founder's first
);

-- ---------------------------------------------------------------- the view: refilled by `tequio rebuild`
-- Acts of the coordination ledger, and what they come to.
CREATE TABLE ledger_entry (
    entry_id     BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
    topic_id     BIGINT NOT NULL REFERENCES topic (id),
    log_id       BIGINT NOT NULL REFERENCES log (id),
    seq          BIGINT NOT NULL,
    digest       TEXT   NOT NULL,
    word         TEXT   NOT NULL,                   -- the wire's tq:act
    actor_uri    TEXT   NOT NULL,                   -- who acted: a person, or the group by itself
    made_at      BIGINT NOT NULL,
    note         TEXT   NOT NULL,                   -- plain text
    deed         TEXT   NOT NULL,                   -- digest of the seal or certificate that it acknowledges; '' else
    verdict      TEXT   NOT NULL CHECK (verdict IN ('good', 'refused', 'waits')),
    reason       TEXT   NOT NULL,                   -- code of a refusal, what is waited for; '' when good
    UNIQUE (log_id, seq)
);
CREATE INDEX ledger_entry_by_topic ON ledger_entry (topic_id, made_at, entry_id);

-- The terms of a topic, from 1.
CREATE TABLE ledger_term (
    topic_id   BIGINT  NOT NULL REFERENCES topic (id),
    number     BIGINT  NOT NULL,
    city       TEXT    NOT NULL,                    -- who coordinates
    opened_by  TEXT    NOT NULL,                    -- genesis, seal, certificate
    deed       TEXT    NOT NULL,                    -- digest of the entry that opened it
    start_seq  BIGINT  NOT NULL,                    -- acts count after this place of the city's log
    last_seq   BIGINT,                              -- … and up to this one; NULL while the term lasts
    starts_at  BIGINT  NOT NULL,                    -- planned, microseconds
    ends_at    BIGINT  NOT NULL,
    ended_by   TEXT    NOT NULL,                    -- seal, certificate, leave, fork; '' while it lasts
    is_settled BOOLEAN NOT NULL,
    PRIMARY KEY (topic_id, number)
);

-- Which cities take part in a topic.
CREATE TABLE ledger_member (
    topic_id   BIGINT NOT NULL REFERENCES topic (id),
    city       TEXT   NOT NULL,
    group_uri  TEXT   NOT NULL,
    public_key TEXT   NOT NULL,                     -- Ed25519 multibase on its record
    from_seq   BIGINT NOT NULL,                     -- it speaks as a member from this place of its log
    until_kind TEXT   NOT NULL,                     -- left, removed; '' while it takes part
    PRIMARY KEY (topic_id, city)
);
