-- The first schema. One text for both engines; the tokens are replaced by the store:
--   {bytes}      BLOB (SQLite), BYTEA (PostgreSQL)
--   {clustered}  WITHOUT ROWID, STRICT (SQLite): a person's rows lie together, in key order
--   {table}      STRICT (SQLite)
-- Days are civil dates in Europe/London as ISO text; instants are milliseconds since 1970 in UTC.
-- Every column is classified in columns.toml. A person's tables have primary keys that begin with person_id; where a token or
-- a reference is the key, an index begins with it.

-- ── What was promised ────────────────────────────────────────────────────────────────────────────

CREATE TABLE notice (
  digest       {bytes} NOT NULL PRIMARY KEY, -- SHA-256 of the canonical form
  version      TEXT    NOT NULL,
  text         TEXT    NOT NULL,             -- the file as published
  published_on TEXT    NOT NULL,
  effective_on TEXT    NOT NULL,
  approved_by  TEXT    NOT NULL              -- a role, never a person
) {table};

-- ── Personal data: what a person's holdings are, and what hangs on them ─────────────────────────

CREATE TABLE holding (
  person_id     {bytes} NOT NULL,
  holding_id    {bytes} NOT NULL,
  kind          TEXT    NOT NULL,
  ground        {bytes} NOT NULL, -- this account, this enquiry, this mail: what the holding is held for
  taken_on      TEXT    NOT NULL,
  due_on        TEXT,             -- as last computed, for lists and the sweep; opening computes it again
  notice_digest {bytes} NOT NULL, -- the notice it was taken under
  version       BIGINT  NOT NULL,
  sealed        {bytes} NOT NULL,
  PRIMARY KEY (person_id, holding_id)
) {clustered};
CREATE INDEX holding_due ON holding (due_on);

