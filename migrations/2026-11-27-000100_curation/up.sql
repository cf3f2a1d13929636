-- ---------------------------------------------------------------- the view: refilled by `tequio rebuild`
-- What the coordination of a topic has ruled and is in force: about a post, a person, or the topic itself.
CREATE TABLE ruling_wider (
    topic_id   BIGINT NOT NULL REFERENCES topic (id),
    object_uri TEXT   NOT NULL,                         -- the post, the person, the topic, or a collection of it
    kind       TEXT   NOT NULL CHECK (kind IN ('removed', 'locked', 'featured', 'banned', 'page', 'priorities', 'collection')),
    entry_id   BIGINT NOT NULL REFERENCES entry (id),   -- the act that says so, with all it says
    made_at    BIGINT NOT NULL,
    ends_at    BIGINT,                                  -- when a ban ends by itself
    PRIMARY KEY (topic_id, object_uri, kind)
);
INSERT INTO ruling_wider SELECT topic_id, object_uri, kind, entry_id, made_at, NULL FROM ruling;
DROP TABLE ruling;
ALTER TABLE ruling_wider RENAME TO ruling;

-- ---------------------------------------------------------------- this city's own
-- Members who coordinate a topic for their city: they rule while it holds the term.
CREATE TABLE topic_coordinator (
    account_id BIGINT NOT NULL REFERENCES account (id),
    topic_id   BIGINT NOT NULL REFERENCES topic (id),
    PRIMARY KEY (account_id, topic_id)
);
