DROP TABLE peer_fault;
DROP TABLE fork_entry;
DROP TABLE fork;
DROP TABLE vouched_log;
DROP TABLE key_word;
DROP TABLE past_key;
