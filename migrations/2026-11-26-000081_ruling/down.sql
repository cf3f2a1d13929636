ALTER TABLE object DROP COLUMN removed_at;
DROP TABLE ruling;
