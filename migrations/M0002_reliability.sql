-- compatible-with: 1
-- What faults, load and attack need beside the first schema. Additive, with defaults: programs of
-- M0001 run beside those of M0002.

-- Poison: who killed a worker is found by running suspects alone, and told with the
-- signal and the last lines of the worker's log.
ALTER TABLE computations ADD COLUMN is_suspect boolean NOT NULL DEFAULT false;
ALTER TABLE attempts
  -- What the worker died of, for example SIGSEGV; NULL when nobody was there to see it.
  ADD COLUMN signal text,
  -- The last lines that the worker wrote, at most 8 KiB.
  ADD COLUMN log text,
  -- Whether it counted against the kind's limit; NULL: told by a program of M0001.
  ADD COLUMN counted boolean;

-- Quotas and audit. NULL: no limit. Quotas are read under a lock on the token's row, so
-- that submissions side by side cannot pass them together.
ALTER TABLE tokens
  ADD COLUMN max_unfinished_jobs integer DEFAULT 1000 CHECK (max_unfinished_jobs >= 0),
  ADD COLUMN max_open_tasks bigint DEFAULT 1000000 CHECK (max_open_tasks >= 0),
  ADD COLUMN max_blob_bytes bigint CHECK (max_blob_bytes >= 0),
  -- Who made and who revoked it: a token's name, or `database` and the account of the system.
  ADD COLUMN created_by text NOT NULL DEFAULT '',
  ADD COLUMN revoked_by text;
CREATE INDEX jobs_unfinished_by_token ON jobs (token) WHERE state IN ('queued', 'running');

-- Whose upload it was, where that token has a quota of bytes.
ALTER TABLE blobs ADD COLUMN token text;
CREATE INDEX blobs_by_token ON blobs (token) WHERE token IS NOT NULL;

-- Every change that somebody asked for, and who.
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  token text NOT NULL,
  action text NOT NULL,
  -- The job, token, pool, worker or artifact it was done to.
  subject text NOT NULL,
  detail text NOT NULL DEFAULT ''
);
-- The queue. A claim looks into one run of the index for each kind and requirement that
-- its worker meets, so what no worker can do stands in nobody's way.
CREATE TABLE requirements (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Build and class of the matrix kernels; empty: any.
  kernels text NOT NULL,
  -- Sorted.
  labels text[] NOT NULL,
  -- MiB.
  memory integer NOT NULL,
  UNIQUE (kernels, labels, memory)
);
-- 0: nothing but the code of its kind.
ALTER TABLE tasks ADD COLUMN requirement integer NOT NULL DEFAULT 0;
ALTER TABLE computations ADD COLUMN requirement integer NOT NULL DEFAULT 0;
ALTER TABLE sessions
  ADD COLUMN labels text[] NOT NULL DEFAULT '{}',
  -- MiB; NULL: not told.
  ADD COLUMN memory integer,
  -- NULL: not told by a program of M0001, which is given any and finds out itself.
  ADD COLUMN kernels text;
DROP INDEX computations_to_claim;
CREATE INDEX computations_queue
  ON computations (kind, code_version, requirement, (-priority), virtual_start, id)
  WHERE state = 'ready';
-- How far the queue has been worked off for this job; a new job starts where the others are.
ALTER TABLE jobs ADD COLUMN served double precision NOT NULL DEFAULT 0;
-- Rows that change with every task are changed in place: no index has what changes.
DROP INDEX jobs_running;
CREATE INDEX jobs_running_by_priority ON jobs (priority) WHERE state = 'running';
ALTER TABLE jobs SET (fillfactor = 50);
DROP INDEX tasks_waiting;
DROP INDEX tasks_by_result;
ALTER TABLE tasks SET (fillfactor = 60);

-- Housekeeping: one coordinator prunes at a time, for as long as its lease lasts.
CREATE TABLE leases (
  name text PRIMARY KEY,
  -- Made anew at each start of a coordinator.
  holder uuid NOT NULL,
  expires_at timestamptz NOT NULL
);
-- Jobs past their retention go in batches; from the first on they cannot be retried.
ALTER TABLE jobs
  ADD COLUMN pruning_since timestamptz,
  -- All is gone that the artifact's provenance does not need. Other jobs go altogether.
  ADD COLUMN pruned_at timestamptz;
CREATE INDEX jobs_to_prune ON jobs (finished_at)
  WHERE finished_at IS NOT NULL AND pruning_since IS NULL;
CREATE INDEX jobs_pruning ON jobs (id) WHERE pruning_since IS NOT NULL AND pruned_at IS NULL;
CREATE INDEX artifact_versions_by_job ON artifact_versions (job);
