DROP TABLE topic_coordinator;
CREATE TABLE ruling_narrower (
    topic_id   BIGINT NOT NULL REFERENCES topic (id),
    object_uri TEXT   NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('removed', 'locked')),
    entry_id   BIGINT NOT NULL REFERENCES entry (id),
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (topic_id, object_uri, kind)
);
INSERT INTO ruling_narrower
    SELECT topic_id, object_uri, kind, entry_id, made_at FROM ruling WHERE kind IN ('removed', 'locked');
DROP TABLE ruling;
ALTER TABLE ruling_narrower RENAME TO ruling;
