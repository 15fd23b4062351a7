-- compatible-with: 1
-- The whole schema: jobs and their tasks, the computations that workers run, what they produced.
-- Locks are taken in the order jobs, computations, tasks; within a table in id order.

CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uuid uuid NOT NULL UNIQUE,
  name text NOT NULL,
  state text NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- Larger goes first.
  priority smallint NOT NULL DEFAULT 0,
  -- This job's share: work is handed out in proportion to it.
  weight double precision NOT NULL DEFAULT 1 CHECK (weight > 0),
  -- Up to where the job has spent its share; see computations.virtual_start.
  virtual_time double precision NOT NULL DEFAULT 0,
  open_tasks integer NOT NULL DEFAULT 0 CHECK (open_tasks >= 0),
  -- The job file, as JSON.
  specification text NOT NULL,
  -- Name of the token that submitted it.
  token text NOT NULL,
  failure_code text,
  failure_message text,
  artifact_version bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX jobs_by_name ON jobs (name, id DESC);
CREATE INDEX jobs_running ON jobs (virtual_time) WHERE state = 'running';

-- What tasks compute: the hot table. Payloads stay with the tasks, bytes with the blobs.
CREATE TABLE computations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key bytea NOT NULL UNIQUE,
  kind text NOT NULL,
  code_version integer NOT NULL,
  state text NOT NULL DEFAULT 'ready'
    CHECK (state IN ('ready', 'leased', 'succeeded', 'failed', 'cancelled')),
  -- The highest among the jobs that want it.
  priority smallint NOT NULL,
  -- Fair share between jobs: the smallest goes first.
  virtual_start double precision NOT NULL,
  ready_at timestamptz NOT NULL DEFAULT now(),
  not_before timestamptz NOT NULL DEFAULT '-infinity',
  -- The fencing token: only ever grows.
  attempt integer NOT NULL DEFAULT 0,
  -- Attempts that count against the kind's limit.
  tries smallint NOT NULL DEFAULT 0,
  session uuid,
  leased_at timestamptz,
  -- Since when the session has not listed it.
  unlisted_at timestamptz,
  progress real NOT NULL DEFAULT 0,
  progress_at timestamptz,
  result bytea,
  finished_at timestamptz,
  CHECK (state <> 'leased' OR session IS NOT NULL),
  CHECK (state <> 'succeeded' OR result IS NOT NULL)
) WITH (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.05
);
CREATE INDEX computations_to_claim ON computations (priority DESC, virtual_start, id)
  WHERE state = 'ready';
CREATE INDEX computations_leased ON computations (session) WHERE state = 'leased';

-- How attempts ended that gave no result.
CREATE TABLE attempts (
  computation bigint NOT NULL REFERENCES computations ON DELETE CASCADE,
  attempt integer NOT NULL,
  session uuid,
  worker text,
  started_at timestamptz,
  ended_at timestamptz NOT NULL DEFAULT now(),
  outcome text NOT NULL
    CHECK (outcome IN ('failed', 'crashed', 'frozen', 'released', 'unlisted', 'cancelled')),
  code text,
  message text,
  PRIMARY KEY (computation, attempt)
);

