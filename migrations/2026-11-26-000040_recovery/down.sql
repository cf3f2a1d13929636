DROP TABLE tally_floor;
DROP TABLE recovery;