CREATE TABLE data_key (
  person_id  {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  epoch      TEXT    NOT NULL, -- the civil day whose key wraps it
  wrapped    {bytes} NOT NULL,
  PRIMARY KEY (person_id, holding_id)
) {clustered};
CREATE INDEX data_key_epoch ON data_key (epoch);

CREATE TABLE clock (
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL,
  event     TEXT    NOT NULL, -- a clause of the notice: enquiry.closed
  day       TEXT    NOT NULL, -- the last day on which it happened
  PRIMARY KEY (person_id, ground, event)
) {clustered};

CREATE TABLE opening (
  person_id  {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  actor      TEXT    NOT NULL, -- desk, officer, mailer, you
  actor_id   {bytes} NOT NULL, -- the member of staff; sixteen zero bytes for the person and for the system
  purpose    TEXT    NOT NULL,
  day        TEXT    NOT NULL,
  fields     TEXT    NOT NULL, -- ids of the opened fields, in order, separated by spaces
  PRIMARY KEY (person_id, holding_id, actor, actor_id, purpose, day)
) {clustered};

CREATE TABLE legal_hold (
  person_id     {bytes} NOT NULL,
  holding_id    {bytes} NOT NULL,
  reason        TEXT    NOT NULL, -- a closed code
  authorised_by TEXT    NOT NULL, -- a role
  from_day      TEXT    NOT NULL,
  until_day     TEXT    NOT NULL,
  PRIMARY KEY (person_id, holding_id)
) {clustered};

CREATE TABLE objection (
  person_id {bytes} NOT NULL,
  purpose   TEXT    NOT NULL,
  day       TEXT    NOT NULL,
  PRIMARY KEY (person_id, purpose)
) {clustered};

CREATE TABLE restriction (
  person_id  {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  day        TEXT    NOT NULL,
  PRIMARY KEY (person_id, holding_id)
) {clustered};

CREATE TABLE withdrawal (
  person_id  {bytes} NOT NULL,
  ground     {bytes} NOT NULL,
  asked_on   TEXT    NOT NULL, -- closed from this day
  destroy_on TEXT    NOT NULL, -- destroyed on this day unless cancelled before
  PRIMARY KEY (person_id, ground)
) {clustered};

CREATE TABLE flag (
  person_id  {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  flagged_on TEXT    NOT NULL,
  due_on     TEXT    NOT NULL, -- what it was flagged for; the sweep verifies it again before erasing
  PRIMARY KEY (person_id, holding_id)
) {clustered};

CREATE TABLE warning (
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL,
  due_on    TEXT    NOT NULL,
  step      TEXT    NOT NULL, -- 14 days
  day       TEXT    NOT NULL,
  PRIMARY KEY (person_id, ground, due_on, step)
) {clustered};

CREATE TABLE idempotency (
  person_id {bytes} NOT NULL,
  key       {bytes} NOT NULL,
  answer    TEXT    NOT NULL,
  day       TEXT    NOT NULL,
  PRIMARY KEY (person_id, key)
) {clustered};

-- ── Evidence ─────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE trail (
  person_id  {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  n          BIGINT  NOT NULL, -- the person's own count of leaves
  idx        BIGINT,           -- the leaf's index in the log, once integrated
  sealed     {bytes} NOT NULL, -- the reveal, under the holding's trail key
  PRIMARY KEY (person_id, holding_id, n)
) {clustered};

CREATE TABLE outbox (
  person_id {bytes} NOT NULL,
  n         BIGINT  NOT NULL,
  leaf      {bytes} NOT NULL,
  actor_id  {bytes},          -- the member of staff whose trail holds the actor's reveal
  actor_n   BIGINT,
  PRIMARY KEY (person_id, n)
) {clustered};

CREATE TABLE log_leaf (
  idx  BIGINT  NOT NULL PRIMARY KEY,
  leaf {bytes} NOT NULL
) {table};

CREATE TABLE log_tile (
  level  BIGINT  NOT NULL,
  n      BIGINT  NOT NULL,
  hashes {bytes} NOT NULL, -- 256 hashes of 32 bytes: only full tiles are rows
  PRIMARY KEY (level, n)
) {table};

CREATE TABLE log_head (
  log      TEXT    NOT NULL PRIMARY KEY,
  size     BIGINT  NOT NULL,
  frontier {bytes} NOT NULL -- hashes of the perfect subtrees, largest first
) {table};

-- ── Keeping time and keeping count ───────────────────────────────────────────────────────────────

CREATE TABLE epoch (
  day          TEXT NOT NULL PRIMARY KEY,
  closed_on    TEXT,
  destroyed_on TEXT
) {table};

CREATE TABLE witness (
  day  TEXT   NOT NULL PRIMARY KEY,
  mark BIGINT NOT NULL, -- the latest instant seen while running on that day
  kind TEXT   NOT NULL  -- running, confirmed
) {table};

CREATE TABLE run (
  run_id   {bytes} NOT NULL PRIMARY KEY,
  job      TEXT    NOT NULL, -- terms and a digest, turn, sweep, epochs, refusals, day
  day      TEXT    NOT NULL,
  at       BIGINT  NOT NULL,
  count    BIGINT  NOT NULL,
  held     BIGINT  NOT NULL,
  outcome  TEXT    NOT NULL  -- done, stopped-clock, failed
) {table};
CREATE INDEX run_at ON run (at);

CREATE TABLE refusal (
  day     TEXT   NOT NULL,
  clause  TEXT   NOT NULL, -- the clause, or the missing clause, that said no
  actor   TEXT   NOT NULL,
  purpose TEXT   NOT NULL,
  kind    TEXT   NOT NULL,
  count   BIGINT NOT NULL,
  PRIMARY KEY (day, clause, actor, purpose, kind)
) {table};

-- ── Enquiries ────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE enquiry (
  person_id   {bytes} NOT NULL,
  ground      {bytes} NOT NULL,
  reference   TEXT    NOT NULL,
  topic       TEXT    NOT NULL,
  state       TEXT    NOT NULL, -- new, answered, waiting, closed
  received_on TEXT    NOT NULL,
  answer_by   TEXT    NOT NULL, -- the day promised on the confirmation page
  touched_at  BIGINT  NOT NULL,
  PRIMARY KEY (person_id, ground)
) {clustered};
CREATE INDEX enquiry_state ON enquiry (state, touched_at);

CREATE TABLE enquiry_reference (
  reference TEXT    NOT NULL PRIMARY KEY,
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL
) {table};
CREATE INDEX enquiry_reference_person ON enquiry_reference (person_id, ground);

CREATE TABLE enquiry_entry (
  person_id  {bytes} NOT NULL,
  ground     {bytes} NOT NULL,
  holding_id {bytes} NOT NULL,
  sort       TEXT    NOT NULL, -- message, answer, note
  at         BIGINT  NOT NULL,
  PRIMARY KEY (person_id, ground, holding_id)
) {clustered};

-- A link in a mail opens a page with one button; the button opens a session. Both are stored as SHA-256.
CREATE TABLE link (
  token     {bytes} NOT NULL PRIMARY KEY,
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL,
  until     BIGINT  NOT NULL
) {table};
CREATE INDEX link_person ON link (person_id, ground);

CREATE TABLE session (
  token      {bytes} NOT NULL PRIMARY KEY,
  person_id  {bytes} NOT NULL,
  ground     {bytes} NOT NULL,
  cookie     TEXT    NOT NULL, -- the id of the cookie in the notice
  role       TEXT    NOT NULL, -- you, desk, officer, operator
  until      BIGINT  NOT NULL, -- absolute end
  idle_until BIGINT  NOT NULL
) {table};
CREATE INDEX session_person ON session (person_id, ground);

CREATE TABLE code (
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL,
  session   {bytes} NOT NULL, -- the session that asked: no other is proved by it
  act       TEXT    NOT NULL, -- change, download, withdraw
  hash      {bytes} NOT NULL,
  until     BIGINT  NOT NULL,
  tries     BIGINT  NOT NULL,
  PRIMARY KEY (person_id, ground, session, act)
) {clustered};

-- ── Outgoing mail: the address and the text are in a holding ────────────────────────────────────

CREATE TABLE mail_job (
  person_id  {bytes} NOT NULL, -- of the mail's own holding
  holding_id {bytes} NOT NULL,
  ground     {bytes} NOT NULL,
  template   TEXT    NOT NULL,
  urgent     BIGINT  NOT NULL, -- 1 for what somebody waits for at a screen: it leaves before the rest
  state      TEXT    NOT NULL, -- queued, sending, sent, unknown, failed
  tries      BIGINT  NOT NULL,
  next_at    BIGINT  NOT NULL,
  PRIMARY KEY (person_id, holding_id)
) {clustered};
CREATE INDEX mail_job_next ON mail_job (state, next_at);

-- ── Staff ────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE staff (
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL,
  role      TEXT    NOT NULL, -- desk, officer, operator
  state     TEXT    NOT NULL, -- invited, active, left
  last_step BIGINT  NOT NULL, -- the last time step accepted of the authenticator: none is accepted twice
  failures  BIGINT  NOT NULL,
  locked_until BIGINT NOT NULL,
  PRIMARY KEY (person_id, ground)
) {clustered};

CREATE TABLE invitation (
  token     {bytes} NOT NULL PRIMARY KEY,
  person_id {bytes} NOT NULL,
  ground    {bytes} NOT NULL,
  until     BIGINT  NOT NULL
) {table};
CREATE INDEX invitation_person ON invitation (person_id, ground);
