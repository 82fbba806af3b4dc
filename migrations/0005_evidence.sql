-- Evidence that outsiders check, and what a restore did.

-- Opens the commitment to this opening; none for what was opened before commitments were made.
ALTER TABLE opening ADD COLUMN r {bytes};

-- Commitments to openings that wait for their segment.
CREATE TABLE opening_outbox (
  commitment {bytes} NOT NULL PRIMARY KEY
) {table};

-- The openings of about a minute, in the order of their bytes; the root of their tree is one leaf of the log.
CREATE TABLE segment (
  idx        BIGINT  NOT NULL, -- of that leaf
  place      BIGINT  NOT NULL, -- 0, 1, 2, …
  commitment {bytes} NOT NULL,
  PRIMARY KEY (idx, place)
) {table};
CREATE INDEX segment_commitment ON segment (commitment);

-- The last checkpoint that was signed on each day.
CREATE TABLE checkpoint (
  day  TEXT   NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  text TEXT   NOT NULL -- the signed note
) {table};

ALTER TABLE log_head ADD COLUMN origin TEXT;
-- The first leaf that still stands: those before it were pruned.
ALTER TABLE log_head ADD COLUMN first BIGINT;
-- The index of the leaf that says that the epoch's key is destroyed.
ALTER TABLE epoch ADD COLUMN leaf BIGINT;

-- Effects that committed and wait to be written to the journal outside the database.
CREATE TABLE journal_outbox (
  id     {bytes} NOT NULL PRIMARY KEY,
  hash   {bytes} NOT NULL, -- as in the journal
  effect TEXT    NOT NULL,
  day    TEXT    NOT NULL
) {table};

-- Each time a copy took the database's place.
CREATE TABLE restored (
  at        BIGINT NOT NULL PRIMARY KEY,
  day       TEXT   NOT NULL,
  copy_day  TEXT   NOT NULL, -- the last day that the copy knew
  until_day TEXT   NOT NULL, -- before it nothing is destroyed by schedule
  finished  BIGINT NOT NULL, -- 1 once everything was done again
  leaves    BIGINT NOT NULL, -- imported into the log
  erased    BIGINT NOT NULL,
  shut      BIGINT NOT NULL, -- replaced values that stay shut
  closed    BIGINT NOT NULL, -- closed until an officer decides
  applied   BIGINT NOT NULL  -- objections, restrictions, withdrawals and holds that were set or taken back again
) {table};

-- What a restore left for an officer to look at.
CREATE TABLE check_up (
  person_id  {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  why        TEXT    NOT NULL, -- intent, replaced, hold
  day        TEXT    NOT NULL,
  PRIMARY KEY (person_id, holding_id)
) {clustered};

-- Erasures that were decided, and whose receipt.
CREATE TABLE receipt (
  person_id  {bytes} NOT NULL,
  ground     {bytes} NOT NULL,
  holding_id {bytes} NOT NULL, -- whose trail has the reveal
  n          BIGINT  NOT NULL, -- and under which number
  state      TEXT    NOT NULL, -- decided, written, nobody, refused
  day        TEXT    NOT NULL,
  PRIMARY KEY (person_id, ground)
) {clustered};
