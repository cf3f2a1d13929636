DROP TABLE file_unwanted;
DROP TABLE erasure_receipt;
DROP TABLE erasure;