CREATE TABLE tasks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL REFERENCES jobs ON DELETE CASCADE,
  name text NOT NULL,
  kind text NOT NULL,
  -- 'active': waits on its computation, whose state it shows.
  state text NOT NULL DEFAULT 'blocked'
    CHECK (state IN ('blocked', 'active', 'succeeded', 'failed', 'cancelled')),
  -- Inputs whose task has not succeeded.
  pending integer NOT NULL DEFAULT 0 CHECK (pending >= 0),
  computation bigint REFERENCES computations,
  is_reused boolean NOT NULL DEFAULT false,
  result bytea,
  failure_code text,
  failure_message text,
  finished_at timestamptz,
  UNIQUE (job, name),
  CHECK (state <> 'active' OR computation IS NOT NULL),
  CHECK (state <> 'succeeded' OR result IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX tasks_waiting ON tasks (computation, id) WHERE state = 'active';
CREATE INDEX tasks_by_computation ON tasks (computation);

CREATE TABLE task_payloads (
  task bigint PRIMARY KEY REFERENCES tasks ON DELETE CASCADE,
  -- TaskParameters as JSON, exactly as the content key digests them.
  parameters text NOT NULL,
  -- Digest → place, as JSON.
  sources text NOT NULL
);

CREATE TABLE task_edges (
  parent bigint NOT NULL REFERENCES tasks ON DELETE CASCADE,
  child bigint NOT NULL REFERENCES tasks ON DELETE CASCADE,
  -- The name under which the child knows the parent's result.
  input text NOT NULL,
  PRIMARY KEY (child, input)
);
CREATE INDEX task_edges_by_parent ON task_edges (parent);

-- Results and artifact files by digest; content up to 64 KiB lies in the row, more in chunks.
CREATE TABLE blobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- NULL while the upload goes on.
  digest bytea UNIQUE,
  size bigint NOT NULL DEFAULT 0,
  content bytea,
  touched_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX blobs_by_age ON blobs (touched_at);

CREATE TABLE blob_chunks (
  blob bigint NOT NULL REFERENCES blobs ON DELETE CASCADE,
  number integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (blob, number)
);
ALTER TABLE blob_chunks ALTER COLUMN content SET STORAGE EXTERNAL;

-- One row for each start of a worker process.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  worker text NOT NULL,
  pool text NOT NULL,
  slots integer NOT NULL,
  -- What it can run: kind and version of the code, as in 'train 1'.
  kinds text[] NOT NULL,
  kernel_class text NOT NULL,
  version text NOT NULL,
  is_draining boolean NOT NULL DEFAULT false,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX sessions_live ON sessions (pool, worker) WHERE ended_at IS NULL;

CREATE TABLE pools (
  name text PRIMARY KEY,
  desired integer NOT NULL CHECK (desired BETWEEN 0 AND 1000),
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- A job's history. Written only by who holds the job's row lock, so ids grow in commit order.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL REFERENCES jobs ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  event text NOT NULL,
  task text,
  message text NOT NULL
);
CREATE INDEX events_by_job ON events (job, id);

CREATE TABLE artifacts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  -- Versions are numbered from this row while it is locked.
  last_version integer NOT NULL DEFAULT 0
);

CREATE TABLE artifact_versions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  artifact bigint NOT NULL REFERENCES artifacts,
  version integer NOT NULL CHECK (version > 0),
  -- Of the canonical manifest.
  digest bytea NOT NULL,
  job bigint REFERENCES jobs ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (artifact, version),
  UNIQUE (artifact, digest)
);
ALTER TABLE jobs ADD FOREIGN KEY (artifact_version) REFERENCES artifact_versions;

CREATE TABLE artifact_files (
  artifact_version bigint NOT NULL REFERENCES artifact_versions ON DELETE CASCADE,
  path text NOT NULL,
  digest bytea NOT NULL,
  size bigint NOT NULL,
  PRIMARY KEY (artifact_version, path)
);
CREATE INDEX artifact_files_by_digest ON artifact_files (digest);

CREATE TABLE artifact_aliases (
  artifact bigint NOT NULL REFERENCES artifacts,
  alias text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (artifact, alias),
  FOREIGN KEY (artifact, version) REFERENCES artifact_versions (artifact, version)
);

-- Who moved which alias from where to where.
CREATE TABLE artifact_alias_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  artifact bigint NOT NULL REFERENCES artifacts,
  alias text NOT NULL,
  from_version integer,
  to_version integer NOT NULL,
  token text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tokens (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'submit', 'work', 'read')),
  -- SHA-256 of the secret.
  hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE UNIQUE INDEX tokens_by_name ON tokens (name) WHERE revoked_at IS NULL;

CREATE TABLE idempotency_keys (
  token text NOT NULL,
  key text NOT NULL,
  -- Of the specification.
  request bytea NOT NULL,
  job uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (token, key)
);

-- Blobs that may be pruned are those whose digest nothing names.
CREATE INDEX computations_by_result ON computations (result) WHERE result IS NOT NULL;
CREATE INDEX tasks_by_result ON tasks (result) WHERE result IS NOT NULL;
