-- What the city's office account follows outside, for topics. Who follows such a topic reads what comes.
CREATE TABLE office_follow (
    actor_uri  TEXT   NOT NULL PRIMARY KEY REFERENCES outside_actor (uri),
    state      TEXT   NOT NULL CHECK (state IN ('asked', 'accepted', 'rejected')),
    created_at BIGINT NOT NULL
);

-- For which topics.
CREATE TABLE office_follow_topic (
    actor_uri TEXT   NOT NULL REFERENCES office_follow (actor_uri) ON DELETE CASCADE,
    topic_id  BIGINT NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
    PRIMARY KEY (actor_uri, topic_id)
);
CREATE INDEX office_follow_topic_by_topic ON office_follow_topic (topic_id);
