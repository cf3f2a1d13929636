-- One text for SQLite and PostgreSQL. Times are BIGINT microseconds since 1970 UTC, digests are hex
-- text, ids come from `sequence`.

-- ---------------------------------------------------------------- the house itself
-- The source of every BIGINT id. One row, `id`.
CREATE TABLE sequence (
    name TEXT   NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
INSERT INTO sequence (name, last) VALUES ('id', 0);

-- Facts about this instance: transport key, one-time set-up token (hashed), format of the log …
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Private Ed25519 keys of this instance's own actors, in multibase.
CREATE TABLE actor_key (
    actor_uri   TEXT   NOT NULL PRIMARY KEY,
    private_key TEXT   NOT NULL,
    public_key  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL
);

-- ---------------------------------------------------------------- the network (from kit and configuration)
CREATE TABLE city (
    slug       TEXT    NOT NULL PRIMARY KEY,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    country_es TEXT    NOT NULL,
    country_en TEXT    NOT NULL,
    summary_es TEXT    NOT NULL,
    summary_en TEXT    NOT NULL,
    base_url   TEXT    NOT NULL DEFAULT '',   -- no slash at the end; '' = not known yet
    is_self    BOOLEAN NOT NULL
);

CREATE TABLE topic (
    id                   BIGINT  NOT NULL PRIMARY KEY,
    slug                 TEXT    NOT NULL UNIQUE,
    uri                  TEXT    NOT NULL UNIQUE,   -- urn:uuid:…, the same in every city
    position             INTEGER NOT NULL,
    name_es              TEXT    NOT NULL,
    name_en              TEXT    NOT NULL,
    summary_es           TEXT    NOT NULL,
    summary_en           TEXT    NOT NULL,
    for_deciders_es      TEXT    NOT NULL,          -- Markdown, like the next three
    for_deciders_en      TEXT    NOT NULL,
    for_practitioners_es TEXT    NOT NULL,
    for_practitioners_en TEXT    NOT NULL
);

CREATE TABLE glossary_term (
    topic_id   BIGINT  NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
    slug       TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    name_en    TEXT    NOT NULL,
    definition TEXT    NOT NULL,
    also       TEXT    NOT NULL,                    -- JSON array of {label, cities}
    PRIMARY KEY (topic_id, slug)
);

-- ---------------------------------------------------------------- the log: the truth
-- One log per topic and city; its home is the group of that city.
CREATE TABLE log (
    id           BIGINT  NOT NULL PRIMARY KEY,
    topic_id     BIGINT  NOT NULL REFERENCES topic (id),
    city         TEXT    NOT NULL REFERENCES city (slug),
    group_uri    TEXT    NOT NULL UNIQUE,
    public_key   TEXT    NOT NULL,                  -- Ed25519 multibase of the group
    head_seq     BIGINT  NOT NULL,                  -- what is held; 0 = nothing
    head_digest  TEXT    NOT NULL,
    known_seq    BIGINT  NOT NULL,                  -- what is known to exist; > head_seq = to be pulled
    is_frozen    BOOLEAN NOT NULL,                  -- two signed entries with one seq were seen
    UNIQUE (topic_id, city)
);

CREATE TABLE entry (
    id           BIGINT NOT NULL PRIMARY KEY,
    log_id       BIGINT NOT NULL REFERENCES log (id),
    seq          BIGINT NOT NULL CHECK (seq > 0),
    digest       TEXT   NOT NULL,
    uri          TEXT   NOT NULL,                   -- of the Announce
    activity_uri TEXT   NOT NULL,                   -- of the activity inside
    body         TEXT   NOT NULL,                   -- the bytes, as made or received
    received_at  BIGINT NOT NULL,
    is_void      BOOLEAN NOT NULL,                  -- stands in the chain, means nothing: its author did not prove it
    UNIQUE (log_id, seq)
);
CREATE INDEX entry_by_uri ON entry (uri);
CREATE INDEX entry_by_activity ON entry (activity_uri, log_id, seq);

-- ---------------------------------------------------------------- the view: refilled by `tequio rebuild`
CREATE TABLE person (
    id           BIGINT NOT NULL PRIMARY KEY,
    uri          TEXT   NOT NULL UNIQUE,
    city         TEXT   NOT NULL,                   -- slug; '' = from outside the network
    name         TEXT   NOT NULL,                   -- in addresses; from outside: name@host
    display_name TEXT   NOT NULL,
    post         TEXT   NOT NULL,
    summary      TEXT   NOT NULL,
    public_key   TEXT   NOT NULL,                   -- '' = from outside: attested by the log's home
    updated_at   BIGINT NOT NULL,
    card_uri     TEXT   NOT NULL                    -- of the activity that brought the card
);
CREATE UNIQUE INDEX person_by_name ON person (city, name) WHERE city <> '';

-- The key of each author, per log: a log is verified by what stands in it, nothing else.
CREATE TABLE author_key (
    log_id     BIGINT NOT NULL REFERENCES log (id),
    person_uri TEXT   NOT NULL,
    public_key TEXT   NOT NULL,                     -- Ed25519 multibase
    card_uri   TEXT   NOT NULL,                     -- of the activity that brought it
    PRIMARY KEY (log_id, person_uri)
);

CREATE TABLE object (
    id               BIGINT NOT NULL PRIMARY KEY,   -- of the entry that created it
    oid              TEXT   NOT NULL,
    uri              TEXT   NOT NULL,
    kind             TEXT   NOT NULL CHECK (kind IN ('thread', 'comment', 'knowledge')),
    topic_id         BIGINT NOT NULL REFERENCES topic (id),
    log_id           BIGINT NOT NULL REFERENCES log (id),
    group_uri        TEXT   NOT NULL,               -- the group in which its thread was opened
    author_id        BIGINT NOT NULL REFERENCES person (id),
    parent_id        BIGINT REFERENCES object (id),
    root_id          BIGINT NOT NULL,               -- itself for threads and knowledge objects
    title            TEXT   NOT NULL,
    source           TEXT   NOT NULL,               -- Markdown
    html             TEXT   NOT NULL,               -- sanitised
    language         TEXT   NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT,
    deleted_at       BIGINT,                        -- a tombstone: title, source and html are empty
    version          INTEGER NOT NULL,              -- 1 on creation
    comment_count    BIGINT NOT NULL,               -- of a root: live comments below it
    last_activity_at BIGINT NOT NULL,               -- of a root: newest of itself and its comments
    useful_count     BIGINT NOT NULL,
    -- By log: what a city puts into its own log changes nothing that stands in another. A member's post
    -- can be in one log only; two cities may attest one outside post, and then it is two objects.
    UNIQUE (uri, log_id),
    UNIQUE (oid, log_id)
);
CREATE INDEX object_by_activity ON object (topic_id, kind, last_activity_at, id);
CREATE INDEX object_by_kind ON object (kind, last_activity_at, id);
CREATE INDEX object_by_creation ON object (kind, created_at, id);
CREATE INDEX object_by_root ON object (root_id, created_at, id);
CREATE INDEX object_by_parent ON object (parent_id);
CREATE INDEX object_by_author ON object (author_id, created_at, id);

CREATE TABLE thread (
    object_id  BIGINT NOT NULL PRIMARY KEY REFERENCES object (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL CHECK (kind IN ('question', 'conversation')),
    answer_uri TEXT                                 -- the comment accepted as the answer
);

CREATE TABLE knowledge (
    object_id     BIGINT NOT NULL PRIMARY KEY REFERENCES object (id) ON DELETE CASCADE,
    kind          TEXT   NOT NULL,
    audience      TEXT   NOT NULL,
    license       TEXT   NOT NULL,
    abstract      TEXT   NOT NULL,
    adaptation_of TEXT                              -- uri of the object that this one adapts
);
CREATE INDEX knowledge_by_origin ON knowledge (adaptation_of);

CREATE TABLE revision (
    object_id BIGINT  NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    version   INTEGER NOT NULL,
    title     TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    html      TEXT    NOT NULL,
    digest    TEXT    NOT NULL,                     -- of the entry that carried it
    made_at   BIGINT  NOT NULL,
    PRIMARY KEY (object_id, version)
);

CREATE TABLE attachment (
    object_id  BIGINT  NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    digest     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    size_bytes BIGINT  NOT NULL,
    PRIMARY KEY (object_id, position)
);
CREATE INDEX attachment_by_digest ON attachment (digest);

-- How many people of one city found an object useful; the totals in `object` are sums.
CREATE TABLE tally (
    object_id BIGINT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    log_id    BIGINT NOT NULL REFERENCES log (id),
    amount    BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (object_id, log_id)
);

-- Entries whose target has not come yet, by the uri they wait for.
CREATE TABLE waiting (
    entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
    awaits   TEXT   NOT NULL,
    makes    TEXT   NOT NULL                        -- uri of the object that the entry will create; '' when none
);
CREATE INDEX waiting_by_uri ON waiting (awaits);
CREATE INDEX waiting_by_made ON waiting (makes);

-- ---------------------------------------------------------------- private to this instance; never in a log
CREATE TABLE account (
    id            BIGINT NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL UNIQUE,
    person_uri    TEXT   NOT NULL UNIQUE,
    password_hash TEXT   NOT NULL,
    role          TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    card          TEXT   NOT NULL,                  -- signed Update of the Person, '' while pending
    created_at    BIGINT NOT NULL
);

CREATE TABLE session (
    token_digest TEXT   NOT NULL PRIMARY KEY,
    account_id   BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account_id);

CREATE TABLE follow (
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    topic_id   BIGINT NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, topic_id)
);

CREATE TABLE vote (
    object_uri TEXT   NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (object_uri, account_id)
);

-- Objects whose tally has changed and goes into the log at or after this time.
CREATE TABLE tally_due (
    object_uri TEXT   NOT NULL PRIMARY KEY,
    due_at     BIGINT NOT NULL
);

-- Files held here, by content.
CREATE TABLE file (
    digest     TEXT   NOT NULL PRIMARY KEY,
    size_bytes BIGINT NOT NULL,
    media_type TEXT   NOT NULL,
    stored_at  BIGINT NOT NULL
);

-- Files that an attachment names and that are not here yet.
CREATE TABLE file_wanted (
    digest     TEXT    NOT NULL PRIMARY KEY,
    size_bytes BIGINT  NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    origin     TEXT    NOT NULL REFERENCES city (slug),
    attempts   INTEGER NOT NULL,
    due_at     BIGINT  NOT NULL
);
CREATE INDEX file_wanted_by_due ON file_wanted (due_at);

-- A sibling city as this instance talks to it.
CREATE TABLE peer (
    city          TEXT    NOT NULL PRIMARY KEY REFERENCES city (slug),
    actor_uri     TEXT    NOT NULL,                 -- its Application; '' until found
    inbox         TEXT    NOT NULL,                 -- shared inbox; '' until found
    transport_key TEXT    NOT NULL,                 -- RSA, SPKI PEM; '' until found
    software      TEXT    NOT NULL,
    sent_id       BIGINT  NOT NULL,                 -- last own entry handed over
    failures      INTEGER NOT NULL,                 -- in a row
    retry_at      BIGINT  NOT NULL,
    sent_at       BIGINT,                           -- last success of ours
    heard_at      BIGINT,                           -- last authenticated word of theirs
    last_error    TEXT    NOT NULL
);

-- Activities from outside the network: remembered so that a replay changes nothing.
CREATE TABLE received_activity (
    uri         TEXT   NOT NULL PRIMARY KEY,
    received_at BIGINT NOT NULL
);
CREATE INDEX received_activity_by_age ON received_activity (received_at);

-- ---------------------------------------------------------------- the fediverse outside the network
-- A server outside the network with followers or authors here. It is handed the log's entries that
-- concern it, up to `sent_id`, and the rows of `outgoing`.
CREATE TABLE outside_server (
    host       TEXT    NOT NULL PRIMARY KEY,        -- with port where it is not the usual one
    software   TEXT    NOT NULL,                    -- NodeInfo's software.name; '' = not known yet
    signature  TEXT    NOT NULL,                    -- what it took last: 'cavage', 'rfc9421'; '' = not known
    sent_id    BIGINT  NOT NULL,                    -- last entry that was looked at for it
    failures   INTEGER NOT NULL,                    -- in a row
    retry_at   BIGINT  NOT NULL,
    sent_at    BIGINT,                              -- last success of ours
    heard_at   BIGINT,                              -- last authenticated word of theirs
    last_error TEXT    NOT NULL
);

-- Who from outside follows a group, a person or the instance.
CREATE TABLE outside_follower (
    followed_uri TEXT   NOT NULL,                   -- own actor
    actor_uri    TEXT   NOT NULL,
    follow_uri   TEXT   NOT NULL,                   -- of the Follow
    host         TEXT   NOT NULL REFERENCES outside_server (host),
    inbox        TEXT   NOT NULL,
    shared_inbox TEXT   NOT NULL,                   -- '' = has none
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (followed_uri, actor_uri)
);
CREATE INDEX outside_follower_by_host ON outside_follower (host);
CREATE INDEX outside_follower_by_actor ON outside_follower (actor_uri);

-- Activities for outside that stand in no log (Accept, Follow, Like …), until they are taken.
CREATE TABLE outgoing (
    id         BIGINT NOT NULL PRIMARY KEY,
    host       TEXT   NOT NULL REFERENCES outside_server (host),
    inbox      TEXT   NOT NULL,
    actor_uri  TEXT   NOT NULL,                     -- own actor in whose name it is signed
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX outgoing_by_host ON outgoing (host, id);

-- "Útil" from outside, as it reached this city; part of its tally.
CREATE TABLE outside_vote (
    object_uri TEXT   NOT NULL,
    actor_uri  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (object_uri, actor_uri)
);

-- Actors outside that were looked up, followed or heard.
CREATE TABLE outside_actor (
    uri          TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,                   -- Person, Group, Service, Application, Organization
    host         TEXT   NOT NULL,
    name         TEXT   NOT NULL,                   -- preferredUsername
    display_name TEXT   NOT NULL,
    summary      TEXT   NOT NULL,                   -- sanitised HTML
    url          TEXT   NOT NULL,                   -- its page for people
    inbox        TEXT   NOT NULL,
    shared_inbox TEXT   NOT NULL,                   -- '' = has none
    fetched_at   BIGINT NOT NULL
);

-- What a member follows outside.
CREATE TABLE outside_follow (
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    actor_uri  TEXT   NOT NULL REFERENCES outside_actor (uri),
    state      TEXT   NOT NULL CHECK (state IN ('asked', 'accepted', 'rejected')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, actor_uri)
);
CREATE INDEX outside_follow_by_actor ON outside_follow (actor_uri);

-- What came from actors that members follow outside; in no log.
CREATE TABLE outside_item (
    id           BIGINT NOT NULL PRIMARY KEY,
    uri          TEXT   NOT NULL UNIQUE,
    actor_uri    TEXT   NOT NULL,                   -- the followed actor through whom it came
    author_uri   TEXT   NOT NULL,
    kind         TEXT   NOT NULL,                   -- Page, Article, Note, Video, Event, Question
    title        TEXT   NOT NULL,
    html         TEXT   NOT NULL,                   -- sanitised
    url          TEXT   NOT NULL,
    in_reply_to  TEXT   NOT NULL,                   -- '' = opens something
    published_at BIGINT NOT NULL,
    received_at  BIGINT NOT NULL
);
CREATE INDEX outside_item_by_actor ON outside_item (actor_uri, published_at, id);
CREATE INDEX outside_item_by_age ON outside_item (received_at);

-- Private messages from outside to members: never public, never in a log.
CREATE TABLE message (
    id           BIGINT NOT NULL PRIMARY KEY,
    account_id   BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    uri          TEXT   NOT NULL,
    author_uri   TEXT   NOT NULL,
    author_name  TEXT   NOT NULL,                   -- name@host
    html         TEXT   NOT NULL,                   -- sanitised
    published_at BIGINT NOT NULL,
    received_at  BIGINT NOT NULL,
    UNIQUE (account_id, uri)
);

-- Reports (Flag) about what stands here, for the administrators.
CREATE TABLE report (
    id           BIGINT NOT NULL PRIMARY KEY,
    reporter_uri TEXT   NOT NULL,
    object_uri   TEXT   NOT NULL,
    reason       TEXT   NOT NULL,                   -- plain text
    created_at   BIGINT NOT NULL,
    closed_at    BIGINT
);
CREATE INDEX report_by_age ON report (closed_at, created_at);
