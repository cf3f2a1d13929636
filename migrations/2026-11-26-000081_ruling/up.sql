-- ---------------------------------------------------------------- the view: refilled by `tequio rebuild`
-- What the coordination of a topic has ruled about an object and is in force.
CREATE TABLE ruling (
    topic_id   BIGINT NOT NULL REFERENCES topic (id),
    object_uri TEXT   NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('removed', 'locked')),
    entry_id   BIGINT NOT NULL REFERENCES entry (id),   -- the act that says so
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (topic_id, object_uri, kind)
);

-- Hidden from readers while a ruling says so; the text stays, so that it can be restored.
ALTER TABLE object ADD COLUMN removed_at BIGINT;
