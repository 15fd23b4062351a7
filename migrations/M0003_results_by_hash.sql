-- compatible-with: 1
-- Results are looked up by equality only, and a digest falls on any page: an index of hash codes has
-- a third of the pages to change, and to log whole after a checkpoint. Writers wait while it is made.
DROP INDEX computations_by_result;
CREATE INDEX computations_by_result ON computations USING hash (result) WHERE result IS NOT NULL;
