ALTER TABLE object DROP COLUMN hidden_at;
DROP TABLE hidden;
