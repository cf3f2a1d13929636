-- ---------------------------------------------------------------- this city's own
-- An invitation that an administrator made: one for a city, the newest.
CREATE TABLE invitation (
    city     TEXT   NOT NULL PRIMARY KEY,           -- slug; the city may not be known yet
    digest   TEXT   NOT NULL,                       -- SHA-256 of the secret, hex
    used_by  TEXT   NOT NULL,                       -- address of the city that came with it; empty = nobody
    by_name  TEXT   NOT NULL,                       -- name of the administrator's account
    made_at  BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
-- A city that was met and stands in no configuration: a sibling from `accepted_at` on.
CREATE TABLE handshake (
    city         TEXT    NOT NULL PRIMARY KEY,
    base_url     TEXT    NOT NULL,
    introduction TEXT    NOT NULL,                  -- what it said of itself, as it came; empty = only its place is known
    met          TEXT    NOT NULL,                  -- guest, host, presented
    presented_by TEXT    NOT NULL,                  -- slug of the city that presents it; empty unless presented
    is_mutual    BOOLEAN NOT NULL,                  -- it says itself that it knows us
    met_at       BIGINT  NOT NULL,
    accepted_at  BIGINT,
    by_name      TEXT    NOT NULL                   -- who accepted it; empty until then
);
