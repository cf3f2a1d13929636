-- Posts of this city that were erased, and what siblings say of it.
CREATE TABLE erasure (
    log_id     BIGINT NOT NULL REFERENCES log (id),
    seq        BIGINT NOT NULL,                     -- the entry that says so
    object_uri TEXT   NOT NULL,
    reason     TEXT   NOT NULL,                     -- for administrators; in no log
    by_name    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (log_id, seq)
);

CREATE TABLE erasure_receipt (
    log_id BIGINT NOT NULL REFERENCES log (id),
    city   TEXT   NOT NULL REFERENCES city (slug),
    seq    BIGINT NOT NULL,                         -- all erasures up to this entry are carried out there
    at     BIGINT NOT NULL,
    word   TEXT   NOT NULL,                         -- the signed document, as it came
    PRIMARY KEY (log_id, city)
);

-- Files whose post was erased: their bytes are to be removed.
CREATE TABLE file_unwanted (
    digest TEXT NOT NULL PRIMARY KEY
);
