-- Who does a job of which one at a time is enough, and until when: for whoever runs beside others on one database.

CREATE TABLE lease (
  name   TEXT    NOT NULL PRIMARY KEY, -- sequencer
  holder {bytes} NOT NULL,             -- drawn anew by each process when it starts
  until  BIGINT  NOT NULL
) {table};
