-- Publishing a notice: its draft, who made and approved it, what its rehearsal counted, in what order notices were published,
-- and who was told.

CREATE TABLE publication (
  digest      {bytes} NOT NULL PRIMARY KEY,
  n           BIGINT  NOT NULL, -- 1, 2, 3, … in the order of publishing
  follows     {bytes},          -- the notice it was compared with; none for the first
  significant BIGINT  NOT NULL, -- 1 where people had to be told before
  telling     TEXT    NOT NULL, -- nobody, open, done
  told        BIGINT  NOT NULL, -- how many people a letter was written to
  unreached   BIGINT  NOT NULL, -- how many had no address that may be used for it
  objected    BIGINT  NOT NULL  -- how many had objected to such letters
) {table};

CREATE TABLE draft (
  draft_id          {bytes} NOT NULL PRIMARY KEY,
  digest            {bytes},          -- of the notice that it makes; none while its shape is wrong
  version           TEXT    NOT NULL, -- empty while its shape is wrong
  text              TEXT    NOT NULL,
  made_on           TEXT    NOT NULL,
  made_by           TEXT    NOT NULL, -- a role, never a person
  state             TEXT    NOT NULL, -- open, withdrawn, published
  rehearsed_on      TEXT,
  rehearsed_for     TEXT,             -- the day on which it would have come into force
  rehearsed_against {bytes}           -- the notice that would have been in force on that day
) {table};

CREATE TABLE rehearsal (
  draft_id {bytes} NOT NULL,
  kind     TEXT    NOT NULL, -- empty: all kinds
  day      TEXT    NOT NULL, -- empty: all days
  people   BIGINT  NOT NULL,
  holdings BIGINT  NOT NULL,
  PRIMARY KEY (draft_id, kind, day)
) {table};

CREATE TABLE draft_act (
  person_id {bytes} NOT NULL, -- an officer
  draft_id  {bytes} NOT NULL,
  act       TEXT    NOT NULL, -- made, approved, withdrawn
  day       TEXT    NOT NULL,
  PRIMARY KEY (person_id, draft_id, act)
) {clustered};
CREATE INDEX draft_act_draft ON draft_act (draft_id);

CREATE TABLE telling (
  person_id {bytes} NOT NULL,
  digest    {bytes} NOT NULL, -- the notice that the person is told of
  state     TEXT    NOT NULL, -- told, unreached, objected
  day       TEXT    NOT NULL,
  PRIMARY KEY (person_id, digest)
) {clustered};
