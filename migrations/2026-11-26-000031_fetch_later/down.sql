DROP TABLE fetch_later;
