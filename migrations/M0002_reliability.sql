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
