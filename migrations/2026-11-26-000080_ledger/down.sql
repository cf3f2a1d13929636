DROP TABLE ledger_member;
DROP TABLE ledger_term;
DROP TABLE ledger_entry;
DROP TABLE ledger_topic;
