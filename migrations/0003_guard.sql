-- The guard on destruction: what was forecast before it is destroyed, who could not be warned, what a day may take without a
-- forecast, what officers released beyond that, which holds they lifted, and the dates that people confirmed.

CREATE TABLE forecast (
  person_id   {bytes} NOT NULL,
  holding_id  {bytes} NOT NULL,
  due_on      TEXT    NOT NULL, -- the earliest day under the notice in force and those that were published to follow it
  recorded_on TEXT    NOT NULL, -- since when no earlier day was known
  PRIMARY KEY (person_id, holding_id)
) {clustered};
CREATE INDEX forecast_due ON forecast (due_on);

CREATE TABLE unwarned (
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL,
  due_on    TEXT    NOT NULL, -- the day of deletion that nobody could be warned of
  day       TEXT    NOT NULL,
  why       TEXT    NOT NULL, -- no-contact, refused
  PRIMARY KEY (person_id, ground, due_on)
) {clustered};

CREATE TABLE lifted (
  person_id  {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  day        TEXT    NOT NULL, -- the last day on which an officer lifted a legal hold on it
  PRIMARY KEY (person_id, holding_id)
) {clustered};

CREATE TABLE release_vote (
  person_id  {bytes} NOT NULL, -- an officer
  release_id {bytes} NOT NULL,
  day        TEXT    NOT NULL,
  PRIMARY KEY (person_id, release_id)
) {clustered};
CREATE INDEX release_vote_release ON release_vote (release_id);

CREATE TABLE release (
  release_id {bytes} NOT NULL PRIMARY KEY,
  reason     TEXT    NOT NULL, -- a closed code
  up_to      BIGINT  NOT NULL, -- how many may be destroyed beyond the day's budget
  used       BIGINT  NOT NULL,
  asked_on   TEXT    NOT NULL,
  ends_on    TEXT    NOT NULL  -- from this day it releases nothing
) {table};

CREATE TABLE budget (
  day  TEXT   NOT NULL PRIMARY KEY,
  most BIGINT NOT NULL, -- how many the day may take without a forecast
  used BIGINT NOT NULL
) {table};

CREATE TABLE confirmation (
  n   BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3, …
  at  BIGINT NOT NULL,
  day TEXT   NOT NULL,             -- as it was typed
  witnessed_on TEXT                -- the last day that was witnessed before
) {table};

-- How much of the time up to a day's marks nobody saw pass.
ALTER TABLE witness ADD COLUMN unseen_ms BIGINT;

-- The turn writes every row of data_key; whoever asks for its epochs reads the table once a day.
DROP INDEX data_key_epoch;
