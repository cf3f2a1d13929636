DROP TABLE handshake;
DROP TABLE invitation;
