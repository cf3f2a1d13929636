DROP TABLE office_follow_topic;
DROP TABLE office_follow;
