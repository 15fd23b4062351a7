-- compatible-with: 1
-- What faults, load and attack need beside the first schema. Additive, with defaults: programs of
-- M0001 run beside those of M0002.

-- Poison (helper S5): who killed a worker is found by running suspects alone, and told with the
-- signal and the last lines of the worker's log.
ALTER TABLE computations ADD COLUMN is_suspect boolean NOT NULL DEFAULT false;
ALTER TABLE attempts
  -- What the worker died of, for example SIGSEGV; NULL when nobody was there to see it.
  ADD COLUMN signal text,
  -- The last lines that the worker wrote, at most 8 KiB.
  ADD COLUMN log text,
  -- Whether it counted against the kind's limit; NULL: told by a program of M0001.
  ADD COLUMN counted boolean;

-- Housekeeping (helper H6): one coordinator prunes at a time, for as long as its lease lasts.
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
