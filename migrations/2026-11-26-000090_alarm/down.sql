ALTER TABLE peer DROP COLUMN answered_at;
DROP TABLE alarm;
